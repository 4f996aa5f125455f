using System.Globalization;

namespace RnnGen;

/// <summary>The result of one pass over the training sequences.</summary>
public sealed record EpochResult
{
    /// <summary>The number of the epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Mean loss over the epoch's sequences, each measured just before the update that it contributed to; NaN if no step or no target was counted.</summary>
    public required double TrainingLoss { get; init; }

    /// <summary>Mean loss over the validation sequences after the epoch; NaN if no target was counted, or if the loss is not finite and <see cref="FitOptions.NonFinite"/> lets the training continue. <see langword="null"/> without validation.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>
    /// Of a model that decodes, if <see cref="IScheduledSamplingModel.ScheduledSampling"/> is above 0: the mean loss over the validation sequences where each step reads the model's own previous output,
    /// as it does in use. <see cref="ValidationLoss"/> is teacher-forced: each step reads the previous target. <see langword="null"/> for any other model and without validation.
    /// </summary>
    public double? FreeRunningLoss { get; init; }

    /// <summary>What <see cref="FitOptions.Monitor"/> measured on the validation sequences, NaN if it could not; <see langword="null"/> if it is a loss.</summary>
    public double? Monitored { get; init; }

    /// <summary>The time of the training steps, without validation.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training sequences per second, including those of skipped steps.</summary>
    public required double SequencesPerSecond { get; init; }

    /// <summary>The learning rate of the epoch's last update; NaN if it had none: its steps were skipped, or there was no target.</summary>
    public double LearningRate { get; init; }

    /// <summary>The measures on the validation sequences after the epoch, if <see cref="FitOptions.Metrics"/> is set or the model decodes; otherwise <see langword="null"/>.</summary>
    public Evaluation? Validation { get; init; }

    /// <summary>Steps of the epoch that were skipped because a value was not finite, as <see cref="FitOptions.NonFinite"/> allows, whether or not the training was rolled
    /// back then. An epoch's last update that is rolled back since it left something not finite is not counted: its step was taken, and <see cref="HasOvershot"/> tells of it.</summary>
    public int SkippedSteps { get; init; }

    /// <summary>Validation sequences that were left out because their data is not finite, as <see cref="FitOptions.NonFinite"/> allows; the validation's figures are of the others.</summary>
    public int SkippedValidation { get; init; }

    /// <summary>
    /// Whether the last update was too large: after it, the loss of its batch was not finite, or more than twice both its value before and the lowest loss of an epoch so far. It is measured if
    /// <see cref="FitOptions.NonFinite"/> lets the training continue, or if the best parameters are kept without validation. Such an epoch can be the best only by its validation loss, because its
    /// training loss was measured before that update.
    /// </summary>
    public bool HasOvershot { get; init; }

    /// <summary>
    /// The number that decides which epoch is best, when the training stops early and what <see cref="LearningRateSchedule.ReduceOnPlateau"/> does; lower is better. It is <see cref="Monitored"/>, negated
    /// if higher is better, where <see cref="FitOptions.Monitor"/> is a measure; else the loss: <see cref="FreeRunningLoss"/> where there is one, the validation loss, or the training loss
    /// without validation. It is NaN, which is never the best and no improvement, if nothing was counted, or if there is no validation and the epoch <see cref="HasOvershot"/> or has
    /// <see cref="SkippedSteps"/>: the loss over a part of the sequences cannot be compared with the loss over all of them.
    /// </summary>
    public double WatchedLoss => Monitored is { } value ? Monitor.Lower(value) : LossToWatch;

    /// <summary>What is watched if nothing else is to be, and what tells whether parameters are good.</summary>
    internal double LossToWatch => FreeRunningLoss ?? ValidationLoss ?? (HasOvershot || SkippedSteps > 0 ? double.NaN : TrainingLoss);

    /// <summary>What <see cref="Monitored"/> is of.</summary>
    internal Monitor Monitor { get; init; } = Monitor.Loss;

