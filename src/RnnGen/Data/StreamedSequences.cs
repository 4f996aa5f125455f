using System.Runtime.InteropServices;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>One sequence of a stream, with its target. The memory is read before the stream moves on, so it may be reused for the next one.</summary>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
public readonly record struct Sequence<TInput, TTarget>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    /// <summary>Creates it.</summary>
    /// <param name="input">The input <c>[step, feature]</c>; shorter than the stream's <c>InputLength</c> only with <paramref name="steps"/>, and then padded with zeros.</param>
    /// <param name="target">The target; shorter than the stream's <c>TargetLength</c> only with <paramref name="steps"/>, and then padded with zeros.</param>
    /// <param name="steps">Steps, at least 1; 0 (default) if the sequence has all steps.</param>
    public Sequence(ReadOnlyMemory<TInput> input, ReadOnlyMemory<TTarget> target, int steps = 0) => (Input, Target, Steps) = (input, target, steps);

    /// <summary>The input <c>[step, feature]</c>; shorter than the stream's <c>InputLength</c> only with <see cref="Steps"/>, and then padded with zeros.</summary>
    public ReadOnlyMemory<TInput> Input { get; init; }

    /// <summary>The target; shorter than the stream's <c>TargetLength</c> only with <see cref="Steps"/>, and then padded with zeros.</summary>
    public ReadOnlyMemory<TTarget> Target { get; init; }

    /// <summary>Steps, at least 1; 0 (default) if the sequence has all steps.</summary>
    public int Steps { get; init; }

    /// <summary>Its weight, or the weights of its output steps, finite and at least 0: <see cref="StreamOptions.WeightsPerSequence"/> values, or <see cref="Steps"/> of them. Empty without that option.</summary>
    public ReadOnlyMemory<float> Weights { get; init; }

    /// <summary>
    /// Marks of the steps before which it starts from the beginning, see <see cref="SequenceSource{TInput, TTarget}.WithResets"/>: <see cref="StreamOptions.ResetsPerSequence"/> values, or
    /// <see cref="Steps"/> of them. Empty: it has none.
    /// </summary>
    public ReadOnlyMemory<bool> Resets { get; init; }
}

/// <summary>How a stream is read.</summary>
public sealed record StreamOptions
{
    /// <summary>
    /// The number of sequences in a pass, at least 1: further sequences of the source are not read, and fewer are an error. Default: <see langword="null"/>: the source is
    /// read once before the first pass to count them.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? Count
    {
        get;
        init => field = value is { } count ? AtLeast(1, count, nameof(Count)) : null;
    }

    /// <summary>
    /// The size of the shuffle buffer in sequences, at least 1: the next sequence of a pass is drawn from the buffer and replaced by the source's next. The buffer separates neighbours
    /// in a sorted source (all of one class, then all of another) only within its own size. Default: <see langword="null"/>: 4,096, or as many
    /// as fit into 64 MiB if that is less.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? ShuffleBuffer
    {
        get;
        init => field = value is { } size ? AtLeast(1, size, nameof(ShuffleBuffer)) : null;
    }

    /// <summary>
    /// Batches to prefetch on another thread, at least 1. The order does not depend on it. Default: <see langword="null"/>: as many as fit into a megabyte, from
    /// 4 to 32.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? Prefetch
    {
        get;
        init => field = value is { } batches ? AtLeast(1, batches, nameof(Prefetch)) : null;
    }

    /// <summary>Whether sequences may have fewer steps than the model; each then has its <see cref="Sequence{TInput, TTarget}.Steps"/>. Default: <see langword="false"/>.</summary>
    public bool HasLengths { get; init; }

    /// <summary>
    /// The number of weights that each sequence comes with, at least 0: 1, or the model's output steps; each then has its <see cref="Sequence{TInput, TTarget}.Weights"/>. Default: 0: none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 0.</exception>
    public int WeightsPerSequence
    {
        get;
        init => field = AtLeast(0, value, nameof(WeightsPerSequence));
    }

    /// <summary>
    /// The number of marks of resets that a sequence comes with, at least 0: the model's sequence length; each may then have its <see cref="Sequence{TInput, TTarget}.Resets"/>. Default: 0: none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 0.</exception>
    public int ResetsPerSequence
    {
        get;
        init => field = AtLeast(0, value, nameof(ResetsPerSequence));
    }

    /// <summary>
    /// The replacement of missing values (NaN) in the inputs of <see cref="StreamedSequences.Windows"/>; in targets they stay missing, for a model with <c>MaskedTargets</c>.
    /// Default: <see langword="null"/>: 0 in rows that <see cref="FeatureNormalizer.Apply{T}(IEnumerable{ReadOnlyMemory{T}})"/> normalises (their mean with the
    /// standard score, their minimum with the range); in other rows they stay NaN, and training stops at the first.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public double? MissingInput
    {
        get;
        init => field = MissingInputs.Of<double>(value, nameof(MissingInput));
    }

