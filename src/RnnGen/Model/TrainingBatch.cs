namespace RnnGen;

/// <summary>
/// A batch of sequences as a model's <c>TrainStep</c>, <c>ComputeGradients</c> and <c>ComputeLoss</c> read it: views of the caller's memory, nothing is copied. It says what the overloads with spans say, and
/// also the sequences' <see cref="Weights"/>.
/// </summary>
/// <remarks>
/// The loss is the weighted mean Σ w ℓ / Σ w over the terms that count: those of steps within each sequence's length (in a decoder of tokens, up to and with its end token) whose target is not missing. A term
/// is one target: a class, a number of an output, or with CTC a sequence's labels. Each has the weight of its sequence, or of its output step. Terms that do not count add neither to the numerator nor to
/// the denominator, and the same holds for a weight of 0. If Σ w is 0 the loss is NaN, the gradient is 0, and <c>TrainStep</c> updates nothing. Weights of 1 produce the bits of no weights.
/// </remarks>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
/// <example>
/// <code>
/// float loss = model.TrainStep(new() { Inputs = inputs, Targets = targets, Count = 32, Weights = weights }, optimizer);
/// </code>
/// </example>
public readonly ref struct TrainingBatch<TInput, TTarget>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    /// <summary><c>Count × Layout.InputLength</c> elements.</summary>
    public required ReadOnlySpan<TInput> Inputs { get; init; }

    /// <summary><c>Count × Layout.TargetLength</c> elements.</summary>
    public required ReadOnlySpan<TTarget> Targets { get; init; }

    /// <summary>Sequences, at least 1; more than the model's <c>BatchSize</c> run in groups.</summary>
    public required int Count { get; init; }

    /// <summary>Steps of each sequence, or empty if all have all steps; steps beyond a sequence's length have no loss.</summary>
    public ReadOnlySpan<int> Lengths { get; init; }

    /// <summary>
    /// How much each sequence counts in the mean, <c>Count</c> values, or how much each of its output steps does, <c>Count × Layout.OutputSteps</c> values; each is finite and at least 0. Empty if all count
    /// the same. With CTC, whose loss is that of a whole sequence, one for each sequence.
    /// </summary>
    public ReadOnlySpan<float> Weights { get; init; }

    /// <summary>
    /// The states that the sequences start from, of the model's <c>CreateBatchState</c>; replaced by those that they end in. <see langword="null"/>: all sequences start from the beginning.
    /// </summary>
    public BatchState? State { get; init; }

    /// <summary>
    /// <c>Count × Layout.SequenceLength</c> marks of steps before which a sequence starts from the beginning, as a new one does, such as those at which an episode or a document begins: neither the state nor the
    /// gradient passes them, and the sequence trains as its pieces would. Empty: none. Only for models that can carry states, and not with CTC, whose labels are those of a whole sequence.
    /// </summary>
    public ReadOnlySpan<bool> Resets { get; init; }
}
