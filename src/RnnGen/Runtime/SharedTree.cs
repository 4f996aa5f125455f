using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>
/// The tree of a batch's sums as processes share it: each owns an aligned range of its leaves, and computes their sums. What the processes have is then added up level by level, as within one process.
/// At each level two processes share the values: each adds up one half of what they have and gives the other away; afterwards the halves go back the same way. So a process moves 2·(p - 1)/p of the values
/// (recursive halving and doubling; R. Thakur, R. Rabenseifner and W. Gropp 2005).
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="group">The processes; their number is a power of two that is no larger than the number of leaves.</param>
/// <param name="tree">The tree.</param>
/// <param name="leaves">Its number of leaves.</param>
internal sealed class SharedTree<T>(ProcessGroup group, SumTree tree, int leaves) where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int[] _sums = new int[group.Count + 1]; // the first sum of each process, and their number
    private readonly int[] _starts = new int[group.Count + 1];
    private T[] _received = [];

    /// <summary>The processes.</summary>
    public ProcessGroup Group => group;

    /// <summary>The number of sums of all processes.</summary>
    public int Sums => tree.Sums;

    /// <summary>The first sum of this process.</summary>
    public int First => _sums[group.Rank];

    /// <summary>The sum after its last one.</summary>
    public int Last => _sums[group.Rank + 1];

    /// <summary>Shares the sums of a batch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Share()
    {
        for (int rank = 0, sum = 0; rank <= group.Count; rank++)
        {
            while (sum < tree.Sums && tree.Leaf(sum) < (long)leaves * rank / group.Count)
            {
                sum++;
            }

            _sums[rank] = sum;
        }
    }

    /// <summary>Gives every process the numbers of all sums.</summary>
    /// <param name="values">A number for each sum; this process has set its own.</param>
    public void Gather<TValue>(Span<TValue> values) where TValue : unmanaged => group.Gather(values, _sums);

    /// <summary>Adds up the rows of a table that the processes' leaves name: at each level two processes exchange what the leaves below have.</summary>
    /// <param name="table">The table's gradient.</param>
    /// <param name="sum">The sum that has the rows of all leaves of this process, and then of all.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddUp(TableGradient<T> table, int sum)
    {
        Span<int> counts = stackalloc int[2];
        for (int size = 1; size < group.Count; size *= 2)
        {
            int own = group.Rank & ~(size - 1), other = own ^ size, partner = group.Rank ^ size;
            counts[0] = table.Named(sum).Length;
            group.Exchange<int>(partner, counts[..1], counts[1..]);
            Span<int> rows = table.ReceivedRows(counts[1]);
            Span<T> values = table.ReceivedValues(counts[1]);
            group.Exchange<int>(partner, table.Named(sum), rows);
            group.Exchange<T>(partner, table.ValuesOf(sum), values);
            table.Add(sum, rows, values, isLower: own < other);
        }
    }

    /// <summary>Gives every process the values of all sequences.</summary>
    /// <param name="values">Values of each sequence, one sequence after the other; this process has set those of its own.</param>
    /// <param name="length">Values of a sequence.</param>
    /// <param name="groupSize">Sequences of a group.</param>
    /// <param name="count">Sequences.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Gather(Span<T> values, int length, int groupSize, int count)
    {
        for (int rank = 0; rank <= group.Count; rank++)
        {
            _starts[rank] = Math.Min(tree.FirstGroup(_sums[rank]) * groupSize, count) * length;
        }

        group.Gather(values, _starts);
    }

    /// <summary>Adds up the values of all processes; then each has their sum.</summary>
    /// <param name="values">The sum of this process; anything, if it has none.</param>
    public void AddUp(Span<T> values)
    {
        if (_received.Length < (values.Length + 1) / 2)
        {
            _received = new T[(values.Length + 1) / 2];
        }

        AddUp(values, 1);
    }

    // Of a range that this process shares with one other at each level.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddUp(Span<T> values, int size)
    {
        if (size == group.Count)
        {
            return;
        }

        int own = group.Rank & ~(size - 1), other = own ^ size, partner = group.Rank ^ size, half = values.Length / 2;
        bool isLow = own < other;
        Span<T> kept = isLow ? values[..half] : values[half..], given = isLow ? values[half..] : values[..half];
        Span<T> received = HasSums(other, size) ? _received.AsSpan(0, kept.Length) : default;
        group.Exchange<T>(partner, HasSums(own, size) ? given : default, received);
        if (!HasSums(own, size))
        {
            received.CopyTo(kept);
        }
        else if (!received.IsEmpty)
        {
            Rows.Add(ref received[0], 0, 0, kept.Length, ref kept[0], 0, 0, 0, 1);
        }

        AddUp(kept, 2 * size);
        group.Exchange<T>(partner, kept, given);
    }

    private bool HasSums(int first, int count) => _sums[first] < _sums[first + count];
}
