namespace RnnGen.Runtime;

/// <summary>The batch of a running job, for all its threads: spans that the caller has pinned.</summary>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
internal readonly unsafe struct PinnedBatch<TInput, TTarget>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly TInput* _inputs;
    private readonly TTarget* _targets;
    private readonly int* _lengths;
    private readonly float* _weights;
    private readonly int _inputLength, _targetLength, _weightLength;

    /// <summary>Takes the memory of a batch, which must stay pinned.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="targets">Its targets.</param>
    /// <param name="lengths">Its lengths.</param>
    /// <param name="weights">Its weights.</param>
    public PinnedBatch(in TrainingBatch<TInput, TTarget> batch, TInput* inputs, TTarget* targets, int* lengths, float* weights)
    {
        _inputs = inputs;
        _targets = targets;
        _lengths = lengths;
        _weights = weights;
        (_inputLength, _targetLength, _weightLength, Count) = (batch.Inputs.Length, batch.Targets.Length, batch.Weights.Length, batch.Count);
    }

    /// <summary>Sequences.</summary>
    public int Count { get; }

    /// <summary>The inputs.</summary>
    public ReadOnlySpan<TInput> Inputs => new(_inputs, _inputLength);

    /// <summary>The targets.</summary>
    public ReadOnlySpan<TTarget> Targets => new(_targets, _targetLength);

    /// <summary>The sequences' lengths, or empty if all have all steps.</summary>
    public ReadOnlySpan<int> Lengths => _lengths is null ? default : new(_lengths, Count);

    /// <summary>The weights of sequences, or of their output steps; empty if all count the same.</summary>
    public ReadOnlySpan<float> Weights => new(_weights, _weightLength);
}
