using System.Runtime.InteropServices;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>Makes datasets of sequences.</summary>
public static class SequenceDataset
{
    /// <summary>Wraps arrays that hold <paramref name="count"/> sequences one after the other; nothing is copied.</summary>
    /// <typeparam name="TInput">The type of one input element: a number, or <see cref="int"/> for tokens.</typeparam>
    /// <typeparam name="TTarget">The type of one target element: a number, or <see cref="int"/> for classes.</typeparam>
    /// <param name="inputs">All inputs, <c>[count, step, feature]</c> row-major.</param>
    /// <param name="targets">All targets, <c>[count, …]</c> row-major.</param>
    /// <param name="count">Sequences, at least 1; it must divide the lengths of both arrays.</param>
    /// <param name="lengths">Steps of each sequence, at least 1; what follows them is padding. <see langword="null"/> if all have all steps.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> or a length is below 1.</exception>
    /// <exception cref="ArgumentException">There is not one length for each sequence, or an array is empty, or its length is not a multiple of <paramref name="count"/>.</exception>
    /// <example>
    /// <code>
    /// SequenceDataset&lt;float, float&gt; train = SequenceDataset.FromArrays(inputs, targets, count);
    /// </code>
    /// </example>
    public static SequenceDataset<TInput, TTarget> FromArrays<TInput, TTarget>(TInput[] inputs, TTarget[] targets, int count, int[]? lengths = null)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        Guard.AtLeast(count, 1);
        int inputLength = LengthOfOne(inputs.Length, count, nameof(inputs));
        int targetLength = LengthOfOne(targets.Length, count, nameof(targets));
        if (lengths is not null)
        {
            Check.Lengths(lengths, count, int.MaxValue);
            if (lengths.Length == 0)
            {
                throw new ArgumentException(Invariant($"{count} sequences need {count} lengths, or null; the array is empty."), nameof(lengths));
            }
        }

