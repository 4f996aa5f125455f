using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>
/// Sequences with their targets, as <c>Fit</c> and <c>Evaluate</c> read them: in memory (<see cref="SequenceDataset{TInput, TTarget}"/>) or streamed
/// (<see cref="StreamedSequences{TInput, TTarget}"/>). The order of a pass depends only on the seed and the epoch.
/// </summary>
/// <typeparam name="TInput">The type of one input element: a number, or <see cref="int"/> for tokens.</typeparam>
/// <typeparam name="TTarget">The type of one target element: a number, or <see cref="int"/> for classes.</typeparam>
public abstract class SequenceSource<TInput, TTarget>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private protected SequenceSource(int inputLength, int targetLength, SourceSettings<TInput, TTarget> settings)
    {
        InputLength = inputLength;
        TargetLength = targetLength;
        Settings = settings;
    }

    /// <summary>Sequences of one pass, at least 1.</summary>
    public abstract int Count { get; }

    /// <summary>Elements of one input sequence: steps × features.</summary>
    public int InputLength { get; }

    /// <summary>Elements of one target.</summary>
    public int TargetLength { get; }

    /// <summary>
    /// The number of streams that the sequences are windows of: sequence <c>w × Streams + s</c> is window w of stream s, and continues where window w - 1 ended. 0 if they are not
    /// known to be windows of streams.
    /// </summary>
    public int Streams => Settings.Streams;

    internal SourceSettings<TInput, TTarget> Settings { get; }

    /// <summary>Bytes of one sequence and its target.</summary>
    internal long SequenceBytes => ((long)InputLength * Unsafe.SizeOf<TInput>()) + ((long)TargetLength * Unsafe.SizeOf<TTarget>());

    /// <summary>Marks of resets of each sequence: its steps; 0 if there are none.</summary>
    internal int ResetsPerSequence => Settings.Resets is { } resets ? resets.Length / Count : CarriedResets;

    /// <summary>Weights of each sequence: 1, or one for each output step; 0 if all sequences count the same.</summary>
    internal int WeightsPerSequence => Settings.Weights is { } weights ? weights.Length / Count : CarriedWeights;

    /// <summary>Marks of resets that each sequence comes with.</summary>
    internal virtual int CarriedResets => 0;

    /// <summary>Weights that each sequence comes with.</summary>
    internal virtual int CarriedWeights => 0;

    /// <summary>Whether sequences have different lengths.</summary>
    internal abstract bool HasLengths { get; }

    /// <summary>Checks the lengths that are known before the first pass.</summary>
    internal abstract void CheckLengths(int longest);

    /// <summary>Where the sequences are: in memory, or streamed.</summary>
    internal abstract string Place { get; }

    /// <summary>Lists what identifies the sequences in a checkpoint: settings that their order depends on, and hashes of their contents.</summary>
    /// <param name="add">Takes a name and a value.</param>
    internal virtual void Describe(Action<string, string> add)
    {
        add("count", Invariant($"{Count}"));
        add("input length", Invariant($"{InputLength}"));
        add("target length", Invariant($"{TargetLength}"));
        add("streams", Invariant($"{Streams}"));
        add("augmentation", Settings.Augmentation is null ? "none" : "some");
        add("batches that are bucketed by length", Invariant($"{Settings.BucketBatches}"));
        if (Settings.Resets is { } resets)
        {
            ContentHash hash = new();
            hash.Add<byte>(MemoryMarshal.AsBytes(resets.AsSpan()));
            add("resets' hash", $"{hash}");
        }

        if (Settings.Weights is { } weights)
        {
            ContentHash hash = new();
            hash.Add<float>(weights);
            add("weights' hash", $"{hash}");
        }
    }

    /// <summary>A reader of passes in batches of <paramref name="batchSize"/>.</summary>
    internal abstract SequenceReader<TInput, TTarget> OpenReader(int batchSize);

    /// <summary>
    /// The same sequences, changed by <paramref name="augmentation"/> as they are trained on; validation and evaluation read them as they are.
    /// It runs on a thread of its own, ahead of the training.
    /// </summary>
    /// <param name="augmentation">Changes one sequence in place.</param>
    /// <example>
    /// <code>
    /// var noisy = train.Augment((draw, input, target) =>
    /// {
    ///     for (int i = 0; i &lt; input.Length; i++) input[i] += 0.05f * (float)draw.Gaussian(i);
    /// });
    /// </code>
    /// </example>
    public abstract SequenceSource<TInput, TTarget> Augment(Augmentation<TInput, TTarget> augmentation);

    /// <summary>
    /// The same sequences as windows of streams, for <see cref="FitOptions.CarryState"/>. <see cref="SequenceDataset.FromStream{TInput, TTarget}(TInput[], TTarget[], int, int, int)"/> makes such datasets by
    /// itself; this is for sequences that were arranged in another way.
    /// </summary>
    /// <param name="streams">Streams, at least 1 and at most <see cref="Count"/>: sequence <c>w × streams + s</c> is window w of stream s. The last streams may have one window less.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="streams"/> is below 1 or above <see cref="Count"/>.</exception>
    public abstract SequenceSource<TInput, TTarget> WithStreams(int streams);

    /// <summary>
    /// The same sequences with weights: how much each counts in the mean loss of <c>Fit</c> and <c>Evaluate</c>, which is Σ w ℓ / Σ w, as <see cref="TrainingBatch{TInput, TTarget}"/> describes.
    /// They replace earlier ones. The measures of an <see cref="Evaluation"/> other than the loss count every target alike.
    /// </summary>
    /// <param name="weights">
    /// <see cref="Count"/> values, one for each sequence in the order of the source, or <see cref="Count"/> × the model's output steps, one for each output step: <c>[sequence, step]</c>. Each is finite and
    /// at least 0. The array is not copied.
    /// </param>
    /// <exception cref="ArgumentException">The number of weights is not a positive multiple of <see cref="Count"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite; the message names the first.</exception>
    /// <example>
    /// <code>
    /// var weighted = train.WithWeights(ages.Select(age => MathF.Pow(0.99f, age)).ToArray()); // recent sequences count more
    /// model.Fit(weighted);
    /// </code>
    /// </example>
    public abstract SequenceSource<TInput, TTarget> WithWeights(float[] weights);

    /// <summary>
    /// The same sequences with marks of the steps before which they start from the beginning, such as those at which an episode or a document begins in one long stream: the state before such a step is the
    /// initial one, and no gradient passes it, in <c>Fit</c> and in <c>Evaluate</c>. They replace earlier ones. <see cref="SequenceDataset.FromStream{TInput, TTarget}(TInput[], TTarget[], int, int, int, bool[], float[])"/>
    /// takes the marks of a stream.
    /// </summary>
    /// <param name="resets"><see cref="Count"/> × the model's sequence length marks, <c>[sequence, step]</c>. The array is not copied.</param>
    /// <exception cref="ArgumentException">The number of marks is not a positive multiple of <see cref="Count"/>.</exception>
    public abstract SequenceSource<TInput, TTarget> WithResets(bool[] resets);

    /// <summary>
    /// These sequences as this process's shard of the data: the data is that of all processes, one shard after the other in the order of their ranks, and each process holds, or streams, its own shard only.
    /// Batches, shuffling, augmentation and dropout are those of one process with all of the data, and so are the bits of a training; the sequences of a batch go to the processes that compute them, and their
    /// targets to all. All processes make this call, each with a shard of its own; shards may differ in size.
    /// </summary>
    /// <param name="processes">The processes, a power of two of them, with which it is then trained on or evaluated. A group of one has one shard.</param>
    /// <returns>A source of all sequences: its <see cref="Count"/> is that of all shards, and weights that are set on it are those of all sequences.</returns>
    /// <exception cref="ArgumentException">The number of processes is not a power of two.</exception>
    /// <exception cref="InvalidOperationException">These sequences are a shard already, or are streamed and bucketed by length.</exception>
    /// <exception cref="ProcessGroupException">A shard does not fit to that of process 0: it has sequences of another size, or lengths, weights, streams or augmentations of another kind, or a process could not read its shard; the message names the process.</exception>
    /// <example>
    /// <code>
    /// using var processes = MpiProcesses.Join();
    /// var own = StreamedSequences.Create(Reviews($"reviews-{processes.Rank}.jsonl"), Model.SequenceLength, 1, new StreamOptions { Count = 1_000_000 });
    /// model.Fit(own.AsShard(processes), options: new FitOptions { Processes = processes });
    /// </code>
    /// </example>
    public SequenceSource<TInput, TTarget> AsShard(ProcessGroup processes) => SequenceShard<TInput, TTarget>.Create(this, processes);

    /// <summary>
    /// The same sequences, shuffled into batches of similar length (bucketing): <paramref name="batches"/> batches at a time are sorted by length, cut, and
    /// taken in random order. The cost of a batch is that of its longest sequence. It changes nothing if all sequences have all steps.
    /// </summary>
    /// <param name="batches">Batches to sort together, at least 2: a larger number makes batches more uniform and less random.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batches"/> is below 2.</exception>
    public abstract SequenceSource<TInput, TTarget> BucketByLength(int batches = 32);
}

