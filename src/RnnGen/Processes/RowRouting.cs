namespace RnnGen.Runtime;

/// <summary>
/// Brings rows from the processes that hold them to those that take them: in each of log2 p exchanges a process gives its partner the rows whose taker is on the partner's side of that bit of the ranks
/// (hypercube routing). Both know which these are, so that no list of them travels.
/// </summary>
/// <param name="group">The processes.</param>
/// <param name="starts">For each process the first of the sequences that it holds, and then the number of all.</param>
internal sealed class RowRouting(ProcessGroup group, int[] starts)
{
    private int[] _holders = [], _takers = [];
    private byte[] _sent = [], _received = [];
    private int _count;

    /// <summary>Prepares to route the rows of a batch.</summary>
    /// <param name="sequences">The sequence of each row.</param>
    /// <param name="takers">The first row that each process takes, and then their number; empty if all take all.</param>
    public void Begin(ReadOnlySpan<int> sequences, ReadOnlySpan<int> takers)
    {
        _count = sequences.Length;
        if (_holders.Length < _count)
        {
            (_holders, _takers) = (new int[_count], new int[_count]);
        }

        for (int row = 0; row < _count; row++)
        {
            int place = starts.AsSpan().BinarySearch(sequences[row]);
            _holders[row] = place >= 0 ? place : ~place - 1;
        }

        for (int rank = 0; rank < takers.Length - 1; rank++)
        {
            _takers.AsSpan(takers[rank], takers[rank + 1] - takers[rank]).Fill(rank);
        }
    }

    /// <summary>Routes what belongs to the rows.</summary>
    /// <param name="values">Bytes of each row, one row after the other; this process has set those of the rows that it holds.</param>
    /// <param name="length">Bytes of a row.</param>
    /// <param name="toAll">Whether every process takes every row.</param>
    public void Route(Span<byte> values, int length, bool toAll)
    {
        for (int bit = group.Count / 2; bit > 0; bit /= 2)
        {
            int partner = group.Rank ^ bit, sent = 0, received = 0;
            for (int row = 0; row < _count; row++)
            {
                if (Passes(row, group.Rank, partner, bit, toAll))
                {
                    values.Slice(row * length, length).CopyTo(Room(ref _sent, sent, length));
                    sent += length;
                }

                received += Passes(row, partner, group.Rank, bit, toAll) ? length : 0;
            }

            Room(ref _received, 0, received);
            group.Exchange<byte>(partner, _sent.AsSpan(0, sent), _received.AsSpan(0, received));
            for (int row = 0, at = 0; row < _count; row++)
            {
                if (Passes(row, partner, group.Rank, bit, toAll))
                {
                    _received.AsSpan(at, length).CopyTo(values[(row * length)..]);
                    at += length;
                }
            }
        }
    }

    // Whether a row goes from one process to its partner at this bit. The bits above have been routed, so that of those a process has the takers' value, and of the others the holders'.
    private bool Passes(int row, int from, int to, int bit, bool toAll)
    {
        int routed = ~((2 * bit) - 1), notYet = (2 * bit) - 1;
        return ((_holders[row] ^ from) & notYet) == 0 && (toAll || (((_takers[row] ^ from) & routed) == 0 && ((_takers[row] ^ to) & bit) == 0));
    }

    private static Span<byte> Room(ref byte[] buffer, int at, int length)
    {
        if (buffer.Length < at + length)
        {
            Array.Resize(ref buffer, Math.Max(at + length, 2 * buffer.Length));
        }

        return buffer.AsSpan(at, length);
    }
}