    private static int AtLeast(int minimum, int value, string name)
    {
        Guard.AtLeast(value, minimum, name);
        return value;
    }
}

/// <summary>Makes streams of sequences.</summary>
public static class StreamedSequences
{
    /// <summary>Streams sequences from an enumerable, which is enumerated again for each pass.</summary>
    /// <typeparam name="TInput">The type of one input element: a number, or <see cref="int"/> for tokens.</typeparam>
    /// <typeparam name="TTarget">The type of one target element: a number, or <see cref="int"/> for classes.</typeparam>
    /// <param name="sequences">The sequences, which are enumerated on another thread.</param>
    /// <param name="inputLength">Elements of one input, at least 1: the model's steps × features.</param>
    /// <param name="targetLength">Elements of one target, at least 1.</param>
    /// <param name="options">How the stream is read; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1.</exception>
    /// <example>
    /// <code>
    /// var train = StreamedSequences.Create(Reviews("reviews.jsonl"), Model.SequenceLength, 1, new StreamOptions { HasLengths = true });
    /// model.Fit(train);
    ///
    /// IEnumerable&lt;Sequence&lt;int, int&gt;&gt; Reviews(string path)
    /// {
    ///     foreach (JsonLine line in JsonLines.Read(path))
    ///     {
    ///         int[] tokens = tokenizer.Encode(line.Text("text"));
    ///         yield return new(tokens.AsMemory(0, Math.Min(tokens.Length, Model.SequenceLength)), new[] { line.WholeNumber("label") }, tokens.Length);
    ///     }
    /// }
    /// </code>
    /// </example>
    public static StreamedSequences<TInput, TTarget> Create<TInput, TTarget>(
        IEnumerable<Sequence<TInput, TTarget>> sequences, int inputLength, int targetLength, StreamOptions? options = null)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return new(_ => sequences, Positive(inputLength, nameof(inputLength)), Positive(targetLength, nameof(targetLength)), options ?? new StreamOptions());
    }

    /// <summary>Streams sequences that arrive asynchronously; see <see cref="Create{TInput, TTarget}(IEnumerable{Sequence{TInput, TTarget}}, int, int, StreamOptions?)"/>.</summary>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <param name="sequences">The sequences; abandoning a pass cancels its enumeration.</param>
    /// <param name="inputLength">Elements of one input, at least 1.</param>
    /// <param name="targetLength">Elements of one target, at least 1.</param>
    /// <param name="options">How the stream is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1.</exception>
    public static StreamedSequences<TInput, TTarget> Create<TInput, TTarget>(
        IAsyncEnumerable<Sequence<TInput, TTarget>> sequences, int inputLength, int targetLength, StreamOptions? options = null)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return new(sequences.ToBlockingEnumerable, Positive(inputLength, nameof(inputLength)), Positive(targetLength, nameof(targetLength)), options ?? new StreamOptions());
    }

    /// <summary>
    /// Streams windows over rows of a table: inputs are <paramref name="sequenceLength"/> rows, targets the columns <paramref name="targets"/> of the
    /// <paramref name="horizon"/> rows after them. At most <c>2 × (sequenceLength + horizon)</c> rows are held.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="rows">The rows, oldest first, each of <paramref name="columns"/> values.</param>
    /// <param name="columns">Values of a row, at least 1: the model's features.</param>
    /// <param name="sequenceLength">Rows that the model sees, at least 1.</param>
    /// <param name="horizon">Rows that it forecasts, at least 1.</param>
    /// <param name="stride">Rows from one window to the next, at least 1.</param>
    /// <param name="targets">Columns that it forecasts, from 0; <see langword="null"/> for all.</param>
    /// <param name="options">How the stream is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, there is no such column, or <see cref="StreamOptions.MissingInput"/> is not finite as <typeparamref name="T"/>.</exception>
    /// <example>
    /// <code>
    /// var rows = CsvTable.Rows("weather.csv", ["temperature", "pressure"]);
    /// model.Fit(StreamedSequences.Windows(rows, 2, Model.SequenceLength, targets: [0]));
    /// </code>
    /// </example>
    public static StreamedSequences<T, T> Windows<T>(
        IEnumerable<ReadOnlyMemory<T>> rows, int columns, int sequenceLength, int horizon = 1, int stride = 1, int[]? targets = null, StreamOptions? options = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(rows);
        RowWindows<T> windows = new(rows, Positive(columns, nameof(columns)), Positive(sequenceLength, nameof(sequenceLength)), Positive(horizon, nameof(horizon)), Positive(stride, nameof(stride)), targets, MissingInputs.Of<T>(options?.MissingInput, nameof(options)));
        return new(_ => windows, windows.InputLength, windows.TargetLength, options ?? new StreamOptions());
    }

    private static int Positive(int value, string name)
    {
        Guard.AtLeast(value, 1, name);
        return value;
    }
}