/// <summary>Changes a sequence in place before it is trained on. The result should depend only on its arguments; then training is reproducible bit for bit.</summary>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
/// <param name="draw">Random numbers of this sequence in this epoch.</param>
/// <param name="input">The input, <c>[step, feature]</c>.</param>
/// <param name="target">The target.</param>
public delegate void Augmentation<TInput, TTarget>(SequenceDraw draw, Span<TInput> input, Span<TTarget> target)
    where TInput : unmanaged
    where TTarget : unmanaged;

/// <summary>
/// Random numbers for one sequence in one epoch: functions of seed, epoch, sequence and index, not of earlier draws
/// (Philox, J. K. Salmon et al. 2011), so that threads, prefetch and resumption do not change them.
/// </summary>
/// <param name="seed">The seed of the training.</param>
/// <param name="epoch">From 1 on.</param>
/// <param name="sequence">Index of the sequence in its source.</param>
public readonly struct SequenceDraw(int seed, int epoch, int sequence)
{
    private readonly CounterRandom _random = new(seed, epoch, RandomPurpose.Augmentation);
    private readonly long _first = (long)sequence << 32;

    /// <summary>The seed of the training: <see cref="FitOptions.Seed"/>.</summary>
    public int Seed { get; } = seed;

    /// <summary>The epoch, from 1 on.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>Index of the sequence in its source.</summary>
    public int Sequence { get; } = sequence;

    /// <summary>A uniform number from 0 to below 1.</summary>
    /// <param name="index">The number of the draw, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative.</exception>
    public double Uniform(int index) => _random.Uniform(At(index));

    /// <summary>A draw from the standard normal distribution.</summary>
    /// <param name="index">The number of the draw, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative.</exception>
    public double Gaussian(int index) => _random.Gaussian(At(index));

    /// <summary>A whole number from 0 to below <paramref name="limit"/>, each equally likely.</summary>
    /// <param name="limit">At least 1.</param>
    /// <param name="index">The number of the draw, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is below 1, or <paramref name="index"/> negative.</exception>
    public int Below(int limit, int index)
    {
        Guard.AtLeast(limit, 1);
        return _random.Below(limit, At(index));
    }

    private long At(int index)
    {
        Guard.AtLeast(index, 0);
        return _first | (uint)index;
    }
}

