namespace RnnGen;

/// <summary>
/// Receives the events of a training: derive from it, override the methods that you need, and add it to <see cref="FitOptions.Callbacks"/>. All calls come from the training
/// thread, in the order of the list, and the training waits for them. An exception in a callback ends the training.
/// </summary>
/// <remarks>
/// <see cref="OnTrainingStarted"/> comes first; either <see cref="OnTrainingEnded"/> or <see cref="OnTrainingFailed"/> comes last. Invalid arguments of <c>Fit</c>
/// throw before the first call. Reporting a step does not allocate, in one process. In several <see cref="FitOptions.Processes"/> callbacks run
/// in process 0 alone and may only watch: if one changes the model, the optimiser or their settings, <c>Fit</c> throws an <see cref="InvalidOperationException"/> that names the change.
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
    /// <summary>The training starts, or resumes from a checkpoint.</summary>
    /// <param name="training">What is trained, and how long.</param>
    public virtual void OnTrainingStarted(TrainingStarted training) { }

    /// <summary>The parameters were updated; or the batch has no target, so there was no update.</summary>
    /// <param name="result">The result of the step.</param>
    public virtual void OnStepEnded(in StepResult result) { }

    /// <summary>A step was skipped, or the training rolled back to earlier parameters, because a value was not finite and <see cref="FitOptions.NonFinite"/> allows it; or an epoch's last step, which
    /// was reported as it ended, turned out to have been too large.</summary>
    /// <param name="number">The number of the step.</param>
    /// <param name="exception">What was not finite, and where.</param>
    public virtual void OnStepSkipped(long number, NonFiniteException exception) { }

    /// <summary>
    /// A value of the validation was not finite, and <see cref="FitOptions.NonFinite"/> lets the training continue. If the data of sequences is not finite, these were left out
    /// (<see cref="EpochResult.SkippedValidation"/>), and the exception names the first of a batch. If the data is finite, the model's loss is not, and the epoch's validation loss is NaN.
    /// </summary>
    /// <param name="epoch">The epoch that was validated, from 1 on.</param>
    /// <param name="exception">What was not finite, and of which sequence.</param>
    public virtual void OnValidationNonFinite(int epoch, NonFiniteException exception) { }

    /// <summary>A checkpoint was not written, and <see cref="CheckpointOptions.OnFailure"/> lets the training continue.</summary>
    /// <param name="exception">Why.</param>
    public virtual void OnCheckpointFailed(CheckpointException exception) { }

    /// <summary>An epoch has ended, with its validation.</summary>
    /// <param name="epoch">The result of the epoch.</param>
    public virtual void OnEpochEnded(EpochResult epoch) { }

    /// <summary>The training has ended; the model has its final parameters.</summary>
    /// <param name="result">The result of the training.</param>
    public virtual void OnTrainingEnded(TrainingResult result) { }

    /// <summary>The training ends with an exception, which <c>Fit</c> throws after this call: it was cancelled, a value was not finite, or a file could not be written.</summary>
    /// <param name="exception">The exception; an <see cref="OperationCanceledException"/> where the training was cancelled.</param>
    public virtual void OnTrainingFailed(Exception exception) { }
}

/// <summary>What is trained, and how long.</summary>
public sealed record TrainingStarted
{
    /// <summary>The model's shape.</summary>
    public required ModelLayout Layout { get; init; }

    /// <summary>The planned number of passes over the training sequences; the training may stop earlier.</summary>
    public required int Epochs { get; init; }

    /// <summary>Updates of one epoch.</summary>
    public required long StepsPerEpoch { get; init; }

    /// <summary>The optimiser. Do not change it.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>Training sequences.</summary>
    public int TrainingCount { get; init; }

    /// <summary>Validation sequences; 0 without validation.</summary>
    public int ValidationCount { get; init; }

    /// <summary>Steps taken before the checkpoint that the training resumes from; otherwise 0.</summary>
    public long StepsBefore { get; init; }

    /// <summary>The epochs that ended before the checkpoint that the training resumes from; otherwise empty.</summary>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public IReadOnlyList<EpochResult> EpochsBefore
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(EpochsBefore));
    } = [];
}

/// <summary>The result of one update.</summary>
public readonly record struct StepResult
{
    /// <summary>The number of the step, from 1; skipped steps count.</summary>
    public required long Step { get; init; }

    /// <summary>The epoch of the step, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The batch's mean loss before the update; NaN where it has no target, and nothing was updated.</summary>
    public required double Loss { get; init; }

    /// <summary>The learning rate of the step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The Euclidean norm of the whole gradient before clipping; <see langword="null"/> if nothing was updated, or if the model does not update through the <see cref="Optimizer"/>.</summary>
    public double? GradientNorm { get; init; }

    /// <summary>Sequences of the batch.</summary>
    public required int Sequences { get; init; }
}
