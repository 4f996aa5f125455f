namespace RnnGen.Runtime;

/// <summary>The batch of a running job, for all its threads: spans that the caller has pinned.</summary>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
internal readonly unsafe struct PinnedBatch<TInput, TTarget>(TInput* inputs, int inputLength, TTarget* targets, int targetLength, int* lengths, int count)
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly TInput* _inputs = inputs;
    private readonly TTarget* _targets = targets;
    private readonly int* _lengths = lengths;
    private readonly int _inputLength = inputLength;
    private readonly int _targetLength = targetLength;

    /// <summary>Sequences.</summary>
    public int Count { get; } = count;

    /// <summary>The inputs.</summary>
    public ReadOnlySpan<TInput> Inputs => new(_inputs, _inputLength);

    /// <summary>The targets.</summary>
    public ReadOnlySpan<TTarget> Targets => new(_targets, _targetLength);

    /// <summary>The sequences' lengths, or empty if all have all steps.</summary>
    public ReadOnlySpan<int> Lengths => _lengths is null ? default : new(_lengths, Count);
}
