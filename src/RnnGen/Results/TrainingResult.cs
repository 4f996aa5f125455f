using System.Globalization;

namespace RnnGen;

/// <summary>What one pass over the training sequences gave.</summary>
public sealed record EpochResult
{
    /// <summary>From 1 on.</summary>
    public required int Epoch { get; init; }

    /// <summary>Mean loss over the epoch's sequences, each taken just before the update that it contributed to; NaN where no step or no target was counted.</summary>
    public required double TrainingLoss { get; init; }

    /// <summary>Mean loss over the validation sequences after the epoch; NaN where no target was counted, or where the loss is not finite and <see cref="FitOptions.NonFinite"/> lets the training go on. <see langword="null"/> without them.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Time of the training steps, without the validation.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training sequences in each of these seconds, with those of skipped steps.</summary>
    public required double SequencesPerSecond { get; init; }

    /// <summary>The learning rate of the epoch's last update; NaN where it had none: its steps were skipped, or no target was there.</summary>
    public double LearningRate { get; init; }

    /// <summary>How well the model does on the validation sequences after the epoch, where <see cref="FitOptions.Metrics"/> asks for it; otherwise <see langword="null"/>.</summary>
    public Evaluation? Validation { get; init; }

    /// <summary>Steps of the epoch that were left out since a value was not finite, as <see cref="FitOptions.NonFinite"/> allows, whether or not the training was rolled
    /// back then. An epoch's last update that is rolled back since it left something not finite is not counted: its step was taken, and <see cref="HasOvershot"/> tells of it.</summary>
    public int SkippedSteps { get; init; }

    /// <summary>Validation sequences that were left out since their data is not finite, as <see cref="FitOptions.NonFinite"/> allows; the validation's figures are of the others.</summary>
    public int SkippedValidation { get; init; }

    /// <summary>
    /// Whether the last update was too large: after it, the loss of its batch was not finite, or more than twice what it was before and twice the lowest of an epoch so far. It is measured where
    /// <see cref="FitOptions.NonFinite"/> lets the training go on, or the best parameters are kept without validation. Such an epoch is the best one only by its validation loss, since its
    /// training loss was measured before that update.
    /// </summary>
    public bool HasOvershot { get; init; }

    /// <summary>
    /// The loss that decides which epoch is best, when the training stops early and what <see cref="LearningRateSchedule.ReduceOnPlateau"/> does: that of the validation, or of the training
    /// without validation. NaN, which is never the best and no improvement, where nothing was counted, or where there is no validation and the epoch <see cref="HasOvershot"/> or has
    /// <see cref="SkippedSteps"/>: the loss of a part of the sequences does not compare with that of all of them. A validation loss compares, since it is measured on the same sequences each time.
    /// </summary>
    public double WatchedLoss => ValidationLoss ?? (HasOvershot || SkippedSteps > 0 ? double.NaN : TrainingLoss);

    /// <summary>What happened in the epoch besides, in words; empty where nothing did.</summary>
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
        if (Validation is { LossIsTeacherForced: true } evaluation)
        {
            (string name, double? value) = evaluation.DecodedMeasure;
            validation += string.Create(CultureInfo.InvariantCulture, $" (teacher-forced), decoded {name} {value:G5}");
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {Epoch,3}  loss {TrainingLoss:G5}{validation}  {Seconds:F2} s  {SequencesPerSecond:F0} sequences/s{(Remarks.Length > 0 ? $"  ({Remarks})" : "")}");
    }
}

/// <summary>What a training run gave.</summary>
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

    /// <summary>The epoch with the lowest <see cref="EpochResult.WatchedLoss"/>, which is the validation loss, or the training loss without validation; the first of equals.</summary>
    /// <exception cref="InvalidOperationException">No epoch has a finite one: <see cref="HasBest"/> is <see langword="false"/>.</exception>
    public EpochResult Best => BestOf(Epochs) ?? throw new InvalidOperationException(Invariant(
        $"None of the {Epochs.Count} epochs has a finite loss to be the best by: no target was counted, no step or validation was finite, or steps were skipped and there is no validation. See the epochs' Remarks, and ask HasBest first."));

    /// <summary>Whether an epoch has a finite <see cref="EpochResult.WatchedLoss"/>, so that there is a <see cref="Best"/> one.</summary>
    public bool HasBest => BestOf(Epochs) is not null;

    private static EpochResult? BestOf(IReadOnlyList<EpochResult> epochs) => epochs.Where(epoch => double.IsFinite(epoch.WatchedLoss)).MinBy(epoch => epoch.WatchedLoss);
}