        return new(new SequenceViews<TInput>(inputs, 0, inputLength, inputLength), new SequenceViews<TTarget>(targets, 0, targetLength, targetLength), count, lengths);
    }

    /// <summary>Copies sequences of different length into one dataset, each padded with zeros to the model's length.</summary>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <param name="sequences">The sequences, at least one, each with its number of steps; see <see cref="Sequence{TInput, TTarget}"/>.</param>
    /// <param name="inputLength">Elements of a padded input, at least 1: the model's steps × features.</param>
    /// <param name="targetLength">Elements of a padded target, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1.</exception>
    /// <exception cref="ArgumentException">There is no sequence, or one is longer than the padded ones or has no steps; the message names it.</exception>
    /// <example>
    /// <code>
    /// var train = SequenceDataset.FromSequences(texts.Select(t => new Sequence&lt;int, int&gt;(t.Tokens, new[] { t.Class }, t.Tokens.Length)), Model.SequenceLength, 1);
    /// model.Fit(train.BucketByLength());
    /// </code>
    /// </example>
    public static SequenceDataset<TInput, TTarget> FromSequences<TInput, TTarget>(IEnumerable<Sequence<TInput, TTarget>> sequences, int inputLength, int targetLength)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(sequences);
        Guard.AtLeast(inputLength, 1);
        Guard.AtLeast(targetLength, 1);
        List<TInput> inputs = [];
        List<TTarget> targets = [];
        List<int> lengths = [];
        foreach (Sequence<TInput, TTarget> sequence in sequences)
        {
            if (sequence.Steps < 1 || sequence.Input.Length > inputLength || sequence.Target.Length > targetLength)
            {
                throw new ArgumentException(
                    Invariant($"Sequence {lengths.Count} (from 0) has {sequence.Steps} steps, {sequence.Input.Length} input elements and {sequence.Target.Length} target elements; ") +
                    Invariant($"at least 1 step, and at most {inputLength} and {targetLength} elements were expected. Cut it, or declare a longer model."),
                    nameof(sequences));
            }

            inputs.AddRange(sequence.Input.Span);
            targets.AddRange(sequence.Target.Span);
            lengths.Add(sequence.Steps);
            CollectionsMarshal.SetCount(inputs, checked(lengths.Count * inputLength));
            CollectionsMarshal.SetCount(targets, checked(lengths.Count * targetLength));
            CollectionsMarshal.AsSpan(inputs)[^(inputLength - sequence.Input.Length)..].Clear();
            CollectionsMarshal.AsSpan(targets)[^(targetLength - sequence.Target.Length)..].Clear();
        }

        return lengths.Count > 0
            ? FromArrays<TInput, TTarget>([.. inputs], [.. targets], lengths.Count, [.. lengths])
            : throw new ArgumentException("There is no sequence; a dataset has at least one.", nameof(sequences));
    }

    /// <summary>
    /// Cuts one long sequence into streams that are read side by side, and each stream into windows: sequence <c>w × streams + s</c> is window w of
    /// stream s, so that in batches of <paramref name="streams"/> each sequence continues the one at the same position of the previous batch. Train on it with
    /// <see cref="FitOptions.CarryState"/>; <c>Evaluate</c> carries states over it without being asked. Steps at the end of each stream that do not fill a window are left out.
    /// </summary>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <param name="inputs">The inputs of all steps, <c>[step, feature]</c>.</param>
    /// <param name="targets">The targets of all steps, <c>[step, …]</c>.</param>
    /// <param name="steps">Steps of the whole, at least 1; it must divide the lengths of both arrays.</param>
    /// <param name="sequenceLength">Steps of a window, at least 1: the model's sequence length.</param>
    /// <param name="streams">Streams, at least 1: the batch size.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    /// <exception cref="ArgumentException">The sequence is too short for one window of each stream, or an array's length is not a multiple of <paramref name="steps"/>.</exception>
    /// <example>
    /// <code>
    /// var train = SequenceDataset.FromStream(text[..^1], text[1..], text.Length - 1, Model.SequenceLength, streams: 32);
    /// model.Fit(train, options: new FitOptions { CarryState = true, BatchSize = 32 });
    /// </code>
    /// </example>
    public static SequenceDataset<TInput, TTarget> FromStream<TInput, TTarget>(TInput[] inputs, TTarget[] targets, int steps, int sequenceLength, int streams)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        Guard.AtLeast(steps, 1);
        Guard.AtLeast(sequenceLength, 1);
        Guard.AtLeast(streams, 1);
        int inputSize = LengthOfOne(inputs.Length, steps, nameof(inputs)), targetSize = LengthOfOne(targets.Length, steps, nameof(targets));
        int windows = steps / streams / sequenceLength;
        if (windows == 0)
        {
            throw new ArgumentException(Invariant($"{steps} steps are too few for {streams} streams with a window of {sequenceLength} steps each; use fewer streams or a shorter window."), nameof(steps));
        }

        return FromArrays(Arranged(inputs, inputSize, streams, windows, sequenceLength), Arranged(targets, targetSize, streams, windows, sequenceLength), windows * streams).WithStreams(streams);
    }

    /// <summary>
    /// The same, with marks of the steps before which a stream starts from the beginning, such as those at which an episode or a document begins, or with weights of the steps; see
    /// <see cref="SequenceSource{TInput, TTarget}.WithResets"/> and <see cref="SequenceSource{TInput, TTarget}.WithWeights"/>.
    /// </summary>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <param name="inputs">The inputs of all steps, <c>[step, feature]</c>.</param>
    /// <param name="targets">The targets of all steps, <c>[step, …]</c>.</param>
    /// <param name="steps">Steps of the whole, at least 1; it must divide the lengths of both arrays.</param>
    /// <param name="sequenceLength">Steps of a window, at least 1: the model's sequence length.</param>
    /// <param name="streams">Streams, at least 1: the batch size.</param>
    /// <param name="resets">A mark for each step of the whole; <see langword="null"/> for none.</param>
    /// <param name="weights">A weight for each step of the whole, finite and at least 0; <see langword="null"/> if all count the same.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or a weight is negative or not finite.</exception>
    /// <exception cref="ArgumentException">
    /// The sequence is too short for one window of each stream, or an array's length is not a multiple of <paramref name="steps"/>, or there is not one mark or weight for each step.
    /// </exception>
    public static SequenceDataset<TInput, TTarget> FromStream<TInput, TTarget>(
        TInput[] inputs, TTarget[] targets, int steps, int sequenceLength, int streams, bool[]? resets = null, float[]? weights = null)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        SequenceDataset<TInput, TTarget> data = FromStream(inputs, targets, steps, sequenceLength, streams);
        int windows = data.Count / streams;
        if (resets is not null)
        {
            Check.Length(resets.Length, steps, nameof(resets), nameof(steps));
            data = data.WithResets(Arranged(resets, 1, streams, windows, sequenceLength));
        }

        if (weights is not null)
        {
            Check.Length(weights.Length, steps, nameof(weights), nameof(steps));
            data = data.WithWeights(Arranged(weights, 1, streams, windows, sequenceLength));
        }

        return data;
    }

    // The windows of streams, each window of all of them before the next.
    private static T[] Arranged<T>(T[] values, int size, int streams, int windows, int sequenceLength)
    {
        int length = sequenceLength * size, streamLength = values.Length / size / streams * size;
        T[] arranged = new T[checked(windows * streams * length)];
        for (int i = 0; i < windows * streams; i++)
        {
            values.AsSpan((i % streams * streamLength) + (i / streams * length), length).CopyTo(arranged.AsSpan(i * length));
        }

        return arranged;
    }

    private static int LengthOfOne(int length, int count, string name) => length > 0 && length % count == 0
        ? length / count
        : throw new ArgumentException(Invariant($"{count} sequences need a length that is a positive multiple of {count}; {name} has {length} elements."), name);
}

