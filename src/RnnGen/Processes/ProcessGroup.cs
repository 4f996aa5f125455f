using System.ComponentModel;
using System.Diagnostics;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>
/// Processes that train one model together, each started with the same program: <see cref="FitOptions.Processes"/>. Package RnnGen.Mpi has the group of an MPI job, on one machine or many.
/// The parameters after a training do not depend on the number of processes, to the bit.
/// </summary>
/// <remarks>
/// A group belongs to one thread at a time. A type that derives from it supplies <see cref="Exchange"/>, of which every sum is made in a fixed order, and <see cref="Announce"/>, by which the others learn of a
/// failure. What one process throws where the others do not, whatever it is, reaches all of them: a process that waits for it, or will, throws a <see cref="ProcessGroupException"/> that names it.
/// </remarks>
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
    /// Whether this process failed where the others did not, or lost one of them. The group is of no use any more, and <see cref="Dispose()"/> ends the whole job instead of waiting for the others.
    /// </summary>
    protected internal bool HasFailed { get; private set; }

    /// <summary>What the processes do together at the moment, as errors name it: "Fit".</summary>
    protected internal string Activity { get; internal set; } = "Gather";

    // The latest exception that all processes throw.
    private Exception? _agreed;

    private Thread? _user; // within a call that all processes make
    private int _calls; // of it, one within the other
    private bool _isDisposed;

    /// <summary>Sends bytes to another process and receives bytes from it at the same time. Both call it, each for the other; it returns when both are done.</summary>
    /// <param name="partner">The number of the other process.</param>
    /// <param name="sent">What the other one receives; it may be empty.</param>
    /// <param name="received">Filled with what the other one sends, whose length both know; it may be empty.</param>
    /// <exception cref="ProcessGroupException">The other process does not answer.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected internal abstract void Exchange(int partner, ReadOnlySpan<byte> sent, Span<byte> received);

    /// <summary>
    /// Tells all other processes that this one exchanges nothing any more. What it has sent still arrives; an exchange that needs more of it, now or later, throws a <see cref="ProcessGroupException"/> with this
    /// message and rank. It neither waits nor throws. The default tells nobody.
    /// </summary>
    /// <param name="message">What failed, and in which process.</param>
    /// <param name="rank">The process in which it began.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected virtual void Announce(string message, int rank)
    {
    }

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

    /// <summary>Leaves the group, when all processes do. One that still exchanges with this process, or begins to, throws a <see cref="ProcessGroupException"/>.</summary>
    public void Dispose()
    {
        _isDisposed = true;
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
        CheckUse();
        long begin = Stopwatch.GetTimestamp();
        try
        {
            Exchange(partner, sent, received);
        }
        catch (Exception e)
        {
            // The others that wait for this process learn of it, and in turn those that wait for them.
            Fail(e);
            throw;
        }

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

    /// <summary>Throws where this process failed before.</summary>
    /// <exception cref="ObjectDisposedException">It has left.</exception>
    internal void CheckUse()
    {
        if (_isDisposed)
        {
            throw new ObjectDisposedException(GetType().Name, Invariant($"Process {Rank} has left the others: its {GetType().Name} is disposed of. Dispose of it after the last call."));
        }

        if (HasFailed)
        {
            throw new ProcessGroupException(Invariant($"Process {Rank} failed before, and the others do not wait for it. End it: dispose of its processes, which ends the job."));
        }
    }

    /// <summary>Begins a call that all processes make.</summary>
    /// <exception cref="InvalidOperationException">Another thread is in such a call.</exception>
    internal Turn Enter()
    {
        Thread thread = Thread.CurrentThread;
        if (Interlocked.CompareExchange(ref _user, thread, null) is { } other && other != thread)
        {
            throw new InvalidOperationException($"Another thread is in {Activity} with the same processes, and a group belongs to one thread at a time. Make the calls one after the other, in the same order in all processes.");
        }

        _calls++;
        return new(this);
    }

    /// <summary>Says that this process does not go on where the others do.</summary>
    internal void Fail(Exception exception)
    {
        if (!HasFailed)
        {
            HasFailed = true;
            (string message, int rank) = exception is ProcessGroupException { Rank: { } first } ? (exception.Message, first) : (Collectives.InProcess(this, Rank, Collectives.Named(exception)), Rank);
            Announce(message, rank);
        }
    }

    /// <summary>Notes that all processes throw this, or one like it, at the same place: none waits for another, and they may go on together.</summary>
    internal T Agree<T>(T exception) where T : Exception
    {
        _agreed = exception;
        return exception;
    }

    /// <summary>Whether all processes throw this.</summary>
    internal bool HasAgreedOn(Exception exception) => ReferenceEquals(_agreed, exception);

    /// <summary>A call of a thread.</summary>
    internal readonly struct Turn(ProcessGroup group) : IDisposable
    {
        public void Dispose()
        {
            if (--group._calls == 0)
            {
                Volatile.Write(ref group._user, null);
            }
        }
    }
}
