using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>Training and evaluation, written once for all models. Generated models call this; call their <c>Fit</c> and <c>Evaluate</c>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TrainingLoop
{
    // Models that are in a Fit.
    private static readonly ConditionalWeakTable<object, object> s_inFit = [];

    /// <summary>Trains a model.</summary>
    /// <typeparam name="TSelf">The model.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of an input element.</typeparam>
    /// <typeparam name="TTarget">The type of a target element.</typeparam>
    /// <param name="model">The model; it is updated after every batch.</param>
    /// <param name="train">What to train on.</param>
    /// <param name="validation">What to measure the loss on after each epoch, if anything.</param>
    /// <param name="options">How to train; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops the training between two steps; the model keeps the steps that it has taken.</param>
    /// <exception cref="ArgumentException">
    /// A dataset's sequences have another length than the model's, or a token, class, label or target of a dataset in memory is outside (the message says of which sequence), or
    /// states are to be carried and the model cannot; nothing was trained. Streamed sequences are checked as they are read.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model is in another <c>Fit</c>, or is trained by another thread; or the optimiser belongs to another model.</exception>
    /// <exception cref="NonFiniteException">The loss or a gradient is not finite, and <see cref="FitOptions.NonFinite"/> does not go on; that step did not change the model. The message says which sequence of the dataset.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled; with <see cref="FitOptions.Checkpoint"/> a checkpoint of where it stood was saved.</exception>
    /// <exception cref="CheckpointException">A checkpoint could not be written; or the folder cannot be read, or holds no whole checkpoint, or those of another training, and nothing was trained.</exception>
    public static TrainingResult Fit<TSelf, TNumber, TInput, TTarget>(
        TSelf model,
        SequenceSource<TInput, TTarget> train,
        SequenceSource<TInput, TTarget>? validation,
        FitOptions? options,
        CancellationToken cancellationToken)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new FitOptions();
        if (!s_inFit.TryAdd(model, model))
        {
            throw new InvalidOperationException(
                $"This {TSelf.Layout.ModelName} is in a Fit that has not ended, in another thread or around this callback. Wait for it, or train a Clone().");
        }

        try
        {
            return FitAlone<TSelf, TNumber, TInput, TTarget>(model, train, validation, options, cancellationToken);
        }
        finally
        {
            s_inFit.Remove(model);
        }
    }

    private static TrainingResult FitAlone<TSelf, TNumber, TInput, TTarget>(
        TSelf model,
        SequenceSource<TInput, TTarget> train,
        SequenceSource<TInput, TTarget>? validation,
        FitOptions options,
        CancellationToken cancellationToken)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        CheckData(TSelf.Layout, train, nameof(train), areFinite: !options.NonFinite.GoesOn);
        if (validation is not null)
        {
            CheckData(TSelf.Layout, validation, nameof(validation), areFinite: !options.NonFinite.GoesOn);
        }

        using Batches<TInput, TTarget> batches = new(train, options.BatchSize ?? TSelf.Layout.BatchSize, TSelf.Layout, nameof(train));
        using Batches<TInput, TTarget>? validationBatches = validation is null ? null : new(validation, (options.CarryState ? options.BatchSize : null) ?? TSelf.Layout.BatchSize, TSelf.Layout, nameof(validation));
        ICarriesState<TNumber, TInput, TTarget>? carrying = !options.CarryState ? null
            : model as ICarriesState<TNumber, TInput, TTarget> ?? throw new ArgumentException(
                $"{TSelf.Layout.ModelName} ({TSelf.Layout.Declaration}) reads a sequence as a whole, so no state can be carried to the next one; leave CarryState out of the options.", nameof(options));
        Training<TSelf, TNumber, TInput, TTarget> training = new(model, options, batches, validationBatches, carrying);
        training.Prepare();
        return training.Run(cancellationToken);
    }

    /// <summary>Measures a model on a dataset; nothing changes.</summary>
    /// <typeparam name="TSelf">The model.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of an input element.</typeparam>
    /// <typeparam name="TTarget">The type of a target element.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="data">What to measure it on.</param>
    /// <exception cref="ArgumentException">The dataset's sequences have another length than the model's, or a token, class or label is outside; the message says which sequence of the dataset.</exception>
    /// <exception cref="NonFiniteException">A logit that a class is to be chosen by is not finite; the message says in which sequence of the dataset.</exception>
    public static Evaluation Evaluate<TSelf, TNumber, TInput, TTarget>(TSelf model, SequenceSource<TInput, TTarget> data)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(model);
        CheckData(TSelf.Layout, data, nameof(data), areFinite: false);
        using Batches<TInput, TTarget> batches = new(data, TSelf.Layout.BatchSize, TSelf.Layout, nameof(data));
        return Evaluate<TSelf, TNumber, TInput, TTarget>(model, batches, CancellationToken.None);
    }

    /// <summary>Measures a model on the batches of a dataset.</summary>
    internal static Evaluation Evaluate<TSelf, TNumber, TInput, TTarget>(TSelf model, Batches<TInput, TTarget> batches, CancellationToken cancellationToken)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ModelLayout layout = TSelf.Layout;
        TNumber[] outputs = new TNumber[checked(batches.Size * layout.OutputLength)];
        Measures<TNumber, TTarget> measures = new(layout);
        double sum = 0, weights = 0;
        for (long first = 0; first < batches.SequenceCount; first += batches.Size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = batches.Read((int)first, cancellationToken);
            Span<TNumber> batchOutputs = outputs.AsSpan(0, count * layout.OutputLength);
            try
            {
                model.PredictBatch(batches.Inputs(count), batchOutputs, count, batches.Lengths(count));
                measures.Add(batchOutputs, batches.Targets(count), count, layout.LabelLength > 0 ? batches.Lengths(count) : batches.OutputLengths(count, layout));
            }
            catch (NonFiniteException e) when (e.Sequence is not null)
            {
                throw batches.InSource(e);
            }

            double weight = batches.Weight(count, layout);
            sum += double.CreateTruncating(model.ComputeLoss(batches.Inputs(count), batches.Targets(count), count, batches.Lengths(count))) * weight;
            weights += weight;
        }

        return measures.Result(Mean(sum, weights));
    }

    /// <summary>The mean loss over the batches of a dataset, with states carried from batch to batch if wanted.</summary>
    internal static double MeanLoss<TSelf, TNumber, TInput, TTarget>(
        TSelf model, Batches<TInput, TTarget> batches, ICarriesState<TNumber, TInput, TTarget>? carrying, CancellationToken cancellationToken)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        BatchState<TNumber>? state = carrying?.CreateBatchState(batches.Size);
        double sum = 0, weights = 0;
        for (long first = 0; first < batches.SequenceCount; first += batches.Size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = batches.Read((int)first, cancellationToken);
            double weight = batches.Weight(count, TSelf.Layout);
            TNumber loss = state is null
                ? model.ComputeLoss(batches.Inputs(count), batches.Targets(count), count, batches.Lengths(count))
                : carrying!.ComputeLoss(batches.Inputs(count), batches.Targets(count), count, state, batches.Lengths(count));
            sum += double.CreateTruncating(loss) * weight;
            weights += weight;
        }

        return Mean(sum, weights);
    }

    /// <summary>The mean; where no target is there, there is no loss.</summary>
    internal static double Mean(double sum, double weights) => weights == 0 ? 0 : sum / weights;

    // What is in memory is checked as a whole: no update comes before an error that could have been seen.
    private static void CheckData<TInput, TTarget>(ModelLayout layout, SequenceSource<TInput, TTarget> data, string name, bool areFinite)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data, name);
        if (data.InputLength != layout.InputLength || data.TargetLength != layout.TargetLength)
        {
            throw new ArgumentException(
                Invariant($"{layout.ModelName} ({layout.Declaration}) reads sequences of {layout.InputLength} elements with targets of {layout.TargetLength}; ") +
                Invariant($"{name} has sequences of {data.InputLength} with targets of {data.TargetLength}. Change the declaration or how the data is cut."),
                name);
        }

        data.CheckLengths(layout.SequenceLength);
        new SequenceCheck<TInput, TTarget>(layout, name).All(data, areFinite);
    }
}
