using System.Numerics;

namespace RnnGen;

/// <summary>
/// The interface of every generated model, for which the training loop, files and tools are written once.
/// Buffers are flat, row-major, batch first: <c>[batch, step, feature]</c>.
/// </summary>
/// <typeparam name="TSelf">The model itself.</typeparam>
/// <typeparam name="TNumber">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element: the number type, or <see cref="int"/> for classes.</typeparam>
public interface IRnnModel<TSelf, TNumber, TInput, TTarget>
    where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    /// <summary>The model's shape: parameters, lengths of its buffers, memory.</summary>
    static abstract ModelLayout Layout { get; }

    /// <summary>Draws a new model's parameters.</summary>
    /// <param name="seed">The same seed draws the same bits.</param>
    static abstract TSelf Create(int seed);

    /// <summary>All parameters in one buffer, in the layout of <see cref="ModelLayout.Parameters"/>.</summary>
    ReadOnlySpan<TNumber> Parameters { get; }

    /// <summary>Replaces all parameters.</summary>
    /// <param name="parameters">As many values as the model has parameters.</param>
    /// <exception cref="ArgumentException">The length differs; the model is unchanged.</exception>
    void SetParameters(ReadOnlySpan<TNumber> parameters);

    /// <summary>Computes the outputs of <paramref name="count"/> sequences.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="outputs"><c>count × Layout.OutputLength</c> elements.</param>
    /// <param name="count">Sequences, at least 0.</param>
    /// <param name="lengths">Steps of each sequence, from 1 to <see cref="ModelLayout.SequenceLength"/>, or empty if all have all steps. Inputs beyond a sequence's length are not read; outputs beyond it are 0.</param>
    void PredictBatch(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs, int count, ReadOnlySpan<int> lengths = default);

    /// <summary>Computes the mean loss over <paramref name="count"/> sequences, NaN if there is no target. The model does not change.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps; steps beyond a sequence's length have no loss.</param>
    TNumber ComputeLoss(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, ReadOnlySpan<int> lengths = default);

    /// <summary>Computes the mean loss and its gradient by back-propagation through time.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1.</param>
    /// <param name="gradients">Overwritten with the gradient of the mean loss; as many values as there are parameters.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps; steps beyond a sequence's length have no loss.</param>
    /// <returns>The mean loss; NaN if there is no target, and then the gradient is 0.</returns>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite.</exception>
    TNumber ComputeGradients(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, Span<TNumber> gradients, ReadOnlySpan<int> lengths = default);

    /// <summary>Clips the gradient and updates the parameters.</summary>
    /// <param name="gradients">As many values as there are parameters.</param>
    /// <param name="optimizer">The optimiser; from now on it belongs to this model.</param>
    /// <exception cref="NonFiniteException">A gradient is not finite, or a parameter or moment would not be after the update; nothing has changed.</exception>
    void ApplyGradients(ReadOnlySpan<TNumber> gradients, Optimizer optimizer);

    /// <summary>One step of training: gradients and update at once. It does not allocate after the first call.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1.</param>
    /// <param name="optimizer">The optimiser; from now on it belongs to this model.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps; steps beyond a sequence's length have no loss.</param>
    /// <returns>The mean loss before the update; NaN if there is no target, and then nothing is updated.</returns>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite, or a parameter or moment would not be after the update; the parameters are unchanged.</exception>
    TNumber TrainStep(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, Optimizer optimizer, ReadOnlySpan<int> lengths = default);
}
