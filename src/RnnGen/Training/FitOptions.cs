using RnnGen.Runtime;

namespace RnnGen;

/// <summary>How <c>Fit</c> trains.</summary>
/// <example>
/// <code>
/// model.Fit(train, validation, new FitOptions { Epochs = 20, Optimizer = new Adam(1e-3) { ClipNorm = 1 } });
/// </code>
/// </example>
public sealed class FitOptions
{
    private CheckpointOptions? _checkpoint;
    private IReadOnlyList<TrainingCallback> _callbacks = [];
    private bool _resume;

    /// <summary>Passes over the training sequences, at least 1. Default: 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Epochs
    {
        get;
        init => field = Hyperparameter.AtLeastOne(value, nameof(Epochs));
    } = 10;

    /// <summary>
    /// The optimiser. Default: <see langword="null"/>, a new <see cref="Adam"/> with learning rate 1e-3 and clip norm 1.
    /// Pass the same optimiser to a later <c>Fit</c> to keep its moments.
    /// </summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>How the optimiser's learning rate changes from update to update. Default: <see langword="null"/>, a constant rate.</summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>
    /// Epochs without an improvement of what is watched (<see cref="Monitor"/>) after which the training stops, at least 1. Default:
    /// <see langword="null"/>, no early stopping. An epoch without counted targets is no improvement, nor, without validation, is an epoch that skipped steps.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? Patience
    {
        get;
        init => field = value is { } epochs ? Hyperparameter.AtLeastOne(epochs, nameof(Patience)) : null;
    }

