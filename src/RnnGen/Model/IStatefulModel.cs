using System.Numerics;

namespace RnnGen;

/// <summary>A causal model, whose sequences can continue where others ended: each step depends only on the steps before it.</summary>
/// <typeparam name="TNumber">The number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
public interface IStatefulModel<TNumber, TInput, TTarget>
    where TNumber : unmanaged, INumber<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    /// <summary>Creates the states of new sequences.</summary>
    /// <param name="count">Sequences, at least 1.</param>
    BatchState<TNumber> CreateBatchState(int count);

    /// <summary>Computes the mean loss over <paramref name="count"/> sequences. Only <paramref name="state"/> changes.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, from 1 to the number in the state.</param>
    /// <param name="state">The states that the sequences start from; replaced by those that they end in.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps; steps beyond a sequence's length have no loss.</param>
    TNumber ComputeLoss(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, BatchState<TNumber> state, ReadOnlySpan<int> lengths = default);

    /// <summary>Computes the outputs of <paramref name="count"/> sequences. Only <paramref name="state"/> changes.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="outputs"><c>count × Layout.OutputLength</c> values, overwritten.</param>
    /// <param name="count">Sequences, from 1 to the number in the state.</param>
    /// <param name="state">The states that the sequences start from; replaced by those that they end in.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps; outputs beyond a sequence's length are 0.</param>
    void PredictBatch(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs, int count, BatchState<TNumber> state, ReadOnlySpan<int> lengths = default);

    /// <summary>One step of truncated back-propagation through time.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, from 1 to the number in the state.</param>
    /// <param name="optimizer">The optimiser; from now on it belongs to this model.</param>
    /// <param name="state">The states that the sequences start from; replaced by those that they end in.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps; steps beyond a sequence's length have no loss.</param>
    /// <returns>The mean loss before the update.</returns>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite; neither the parameters nor the state changed.</exception>
    TNumber TrainStep(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, Optimizer optimizer, BatchState<TNumber> state, ReadOnlySpan<int> lengths = default);
}
