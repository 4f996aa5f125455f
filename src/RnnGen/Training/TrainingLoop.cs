using System.ComponentModel;
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
    /// <exception cref="ArgumentException">
    /// A dataset's sequences have another length than the model's, or a token, class, label or target of a dataset in memory is out of range (the message names the sequence), or
    /// states are to be carried and the model cannot carry them, or a dataset's streams do not fit; nothing was trained. Streamed sequences are checked as they are read.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model is in another <c>Fit</c>, or another thread trains it, measures its loss or replaces its parameters; or the optimiser belongs to another model.</exception>
    /// <exception cref="NonFiniteException">
    /// <see cref="FitOptions.NonFinite"/> does not let the training continue, and an input or target of a dataset in memory is not finite (nothing was trained), or the loss or a gradient of a step is not (that step
    /// did not change the model), or the loss after an epoch's last step, or the data or the loss of the validation. The message names the sequence of the dataset.
    /// </exception>
    /// <exception cref="OperationCanceledException">The training was cancelled; with <see cref="FitOptions.Checkpoint"/>, a checkpoint was saved where it stopped.</exception>
    /// <exception cref="CheckpointException">A checkpoint could not be written. Or nothing was trained, because the folder cannot be read, is in use by another training (the message names the process and the machine), or holds no complete checkpoint, or those of another training.</exception>
    /// <exception cref="ProcessGroupException">Of the <see cref="FitOptions.Processes"/> another one failed or left, or has other options, data or parameters; the message names it, and what to do.</exception>
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
        return Together.Run(options.Processes, SharedCall.Fit, nameof(options), processes => Fit<TSelf, TNumber, TInput, TTarget>(model, train, validation, options, processes, cancellationToken));
    }

    private static TrainingResult Fit<TSelf, TNumber, TInput, TTarget>(
        TSelf model,
        SequenceSource<TInput, TTarget> train,
        SequenceSource<TInput, TTarget>? validation,
        FitOptions options,
        ProcessGroup? processes,
        CancellationToken cancellationToken)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        using TrainingTurn turn = TrainingTurn.Hold(model, mayBeWithin: false);
        IStatefulModel<TNumber, TInput, TTarget>? carrying = Together.Agree(processes, () => CheckFit<TSelf, TNumber, TInput, TTarget>(model, train, validation, options, processes));
        if (processes is not null)
        {
            Likeness outline = new(processes, "train");
            outline.Add("model", TSelf.Layout.Declaration, Likeness.SameModel);
            AddOutline(outline, "training data", train);
            AddOutline(outline, "validation data", validation);
            outline.Add(nameof(FitOptions.ClassWeights), options.ClassWeights?.ToString() ?? "none", Likeness.SameOptions);
            outline.Check();
        }

        double[]? classWeights = options.ClassWeights?.For(TSelf.Layout, train, nameof(options));
        using Batches<TInput, TTarget> batches = new(train, BatchSize<TSelf, TNumber, TInput, TTarget>(train, options), TSelf.Layout, nameof(train), classWeights);
        using Batches<TInput, TTarget>? validationBatches = validation is null ? null : new(validation, carrying is null ? TSelf.Layout.BatchSize : validation.Streams, TSelf.Layout, nameof(validation));
        (batches.Core, batches.Processes) = (processes is null ? null : SharedCalls.CoreOf(model, TSelf.Layout, nameof(options)), processes);
        using Training<TSelf, TNumber, TInput, TTarget> training = new(model, options, batches, validationBatches, carrying, processes);
        training.Prepare();
        return training.Run(cancellationToken);
    }

    private static int BatchSize<TSelf, TNumber, TInput, TTarget>(SequenceSource<TInput, TTarget> train, FitOptions options)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged => options.CarryState ? train.Streams : options.BatchSize ?? TSelf.Layout.BatchSize;

    // Checks what this process has, without the others. Returns the model as one that carries states, if it does.
    private static IStatefulModel<TNumber, TInput, TTarget>? CheckFit<TSelf, TNumber, TInput, TTarget>(
        TSelf model, SequenceSource<TInput, TTarget> train, SequenceSource<TInput, TTarget>? validation, FitOptions options, ProcessGroup? processes)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        CheckShard(train, processes, nameof(train));
        CheckData<TSelf, TNumber, TInput, TTarget>(model, train, nameof(train), areFinite: !options.NonFinite.GoesOn);
        if (validation is not null)
        {
            CheckShard(validation, processes, nameof(validation));
            CheckData<TSelf, TNumber, TInput, TTarget>(model, validation, nameof(validation), areFinite: !options.NonFinite.GoesOn);
        }

        options.Monitor.Check(TSelf.Layout, Metrics<TNumber, TTarget>.Possible(TSelf.Layout), validation is not null, nameof(options));
        IStatefulModel<TNumber, TInput, TTarget>? carrying = options.CarryState ? Carrying<TSelf, TNumber, TInput, TTarget>(model, nameof(options)) : null;
        if (carrying is null && options.ResetProbability > 0)
        {
            throw new ArgumentException(Invariant($"ResetProbability is {options.ResetProbability}, but no state is carried that could be reset; set CarryState, or do not set ResetProbability."), nameof(options));
        }

        if (carrying is not null)
        {
            CheckStreams(train, nameof(train));
            if (options.BatchSize is { } size && size != train.Streams)
            {
                throw new ArgumentException(
                    Invariant($"BatchSize is {size}, and {nameof(train)} has {train.Streams} streams, and a batch is one window of each. Cut the data into {size} streams, or do not set BatchSize."), nameof(options));
            }

            if (validation is not null)
            {
                CheckStreams(validation, nameof(validation));
            }
        }

        if (processes is not null)
        {
            ISharedCore core = SharedCalls.CoreOf(model, TSelf.Layout, nameof(options));
            int batchSize = BatchSize<TSelf, TNumber, TInput, TTarget>(train, options);
            core.CheckProcesses(processes.Count, batchSize);
            if (train.Count < batchSize && core.FirstSequence(processes.Count - 1, processes.Count, train.Count) >= train.Count)
            {
                throw new ArgumentException(
                    Invariant($"There are {processes.Count} processes, and {nameof(train)} has {train.Count} sequences, of which the last process would compute none. Train on more sequences, or start fewer processes."), nameof(train));
            }
        }

        return carrying;
    }

    // What decides whether, and how, processes exchange what describes their data.
    private static void AddOutline<TInput, TTarget>(Likeness outline, string name, SequenceSource<TInput, TTarget>? data)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        outline.Add(name, data is null ? "none" : data is SequenceShard<TInput, TTarget> ? $"a shard {data.Place}" : data.Place, $"Pass {name} of the same kind in all processes, or none in any.");
        outline.Add($"{name}'s augmentation", data?.Settings.AugmentationName ?? "none", "Augment the sequences by the same method in all processes.");
    }

    /// <summary>Measures a model on a dataset; the model does not change. States are carried if the dataset is cut into streams and the model can carry them.</summary>
    /// <typeparam name="TSelf">The model.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of an input element.</typeparam>
    /// <typeparam name="TTarget">The type of a target element.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="data">What to measure it on.</param>
    /// <exception cref="ArgumentException">The dataset's sequences have another length than the model's.</exception>
    /// <exception cref="InvalidOperationException">Another thread trains the model, measures its loss or replaces its parameters.</exception>
    /// <exception cref="NonFiniteException">An input, a target or a loss is not finite; the message names the sequence.</exception>
    public static Evaluation Evaluate<TSelf, TNumber, TInput, TTarget>(TSelf model, SequenceSource<TInput, TTarget> data)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged => Evaluate<TSelf, TNumber, TInput, TTarget>(model, data, carryState: null, processes: null);

    /// <summary>Measures a model on a dataset; the model does not change.</summary>
    /// <typeparam name="TSelf">The model.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of an input element.</typeparam>
    /// <typeparam name="TTarget">The type of a target element.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="data">What to measure it on.</param>
    /// <param name="carryState">Whether states are carried from window to window of each stream; <see langword="null"/> to carry them if the dataset is cut into streams and the model can carry states.</param>
    /// <exception cref="ArgumentException">
    /// The dataset's sequences have another length than the model's, or a token, class or label is out of range (the message names the sequence of the dataset), or states are to be carried and the model
    /// or the dataset cannot.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another thread trains the model, measures its loss or replaces its parameters.</exception>
    /// <exception cref="NonFiniteException">An input, a target, a loss, or a logit of a classification is not finite; the message names the sequence of the dataset.</exception>
    public static Evaluation Evaluate<TSelf, TNumber, TInput, TTarget>(TSelf model, SequenceSource<TInput, TTarget> data, bool? carryState)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged => Evaluate<TSelf, TNumber, TInput, TTarget>(model, data, carryState, processes: null);

    /// <summary>Measures a model on a dataset in several processes; the model does not change. The result is that of one process, to the bit.</summary>
    /// <typeparam name="TSelf">The model.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of an input element.</typeparam>
    /// <typeparam name="TTarget">The type of a target element.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="data">What to measure it on.</param>
    /// <param name="carryState">Whether states are carried from window to window of each stream; <see langword="null"/> to carry them if the dataset is cut into streams and the model can carry states.</param>
    /// <param name="processes">The processes, all of which make this call; <see langword="null"/> for this one alone.</param>
    /// <exception cref="ArgumentException">
    /// The dataset's sequences have another length than the model's, or a token, class or label is out of range (the message names the sequence of the dataset), or states are to be carried and the model
    /// or the dataset cannot, or the number of processes is not a power of two.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another thread trains the model, measures its loss or replaces its parameters.</exception>
    /// <exception cref="NonFiniteException">An input, a target, a loss, or a logit of a classification is not finite; the message names the sequence of the dataset.</exception>
    /// <exception cref="ProcessGroupException">A process has another model or other data, or does not answer.</exception>
    public static Evaluation Evaluate<TSelf, TNumber, TInput, TTarget>(TSelf model, SequenceSource<TInput, TTarget> data, bool? carryState, ProcessGroup? processes)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(model);
        return Together.Run(processes, SharedCall.Evaluate, nameof(processes), group => EvaluateShared<TSelf, TNumber, TInput, TTarget>(model, data, carryState, group));
    }

    private static Evaluation EvaluateShared<TSelf, TNumber, TInput, TTarget>(TSelf model, SequenceSource<TInput, TTarget> data, bool? carryState, ProcessGroup? processes)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        using TrainingTurn turn = TrainingTurn.Hold(model, mayBeWithin: true);
        IStatefulModel<TNumber, TInput, TTarget>? carrying = Together.Agree(processes, () =>
        {
            CheckShard(data, processes, nameof(data));
            CheckData<TSelf, TNumber, TInput, TTarget>(model, data, nameof(data), areFinite: false);
            if (!(carryState ?? (data.Streams > 0 && model is IStatefulModel<TNumber, TInput, TTarget>)))
            {
                return null;
            }

            CheckStreams(data, nameof(data));
            return Carrying<TSelf, TNumber, TInput, TTarget>(model, nameof(carryState));
        });
        using Batches<TInput, TTarget> batches = new(data, carrying is null ? TSelf.Layout.BatchSize : data.Streams, TSelf.Layout, nameof(data));
        ISharedCore? core = processes is null ? null : SharedCalls.CoreOf(model, TSelf.Layout, nameof(processes));
        if (processes is not null)
        {
            Likeness outline = new(processes, "measure");
            outline.Add("model", TSelf.Layout.Declaration, Likeness.SameModel);
            AddOutline(outline, "data", data);
            outline.Check();
            CheckAlike<TSelf, TNumber, TInput, TTarget>(model, batches, carrying is not null, processes);
        }

        using SharedCalls shared = new(core, processes);
        return new EvaluationPass<TSelf, TNumber, TInput, TTarget>(model, batches, nameof(data), NonFinitePolicy.Throw) { Carrying = carrying, HasMeasures = true, Processes = processes }
            .Run(CancellationToken.None).Evaluation!;
    }

    // Processes that do not measure the same would each have results of their own, or wait for each other.
    private static void CheckAlike<TSelf, TNumber, TInput, TTarget>(TSelf model, Batches<TInput, TTarget> batches, bool carries, ProcessGroup processes)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        Likeness likeness = new(processes, "measure");
        TrainingIdentity identity = new();
        FitSettings.AddModel<TSelf, TNumber, TInput, TTarget>(identity);
        foreach ((string name, string value) in identity.Settings)
        {
            likeness.Add(name, value, Likeness.SameModel);
        }

        likeness.Add(nameof(VectorWidth), (model as IVectorizedModel)?.VectorWidth.ToString() ?? "none of its own", Likeness.SameWidth);
        likeness.Add(VectorWidths.InstructionsName, VectorWidths.Instructions((model as IVectorizedModel)?.VectorWidth), Likeness.SameWidth);
        likeness.Add("the parameters' hash", model.Parameters, Likeness.SameParameters);
        likeness.Add("carrying of states", carries ? "true" : "false", "Pass the same carryState in all processes.");
        batches.Describe((name, value) => likeness.Add($"data's {name}", value, Likeness.SameData));
        likeness.Check();
    }

    /// <summary>The mean; NaN where nothing was counted.</summary>
    internal static double Mean(double sum, double weights) => weights == 0 ? double.NaN : sum / weights;

    private static IStatefulModel<TNumber, TInput, TTarget> Carrying<TSelf, TNumber, TInput, TTarget>(TSelf model, string name)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged => model as IStatefulModel<TNumber, TInput, TTarget> ?? throw new ArgumentException(
            $"{TSelf.Layout.ModelName} ({TSelf.Layout.Declaration}) reads a sequence as a whole, so no state can be carried to the next one; do not set CarryState.", name);

    private static void CheckStreams<TInput, TTarget>(SequenceSource<TInput, TTarget> data, string name)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        if (data.Streams == 0)
        {
            throw new ArgumentException(
                $"States are carried from window to window of each stream, but {name} does not know its streams. Cut each part of the data with SequenceDataset.FromStream, " +
                "or call WithStreams(n) if sequence w × n + s is window w of stream s.", name);
        }
    }

    // The processes that have the rest of a shard are those that take part.
    private static void CheckShard<TInput, TTarget>(SequenceSource<TInput, TTarget>? data, ProcessGroup? processes, string name)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        if (data is SequenceShard<TInput, TTarget> { Group: { Count: > 1 } group } && !ReferenceEquals(group, processes))
        {
            throw new ArgumentException(Invariant($"{name} is the shard of process {group.Rank} of {group.Count}, and the others are needed to read it: pass the same processes here that AsShard was called with."), name);
        }
    }

    // What is in memory is checked as a whole: no update comes before an error that could have been seen.
    private static void CheckData<TSelf, TNumber, TInput, TTarget>(TSelf model, SequenceSource<TInput, TTarget> data, string name, bool areFinite)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ModelLayout layout = TSelf.Layout;
        ArgumentNullException.ThrowIfNull(data, name);
        if (data.InputLength != layout.InputLength || data.TargetLength != layout.TargetLength)
        {
            throw new ArgumentException(
                Invariant($"{layout.ModelName} ({layout.Declaration}) reads sequences of {layout.InputLength} elements with targets of {layout.TargetLength}; ") +
                Invariant($"{name} has sequences of {data.InputLength} with targets of {data.TargetLength}. Change the declaration, or cut the data differently."),
                name);
        }

        if (data.ResetsPerSequence > 0)
        {
            Check.CanReset(layout, model is IStatefulModel<TNumber, TInput, TTarget>, name);
        }

        if (data.ResetsPerSequence is var resets && resets > 0 && resets != layout.SequenceLength)
        {
            throw new ArgumentException(Invariant($"{name} has {resets} reset marks for each sequence; {layout.ModelName} ({layout.Declaration}) takes {layout.SequenceLength}, one for each step."), name);
        }

        if (data.WeightsPerSequence is var weights && weights > 1 && weights != LossTerms.StepsOf(layout))
        {
            throw new ArgumentException(
                Invariant($"{name} has {weights} weights for each sequence; {layout.ModelName} ({layout.Declaration}) takes 1{(LossTerms.StepsOf(layout) == 1 ? "" : Invariant($", or {LossTerms.StepsOf(layout)} (one for each output step)"))}."), name);
        }

        data.CheckLengths(layout.SequenceLength);
        new SequenceCheck<TInput, TTarget>(layout, name).All(data, areFinite);
    }
}
