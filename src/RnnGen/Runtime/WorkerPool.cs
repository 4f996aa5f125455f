using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace RnnGen.Runtime;

#pragma warning disable CA1001 // The events live as long as their job or the process.

/// <summary>Work that is done in parts, each by one thread. One instance runs once at a time.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ParallelJob
{
    private readonly ManualResetEventSlim _done = new(true, spinCount: 0);
    private ExceptionDispatchInfo? _failure;
    private int _pending;

    /// <summary>Does one part.</summary>
    /// <param name="part">The part, from 0.</param>
    /// <param name="parts">How many there are.</param>
    protected abstract void RunPart(int part, int parts);

    /// <summary>Does all parts, the first on the calling thread, and returns when all are done. It does not allocate once the pool has grown to <paramref name="parts"/> - 1 threads.</summary>
    /// <param name="parts">How many parts, at least 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int parts)
    {
        _failure = null;
        _pending = parts - 1;
        if (parts > 1)
        {
            _done.Reset();
            for (int part = 1; part < parts; part++)
            {
                WorkerPool.Start(this, part, parts);
            }
        }

        try
        {
            RunPart(0, parts);
        }
        finally
        {
            WorkerPool.Await(_done);
        }

        _failure?.Throw();
    }

    internal void RunOnWorker(int part, int parts)
    {
#pragma warning disable CA1031 // Whatever it is, the caller of Run throws it again.
        try
        {
            RunPart(part, parts);
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

/// <summary>The runtime's own threads: they are made when first needed, wait in between, and end with the process.</summary>
internal static class WorkerPool
{
    private static readonly long s_patience = Stopwatch.Frequency / 1000;

    private static readonly ConcurrentQueue<Worker> s_idle = new();

    /// <summary>
    /// Waits for an event: for 1 ms without giving the processor away, since the phases of a small model are shorter than it takes to wake a
    /// thread (20 to 200 µs on a virtual machine), and a thread that yields on a busy machine gets its processor back milliseconds later.
    /// Then it sleeps.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Await(ManualResetEventSlim happened)
    {
        for (long start = Stopwatch.GetTimestamp(); !happened.IsSet && Stopwatch.GetTimestamp() - start < s_patience;)
        {
            Thread.SpinWait(1);
        }

        happened.Wait();
    }

    public static void Start(ParallelJob job, int part, int parts)
    {
        if (!s_idle.TryDequeue(out Worker? worker))
        {
            worker = new Worker();
        }

        worker.Start(job, part, parts);
    }

    private sealed class Worker
    {
        private readonly ManualResetEventSlim _started = new(false, spinCount: 0);
        private ParallelJob? _job;
        private int _part;
        private int _parts;

        public Worker()
        {
            new Thread(Loop) { IsBackground = true, Name = "RnnGen worker" }.Start();
        }

        public void Start(ParallelJob job, int part, int parts)
        {
            (_job, _part, _parts) = (job, part, parts);
            _started.Set();
        }

        private void Loop()
        {
            while (true)
            {
                Await(_started);
                _started.Reset();
                (ParallelJob job, int part, int parts) = (_job!, _part, _parts);
                _job = null;
                // Idle before the job reports its end, so that the next phase finds this thread again.
                s_idle.Enqueue(this);
                job.RunOnWorker(part, parts);
            }
        }
    }
}
