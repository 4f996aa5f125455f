namespace RnnGen.Runtime;

/// <summary>The order of one pass over a source.</summary>
/// <param name="Seed">The seed of the training.</param>
/// <param name="Epoch">From 1 on; 0 where nothing is trained, so that nothing is augmented.</param>
/// <param name="IsShuffled">Whether the order is random; otherwise it is the source's.</param>
internal readonly record struct PassOrder(int Seed, int Epoch, bool IsShuffled);

/// <summary>Room for one batch, <c>[batch, …]</c> row-major.</summary>
internal sealed class BatchBuffer<TInput, TTarget>(int size, SequenceSource<TInput, TTarget> source)
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly int _inputLength = source.InputLength, _targetLength = source.TargetLength;

    public TInput[] Inputs { get; } = new TInput[checked(size * source.InputLength)];

    public TTarget[] Targets { get; } = new TTarget[checked(size * source.TargetLength)];

    /// <summary>Steps of each; empty where all have all steps.</summary>
    public int[] Lengths { get; } = new int[source.HasLengths ? size : 0];

    public Span<TInput> Input(int row) => Inputs.AsSpan(row * _inputLength, _inputLength);

    public Span<TTarget> Target(int row) => Targets.AsSpan(row * _targetLength, _targetLength);
}

/// <summary>Reads passes over a source, batch by batch, on one thread at a time.</summary>
internal abstract class SequenceReader<TInput, TTarget>(SequenceSource<TInput, TTarget> source)
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private PassOrder _order;

    /// <summary>Batches that are worth reading ahead on a thread of their own; 0 where copying is all there is to do.</summary>
    public abstract int Prefetch { get; }

    /// <summary>Begins a pass behind its first <paramref name="skipped"/> sequences.</summary>
    public void Begin(PassOrder order, int skipped, CancellationToken cancellationToken)
    {
        _order = order;
        BeginPass(order, skipped, cancellationToken);
    }

    /// <summary>Reads the pass's next <paramref name="count"/> sequences.</summary>
    public void Read(BatchBuffer<TInput, TTarget> buffer, int count)
    {
        for (int row = 0; row < count; row++)
        {
            int sequence = ReadNext(buffer, row);
            if (source.Settings.Augmentation is { } augment && _order.Epoch > 0)
            {
                augment(new SequenceDraw(_order.Seed, _order.Epoch, sequence), buffer.Input(row), buffer.Target(row));
            }
        }
    }

    /// <summary>Ends a pass, whether all of it was read or not.</summary>
    public virtual void End() { }

    protected abstract void BeginPass(PassOrder order, int skipped, CancellationToken cancellationToken);

    /// <summary>Copies the next sequence into a row and gives its index in the source.</summary>
    protected abstract int ReadNext(BatchBuffer<TInput, TTarget> buffer, int row);
}

/// <summary>Passes over sequences in memory.</summary>
internal sealed class ArraySequenceReader<TInput, TTarget>(SequenceDataset<TInput, TTarget> data, int batchSize) : SequenceReader<TInput, TTarget>(data)
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly int[] _order = new int[data.Count];
    private int _next;

    public override int Prefetch => data.Settings.Augmentation is null ? 0 : 4;

    // Fisher and Yates' shuffle (R. Durstenfeld 1964) of (seed, epoch), whatever the order was.
    protected override void BeginPass(PassOrder order, int skipped, CancellationToken cancellationToken)
    {
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }

        if (order.IsShuffled)
        {
            CounterRandom random = new(order.Seed, order.Epoch, RandomPurpose.Shuffling);
            Shuffling.Shuffle(_order, random, 0);
            if (data.Settings.BucketBatches > 0 && data.HasLengths)
            {
                int pool = data.Settings.BucketBatches * batchSize;
                for (int first = 0; first < _order.Length; first += pool)
                {
                    Span<int> part = _order.AsSpan(first, Math.Min(pool, _order.Length - first));
                    Shuffling.Bucket(part, data.Lengths, batchSize, random, Shuffling.Buckets + first);
                }
            }
        }

        _next = skipped;
    }

    protected override int ReadNext(BatchBuffer<TInput, TTarget> buffer, int row)
    {
        int index = _order[_next++];
        data.Input(index).CopyTo(buffer.Input(row));
        data.Target(index).CopyTo(buffer.Target(row));
        if (buffer.Lengths.Length > 0)
        {
            buffer.Lengths[row] = data.Lengths[index];
        }

        return index;
    }
}