/// <summary>
/// Sequences with their targets, in memory. Sequences may overlap in the arrays beneath (as windows over one
/// series do), so a dataset of windows costs no more than the series.
/// </summary>
/// <typeparam name="TInput">The type of one input element: a number, or <see cref="int"/> for tokens.</typeparam>
/// <typeparam name="TTarget">The type of one target element: a number, or <see cref="int"/> for classes.</typeparam>
public sealed class SequenceDataset<TInput, TTarget> : SequenceSource<TInput, TTarget>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly SequenceViews<TInput> _inputs;
    private readonly SequenceViews<TTarget> _targets;
    private readonly ReadOnlyMemory<int> _lengths;
    private readonly ReadOnlyMemory<int> _selected; // which views; empty for all in their order

    internal SequenceDataset(
        SequenceViews<TInput> inputs,
        SequenceViews<TTarget> targets,
        int count,
        ReadOnlyMemory<int> lengths = default,
        ReadOnlyMemory<int> selected = default,
        SourceSettings<TInput, TTarget>? settings = null)
        : base(inputs.Length, targets.Length, settings ?? new())
    {
        _inputs = inputs;
        _targets = targets;
        Count = count;
        _lengths = lengths;
        _selected = selected;
    }

    /// <summary>Number of sequences, at least 1.</summary>
    public override int Count { get; }

    /// <summary>Steps of each sequence; empty if all have all steps.</summary>
    public ReadOnlySpan<int> Lengths => _lengths.Span;

    internal override bool HasLengths => !_lengths.IsEmpty;

    /// <summary>The input of one sequence, <see cref="SequenceSource{TInput, TTarget}.InputLength"/> elements.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public ReadOnlySpan<TInput> Input(int index)
    {
        CheckIndex(index);
        return _inputs[View(index)];
    }

    /// <summary>The target of one sequence, <see cref="SequenceSource{TInput, TTarget}.TargetLength"/> elements.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public ReadOnlySpan<TTarget> Target(int index)
    {
        CheckIndex(index);
        return _targets[View(index)];
    }

    /// <summary>The part of the dataset that starts at <paramref name="start"/>; it shares the arrays. A part of whole windows of all streams keeps its streams.</summary>
    /// <param name="start">Index of the part's first sequence.</param>
    /// <param name="count">Sequences of the part, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not within the dataset.</exception>
    public SequenceDataset<TInput, TTarget> Slice(int start, int count)
    {
        Guard.Within(start, 0, Count - 1);
        Guard.Within(count, 1, Count - start);
        ReadOnlyMemory<int> lengths = _lengths.IsEmpty ? default : _lengths.Slice(start, count);
        bool keepsStreams = Streams > 0 && start % Streams == 0 && count >= Streams && (count % Streams == 0 || start + count == Count);
        SourceSettings<TInput, TTarget> settings = Settings.Of(start, count, Count, keepsStreams ? Streams : 0);
        return _selected.IsEmpty
            ? new(_inputs.From(start), _targets.From(start), count, lengths, default, settings)
            : new(_inputs, _targets, count, lengths, _selected.Slice(start, count), settings);
    }

    /// <summary>The sequences at <paramref name="indices"/>, in their order; they share the arrays, and are no longer windows of streams.</summary>
    /// <param name="indices">The indices, at least one; a sequence may occur more than once.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    /// <exception cref="ArgumentException">There is no index.</exception>
    public SequenceDataset<TInput, TTarget> Select(ReadOnlySpan<int> indices)
    {
        if (indices.IsEmpty)
        {
            throw new ArgumentException("A dataset has at least one sequence; pass at least one index.", nameof(indices));
        }

        int[] views = new int[indices.Length], lengths = new int[_lengths.IsEmpty ? 0 : indices.Length];
        for (int i = 0; i < views.Length; i++)
        {
            CheckIndex(indices[i]);
            views[i] = View(indices[i]);
            if (lengths.Length > 0)
            {
                lengths[i] = Lengths[indices[i]];
            }
        }

        return new(_inputs, _targets, views.Length, lengths, views, Settings.Of(indices, Count, streams: 0));
    }

    /// <inheritdoc/>
    public override SequenceDataset<TInput, TTarget> Augment(Augmentation<TInput, TTarget> augmentation) => new(_inputs, _targets, Count, _lengths, _selected, Settings.WithAugmentation(augmentation));

    /// <inheritdoc/>
    public override SequenceDataset<TInput, TTarget> BucketByLength(int batches = 32) => new(_inputs, _targets, Count, _lengths, _selected, Settings.WithBuckets(batches));

    /// <inheritdoc/>
    public override SequenceDataset<TInput, TTarget> WithStreams(int streams) => new(_inputs, _targets, Count, _lengths, _selected, Settings.WithStreams(streams, Count));

    /// <inheritdoc/>
    public override SequenceDataset<TInput, TTarget> WithWeights(float[] weights) => new(_inputs, _targets, Count, _lengths, _selected, Settings.WithWeights(weights, Count));

    /// <inheritdoc/>
    public override SequenceDataset<TInput, TTarget> WithResets(bool[] resets) => new(_inputs, _targets, Count, _lengths, _selected, Settings.WithResets(resets, Count));

    /// <summary>Marks of the steps before which the sequences start from the beginning; empty if there are none.</summary>
    public ReadOnlySpan<bool> Resets => Settings.Resets;

    /// <summary>The weights of the sequences, or of their output steps; empty if all count the same.</summary>
    public ReadOnlySpan<float> Weights => Settings.Weights;

    /// <summary>
    /// Splits into the first sequences and the rest, in order. Windows over one series
    /// overlap at the cut; <see cref="SeriesForecast.Prepare"/> splits those without a leak.
    /// </summary>
    /// <param name="fraction">Share of the first part, between 0 and 1; its size is rounded down.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of the parts would be empty.</exception>
    public (SequenceDataset<TInput, TTarget> First, SequenceDataset<TInput, TTarget> Second) Split(double fraction)
    {
        int first = fraction is > 0 and < 1 ? (int)(Count * fraction) : 0;
        if (first == 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(fraction), Invariant($"{fraction}"), Invariant($"Both parts need at least one of the {Count} sequences; choose a fraction from {1.0 / Count:0.####} to below 1."));
        }

        return (Slice(0, first), Slice(first, Count - first));
    }

    /// <summary>Copies sequences into one batch, <c>[batch, …]</c> row-major.</summary>
    /// <param name="indices">Which sequences, in the order of the batch.</param>
    /// <param name="inputs">Receives the inputs: <c>indices.Length × InputLength</c> elements.</param>
    /// <param name="targets">Receives the targets: <c>indices.Length × TargetLength</c> elements.</param>
    /// <exception cref="ArgumentException">A span has another length; nothing was copied.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public void CopyBatch(ReadOnlySpan<int> indices, Span<TInput> inputs, Span<TTarget> targets)
    {
        CheckLength(inputs.Length, indices.Length, InputLength, nameof(inputs));
        CheckLength(targets.Length, indices.Length, TargetLength, nameof(targets));
        foreach (int index in indices)
        {
            CheckIndex(index);
        }

        for (int i = 0; i < indices.Length; i++)
        {
            _inputs[View(indices[i])].CopyTo(inputs[(i * InputLength)..]);
            _targets[View(indices[i])].CopyTo(targets[(i * TargetLength)..]);
        }
    }

    internal override void CheckLengths(int longest) => Check.Lengths(Lengths, Count, longest);

    internal override string Place => "in memory";

    internal override void Describe(Action<string, string> add)
    {
        base.Describe(add);
        ContentHash inputs = new(), targets = new(), lengths = new();
        for (int i = 0; i < Count; i++)
        {
            inputs.Add(_inputs[View(i)]);
            targets.Add(_targets[View(i)]);
        }

        lengths.Add(Lengths);
        add("inputs' hash", $"{inputs}");
        add("targets' hash", $"{targets}");
        add("lengths' hash", $"{lengths}");
    }

    internal override SequenceReader<TInput, TTarget> OpenReader(int batchSize) => OpenReader(this, _lengths, 0, batchSize);

    /// <summary>A reader of passes over more sequences, of which this process has these.</summary>
    /// <param name="all">All sequences.</param>
    /// <param name="lengths">Their lengths; empty if all have all steps.</param>
    /// <param name="first">Where these begin among all.</param>
    /// <param name="batchSize">Sequences of a batch.</param>
    internal SequenceReader<TInput, TTarget> OpenReader(SequenceSource<TInput, TTarget> all, ReadOnlyMemory<int> lengths, int first, int batchSize) =>
        new ArraySequenceReader<TInput, TTarget>(all, lengths, this, first, batchSize);

    private int View(int index) => _selected.IsEmpty ? index : _selected.Span[index];

    private void CheckIndex(int index)
    {
        if ((uint)index >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), Invariant($"{index}"), Invariant($"The dataset has {Count} sequences, so an index is from 0 to {Count - 1}."));
        }
    }

    private static void CheckLength(int found, int count, int length, string name)
    {
        if (found != (long)count * length)
        {
            throw new ArgumentException(Invariant($"{count} sequences of {length} elements need {(long)count * length} elements; {name} has {found}."), name);
        }
    }
}

/// <summary>Sequences of one length that start at equal distances in an array.</summary>
/// <param name="Values">The array.</param>
/// <param name="Start">Index of the first sequence's first element.</param>
/// <param name="Stride">Elements from one sequence's start to the next.</param>
/// <param name="Length">Elements of one sequence.</param>
internal readonly record struct SequenceViews<T>(T[] Values, int Start, int Stride, int Length)
{
    public ReadOnlySpan<T> this[int index] => new(Values, Start + (index * Stride), Length);

    public SequenceViews<T> From(int index) => this with { Start = Start + (index * Stride) };
}
