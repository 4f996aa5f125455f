using System.Numerics;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>
/// <c>Fit</c> and <c>Evaluate</c> for any model, with inferred type arguments. A generated model has both as members; these are for generic code,
/// such as a sweep over declarations.
/// </summary>
/// <example>
/// <code>
/// static double Score&lt;TModel&gt;(TModel model, SplitDataset&lt;float, float&gt; data) where TModel : IRnnModel&lt;TModel, float, float, float&gt;
/// {
///     model.Fit(data.Train, data.Validation, new FitOptions { Patience = 5 });
///     return model.Evaluate(data.Test).Loss;
/// }
/// </code>
/// </example>
public static class RnnModelExtensions
{
    /// <summary>Trains a model.</summary>
    /// <typeparam name="TSelf">The model.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of an input element.</typeparam>
    /// <typeparam name="TTarget">The type of a target element.</typeparam>
    /// <param name="model">The model; it is updated after every batch.</param>
    /// <param name="train">What to train on.</param>
    /// <param name="validation">What to measure the loss on after each epoch, if anything.</param>
    /// <param name="options">How to train; <see langword="null"/> for the defaults: Adam with a learning rate of 1e-3 and a clip norm of 1, silent.</param>
    /// <param name="cancellationToken">Stops the training between two steps; the model keeps the steps that it has taken.</param>
    /// <exception cref="ArgumentException">
    /// A dataset's sequences have another length than the model's, or a token, class, label or target of a dataset in memory is out of range (the message names the sequence), or
    /// states are to be carried and the model cannot carry them, or a dataset's streams do not fit; nothing was trained. Streamed sequences are checked as they are read.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model is in another <c>Fit</c>, or is trained by another thread; or the optimiser belongs to another model.</exception>
    /// <exception cref="NonFiniteException">A value, a loss or a gradient is not finite, and <see cref="FitOptions.NonFinite"/> does not let the training continue. The message names the sequence of the dataset.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled; with <see cref="FitOptions.Checkpoint"/>, a checkpoint was saved where it stopped.</exception>
    /// <exception cref="CheckpointException">A checkpoint could not be written or read, or belongs to another training.</exception>
    /// <exception cref="ProcessGroupException">Of the <see cref="FitOptions.Processes"/> another one failed or left, or has other options, data or parameters; the message names it, and what to do.</exception>
    public static TrainingResult Fit<TSelf, TNumber, TInput, TTarget>(
        this IRnnModel<TSelf, TNumber, TInput, TTarget> model,
        SequenceSource<TInput, TTarget> train,
        SequenceSource<TInput, TTarget>? validation = null,
        FitOptions? options = null,
        CancellationToken cancellationToken = default)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged =>
        TrainingLoop.Fit<TSelf, TNumber, TInput, TTarget>(Itself(model), train, validation, options, cancellationToken);

    /// <summary>Measures a model on a dataset; the model does not change.</summary>
    /// <typeparam name="TSelf">The model.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of an input element.</typeparam>
    /// <typeparam name="TTarget">The type of a target element.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="data">What to measure it on.</param>
    /// <param name="carryState">Whether states are carried from window to window of each stream; <see langword="null"/> (default) to carry them if the dataset is cut into streams and the model can carry states.</param>
    /// <exception cref="ArgumentException">
    /// The dataset's sequences have another length than the model's, or a token, class or label is out of range (the message names the sequence of the dataset), or states are to be carried and the model
    /// or the dataset cannot.
    /// </exception>
    /// <exception cref="NonFiniteException">An input, a target, a loss, or a logit of a classification is not finite; the message names the sequence of the dataset.</exception>
    public static Evaluation Evaluate<TSelf, TNumber, TInput, TTarget>(
        this IRnnModel<TSelf, TNumber, TInput, TTarget> model, SequenceSource<TInput, TTarget> data, bool? carryState = null)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged =>
        TrainingLoop.Evaluate<TSelf, TNumber, TInput, TTarget>(Itself(model), data, carryState);

    /// <summary>Measures a model on a dataset in several processes, each its share; all have the result, which is that of one process, to the bit. The model does not change.</summary>
    /// <typeparam name="TSelf">The model.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of an input element.</typeparam>
    /// <typeparam name="TTarget">The type of a target element.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="data">What to measure it on.</param>
    /// <param name="processes">The processes, a power of two of them, all of which make this call with the same model and data. A group of one is as none.</param>
    /// <param name="carryState">Whether states are carried from window to window of each stream; <see langword="null"/> (default) to carry them if the dataset is cut into streams and the model can carry states.</param>
    /// <exception cref="ArgumentException">
    /// The dataset's sequences have another length than the model's, or a token, class or label is out of range (the message names the sequence of the dataset), or states are to be carried and the model
    /// or the dataset cannot, or the number of processes is not a power of two.
    /// </exception>
    /// <exception cref="NonFiniteException">An input, a target, a loss, or a logit of a classification is not finite; the message names the sequence of the dataset.</exception>
    /// <exception cref="ProcessGroupException">A process has another model or other data (the message names both), or does not answer.</exception>
    /// <example>
    /// <code>
    /// using var processes = MpiProcesses.Join();
    /// Evaluation result = model.Evaluate(test, processes);
    /// </code>
    /// </example>
    public static Evaluation Evaluate<TSelf, TNumber, TInput, TTarget>(
        this IRnnModel<TSelf, TNumber, TInput, TTarget> model, SequenceSource<TInput, TTarget> data, ProcessGroup processes, bool? carryState = null)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(processes);
        return TrainingLoop.Evaluate<TSelf, TNumber, TInput, TTarget>(Itself(model), data, carryState, processes);
    }

    // The interface is that of the model itself: TSelf is the type of the object.
    private static TSelf Itself<TSelf, TNumber, TInput, TTarget>(IRnnModel<TSelf, TNumber, TInput, TTarget> model)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(model);
        return model is TSelf itself ? itself : throw new ArgumentException(
            $"{model.GetType().Name} implements IRnnModel of {typeof(TSelf).Name}, which is another type; a model must implement the interface for itself.", nameof(model));
    }
}