/// <summary>Passes over streamed sequences: the next one is drawn from a pool, in whose place the source's next goes.</summary>
internal sealed class StreamSequenceReader<TInput, TTarget>(StreamedSequences<TInput, TTarget> stream, Func<CancellationToken, IEnumerable<Sequence<TInput, TTarget>>> open, int batchSize)
    : SequenceReader<TInput, TTarget>(stream)
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private const long DefaultPoolBytes = 64L << 20;
    private const int DefaultPool = 4096;

    private readonly int _poolSize = PoolSize(stream, batchSize);
    private IEnumerator<Sequence<TInput, TTarget>>? _source;
    private BatchBuffer<TInput, TTarget>? _pool; // allocated by the first pass that is shuffled
    private int[] _sequences = [], _turns = [];
    private CounterRandom _random;
    private int _read, _given, _held, _turn;
    private bool _isShuffled, _isBucketed;

    public override int Prefetch => stream.Options.Prefetch;

    public override void End()
    {
        _source?.Dispose();
        _source = null;
    }

    protected override void BeginPass(PassOrder order, int skipped, CancellationToken cancellationToken)
    {
        End();
        _source = open(cancellationToken).GetEnumerator();
        _random = new(order.Seed, order.Epoch, RandomPurpose.Shuffling);
        (_read, _given, _held, _turn) = (0, 0, 0, 0);
        _isShuffled = order.IsShuffled;
        _isBucketed = _isShuffled && stream.HasLengths && stream.Settings.BucketBatches > 0;
        if (_isShuffled && _pool is null)
        {
            _pool = new(_poolSize, stream);
            _sequences = new int[_poolSize];
            _turns = new int[_poolSize];
        }

        BatchBuffer<TInput, TTarget> nowhere = new(1, stream);
        for (int i = 0; i < skipped; i++)
        {
            ReadNext(nowhere, 0);
        }
    }

    protected override int ReadNext(BatchBuffer<TInput, TTarget> buffer, int row)
    {
        if (!_isShuffled)
        {
            _given++;
            return ReadSource(buffer, row);
        }

        int slot = _isBucketed ? NextOfBuckets() : NextOfPool();
        _pool!.Input(slot).CopyTo(buffer.Input(row));
        _pool.Target(slot).CopyTo(buffer.Target(row));
        if (buffer.Lengths.Length > 0)
        {
            buffer.Lengths[row] = _pool.Lengths[slot];
        }

        int sequence = _sequences[slot];
        _given++;
        if (!_isBucketed)
        {
            Refill(slot);
        }

        return sequence;
    }

    private static int PoolSize(StreamedSequences<TInput, TTarget> stream, int batchSize)
    {
        if (stream.Settings.BucketBatches > 0 && stream.HasLengths)
        {
            return checked(stream.Settings.BucketBatches * batchSize);
        }

        long bytes = ((long)stream.InputLength * System.Runtime.CompilerServices.Unsafe.SizeOf<TInput>()) + ((long)stream.TargetLength * System.Runtime.CompilerServices.Unsafe.SizeOf<TTarget>());
        return Math.Min(stream.Count, stream.Options.ShuffleBuffer ?? (int)Math.Clamp(DefaultPoolBytes / bytes, 1, DefaultPool));
    }

    private int NextOfPool()
    {
        while (_held < _poolSize && _read < stream.Count)
        {
            _sequences[_held] = ReadSource(_pool!, _held);
            _turns[_held] = _held;
            _held++;
        }

        _turn = _random.Below(_held, _given);
        return _turns[_turn];
    }

    // The slot that was given gets the source's next sequence; where there is none, the pool shrinks.
    private void Refill(int slot)
    {
        if (_read < stream.Count)
        {
            _sequences[slot] = ReadSource(_pool!, slot);
        }
        else
        {
            _held--;
            _turns[_turn] = _turns[_held];
        }
    }

    private int NextOfBuckets()
    {
        if (_turn == _held)
        {
            (_turn, _held) = (0, 0);
            int first = _read;
            for (; _held < _poolSize && _read < stream.Count; _held++)
            {
                _sequences[_held] = ReadSource(_pool!, _held);
                _turns[_held] = _held;
            }

            Span<int> turns = _turns.AsSpan(0, _held);
            Shuffling.Shuffle(turns, _random, first);
            Shuffling.Bucket(turns, _pool!.Lengths, batchSize, _random, Shuffling.Buckets + first);
        }

        return _turns[_turn++];
    }

    private int ReadSource(BatchBuffer<TInput, TTarget> buffer, int row)
    {
        if (!_source!.MoveNext())
        {
            throw new InvalidDataException(
                $"The stream ended after {_read} sequences, where {stream.Count} were {(stream.Options.Count is null ? "counted before" : $"promised ({nameof(StreamOptions)}.{nameof(StreamOptions.Count)})")}. A stream must give the same sequences in each pass.");
        }

        Sequence<TInput, TTarget> sequence = _source.Current;
        Copy(sequence.Input.Span, buffer.Input(row), sequence.Steps, "an input");
        Copy(sequence.Target.Span, buffer.Target(row), sequence.Steps, "a target");
        if (buffer.Lengths.Length > 0)
        {
            buffer.Lengths[row] = sequence.Steps;
        }

        return _read++;
    }

    private void Copy<T>(ReadOnlySpan<T> from, Span<T> to, int steps, string what)
        where T : unmanaged
    {
        bool isPadded = stream.HasLengths;
        if (steps < (isPadded ? 1 : 0) || (!isPadded && steps != 0) || from.Length > to.Length || (from.Length < to.Length && !isPadded))
        {
            throw new InvalidDataException(isPadded
                ? $"Sequence {_read} (from 0) of the stream has {what} of {from.Length} elements and {steps} steps; at most {to.Length} elements and at least 1 step were expected."
                : $"Sequence {_read} (from 0) of the stream has {what} of {from.Length} elements{(steps == 0 ? "" : $" and {steps} steps")}; {to.Length} elements without a number of steps were expected. Set {nameof(StreamOptions)}.{nameof(StreamOptions.HasLengths)} for sequences of different length.");
        }

        from.CopyTo(to);
        to[from.Length..].Clear();
    }
}

/// <summary>Random orders.</summary>
internal static class Shuffling
{
    /// <summary>Where the positions of the draws of buckets begin, beyond those of sequences.</summary>
    public const long Buckets = 1L << 40;

    /// <summary>R. Fisher and F. Yates' shuffle (R. Durstenfeld 1964).</summary>
    public static void Shuffle(Span<int> items, CounterRandom random, long position)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = random.Below(i + 1, position + i);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>Sorts items by length, stably, and puts the whole batches of the result into random order; a last one that is not whole stays last.</summary>
    public static void Bucket(Span<int> items, ReadOnlySpan<int> lengths, int batchSize, CounterRandom random, long position)
    {
        long[] keys = new long[items.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = ((long)lengths[items[i]] << 32) | (uint)i;
        }

        keys.AsSpan().Sort(items);
        int[] sorted = items.ToArray(), batches = [.. Enumerable.Range(0, items.Length / batchSize)];
        Shuffle(batches, random, position);
        for (int i = 0; i < batches.Length; i++)
        {
            sorted.AsSpan(batches[i] * batchSize, batchSize).CopyTo(items[(i * batchSize)..]);
        }
    }
}
