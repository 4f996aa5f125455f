using System.Runtime.ExceptionServices;

namespace RnnGen.Runtime;

/// <summary>
/// Prefetches batches on another thread, into buffers that are created as they are needed; memory is bounded by the number of batches to prefetch. The batches
/// and their order are those of the reader.
/// </summary>
internal sealed class BatchPrefetch<TInput, TTarget> : IDisposable
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly SequenceReader<TInput, TTarget> _reader;
    private readonly Func<BatchBuffer<TInput, TTarget>> _createBuffer;
    private readonly Queue<BatchBuffer<TInput, TTarget>> _free = new(), _filled = new(); // each is its own lock
    private readonly int _most; // buffers, one of them in the trainer's hands
    private readonly int _givenBack; // buffers at a time, since waking the other thread takes longer than reading a batch
    private BatchBuffer<TInput, TTarget>? _taken;
    private CancellationTokenSource _stop = new(); // given up with a pass; a pass that was taken whole leaves it to the next
    private Pass? _pass;

    public BatchPrefetch(SequenceReader<TInput, TTarget> reader, Func<BatchBuffer<TInput, TTarget>> createBuffer)
    {
        (_reader, _createBuffer) = (reader, createBuffer);
        _most = reader.Prefetch == int.MaxValue ? int.MaxValue : reader.Prefetch + 1;
        _givenBack = Math.Max(1, reader.Prefetch / 2);
    }

    /// <summary>Abandons the previous pass, if it was not read to its end, and starts a new one.</summary>
    public void Begin(PassOrder order, int first, int end, int size)
    {
        if (_pass is { } before)
        {
            if (before.Taken < before.Batches)
            {
                _stop.Cancel();
            }

            before.Thread!.Join();
            before.Dispose();
            if (_stop.IsCancellationRequested)
            {
                _stop.Dispose();
                _stop = new();
            }
        }

        while (Take(_filled) is { } unread)
        {
            Put(_free, unread);
        }

        if (_taken is not null)
        {
            Put(_free, _taken);
            _taken = null;
        }

        Pass pass = _pass = new(_most, (int)(((long)end - first + size - 1) / size));
        CancellationToken stop = _stop.Token;
        pass.Thread = new Thread(() => Run(pass, order, first, end, size, stop)) { IsBackground = true, Name = "RnnGen prefetch" };
        pass.Thread.Start();
    }

    /// <summary>The pass's next batch; earlier ones are returned, several at a time.</summary>
    public BatchBuffer<TInput, TTarget> Next(CancellationToken cancellationToken)
    {
        Pass pass = _pass!;
        if (pass.Taken > 0 && ++pass.Owed == _givenBack)
        {
            pass.Free.Release(_givenBack);
            pass.Owed = 0;
        }

        pass.Filled.Wait(cancellationToken);
        if (pass.Taken == Volatile.Read(ref pass.Written))
        {
            pass.Error!.Throw();
        }

        if (_taken is not null)
        {
            Put(_free, _taken);
        }

        pass.Taken++;
        return _taken = Take(_filled)!;
    }

    private static void Put(Queue<BatchBuffer<TInput, TTarget>> queue, BatchBuffer<TInput, TTarget> buffer)
    {
        lock (queue)
        {
            queue.Enqueue(buffer);
        }
    }

    private static BatchBuffer<TInput, TTarget>? Take(Queue<BatchBuffer<TInput, TTarget>> queue)
    {
        lock (queue)
        {
            return queue.TryDequeue(out BatchBuffer<TInput, TTarget>? buffer) ? buffer : null;
        }
    }

    // A source that does not answer must not hold up the program: its thread ends when it does.
    public void Dispose()
    {
        _stop.Cancel();
        if (_pass is { Thread.IsAlive: false })
        {
            _reader.End(keepsNext: false);
        }

        _pass = null;
    }

    private void Run(Pass pass, PassOrder order, int first, int end, int size, CancellationToken stop)
    {
        try
        {
            _reader.Begin(order, first, stop);
            try
            {
                for (long next = first; next < end; next += size)
                {
                    pass.Free.Wait(stop);
                    BatchBuffer<TInput, TTarget> buffer = Take(_free) ?? _createBuffer();
                    _reader.Read(buffer, (int)Math.Min(size, end - next));
                    Put(_filled, buffer);
                    Volatile.Write(ref pass.Written, pass.Written + 1);
                    pass.Filled.Release();
                }
            }
            finally
            {
                _reader.End(keepsNext: !stop.IsCancellationRequested);
            }
        }
        catch (Exception e)
        {
            // Whatever a source throws is the trainer's to see, in its place among the batches.
            pass.Error = ExceptionDispatchInfo.Capture(e);
            pass.Filled.Release();
        }
    }

    private sealed class Pass(int buffers, int batches) : IDisposable
    {
        public readonly SemaphoreSlim Free = new(buffers), Filled = new(0);
        public readonly int Batches = batches;
        public Thread? Thread;
        public ExceptionDispatchInfo? Error;
        public int Written, Taken, Owed;

        public void Dispose()
        {
            Free.Dispose();
            Filled.Dispose();
        }
    }
}
