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

    /// <summary>Texts that the model carries, which exports write where their format has a place; <see langword="null"/> of a model that is written by hand and has none.</summary>
    ModelMetadata? Metadata => null;

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

    /// <summary>Computes the mean loss of a batch: the weighted mean that <see cref="TrainingBatch{TInput, TTarget}"/> describes, NaN if there is no target. Only the batch's state, if it has one, changes.</summary>
    /// <param name="batch">The sequences.</param>
    /// <exception cref="NotSupportedException">The model is written by hand and has no weighted loss, or carries no state, and the batch has weights or a state.</exception>
    TNumber ComputeLoss(in TrainingBatch<TInput, TTarget> batch)
    {
        Unweighted(batch);
        return batch.State is BatchState<TNumber> state
            ? Carrying.ComputeLoss(batch.Inputs, batch.Targets, batch.Count, state, batch.Lengths)
            : ComputeLoss(batch.Inputs, batch.Targets, batch.Count, batch.Lengths);
    }

    /// <summary>Computes the mean loss of a batch and its gradient by back-propagation through time, truncated if the batch has a state.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="gradients">Overwritten with the gradient of the mean loss; as many values as there are parameters.</param>
    /// <returns>The mean loss; NaN if there is no target or the sum of the weights is 0, and then the gradient is 0.</returns>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite; the batch's state did not change.</exception>
    /// <exception cref="NotSupportedException">The model is written by hand and has no weighted loss, or carries no state, and the batch has weights or a state.</exception>
    TNumber ComputeGradients(in TrainingBatch<TInput, TTarget> batch, Span<TNumber> gradients)
    {
        Unweighted(batch);
        return batch.State is null ? ComputeGradients(batch.Inputs, batch.Targets, batch.Count, gradients, batch.Lengths) : throw NotSupported("State");
    }

    /// <summary>One step of training: gradients and update at once, truncated back-propagation through time if the batch has a state. It does not allocate after the first call.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="optimizer">The optimiser; from now on it belongs to this model.</param>
    /// <returns>The mean loss before the update; NaN if there is no target or the sum of the weights is 0, and then nothing is updated.</returns>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite, or a parameter or moment would not be after the update; neither the parameters nor the batch's state changed.</exception>
    /// <exception cref="NotSupportedException">The model is written by hand and has no weighted loss, or carries no state, and the batch has weights or a state.</exception>
    TNumber TrainStep(in TrainingBatch<TInput, TTarget> batch, Optimizer optimizer)
    {
        Unweighted(batch);
        return batch.State is BatchState<TNumber> state
            ? Carrying.TrainStep(batch.Inputs, batch.Targets, batch.Count, optimizer, state, batch.Lengths)
            : TrainStep(batch.Inputs, batch.Targets, batch.Count, optimizer, batch.Lengths);
    }

    private IStatefulModel<TNumber, TInput, TTarget> Carrying => this as IStatefulModel<TNumber, TInput, TTarget> ?? throw NotSupported("State");

    private static void Unweighted(in TrainingBatch<TInput, TTarget> batch)
    {
        if (!batch.Weights.IsEmpty)
        {
            throw NotSupported("Weights");
        }

        if (!batch.Resets.IsEmpty)
        {
            throw NotSupported("Resets");
        }
    }

    private static NotSupportedException NotSupported(string property) =>
        new($"{TSelf.Layout.ModelName} is written by hand and implements no TrainingBatch with {property}. Implement the members of IRnnModel that take one, or do not set {property}.");
}