    /// <summary>Notable events of the epoch, in words; empty if there were none.</summary>
    public string Remarks
    {
        get
        {
            List<string> remarks = [];
            if (SkippedSteps > 0)
            {
                remarks.Add(string.Create(CultureInfo.InvariantCulture, $"{SkippedSteps} {(SkippedSteps == 1 ? "step" : "steps")} skipped"));
            }

            if (double.IsNaN(TrainingLoss))
            {
                remarks.Add("no training target counted");
            }

            if (HasOvershot)
            {
                remarks.Add("overshot in its last step");
            }

            if (SkippedValidation > 0)
            {
                remarks.Add(string.Create(CultureInfo.InvariantCulture, $"{SkippedValidation} validation {(SkippedValidation == 1 ? "sequence" : "sequences")} left out"));
            }

            if (ValidationLoss is double.NaN)
            {
                remarks.Add("no validation loss: no target counted, or it is not finite");
            }

            return string.Join(", ", remarks);
        }
    }

    /// <summary>The epoch in one line.</summary>
    public override string ToString()
    {
        string validation = ValidationLoss is { } loss ? string.Create(CultureInfo.InvariantCulture, $"  validation {loss:G5}") : "";
        if (FreeRunningLoss is { } free)
        {
            validation = string.Create(CultureInfo.InvariantCulture, $"  validation {free:G5} (teacher-forced {ValidationLoss:G5})");
        }
        else if (Validation is { LossIsTeacherForced: true })
        {
            validation += " (teacher-forced)";
        }

        if (Validation is { LossIsTeacherForced: true } evaluation)
        {
            (string name, double? value) = evaluation.DecodedMeasure;
            validation += string.Create(CultureInfo.InvariantCulture, $", decoded {name} {value:G5}");
        }

        if (Monitored is { } monitored)
        {
            validation += string.Create(CultureInfo.InvariantCulture, $", {Monitor.Name} {monitored:G5}");
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {Epoch,3}  loss {TrainingLoss:G5}{validation}  {Seconds:F2} s  {SequencesPerSecond:F0} sequences/s{(Remarks.Length > 0 ? $"  ({Remarks})" : "")}");
    }
}

/// <summary>The result of a training.</summary>
public sealed class TrainingResult
{
    internal TrainingResult(IReadOnlyList<EpochResult> epochs, bool hasStoppedEarly)
    {
        Epochs = epochs;
        HasStoppedEarly = hasStoppedEarly;
    }

    /// <summary>Whether <see cref="FitOptions.Patience"/> ended the training before its last epoch.</summary>
    public bool HasStoppedEarly { get; }

    /// <summary>The epochs in order.</summary>
    public IReadOnlyList<EpochResult> Epochs { get; }

    /// <summary>The epoch with the best value of what <see cref="FitOptions.Monitor"/> watches, as <see cref="EpochResult.WatchedLoss"/> says; the first of equals.</summary>
    /// <exception cref="InvalidOperationException">No epoch has a finite loss, or value of what is watched: <see cref="HasBest"/> is <see langword="false"/>.</exception>
    public EpochResult Best => BestOf(Epochs) ?? throw new InvalidOperationException(Invariant(
        $"None of the {Epochs.Count} epochs has a finite value of what FitOptions.Monitor watches (by default the loss), so none is the best: no target was counted, no step or validation was finite, steps were skipped and there is no validation, or the measure is not defined for the validation. See the epochs' Remarks, and check HasBest first."));

    /// <summary>Whether there is a <see cref="Best"/> epoch: one with a finite <see cref="EpochResult.WatchedLoss"/>.</summary>
    public bool HasBest => BestOf(Epochs) is not null;

    private static EpochResult? BestOf(IReadOnlyList<EpochResult> epochs) => epochs.Where(epoch => double.IsFinite(epoch.WatchedLoss)).MinBy(epoch => epoch.WatchedLoss);
}
