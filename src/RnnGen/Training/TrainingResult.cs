using System.Globalization;

namespace RnnGen;

/// <summary>What one pass over the training sequences gave.</summary>
/// <param name="Epoch">From 1 on.</param>
/// <param name="TrainingLoss">Mean loss over the epoch's sequences, each taken just before the update that it contributed to.</param>
/// <param name="ValidationLoss">Mean loss over the validation sequences after the epoch; <see langword="null"/> without them.</param>
/// <param name="Seconds">Time of the training steps, without the validation.</param>
/// <param name="SequencesPerSecond">Training sequences in each of these seconds.</param>
public sealed record EpochResult(int Epoch, double TrainingLoss, double? ValidationLoss, double Seconds, double SequencesPerSecond)
{
    /// <summary>The learning rate of the epoch's last update.</summary>
    public double LearningRate { get; init; }

    /// <summary>How well the model does on the validation sequences after the epoch, where <see cref="FitOptions.Metrics"/> asks for it; otherwise <see langword="null"/>.</summary>
    public Evaluation? Validation { get; init; }

    /// <summary>The epoch in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {Epoch,3}  loss {TrainingLoss:G5}{(ValidationLoss is { } loss ? string.Create(CultureInfo.InvariantCulture, $"  validation {loss:G5}") : "")}  {Seconds:F2} s  {SequencesPerSecond:F0} sequences/s");
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

    /// <summary>The epoch with the least validation loss, or the least training loss without validation; the first of equals.</summary>
    public EpochResult Best => Epochs.MinBy(epoch => epoch.ValidationLoss ?? epoch.TrainingLoss)!;
}
