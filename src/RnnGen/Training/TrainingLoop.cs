using System.ComponentModel;
using System.Diagnostics;
using System.Numerics;

namespace RnnGen.Runtime;

/// <summary>Training and evaluation, written once for all models. Generated models call this; call their <c>Fit</c> and <c>Evaluate</c>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TrainingLoop
{
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
    /// <exception cref="ArgumentException">A dataset's sequences have another length than the model's, or states are to be carried and the model cannot; nothing was trained.</exception>
    /// <exception cref="NonFiniteException">The loss or a gradient is not finite; that step did not change the model.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
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
        CheckLengths(TSelf.Layout, train, nameof(train));
        if (validation is not null)
        {
            CheckLengths(TSelf.Layout, validation, nameof(validation));
        }

        options ??= new FitOptions();
        Optimizer optimizer = options.Optimizer ?? new Adam(1e-3) { ClipNorm = 1 };
        using Batches<TInput, TTarget> batches = new(train, options.BatchSize ?? TSelf.Layout.BatchSize);
        using Batches<TInput, TTarget>? validationBatches = validation is null ? null : new(validation, (options.CarryState ? options.BatchSize : null) ?? TSelf.Layout.BatchSize);
        ICarriesState<TNumber, TInput, TTarget>? carrying = !options.CarryState ? null
            : model as ICarriesState<TNumber, TInput, TTarget> ?? throw new ArgumentException(
                $"{TSelf.Layout.ModelName} ({TSelf.Layout.Declaration}) reads a sequence as a whole, so no state can be carried to the next one; leave CarryState out of the options.", nameof(options));
        BatchState<TNumber>? state = carrying?.CreateBatchState(batches.Size);

        List<EpochResult> epochs = new(options.Epochs);
        double rate = optimizer.LearningRate;
        long stepsPerEpoch = (train.Count + batches.Size - 1) / batches.Size, step = 0;
        WeightKeeper<TNumber>? average = options.AverageDecay is null ? null : new(model.Parameters);
        WeightKeeper<TNumber>? best = options.RestoreBest ?? options.Patience is not null ? new(model.Parameters) : null;
        double leastLoss = double.PositiveInfinity;
        int bestEpoch = 0;
        bool hasStopped = false;
        try
        {
            for (int epoch = 1; epoch <= options.Epochs; epoch++)
            {
                long start = Stopwatch.GetTimestamp();
                state?.Reset();
                batches.Begin(options.Seed, epoch, options.Shuffle && !options.CarryState);
                double sum = 0, weights = 0;
                for (int first = 0; first < train.Count; first += batches.Size)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (options.Schedule is { } schedule)
                    {
                        optimizer.LearningRate = rate * schedule.Factor(new TrainingPosition(step, stepsPerEpoch * options.Epochs, stepsPerEpoch, epochs));
                    }

                    int count = batches.Read(first, cancellationToken);
                    TNumber loss = state is null
                        ? model.TrainStep(batches.Inputs(count), batches.Targets(count), count, optimizer, batches.Lengths(count))
                        : carrying!.TrainStep(batches.Inputs(count), batches.Targets(count), count, optimizer, state, batches.Lengths(count));
                    step++;
                    average?.Average(model.Parameters, options.AverageDecay!.Value, step);
                    double weight = batches.Weight(count, TSelf.Layout);
                    sum += double.CreateTruncating(loss) * weight;
                    weights += weight;
                }

                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                double? validationLoss = null;
                average?.Swap<TSelf, TInput, TTarget>(model);
                try
                {
                    validationLoss = validationBatches is null ? null : MeanLoss<TSelf, TNumber, TInput, TTarget>(model, validationBatches, carrying, cancellationToken);
                }
                catch
                {
                    average?.Swap<TSelf, TInput, TTarget>(model);
                    throw;
                }

                EpochResult result = new(epoch, Mean(sum, weights), validationLoss, seconds, train.Count / Math.Max(seconds, 1e-9));
                epochs.Add(result);
                double watched = result.ValidationLoss ?? result.TrainingLoss;
                if (watched < leastLoss)
                {
                    (leastLoss, bestEpoch) = (watched, epoch);
                    best?.Take(model.Parameters);
                }

                average?.Swap<TSelf, TInput, TTarget>(model);
                options.Progress?.Report(result);
                if (options.Verbose)
                {
                    Console.WriteLine(result);
                }

                if (options.Patience is { } patience && epoch - bestEpoch >= patience && epoch < options.Epochs)
                {
                    hasStopped = true;
                    break;
                }
            }
        }
        finally
        {
            optimizer.LearningRate = rate;
        }

        (best ?? average)?.Put<TSelf, TInput, TTarget>(model);
        return new TrainingResult(epochs, hasStopped);
    }

    /// <summary>Measures a model on a dataset; nothing changes.</summary>
    /// <typeparam name="TSelf">The model.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of an input element.</typeparam>
    /// <typeparam name="TTarget">The type of a target element.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="data">What to measure it on.</param>
    /// <exception cref="ArgumentException">The dataset's sequences have another length than the model's.</exception>
    public static Evaluation Evaluate<TSelf, TNumber, TInput, TTarget>(TSelf model, SequenceSource<TInput, TTarget> data)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(model);
        ModelLayout layout = TSelf.Layout;
        CheckLengths(layout, data, nameof(data));
        using Batches<TInput, TTarget> batches = new(data, layout.BatchSize);
        TNumber[] outputs = new TNumber[checked(batches.Size * layout.OutputLength)];
        Measures<TNumber, TTarget> measures = new(layout.ClassCount, layout.MaskedTargets);
        double sum = 0, weights = 0;
        for (int first = 0; first < data.Count; first += batches.Size)
        {
            int count = batches.Read(first);
            Span<TNumber> batchOutputs = outputs.AsSpan(0, count * layout.OutputLength);
            model.PredictBatch(batches.Inputs(count), batchOutputs, count, batches.Lengths(count));
            if (layout.LabelLength > 0)
            {
                measures.AddLabels(batchOutputs, batches.Targets(count), batches.Lengths(count), layout);
            }
            else
            {
                measures.Add(batchOutputs, batches.Targets(count), batches.OutputLengths(count, layout), layout.OutputSteps);
            }

            double weight = batches.Weight(count, layout);
            sum += double.CreateTruncating(model.ComputeLoss(batches.Inputs(count), batches.Targets(count), count, batches.Lengths(count))) * weight;
            weights += weight;
        }

        return measures.Result(Mean(sum, weights), data.Count);
    }

    private static double MeanLoss<TSelf, TNumber, TInput, TTarget>(
        TSelf model, Batches<TInput, TTarget> batches, ICarriesState<TNumber, TInput, TTarget>? carrying, CancellationToken cancellationToken)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        BatchState<TNumber>? state = carrying?.CreateBatchState(batches.Size);
        double sum = 0, weights = 0;
        for (int first = 0; first < batches.SequenceCount; first += batches.Size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = batches.Read(first, cancellationToken);
            double weight = batches.Weight(count, TSelf.Layout);
            TNumber loss = state is null
                ? model.ComputeLoss(batches.Inputs(count), batches.Targets(count), count, batches.Lengths(count))
                : carrying!.ComputeLoss(batches.Inputs(count), batches.Targets(count), count, state, batches.Lengths(count));
            sum += double.CreateTruncating(loss) * weight;
            weights += weight;
        }

        return Mean(sum, weights);
    }

    // Where no target is there, there is no loss.
    private static double Mean(double sum, double weights) => weights == 0 ? 0 : sum / weights;

    private static void CheckLengths<TInput, TTarget>(ModelLayout layout, SequenceSource<TInput, TTarget> data, string name)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data, name);
        if (data.InputLength != layout.InputLength || data.TargetLength != layout.TargetLength)
        {
            throw new ArgumentException(
                $"{layout.ModelName} ({layout.Declaration}) reads sequences of {layout.InputLength} elements with targets of {layout.TargetLength}; " +
                $"{name} has sequences of {data.InputLength} with targets of {data.TargetLength}. Change the declaration or how the data is cut.",
                name);
        }

        data.CheckLengths(layout.SequenceLength);
    }
}