    /// <summary>
    /// What decides which epoch is best, when <see cref="Patience"/> ends the training and what <see cref="LearningRateSchedule.ReduceOnPlateau"/> does. A measure of predictions, such as
    /// <see cref="RnnGen.Monitor.Accuracy"/>, needs validation sequences, and turns <see cref="Metrics"/> on. Default: <see cref="RnnGen.Monitor.Loss"/>.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public Monitor Monitor
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Monitor), "Monitor must be a measure; do not set it, or set Monitor.Loss, to watch the loss.");
    } = Monitor.Loss;

    /// <summary>
    /// Whether the model ends with the parameters of its best epoch instead of those of the last one. Default: <see langword="true"/> with <see cref="Patience"/>,
    /// otherwise <see langword="false"/>. If there is no best epoch (<see cref="TrainingResult.HasBest"/>), it ends with those of the last.
    /// </summary>
    public bool? RestoreBest { get; init; }

    /// <summary>
    /// The decay of an exponential moving average of the parameters, updated after every step; 0.999 is common. Validation then measures the average, and the
    /// model ends with it (B. Polyak and A. Juditsky 1992). From 0 to below 1; <see langword="null"/> (default) for no average.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to below 1.</exception>
    public double? AverageDecay
    {
        get;
        init => field = value is { } decay ? Hyperparameter.Decay(decay, nameof(AverageDecay)) : null;
    }

    /// <summary>
    /// Sequences per update, at least 1; the last batch of an epoch may be smaller. A batch that is larger than the model's batch size runs in groups whose gradients are
    /// accumulated. Default: the model's batch size.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? BatchSize
    {
        get;
        init => field = value is { } size ? Hyperparameter.AtLeastOne(size, nameof(BatchSize)) : null;
    }

    /// <summary>
    /// What the classes weigh in the loss that is trained, where targets are classes. The loss of the validation sequences counts all classes alike, as <c>Evaluate</c> does. Default:
    /// <see langword="null"/>: all classes weigh the same.
    /// </summary>
    /// <remarks><c>Fit</c> throws an <see cref="ArgumentException"/> if the model has another number of classes or none, or if balanced weights are to be counted in streamed sequences.</remarks>
    public ClassWeights? ClassWeights { get; init; }

    /// <summary>Whether each epoch visits the sequences in a new random order. Default: <see langword="true"/>.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>
    /// Whether each sequence of a batch continues the one at the same position of the previous batch: truncated back-propagation through time over
    /// sequences that are longer than the model's, as <see cref="SequenceDataset.FromStream{TInput, TTarget}(TInput[], TTarget[], int, int, int)"/> cuts them. Sequences are then read in
    /// order, and states are reset at the start of each epoch. Validation carries states too. Default: <see langword="false"/>.
    /// </summary>
    /// <remarks>
    /// Both datasets must know their streams (<see cref="SequenceSource{TInput, TTarget}.Streams"/>). A batch is one window of all streams, so <see cref="BatchSize"/> is the number of training streams, or
    /// not set. Validation may have another number of streams. Anything else is an <see cref="ArgumentException"/>.
    /// Without it validation carries no states either. <c>Evaluate</c>, however, carries them over data that is cut into streams, so its loss differs;
    /// <c>Evaluate(data, carryState: false)</c> measures as such a validation does.
    /// </remarks>
    public bool CarryState { get; init; }

    /// <summary>
    /// With <see cref="CarryState"/>, the probability, from 0 to 1, that a sequence starts a window from the beginning and not from the state that its previous window ended in. Without it a model sees the
    /// beginning once per epoch and stream, and hardly learns to begin. Which windows those are depends on <see cref="Seed"/>, the step and the stream alone. Validation always carries its states. Default: 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double ResetProbability
    {
        get;
        init => field = Check.Share(value, nameof(ResetProbability));
    }

    /// <summary>
    /// The processes that train together, each of which runs this <c>Fit</c> on the same model, data and options; a group of one process is as none. Each computes its share of every batch and has the same
    /// model in the end: the bits are those of one process. Process 0 alone reports, runs <see cref="Callbacks"/>, which may not change the model or its optimiser then, and writes checkpoints. Default: <see langword="null"/>, this process alone.
    /// </summary>
    /// <remarks>
    /// The number of processes is a power of two. What they must have in common is compared before the first step. A batch serves as many processes as it has groups of sequences (<c>BatchSize</c>) and the model has sums (<see cref="RnnModelAttribute.GradientSums"/>). If the
    /// <see cref="CancellationToken"/> of any process is cancelled, all stop.
    /// </remarks>
    public ProcessGroup? Processes { get; init; }

    /// <summary>
    /// Whether each of the <see cref="Processes"/> updates a part of the parameters only, keeps the optimiser's moments of that part, and receives the other parameters: the memory of the moments falls with the
    /// number of processes, and a step sends (p - 1)/p of the parameters more. The bits are the same. The optimiser keeps that part afterwards, so a later training with it needs the same setting. Default:
    /// <see langword="false"/>: each process keeps all moments.
    /// </summary>
    /// <remarks><c>Fit</c> throws an <see cref="InvalidOperationException"/> for an optimiser of your own, which may read any parameter for the update of another, or one that kept other moments before.</remarks>
    public bool ShardOptimizer { get; init; }

    /// <summary>The seed of the random orders. An epoch's order depends only on the seed and the epoch's number, and is the same on every platform. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Receives each epoch's result when the epoch ends. <see cref="ConsoleProgress.Instance"/> writes a line to the console. Default: <see langword="null"/>: nothing is written.
    /// </summary>
    /// <remarks>The handler of a <see cref="Progress{T}"/> runs on another thread: there the model may predict, but not measure a loss. <see cref="Callbacks"/> run on the thread of the training.</remarks>
    public IProgress<EpochResult>? Progress { get; init; }

    /// <summary>Whether <see cref="ConsoleProgress.Instance"/> receives each epoch's result too. Default: <see langword="false"/>.</summary>
    [Obsolete("Set Progress = ConsoleProgress.Instance to write a line per epoch; without it nothing is written. Verbose will be removed in the next version.")]
    public bool Verbose { get; init; }

    /// <summary>Callbacks invoked during training. Default: none.</summary>
    /// <exception cref="ArgumentNullException">The list is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A callback is <see langword="null"/>.</exception>
    public IReadOnlyList<TrainingCallback> Callbacks
    {
        get => _callbacks;
        init => _callbacks = CheckCallbacks(value, nameof(Callbacks));
    }

    /// <summary>
    /// Whether each <see cref="EpochResult"/> has an <see cref="Evaluation"/> of the validation sequences with all its measures, which costs one more prediction of
    /// them per epoch. A model that decodes always has one, because its loss alone says too little, and so has a training whose <see cref="Monitor"/> is a measure. Default: <see langword="false"/>.
    /// </summary>
    public bool Metrics { get; init; }

    /// <summary>What happens if a loss or a gradient is not finite, in training or in validation. Default: <see cref="NonFinitePolicy.Throw"/>.</summary>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public NonFinitePolicy NonFinite
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(NonFinite), "NonFinite must be a policy; do not set it, or set NonFinitePolicy.Throw, to stop at the first value that is not finite.");
    } = NonFinitePolicy.Throw;

    /// <summary>Where and how often the training is saved, so that it can be resumed. Default: <see langword="null"/>, no checkpoints.</summary>
    /// <example>
    /// <code>
    /// // Run it again after a crash: it resumes where it was and produces bit-identical results.
    /// model.Fit(train, validation, new FitOptions { Epochs = 50, Checkpoint = new CheckpointOptions("run1"), Resume = true });
    /// </code>
    /// </example>
    public CheckpointOptions? Checkpoint
    {
        get => _checkpoint;
        init => _checkpoint = value;
    }

    /// <summary>
    /// Whether the training resumes from the newest complete checkpoint in the folder of <see cref="Checkpoint"/>; without one it starts from the beginning. The model, the
    /// data and the options that affect the training must be those of the interrupted training; <see cref="Epochs"/> may differ, but not be below the number of epochs already begun.
    /// If it is <see langword="false"/>, a folder that holds checkpoints is an error, so that none are lost. Default: <see langword="false"/>.
    /// </summary>
    /// <remarks><see cref="CheckpointOptions"/> says what is held against the checkpoint, and what is not.</remarks>
    public bool Resume
    {
        get => _resume;
        init => _resume = value;
    }

    /// <summary>The optimiser; a new one where none is set.</summary>
    internal Optimizer OptimizerOrDefault => Optimizer ?? new Adam(1e-3) { ClipNorm = 1 };

    /// <summary>Whether the model ends with the parameters of its best epoch.</summary>
    internal bool KeepsBest => RestoreBest ?? Patience is not null;

    /// <summary>The same options for a training that is saved, and resumed where it was saved before.</summary>
    internal FitOptions Resumed(CheckpointOptions checkpoint)
    {
        var resumed = (FitOptions)MemberwiseClone();
        (resumed._checkpoint, resumed._resume) = (checkpoint, true);
        return resumed;
    }

    /// <summary>The same options with one more callback, behind the others.</summary>
    /// <param name="callback">The callback.</param>
    public FitOptions WithCallback(TrainingCallback callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var watched = (FitOptions)MemberwiseClone();
        watched._callbacks = [.. Callbacks, callback];
        return watched;
    }

    /// <summary>Receives messages beside the epochs' lines: a step that was skipped, a checkpoint that was not written. <see langword="null"/>: nobody.</summary>
    internal ConsoleProgress? Console => Progress as ConsoleProgress ?? (IsVerbose ? ConsoleProgress.Instance : null);

#pragma warning disable CS0618 // The one place that reads the obsolete property.
    private bool IsVerbose => Verbose;
#pragma warning restore CS0618

    internal void Report(EpochResult epoch)
    {
        Progress?.Report(epoch);
        if (IsVerbose && Progress is not ConsoleProgress)
        {
            ConsoleProgress.Instance.Report(epoch);
        }
    }

    /// <summary>Callbacks that are all there; the list may have changed since it was set.</summary>
    internal static IReadOnlyList<TrainingCallback> CheckCallbacks(IReadOnlyList<TrainingCallback> callbacks, string name)
    {
        ArgumentNullException.ThrowIfNull(callbacks, name);
        for (int i = 0; i < callbacks.Count; i++)
        {
            if (callbacks[i] is null)
            {
                throw new ArgumentException(Invariant($"Callbacks[{i}] is null; remove it from the list."), name);
            }
        }

        return callbacks;
    }
}
