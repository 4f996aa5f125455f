using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace RnnGen.Runtime;

/// <summary>
/// Work that is done in parts, by the calling thread and by workers that help it: each takes the next part that nobody has taken. A worker that gets no processor
/// is not waited for: the caller does its parts. One instance runs once at a time.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ParallelJob
{
    // More parts than this are none that a machine has threads for.
    private const int MostParts = 64;

    private readonly Signal _done = new();
    private ExceptionDispatchInfo? _failure;
    private long _parts; // of this run in the upper half, and how many of them were taken in the lower
    private int _pending; // parts that have not ended
    private int _asked; // workers that were asked to help, and have not come yet

    /// <summary>Does one part.</summary>
    /// <param name="part">The part, from 0.</param>
    /// <param name="parts">How many there are.</param>
    protected abstract void RunPart(int part, int parts);

    /// <summary>Does all parts, and returns when all are done. It does not allocate once the pool has grown to <paramref name="parts"/> - 1 threads.</summary>
    /// <param name="parts">How many parts, at least 1; more than 64 are done as 64.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int parts)
    {
        parts = Math.Min(parts, MostParts);
        if (parts == 1)
        {
            RunPart(0, 1);
            return;
        }

        _failure = null;
        _pending = parts;
        _done.Reset();

        // A worker that was asked before and comes only now helps this run: it has either been counted as asked, or sees these parts.
        Interlocked.Exchange(ref _parts, (long)parts << 32);
        for (int missing = parts - 1 - Volatile.Read(ref _asked); missing > 0; missing--)
        {
            Interlocked.Increment(ref _asked);
            WorkerPool.Start(this);
        }

        TakeParts();
        WorkerPool.Await(_done);
        _failure?.Throw();
    }

    /// <summary>What a worker that was asked does when it comes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Help()
    {
        Interlocked.Decrement(ref _asked);
        TakeParts();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeParts()
    {
        while (true)
        {
            long parts = Volatile.Read(ref _parts);
            int count = (int)(parts >> 32), part = (int)parts;
            if (part >= count)
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _parts, parts + 1, parts) != parts)
            {
                continue;
            }

#pragma warning disable CA1031 // Whatever it is, the caller of Run throws it again.
            try
            {
                RunPart(part, count);
            }
            catch (Exception exception)
            {
                _failure = ExceptionDispatchInfo.Capture(exception);
            }
#pragma warning restore CA1031
            if (Interlocked.Decrement(ref _pending) == 0)
            {
                _done.Set();
            }
        }
    }
}

/// <summary>An event that one thread waits for: as <see cref="ManualResetEventSlim"/>, but for what that allocates when a thread first sleeps.</summary>
internal sealed class Signal
{
    private readonly object _lock = new();
    private volatile bool _isSet;
    private int _sleepers;

    public bool IsSet => _isSet;

    public void Reset() => _isSet = false;

    public void Set()
    {
        _isSet = true;

        // Whoever goes to sleep counts first and looks once more then: it sees the flag, or is seen here.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleepers) > 0)
        {
            lock (_lock)
            {
                System.Threading.Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>Sleeps until it is set.</summary>
    public void Wait()
    {
        if (_isSet)
        {
            return;
        }

        lock (_lock)
        {
            Interlocked.Increment(ref _sleepers);
            while (!_isSet)
            {
                System.Threading.Monitor.Wait(_lock);
            }

            Interlocked.Decrement(ref _sleepers);
        }
    }
}

/// <summary>The runtime's own threads: they are made when first needed, wait in between, and end with the process.</summary>
internal static class WorkerPool
{
    private static readonly long s_patience = Stopwatch.Frequency / 1000;

    // Of a thread that spins without this long a gap nobody has taken the processor.
    private static readonly long s_gap = Stopwatch.Frequency / 10_000;

    private static readonly long s_rest = Stopwatch.Frequency / 20;

    private static readonly ConcurrentQueue<Worker> s_idle = new();

    private static long s_crowdedUntil;

    /// <summary>
    /// Waits for an event: for 1 ms without giving the processor away, since the phases of a small model are shorter than it takes to wake a
    /// thread (20 to 200 µs on a virtual machine). Then it sleeps. A thread that loses its processor while it waits shares it with others, which have work to do while
    /// it has none: for the next 50 ms no thread waits that way, so that the one that is waited for gets a processor as soon as there is one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Await(Signal happened)
    {
        long start = Stopwatch.GetTimestamp(), last = start;
        if (start >= Volatile.Read(ref s_crowdedUntil))
        {
            while (!happened.IsSet && last - start < s_patience)
            {
                Thread.SpinWait(1);
                long now = Stopwatch.GetTimestamp();
                if (now - last > s_gap)
                {
                    Volatile.Write(ref s_crowdedUntil, now + s_rest);
                    break;
                }

                last = now;
            }
        }

        happened.Wait();
    }

    /// <summary>Asks a worker to help.</summary>
    public static void Start(ParallelJob job)
    {
        if (!s_idle.TryDequeue(out Worker? worker))
        {
            worker = new Worker();
        }

        worker.Start(job);
    }

    private sealed class Worker
    {
        private readonly Signal _started = new();
        private ParallelJob? _job;

        public Worker()
        {
            new Thread(Loop) { IsBackground = true, Name = "RnnGen worker" }.Start();
        }

        public void Start(ParallelJob job)
        {
            _job = job;
            _started.Set();
        }

        private void Loop()
        {
            while (true)
            {
                Await(_started);
                _started.Reset();
                ParallelJob job = _job!;
                _job = null;
                // Idle before the job reports its end, so that the next phase finds this thread again.
                s_idle.Enqueue(this);
                job.Help();
            }
        }
    }
}