/// <summary>What training does to the sequences of a source.</summary>
/// <param name="Augmentation">Changes each; null for none.</param>
/// <param name="BucketBatches">Batches that are sorted by length together; 0 for none.</param>
/// <param name="Streams">Streams whose windows they are; 0 where that is not known.</param>
/// <param name="Resets">Marks of the steps before which a sequence starts from the beginning; null if there are none.</param>
/// <param name="Weights">Weights of the sequences, or of their output steps; null if all count the same.</param>
internal sealed record SourceSettings<TInput, TTarget>(Augmentation<TInput, TTarget>? Augmentation = null, int BucketBatches = 0, int Streams = 0, float[]? Weights = null, bool[]? Resets = null)
    where TInput : unmanaged
    where TTarget : unmanaged
{
    /// <summary>The methods that augment, one after the other; <see langword="null"/> if none does.</summary>
    public string? AugmentationName { get; private init; }

    public SourceSettings<TInput, TTarget> WithAugmentation(Augmentation<TInput, TTarget> augmentation)
    {
        ArgumentNullException.ThrowIfNull(augmentation);
        Augmentation<TInput, TTarget>? first = Augmentation;
        string name = System.Diagnostics.DiagnosticMethodInfo.Create(augmentation) is { } method ? $"{method.DeclaringTypeName}.{method.Name}" : "a method without a name";
        return this with { AugmentationName = first is null ? name : $"{AugmentationName}, {name}", Augmentation = first is null ? augmentation : (draw, input, target) => { first(draw, input, target); augmentation(draw, input, target); } };
    }

    public SourceSettings<TInput, TTarget> WithStreams(int streams, int count)
    {
        Guard.Within(streams, 1, count);
        return this with { Streams = streams };
    }

    public SourceSettings<TInput, TTarget> WithBuckets(int batches)
    {
        Guard.AtLeast(batches, 2);
        return this with { BucketBatches = batches };
    }

    public SourceSettings<TInput, TTarget> WithWeights(float[] weights, int count)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Length == 0 || weights.Length % count != 0)
        {
            throw new ArgumentException(
                Invariant($"'weights' must hold {count} elements (one for each sequence) or {count} × the model's output steps (one for each of these); it holds {weights.Length}."), nameof(weights));
        }

        Check.Weights(weights);
        return this with { Weights = weights };
    }

    public SourceSettings<TInput, TTarget> WithResets(bool[] resets, int count)
    {
        ArgumentNullException.ThrowIfNull(resets);
        return resets.Length > 0 && resets.Length % count == 0 ? this with { Resets = resets }
            : throw new ArgumentException(Invariant($"'resets' must hold {count} × the model's sequence length elements, one for each step; it holds {resets.Length}."), nameof(resets));
    }

    /// <summary>Copies the weights and resets of a sequence, where they are known by its index.</summary>
    /// <param name="sequence">Where it is in the source.</param>
    /// <param name="weights">Overwritten with its weights, where there are some.</param>
    /// <param name="resets">Overwritten with its resets, where there are some.</param>
    public void CopyOf(int sequence, Span<float> weights, Span<bool> resets)
    {
        if (Weights is not null)
        {
            Weights.AsSpan(sequence * weights.Length, weights.Length).CopyTo(weights);
        }

        if (Resets is not null)
        {
            Resets.AsSpan(sequence * resets.Length, resets.Length).CopyTo(resets);
        }
    }

    /// <summary>The settings of some of the sequences.</summary>
    /// <param name="indices">Which of them.</param>
    /// <param name="count">All sequences.</param>
    /// <param name="streams">Streams whose windows they still are.</param>
    public SourceSettings<TInput, TTarget> Of(ReadOnlySpan<int> indices, int count, int streams) =>
        this with { Streams = streams, Weights = Of(Weights, indices, count), Resets = Of(Resets, indices, count) };

    /// <summary>The settings of sequences that follow each other.</summary>
    /// <param name="start">The first of them.</param>
    /// <param name="length">Their number.</param>
    /// <param name="count">All sequences.</param>
    /// <param name="streams">Streams whose windows they still are.</param>
    public SourceSettings<TInput, TTarget> Of(int start, int length, int count, int streams) =>
        this with { Streams = streams, Weights = Of(Weights, start, length, count), Resets = Of(Resets, start, length, count) };

    private static T[]? Of<T>(T[]? values, int start, int length, int count) => values?[(start * (values.Length / count))..((start + length) * (values.Length / count))];

    private static T[]? Of<T>(T[]? values, ReadOnlySpan<int> indices, int count)
    {
        if (values is null)
        {
            return null;
        }

        int perSequence = values.Length / count;
        T[] some = new T[indices.Length * perSequence];
        for (int i = 0; i < indices.Length; i++)
        {
            values.AsSpan(indices[i] * perSequence, perSequence).CopyTo(some.AsSpan(i * perSequence));
        }

        return some;
    }
}
