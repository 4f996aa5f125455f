namespace RnnGen.Runtime;

/// <summary>The order of one pass over a source.</summary>
/// <param name="Seed">The seed of the training.</param>
/// <param name="Epoch">From 1; 0 without training, where nothing is augmented.</param>
/// <param name="IsShuffled">Whether the order is random; otherwise it is the source's.</param>
/// <param name="HasNext">Whether a pass like it comes next, unless the training stops early: its beginning may be read ahead.</param>
internal readonly record struct PassOrder(int Seed, int Epoch, bool IsShuffled, bool HasNext = false);

/// <summary>Room for one batch, <c>[batch, …]</c> row-major.</summary>
internal sealed class BatchBuffer<TInput, TTarget>(int size, SequenceSource<TInput, TTarget> source)
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly int _inputLength = source.InputLength, _targetLength = source.TargetLength;

    private readonly bool _hasLengths = source.HasLengths;

    private readonly int _weights = source.WeightsPerSequence, _resets = source.ResetsPerSequence;

    public TInput[] Inputs { get; private set; } = new TInput[checked(size * source.InputLength)];

    public TTarget[] Targets { get; private set; } = new TTarget[checked(size * source.TargetLength)];

    /// <summary>Steps of each; empty if all have all steps.</summary>
    public int[] Lengths { get; private set; } = new int[source.HasLengths ? size : 0];

    /// <summary>What each, or each of its output steps, weighs; empty if all count the same.</summary>
    public float[] Weights { get; private set; } = new float[checked(size * source.WeightsPerSequence)];

    /// <summary>The steps before which each starts from the beginning; empty if none does.</summary>
    public bool[] Resets { get; private set; } = new bool[checked(size * source.ResetsPerSequence)];

    /// <summary>Where each is in the source.</summary>
    public int[] Sequences { get; private set; } = new int[size];

    /// <summary>Makes room for more; existing values stay.</summary>
    public void Grow(int rows)
    {
        TInput[] inputs = new TInput[checked(rows * _inputLength)];
        TTarget[] targets = new TTarget[checked(rows * _targetLength)];
        int[] lengths = new int[_hasLengths ? rows : 0], sequences = new int[rows];
        (float[] weights, bool[] resets) = (new float[checked(rows * _weights)], new bool[checked(rows * _resets)]);
        Inputs.CopyTo(inputs, 0);
        Targets.CopyTo(targets, 0);
        Lengths.CopyTo(lengths, 0);
        Sequences.CopyTo(sequences, 0);
        Weights.CopyTo(weights, 0);
        Resets.CopyTo(resets, 0);
        (Inputs, Targets, Lengths, Sequences, Weights, Resets) = (inputs, targets, lengths, sequences, weights, resets);
    }

    public Span<TInput> Input(int row) => Inputs.AsSpan(row * _inputLength, _inputLength);

    public Span<TTarget> Target(int row) => Targets.AsSpan(row * _targetLength, _targetLength);

    public Span<float> Weight(int row) => Weights.AsSpan(row * _weights, _weights);

    public Span<bool> Reset(int row) => Resets.AsSpan(row * _resets, _resets);
}

/// <summary>Reads passes over a source, batch by batch, on one thread at a time.</summary>
internal abstract class SequenceReader<TInput, TTarget>(SequenceSource<TInput, TTarget> source)
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private PassOrder _order;

    /// <summary>Batches that are worth reading ahead on a thread of their own; 0 where copying is all there is to do.</summary>
    public abstract int Prefetch { get; }

    /// <summary>As many batches as a megabyte holds, from 4 to 32.</summary>
    protected int DefaultPrefetch(int batchSize) => (int)Math.Clamp((1L << 20) / (batchSize * source.SequenceBytes), 4, 32);

    /// <summary>Begins a pass after its first <paramref name="skipped"/> sequences.</summary>
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
            int sequence = buffer.Sequences[row] = ReadNext(buffer, row);
            source.Settings.CopyOf(sequence, buffer.Weight(row), buffer.Reset(row));
            if (source.Settings.Augmentation is { } augment && _order.Epoch > 0)
            {
                augment(new SequenceDraw(_order.Seed, _order.Epoch, sequence), buffer.Input(row), buffer.Target(row));
            }
        }
    }

    /// <summary>Ends a pass, whether all of it was read or not.</summary>
    /// <param name="keepsNext">Whether what was read ahead of the next pass is kept for it.</param>
    public virtual void End(bool keepsNext) { }

    protected abstract void BeginPass(PassOrder order, int skipped, CancellationToken cancellationToken);

    /// <summary>Copies the next sequence into a row and returns its index in the source.</summary>
    protected abstract int ReadNext(BatchBuffer<TInput, TTarget> buffer, int row);
}

/// <summary>Passes over sequences in memory.</summary>
internal sealed class ArraySequenceReader<TInput, TTarget>(SequenceDataset<TInput, TTarget> data, int batchSize) : SequenceReader<TInput, TTarget>(data)
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly int[] _order = new int[data.Count];
    private int _next;

    public override int Prefetch => data.Settings.Augmentation is null ? 0 : DefaultPrefetch(batchSize);

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
                int pool = (int)Math.Min(_order.Length, (long)data.Settings.BucketBatches * batchSize);
                for (int first = 0; first < _order.Length; first += Math.Min(pool, _order.Length - first))
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
