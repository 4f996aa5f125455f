using System.Numerics;

namespace RnnGen;

/// <summary>
/// What every generated model can do: the surface against which the training loop, files and tools are written once.
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
    /// <param name="seed">The same seed gives the same bits.</param>
    static abstract TSelf Create(int seed);

    /// <summary>All parameters in one buffer, laid out as <see cref="ModelLayout.Parameters"/> says.</summary>
    ReadOnlySpan<TNumber> Parameters { get; }

    /// <summary>Replaces all parameters.</summary>
    /// <param name="parameters">As many values as the model has parameters.</param>
    /// <exception cref="ArgumentException">The length differs; the model is unchanged.</exception>
    void SetParameters(ReadOnlySpan<TNumber> parameters);

    /// <summary>Computes the outputs of <paramref name="count"/> sequences.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="outputs"><c>count × Layout.OutputLength</c> elements.</param>
    /// <param name="count">Sequences, at least 0.</param>
    /// <param name="lengths">Steps of each sequence, from 1 to <see cref="ModelLayout.SequenceLength"/>, or none where all have all. What follows them is not read; outputs of steps beyond are 0.</param>
    void PredictBatch(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs, int count, ReadOnlySpan<int> lengths = default);

    /// <summary>Computes the mean loss over <paramref name="count"/> sequences, NaN where no target is there; nothing changes.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1.</param>
    /// <param name="lengths">Steps of each sequence, or none where all have all; steps beyond have no loss.</param>
    TNumber ComputeLoss(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, ReadOnlySpan<int> lengths = default);

    /// <summary>Computes the mean loss and its gradient by back-propagation through time.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1.</param>
    /// <param name="gradients">Overwritten with the gradient of the mean loss; as many values as there are parameters.</param>
    /// <param name="lengths">Steps of each sequence, or none where all have all; steps beyond have no loss.</param>
    /// <returns>The mean loss; NaN where no target is there, and the gradient is 0 then.</returns>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite.</exception>
    TNumber ComputeGradients(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, Span<TNumber> gradients, ReadOnlySpan<int> lengths = default);

    /// <summary>Clips the gradient and updates the parameters.</summary>
    /// <param name="gradients">As many values as there are parameters.</param>
    /// <param name="optimizer">The rule of the update; it belongs to this model from now on.</param>
    /// <exception cref="NonFiniteException">A gradient is not finite, or a parameter or moment would not be after the update; nothing has changed.</exception>
    void ApplyGradients(ReadOnlySpan<TNumber> gradients, Optimizer optimizer);

    /// <summary>One step of training: <see cref="ComputeGradients"/> and <see cref="ApplyGradients"/>, without allocation.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1.</param>
    /// <param name="optimizer">The rule of the update; it belongs to this model from now on.</param>
    /// <param name="lengths">Steps of each sequence, or none where all have all; steps beyond have no loss.</param>
    /// <returns>The mean loss before the update; NaN where no target is there, and nothing is updated then.</returns>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite, or a parameter or moment would not be after the update; the parameters are unchanged.</exception>
    TNumber TrainStep(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, Optimizer optimizer, ReadOnlySpan<int> lengths = default);
}
