namespace RnnGen.Runtime;

/// <summary>The order of one pass over a source.</summary>
/// <param name="Seed">The seed of the training.</param>
/// <param name="Epoch">From 1; 0 without training, where nothing is augmented.</param>
/// <param name="IsShuffled">Whether the order is random; otherwise it is the source's.</param>
/// <param name="HasNext">Whether a pass like it comes next, unless the training stops early: its beginning may be read ahead.</param>
internal readonly record struct PassOrder(int Seed, int Epoch, bool IsShuffled, bool HasNext = false);

/// <summary>Some sequences of a batch, one after the other.</summary>
/// <param name="First">The first, from 0.</param>
/// <param name="Count">How many.</param>
internal readonly record struct BatchRows(int First, int Count);

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

/// <summary>The sequences of a source that this process has; the rest is read by others.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Count">Their number.</param>
internal readonly record struct OwnSequences(int First, int Count)
{
    public bool Contains(int sequence) => sequence >= First && sequence - First < Count;
}

/// <summary>Reads passes over a source, batch by batch, on one thread at a time.</summary>
/// <param name="source">The source.</param>
/// <param name="own">What this process has of it: a row of another sequence knows its place only.</param>
internal abstract class SequenceReader<TInput, TTarget>(SequenceSource<TInput, TTarget> source, OwnSequences own)
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private PassOrder _order;

    /// <summary>All sequences.</summary>
    protected SequenceSource<TInput, TTarget> Source => source;

    /// <summary>What this process has of them.</summary>
    protected OwnSequences Own => own;

    /// <summary>Whether an input is a row that a model reads whole, and not steps of which there may be fewer.</summary>
    public bool ReadsRows { get; set; }

    /// <summary>The rows of the next batch whose inputs are read, where the reader can leave out others.</summary>
    public BatchRows NeededInputs { get; set; } = new(0, int.MaxValue);

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
            if (source.Settings.Augmentation is { } augment && _order.Epoch > 0 && own.Contains(sequence))
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
/// <param name="source">All sequences.</param>
/// <param name="lengths">Their lengths; empty if all have all steps.</param>
/// <param name="data">The sequences that this process has.</param>
/// <param name="first">Where they begin among all.</param>
/// <param name="batchSize">Sequences of a batch.</param>
internal sealed class ArraySequenceReader<TInput, TTarget>(SequenceSource<TInput, TTarget> source, ReadOnlyMemory<int> lengths, SequenceDataset<TInput, TTarget> data, int first, int batchSize)
    : SequenceReader<TInput, TTarget>(source, new(first, data.Count))
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly int[] _order = new int[source.Count];
    private int _next;

    public override int Prefetch => Source.Settings.Augmentation is null ? 0 : DefaultPrefetch(batchSize);

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
            if (Source.Settings.BucketBatches > 0 && Source.HasLengths)
            {
                int pool = (int)Math.Min(_order.Length, (long)Source.Settings.BucketBatches * batchSize);
                for (int start = 0; start < _order.Length; start += Math.Min(pool, _order.Length - start))
                {
                    Span<int> part = _order.AsSpan(start, Math.Min(pool, _order.Length - start));
                    Shuffling.Bucket(part, lengths.Span, batchSize, random, Shuffling.Buckets + start);
                }
            }
        }

        _next = skipped;
    }

    protected override int ReadNext(BatchBuffer<TInput, TTarget> buffer, int row)
    {
        int index = _order[_next++];
        if (buffer.Lengths.Length > 0)
        {
            buffer.Lengths[row] = lengths.Span[index];
        }

        if (Own.Contains(index))
        {
            if (row - NeededInputs.First is >= 0 and var place && place < NeededInputs.Count)
            {
                data.Input(index - first).CopyTo(buffer.Input(row));
            }

            data.Target(index - first).CopyTo(buffer.Target(row));
        }

        return index;
    }
}
