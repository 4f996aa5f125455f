namespace RnnGen;

/// <summary>
/// Is told of a training as it goes on: derive from it, override what matters, and give it in <see cref="FitOptions.Callbacks"/>. All calls come from the thread that
/// trains, in the order of the list, and the training waits for them. An exception that a callback throws ends the training.
/// </summary>
/// <remarks>
/// <see cref="OnTrainingStarted"/> comes first; either <see cref="OnTrainingEnded"/> or <see cref="OnTrainingFailed"/> comes last. What is wrong with the arguments of
/// <c>Fit</c> is thrown before the first call. A step is reported without an allocation, so that what listens decides what it costs.
/// </remarks>
/// <example>
/// <code>
/// sealed class LossLines : TrainingCallback
/// {
///     public override void OnStepEnded(in StepResult result)
///     {
///         if (result.Step % 100 == 0)
///         {
///             Console.WriteLine($"{result.Step}: {result.Loss:G4}");
///         }
///     }
/// }
///
/// model.Fit(train, validation, new FitOptions { Callbacks = [new LossLines()] });
/// </code>
/// </example>
public abstract class TrainingCallback
{
    /// <summary>The training begins, or goes on from a checkpoint.</summary>
    /// <param name="training">What is trained, and how long.</param>
    public virtual void OnTrainingStarted(TrainingStarted training) { }

    /// <summary>The parameters were updated; or the batch has no target, so that there was nothing to update them by.</summary>
    /// <param name="result">What the step gave.</param>
    public virtual void OnStepEnded(in StepResult result) { }

    /// <summary>A step was left out, or the training went back to earlier parameters, because a value was not finite and <see cref="FitOptions.NonFinite"/> allows it; or an epoch's last step, which
    /// was reported as it ended, turned out to have been too large.</summary>
    /// <param name="number">The number of the step.</param>
    /// <param name="exception">What was not finite, and where.</param>
    public virtual void OnStepSkipped(long number, NonFiniteException exception) { }

    /// <summary>
    /// A value of the validation was not finite, and <see cref="FitOptions.NonFinite"/> lets the training go on: where the data of sequences is not finite, these were left out
    /// (<see cref="EpochResult.SkippedValidation"/>), and the exception names the first of a batch; where the data is, the model has no finite loss, and the epoch's validation loss is NaN.
    /// </summary>
    /// <param name="epoch">The epoch that was validated, from 1 on.</param>
    /// <param name="exception">What was not finite, and of which sequence.</param>
    public virtual void OnValidationNonFinite(int epoch, NonFiniteException exception) { }

    /// <summary>A checkpoint was not written, and <see cref="CheckpointOptions.OnFailure"/> lets the training go on.</summary>
    /// <param name="exception">Why.</param>
    public virtual void OnCheckpointFailed(CheckpointException exception) { }

    /// <summary>An epoch has ended, with its validation.</summary>
    /// <param name="epoch">What the epoch gave.</param>
    public virtual void OnEpochEnded(EpochResult epoch) { }

    /// <summary>The training has ended; the model has its final parameters.</summary>
    /// <param name="result">What the training gave.</param>
    public virtual void OnTrainingEnded(TrainingResult result) { }

    /// <summary>The training ends with an exception, which <c>Fit</c> throws after this: it was cancelled, a value was not finite, or a file could not be written.</summary>
    /// <param name="exception">The exception; an <see cref="OperationCanceledException"/> where the training was cancelled.</param>
    public virtual void OnTrainingFailed(Exception exception) { }
}

/// <summary>What is trained, and how long.</summary>
public sealed record TrainingStarted
{
    /// <summary>The model's shape.</summary>
    public required ModelLayout Layout { get; init; }

    /// <summary>Passes over the training sequences that are planned; the training may stop earlier.</summary>
    public required int Epochs { get; init; }

    /// <summary>Updates of one epoch.</summary>
    public required long StepsPerEpoch { get; init; }

    /// <summary>The rule of the updates. Read it only.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>Training sequences.</summary>
    public int TrainingCount { get; init; }

    /// <summary>Validation sequences; 0 without validation.</summary>
    public int ValidationCount { get; init; }

    /// <summary>Steps that were taken before, where the training goes on from a checkpoint; otherwise 0.</summary>
    public long StepsBefore { get; init; }

    /// <summary>The epochs that ended before, where the training goes on from a checkpoint; otherwise none.</summary>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public IReadOnlyList<EpochResult> EpochsBefore
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(EpochsBefore));
    } = [];
}

/// <summary>What one update gave.</summary>
public readonly record struct StepResult
{
    /// <summary>Steps of the training so far, with this one and those that were skipped: from 1 on.</summary>
    public required long Step { get; init; }

    /// <summary>The epoch that it belongs to, from 1 on.</summary>
    public required int Epoch { get; init; }

    /// <summary>The batch's mean loss before the update; NaN where it has no target, and nothing was updated.</summary>
    public required double Loss { get; init; }

    /// <summary>The rate of the step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The Euclidean norm of the whole gradient before clipping; <see langword="null"/> where nothing was updated, and where the model's updates do not go through the <see cref="Optimizer"/>.</summary>
    public double? GradientNorm { get; init; }

    /// <summary>Sequences of the batch.</summary>
    public required int Sequences { get; init; }
}
