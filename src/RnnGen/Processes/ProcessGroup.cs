using System.ComponentModel;
using System.Diagnostics;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>
/// Processes that train one model together, each started with the same program: <see cref="FitOptions.Processes"/>. Package RnnGen.Mpi has the group of an MPI job, on one machine or many.
/// The parameters after a training do not depend on the number of processes, to the bit.
/// </summary>
/// <remarks>A group belongs to one thread at a time. A type that derives from it supplies one operation, <see cref="Exchange"/>; every sum is made of it, in a fixed order.</remarks>
public abstract class ProcessGroup : IDisposable
{
    /// <summary>Creates the group.</summary>
    /// <param name="rank">The number of this process, from 0 to below <paramref name="count"/>.</param>
    /// <param name="count">How many processes there are, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    protected ProcessGroup(int rank, int count)
    {
        Guard.AtLeast(count, 1);
        Guard.AtLeast(rank, 0);
        if (rank >= count)
        {
            throw new ArgumentOutOfRangeException(nameof(rank), Invariant($"{rank}"), Invariant($"There are {count} processes, numbered from 0."));
        }

        (Rank, Count) = (rank, count);
    }

    /// <summary>The number of this process, from 0. Process 0 writes checkpoints and reports progress.</summary>
    public int Rank { get; }

    /// <summary>How many processes there are.</summary>
    public int Count { get; }

    /// <summary>What this process has exchanged with the others since it joined them.</summary>
    public ProcessTraffic Traffic { get; private set; }

    /// <summary>
    /// Whether this process failed where the others did not, so that they wait for it in vain. The group is of no use any more, and <see cref="Dispose()"/> ends the whole job instead of waiting for them.
    /// </summary>
    protected internal bool HasFailed { get; private set; }

    /// <summary>Sends bytes to another process and receives bytes from it at the same time. Both call it, each for the other; it returns when both are done.</summary>
    /// <param name="partner">The number of the other process.</param>
    /// <param name="sent">What the other one receives; it may be empty.</param>
    /// <param name="received">Filled with what the other one sends, whose length both know; it may be empty.</param>
    /// <exception cref="ProcessGroupException">The other process does not answer.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected internal abstract void Exchange(int partner, ReadOnlySpan<byte> sent, Span<byte> received);

    /// <summary>Gives every process what each one has: all processes call it, each with bytes of its own.</summary>
    /// <param name="own">The bytes of this process; any number.</param>
    /// <returns>The bytes of each process, in the order of their ranks.</returns>
    /// <exception cref="ArgumentException">The number of processes is not a power of two.</exception>
    /// <exception cref="ProcessGroupException">A process does not answer.</exception>
    public IReadOnlyList<byte[]> Gather(ReadOnlySpan<byte> own)
    {
        this.CheckCount("group");
        int[] lengths = new int[Count], starts = this.Starts(Count);
        lengths[Rank] = own.Length;
        this.Gather<int>(lengths, starts);
        for (int rank = 0; rank < Count; rank++)
        {
            starts[rank + 1] = checked(starts[rank] + lengths[rank]);
        }

        byte[] all = new byte[starts[Count]];
        own.CopyTo(all.AsSpan(starts[Rank]));
        this.Gather<byte>(all, starts);
        byte[][] parts = new byte[Count][];
        for (int rank = 0; rank < Count; rank++)
        {
            parts[rank] = all[starts[rank]..starts[rank + 1]];
        }

        return parts;
    }

    /// <summary>Leaves the group, when all processes do.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Leaves the group.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Exchanges, and counts it.</summary>
    internal void ExchangeCounted(int partner, ReadOnlySpan<byte> sent, Span<byte> received)
    {
        const int small = 4096;
        long begin = Stopwatch.GetTimestamp();
        Exchange(partner, sent, received);
        TimeSpan time = Stopwatch.GetElapsedTime(begin);
        bool isSmall = Math.Max(sent.Length, received.Length) <= small;
        Traffic = new()
        {
            Messages = Traffic.Messages + 1,
            BytesSent = Traffic.BytesSent + sent.Length,
            BytesReceived = Traffic.BytesReceived + received.Length,
            Waiting = Traffic.Waiting + (isSmall ? time : TimeSpan.Zero),
            Exchanging = Traffic.Exchanging + (isSmall ? TimeSpan.Zero : time),
        };
    }

    /// <summary>Says that this process does not go on where the others do.</summary>
    internal void Fail() => HasFailed = true;
}
