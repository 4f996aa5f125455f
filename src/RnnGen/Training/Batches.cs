using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>The batches of a source in some order, one at a time.</summary>
internal sealed class Batches<TInput, TTarget> : IDisposable
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly SequenceSource<TInput, TTarget> _source;
    private readonly SequenceReader<TInput, TTarget> _reader;
    private readonly BatchPrefetch<TInput, TTarget>? _prefetch;
    private readonly SequenceCheck<TInput, TTarget>? _check; // where sequences are not known before they are read
    private readonly SequenceShard<TInput, TTarget>? _shard; // of which other processes have the rest
    private readonly string _name;
    private readonly int _steps;
    private BatchBuffer<TInput, TTarget> _batch;
    private readonly ModelLayout _layout;
    private readonly double[]? _classWeights;
    private readonly float[] _weights; // of the batch that was read, where classes weigh too
    private int[]? _outputLengths;
    private int[]? _takers;
    private PassOrder _order;
    private int _next;

    /// <summary>Prepares to read a source.</summary>
    /// <param name="source">The source.</param>
    /// <param name="size">The maximum number of sequences in a batch.</param>
    /// <param name="layout">The model that reads them.</param>
    /// <param name="name">The name of the source in errors.</param>
    /// <param name="classWeights">What a step weighs by its class, besides the source's own weights; <see langword="null"/> if all classes weigh the same.</param>
    public Batches(SequenceSource<TInput, TTarget> source, int size, ModelLayout layout, string name, double[]? classWeights = null)
    {
        (_source, _name, _steps, _layout, _classWeights) = (source, name, layout.SequenceLength, layout, classWeights);
        _shard = source as SequenceShard<TInput, TTarget>;
        _check = (_shard?.Own ?? source) is SequenceDataset<TInput, TTarget> && source.Settings.Augmentation is null ? null : new(layout, name);
        SequenceCount = source.Count;
        Size = Math.Min(size, SequenceCount);
        if ((long)Size * Math.Max(source.InputLength, source.TargetLength) > Array.MaxLength)
        {
            throw new ArgumentException(Invariant(
                $"A batch of {Size} sequences with {source.InputLength} input and {source.TargetLength} target elements each does not fit into an array; use a smaller BatchSize."), name);
        }

        _reader = source.OpenReader(Size);
        _reader.ReadsRows = layout.IsRow;
        _prefetch = _reader.Prefetch > 0 ? new(_reader, () => new(Size, source)) : null;
        _batch = new(_prefetch is null ? Size : 0, source);
        _weights = new float[_classWeights is null ? 0 : checked(Size * WeightsPerSequence)];
    }

    private int WeightsPerSequence => _classWeights is null ? _source.WeightsPerSequence : _layout.OutputSteps;

    /// <summary>Lists what identifies the data in a checkpoint.</summary>
    public void Describe(Action<string, string> add) => _source.Describe(add);

    /// <inheritdoc cref="SequenceSource{TInput, TTarget}.Place"/>
    public string Place => _source.Place;

    /// <summary>Whether processes have compared all of the data before they read it, or share it: then they read the same.</summary>
    public bool AreCompared => _source is not StreamedSequences<TInput, TTarget>;

    /// <summary>What computes the batches of a training; <see langword="null"/> if every process needs every input.</summary>
    public ISharedCore? Core { get; set; }

    /// <summary>The processes that compute the batches of a training; <see langword="null"/> if this one computes them alone.</summary>
    public ProcessGroup? Processes { get; set; }

    /// <summary>Sequences of a full batch.</summary>
    public int Size { get; }

    /// <summary>Sequences of one pass.</summary>
    public int SequenceCount { get; }

    /// <summary>Makes later passes those of a training, in the order of (seed, epoch) or of the source; another epoch may follow.</summary>
    public void Begin(int seed, int epoch, bool isShuffled, bool hasNext) => _order = new(seed, epoch, isShuffled, hasNext);

    /// <summary>
    /// Reads the batch that starts at position <paramref name="first"/> of the order and returns its size; the last may be smaller. Position 0 starts a pass, and so does
    /// one that does not follow the previous batch.
    /// </summary>
    public int Read(int first, CancellationToken cancellationToken = default)
    {
        int count = Math.Min(Size, SequenceCount - first);
        if (first == 0 || first != _next)
        {
            if (_prefetch is null)
            {
                _reader.Begin(_order, first, cancellationToken);
            }
            else
            {
                _prefetch.Begin(_order, first, SequenceCount, Size);
            }
        }

        _next = -1; // until it is read: one that failed starts again
        if (_prefetch is null)
        {
            _reader.NeededInputs = NeededInputs(count);
            _reader.Read(_batch, count);
        }
        else
        {
            _batch = _prefetch.Next(cancellationToken);
        }

        for (int row = 0; row < count && _check is not null; row++)
        {
            if (_shard is { } shard && !shard.IsHere(_batch.Sequences[row]))
            {
                continue; // its own process checks it
            }

            _check.One(_batch.Sequences[row], _batch.Input(row), _batch.Target(row), _batch.Lengths.Length > 0 ? _batch.Lengths[row] : _steps);
        }

        _shard?.Exchange(_batch, count, Takers(_shard.Group, count));
        WeighClasses(count);
        _next = first + count;
        return count;
    }

    // Of what is in memory in every process: the sequences that this one computes. Pages of the batch that nobody writes take no memory.
    private BatchRows NeededInputs(int count)
    {
        if (Core is null || Processes is null || _shard is not null || _source.ResetsPerSequence > 0)
        {
            return new(0, count);
        }

        int first = Core.FirstSequence(Processes.Rank, Processes.Count, count);
        return new(first, Core.FirstSequence(Processes.Rank + 1, Processes.Count, count) - first);
    }

    // The first row that each process computes; empty where rows are cut into pieces, which fall to other processes, or are measured.
    private ReadOnlySpan<int> Takers(ProcessGroup processes, int count)
    {
        if (Core is null || _source.ResetsPerSequence > 0)
        {
            return default;
        }

        _takers ??= new int[processes.Count + 1];
        for (int rank = 0; rank <= processes.Count; rank++)
        {
            _takers[rank] = Core.FirstSequence(rank, processes.Count, count);
        }

        return _takers;
    }

    // What each output step weighs in the batch that was read: its own weight times that of its class.
    private void WeighClasses(int count)
    {
        int perSequence = WeightsPerSequence;
        for (int i = 0; i < count * perSequence && _classWeights is not null; i++)
        {
            (int row, int step) = int.DivRem(i, perSequence);
            float own = _batch.Weight(row) is { IsEmpty: false } weights ? weights[weights.Length == 1 ? 0 : step] : 1;
            _weights[i] = (float)(own * ClassWeight(MemoryMarshal.Cast<TTarget, int>(_batch.Target(row))[step]));
        }
    }

    // What is no class is missing, or padding.
    private double ClassWeight(int target) => (uint)target < (uint)_classWeights!.Length ? _classWeights[target] : 0;

    /// <summary>What is not finite in the batch that was read, named by its place in the source.</summary>
    /// <param name="exception">It names a row of the batch.</param>
    /// <param name="first">The row of the batch that this began with.</param>
    public NonFiniteException InSource(NonFiniteException exception, int first = 0) => exception.Sequence is { } row ? exception.InData(_batch.Sequences[first + row], _name) : exception;

    public void Dispose() => _prefetch?.Dispose();

    /// <summary>The index in the source of a sequence of the batch that was read.</summary>
    public int Sequence(int row) => _batch.Sequences[row];

    /// <summary>The lengths of sequences of the batch that was read; empty if all have all steps.</summary>
    public ReadOnlySpan<int> Lengths(BatchRows rows) => _batch.Lengths.Length == 0 ? default : _batch.Lengths.AsSpan(rows.First, rows.Count);

    /// <summary>The weight of the mean loss of these sequences: the sum of what their terms weigh, or the number of these.</summary>
    public double Weight(BatchRows rows) => LossTerms.Sum(_layout, Targets(rows), Lengths(rows), Weights(rows), rows.Count);

    /// <summary>The weights of these sequences, or of their output steps; empty if all count the same.</summary>
    public ReadOnlySpan<float> Weights(BatchRows rows) => (_classWeights is null ? _batch.Weights : _weights).AsSpan(rows.First * WeightsPerSequence, rows.Count * WeightsPerSequence);

    private ReadOnlySpan<bool> Resets(BatchRows rows) => _batch.Resets.AsSpan(rows.First * _source.ResetsPerSequence, rows.Count * _source.ResetsPerSequence);

    /// <summary>These sequences for a model.</summary>
    /// <param name="rows">Sequences of the batch that was read.</param>
    /// <param name="state">The states that they start from, or <see langword="null"/>.</param>
    public TrainingBatch<TInput, TTarget> Batch(BatchRows rows, BatchState? state = null) =>
        new() { Inputs = Inputs(rows), Targets = Targets(rows), Count = rows.Count, Lengths = Lengths(rows), Weights = Weights(rows), Resets = Resets(rows), State = state };

    /// <summary>The lengths of these sequences' outputs; empty if all have all steps.</summary>
    public ReadOnlySpan<int> OutputLengths(BatchRows rows)
    {
        if (_layout.EndToken < 0)
        {
            return _layout.IsDecoded ? default : Lengths(rows);
        }

        _outputLengths ??= new int[Size];
        Decoding.Lengths(MemoryMarshal.Cast<TTarget, int>(Targets(rows)), _layout.OutputSteps, _layout.EndToken, _outputLengths);
        return _outputLengths.AsSpan(0, rows.Count);
    }

    /// <summary>The inputs of these sequences.</summary>
    public ReadOnlySpan<TInput> Inputs(BatchRows rows) => _batch.Inputs.AsSpan(rows.First * _source.InputLength, rows.Count * _source.InputLength);

    /// <summary>The targets of these sequences.</summary>
    public ReadOnlySpan<TTarget> Targets(BatchRows rows) => _batch.Targets.AsSpan(rows.First * _source.TargetLength, rows.Count * _source.TargetLength);
}
