namespace RnnGen;

/// <summary>How <c>Fit</c> trains.</summary>
/// <example>
/// <code>
/// model.Fit(train, validation, new FitOptions { Epochs = 20, Optimizer = new Adam(1e-3) { ClipNorm = 1 } });
/// </code>
/// </example>
public sealed class FitOptions
{
    /// <summary>Passes over the training sequences, at least 1. Default: 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Epochs
    {
        get;
        init => field = Hyperparameter.AtLeastOne(value, nameof(Epochs));
    } = 10;

    /// <summary>
    /// The rule of the updates. Default: <see langword="null"/>, a new <see cref="Adam"/> with learning rate 1e-3 and clip
    /// norm 1. Pass the same optimiser again to go on with its moments.
    /// </summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>How the optimiser's learning rate changes from update to update. Default: <see langword="null"/>, not at all.</summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>
    /// Epochs without a new lowest validation loss (or training loss without validation) after which the training stops, at least 1. Default:
    /// <see langword="null"/>, it does not stop early. The loss is <see cref="EpochResult.WatchedLoss"/>: an epoch in which nothing was counted is no improvement, nor is one without validation whose steps were not all taken.
    /// </summary>
    /// <remarks>
    /// The loss of a model that decodes is teacher-forced: each step reads the target before it. So early stopping, the best epoch and <see cref="LearningRateSchedule.ReduceOnPlateau"/> follow that
    /// loss, and not what the model decodes from its own outputs; each epoch's line and <see cref="EpochResult.Validation"/> say both.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? Patience
    {
        get;
        init => field = value is { } epochs ? Hyperparameter.AtLeastOne(epochs, nameof(Patience)) : null;
    }

    /// <summary>
    /// Whether the model has the parameters of its best epoch at the end, and not those of the last. Default: <see langword="true"/> with <see cref="Patience"/>,
    /// otherwise <see langword="false"/>. Where no epoch is the best (<see cref="TrainingResult.HasBest"/>) it has those of the last.
    /// </summary>
    public bool? RestoreBest { get; init; }

    /// <summary>
    /// Share of the past in a moving average of the parameters, updated after every step; 0.999 is common. Validation then measures the average, and the
    /// model has it at the end (B. Polyak and A. Juditsky 1992). From 0 to below 1; <see langword="null"/> (default) for none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to below 1.</exception>
    public double? AverageDecay
    {
        get;
        init => field = value is { } decay ? Hyperparameter.Decay(decay, nameof(AverageDecay)) : null;
    }

    /// <summary>
    /// Sequences of one update, at least 1; the last batch of an epoch may be smaller. More than the model's batch size run in groups, whose gradients are
    /// accumulated. Default: the model's batch size.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? BatchSize
    {
        get;
        init => field = value is { } size ? Hyperparameter.AtLeastOne(size, nameof(BatchSize)) : null;
    }

    /// <summary>Whether each epoch visits the sequences in a new random order. Default: <see langword="true"/>.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>
    /// Whether each sequence of a batch goes on where the same one of the batch before ended: truncated back-propagation through time over
    /// sequences longer than the model's, as <see cref="SequenceDataset.FromStream"/> cuts them. Sequences are then taken in
    /// their order; states begin anew with each epoch. The validation carries states too, with its measures. Default: <see langword="false"/>.
    /// </summary>
    /// <remarks>
    /// Both datasets must know their streams (<see cref="SequenceSource{TInput, TTarget}.Streams"/>), of which a batch is one window: <see cref="BatchSize"/> is the number of training streams, or
    /// left out. The validation may have another number of streams. Anything else is an <see cref="ArgumentException"/>.
    /// Without it the validation carries no states either, while <c>Evaluate</c> carries them by itself over data that is cut into streams, so that their losses differ:
    /// <c>Evaluate(data, carryState: false)</c> measures as that validation does.
    /// </remarks>
    public bool CarryState { get; init; }

    /// <summary>The seed of the orders; an epoch's order follows from the seed and its number, the same on every platform. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Receives each epoch's result when the epoch ends. <see cref="ConsoleProgress.Instance"/> writes a line to the console. Default: <see langword="null"/>, and nothing is written.
    /// </summary>
    /// <remarks>The handler of a <see cref="Progress{T}"/> runs on another thread: there the model may predict, but not measure a loss. <see cref="Callbacks"/> run on the thread of the training.</remarks>
    public IProgress<EpochResult>? Progress { get; init; }

    /// <summary>Whether <see cref="ConsoleProgress.Instance"/> receives each epoch's result too. Default: <see langword="false"/>.</summary>
    [Obsolete("Set Progress = ConsoleProgress.Instance for a line an epoch, and leave it out to write nothing. Verbose will be removed in the next version.")]
    public bool Verbose { get; init; }

    /// <summary>Callbacks invoked during training. Default: none.</summary>
    /// <exception cref="ArgumentNullException">The list is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A callback is <see langword="null"/>.</exception>
    public IReadOnlyList<TrainingCallback> Callbacks
    {
        get;
        init => field = CheckCallbacks(value, nameof(Callbacks));
    } = [];

    /// <summary>
    /// Whether an <see cref="Evaluation"/> of the validation sequences, with all its measures, comes with each <see cref="EpochResult"/>; it takes a prediction of
    /// them more an epoch. It always comes where the model decodes, since the loss alone says too little there. Default: <see langword="false"/>.
    /// </summary>
    public bool Metrics { get; init; }

    /// <summary>What happens where a loss or a gradient is not finite, in training or in the validation. Default: <see cref="NonFinitePolicy.Throw"/>.</summary>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public NonFinitePolicy NonFinite
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(NonFinite), "NonFinite is a policy; leave it out, or set NonFinitePolicy.Throw, to stop where something is not finite.");
    } = NonFinitePolicy.Throw;

    /// <summary>Where and how often everything that the training needs to go on is saved. Default: <see langword="null"/>, nowhere.</summary>
    /// <example>
    /// <code>
    /// // Run it again after a crash, and it goes on where it was, to the same bits.
    /// model.Fit(train, validation, new FitOptions { Epochs = 50, Checkpoint = new CheckpointOptions("run1"), Resume = true });
    /// </code>
    /// </example>
    public CheckpointOptions? Checkpoint { get; init; }

    /// <summary>
    /// Whether the training goes on from the newest complete checkpoint in the folder of <see cref="Checkpoint"/>; it begins anew where there is none. The model, the
    /// data, and the options that the course of the training depends on must be those of the training that was interrupted; <see cref="Epochs"/> may be another number, of at least the epochs that it has begun.
    /// Without it a folder that holds checkpoints is refused, so that none are lost. Default: <see langword="false"/>.
    /// </summary>
    /// <remarks><see cref="CheckpointOptions"/> says what is held against the checkpoint, and what is not.</remarks>
    public bool Resume { get; init; }

    /// <summary>Where messages go beside the epochs' lines: a step that was skipped, a checkpoint that was not written. <see langword="null"/>: nowhere.</summary>
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
                throw new ArgumentException(Invariant($"Callbacks[{i}] is null; leave out what there is not."), name);
            }
        }

        return callbacks;
    }
}
