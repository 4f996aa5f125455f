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

/// <summary>How well a model does on a dataset.</summary>
/// <param name="Loss">The mean of the model's loss over all sequences.</param>
/// <param name="Count">Sequences.</param>
/// <remarks>
/// The measures other than the loss compare targets with outputs as they are. A model with
/// <see cref="RnnGen.Loss.BinaryCrossEntropy"/> puts out logits, so that only its loss is meaningful here.
/// </remarks>
public sealed record Evaluation(double Loss, int Count)
{
    /// <summary>Share of the classes whose logit is the greatest where it should be; <see langword="null"/> where targets are numbers.</summary>
    public double? Accuracy { get; init; }

    /// <summary>With CTC: insertions, deletions and replacements over the number of labels, of the most probable class at each step; else <see langword="null"/>.</summary>
    public double? LabelErrorRate { get; init; }

    /// <summary>Mean absolute error over all target elements; <see langword="null"/> where targets are classes.</summary>
    public double? Mae { get; init; }

    /// <summary>Root of the mean squared error over all target elements; <see langword="null"/> where targets are classes.</summary>
    public double? Rmse { get; init; }

    /// <summary>R², the share of the targets' variance that the outputs explain; <see langword="null"/> where targets are classes or all equal.</summary>
    public double? RSquared { get; init; }

    /// <summary>The measures in one line.</summary>
    public override string ToString()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{Count} sequences: loss {Loss:G5}");
        foreach (var (name, value) in new[] { ("accuracy", Accuracy), ("label errors", LabelErrorRate), ("MAE", Mae), ("RMSE", Rmse), ("R²", RSquared) })
        {
            text += value is null ? "" : string.Create(CultureInfo.InvariantCulture, $", {name} {value:G5}");
        }

        return text;
    }
}