/// <summary>
/// Sequences that are read again for each pass. Only the shuffle buffer and the prefetched batches are in memory, see
/// <see cref="StreamOptions"/>. Created by <see cref="StreamedSequences"/>.
/// </summary>
/// <remarks>
/// The order of a pass depends only on the seed and the epoch, not on threads. <c>Fit</c> throws the exceptions of the source after training on the batches before them;
/// a source with too few sequences, or a sequence of another length, is an <see cref="InvalidDataException"/>. While the last sequences of the shuffle buffer are
/// in use, the next pass already fills the places that they leave, so only the first pass waits for a full buffer.
/// </remarks>
/// <typeparam name="TInput">The type of one input element: a number, or <see cref="int"/> for tokens.</typeparam>
/// <typeparam name="TTarget">The type of one target element: a number, or <see cref="int"/> for classes.</typeparam>
public sealed class StreamedSequences<TInput, TTarget> : SequenceSource<TInput, TTarget>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly Func<CancellationToken, IEnumerable<Sequence<TInput, TTarget>>> _open;
    internal const int MostHashed = 1000;

    private int _count;

    internal StreamedSequences(
        Func<CancellationToken, IEnumerable<Sequence<TInput, TTarget>>> open, int inputLength, int targetLength, StreamOptions options, SourceSettings<TInput, TTarget>? settings = null)
        : base(inputLength, targetLength, settings ?? new())
    {
        _open = open;
        Options = options;
        _count = options.Count ?? 0;
    }

    /// <summary>Sequences of one pass: <see cref="StreamOptions.Count"/>, or the number in the source, which is then read once to count them.</summary>
    /// <exception cref="InvalidDataException">The source has no sequence.</exception>
    public override int Count
    {
        get
        {
            if (_count == 0)
            {
                int count = 0;
                foreach (Sequence<TInput, TTarget> _ in _open(CancellationToken.None))
                {
                    count = checked(count + 1);
                }

                _count = count > 0 ? count : throw new InvalidDataException("The stream has no sequence; training needs at least one.");
            }

            return _count;
        }
    }

    internal StreamOptions Options { get; }

    internal override bool HasLengths => Options.HasLengths;

    internal override int CarriedWeights => Options.WeightsPerSequence;

    internal override int CarriedResets => Options.ResetsPerSequence;

    /// <inheritdoc/>
    public override StreamedSequences<TInput, TTarget> Augment(Augmentation<TInput, TTarget> augmentation) => With(Settings.WithAugmentation(augmentation));

    /// <inheritdoc/>
    public override StreamedSequences<TInput, TTarget> BucketByLength(int batches = 32) => With(Settings.WithBuckets(batches));

    /// <inheritdoc/>
    public override StreamedSequences<TInput, TTarget> WithStreams(int streams) => With(Settings.WithStreams(streams, Count));

    /// <inheritdoc/>
    public override StreamedSequences<TInput, TTarget> WithWeights(float[] weights) => With(Settings.WithWeights(weights, Count));

    /// <inheritdoc/>
    public override StreamedSequences<TInput, TTarget> WithResets(bool[] resets) => With(Settings.WithResets(resets, Count));

    // Each sequence's is checked as it is read.
    internal override void CheckLengths(int longest) { }

    internal override string Place => "streamed";

    // All of a stream would take as long as a pass, and its beginning tells another file or another preparation apart.
    internal override void Describe(Action<string, string> add)
    {
        base.Describe(add);
        ContentHash hash = new();
        foreach (Sequence<TInput, TTarget> sequence in Beginning(MostHashed))
        {
            hash.Add(sequence.Input.Span);
            hash.Add(sequence.Target.Span);
            hash.Add([sequence.Steps]);
            hash.Add(sequence.Weights.Span);
            hash.Add(MemoryMarshal.AsBytes(sequence.Resets.Span));
        }

        add("shuffle buffer", Options.ShuffleBuffer is { } size ? Invariant($"{size}") : "default");
        add("lengths", Options.HasLengths ? "some" : "none");
        add(Invariant($"hash of up to {MostHashed} sequences"), $"{hash}");
    }

    internal override SequenceReader<TInput, TTarget> OpenReader(int batchSize) => OpenReader(this, 0, batchSize);

    /// <summary>A reader of passes over more sequences, of which this process reads these.</summary>
    /// <param name="all">All sequences.</param>
    /// <param name="first">Where these begin among all.</param>
    /// <param name="batchSize">Sequences of a batch.</param>
    internal SequenceReader<TInput, TTarget> OpenReader(SequenceSource<TInput, TTarget> all, int first, int batchSize) =>
        new StreamSequenceReader<TInput, TTarget>(all, Options, new(first, Count), _open, batchSize);

    /// <summary>The first sequences, of which a hash tells another source apart.</summary>
    /// <param name="count">How many at most.</param>
    internal IEnumerable<Sequence<TInput, TTarget>> Beginning(int count) => _open(CancellationToken.None).Take(Math.Min(Count, count));

    private StreamedSequences<TInput, TTarget> With(SourceSettings<TInput, TTarget> settings) => new(_open, InputLength, TargetLength, Options with { Count = _count == 0 ? null : _count }, settings);
}
