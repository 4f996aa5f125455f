using System.ComponentModel;
using System.Globalization;

namespace RnnGen;

/// <summary>How well a model does on a dataset.</summary>
/// <remarks>
/// Which measures there are follows from the targets: classes (cross-entropy), yes or no (<see cref="RnnGen.Loss.BinaryCrossEntropy"/>), numbers, or labels without
/// alignment (CTC); the others are <see langword="null"/>. Steps beyond a sequence's length and missing targets do not count.
/// </remarks>
public sealed record Evaluation
{
    /// <summary>The mean of the model's loss over all sequences; NaN where no target was counted.</summary>
    public required double Loss { get; init; }

    /// <summary>Sequences that were measured.</summary>
    public required int Count { get; init; }

    /// <summary>The maximum number of classes that <see cref="Confusion"/> is kept for: 512, a matrix of 2 MB.</summary>
    public const int MaxConfusionClasses = 512;

    /// <summary><see cref="MaxConfusionClasses"/>.</summary>
    [Obsolete("Use MaxConfusionClasses. MostConfusedClasses will be removed in the next version."), EditorBrowsable(EditorBrowsableState.Never)]
    public const int MostConfusedClasses = MaxConfusionClasses;

    /// <summary>Share of the targets that were predicted: the class with the greatest logit, or yes where the logit is above 0.</summary>
    public double? Accuracy { get; init; }

    /// <summary>
    /// Of classes: the mean of the classes' precisions, all classes alike, over those that are there or were predicted. Of yes or no: the share of the predicted yes that is right. 0 where nothing was predicted.
    /// </summary>
    public double? Precision { get; init; }

    /// <summary>Of classes: the mean of the classes' recalls, as with <see cref="Precision"/>. Of yes or no: the share of the true yes that was found.</summary>
    public double? Recall { get; init; }

    /// <summary>Of classes: the mean of the classes' F₁ (the harmonic mean of precision and recall), as with <see cref="Precision"/>. Of yes or no: F₁ of yes.</summary>
    public double? F1 { get; init; }

    /// <summary>How often each class was taken for each, up to <see cref="MaxConfusionClasses"/> classes; of yes or no: no is class 0, yes is class 1.</summary>
    public ConfusionMatrix? Confusion { get; init; }

    /// <summary>With cross-entropy: e to the mean loss, the number of equally probable classes that would be as uncertain.</summary>
    public double? Perplexity { get; init; }

    /// <summary>With CTC: insertions, deletions and replacements over the number of labels, of the most probable class at each step.</summary>
    public double? LabelErrorRate { get; init; }

    /// <summary>Mean absolute error over all target elements, where targets are numbers.</summary>
    public double? Mae { get; init; }

    /// <summary>Root of the mean squared error over all target elements, where targets are numbers.</summary>
    public double? Rmse { get; init; }

    /// <summary>R², the share of the targets' variance that the outputs explain, where targets are numbers and not all equal.</summary>
    public double? RSquared { get; init; }

    /// <summary>
    /// Whether the model decodes its output step by step: <see cref="Loss"/> is teacher-forced then (each step reads the target before it), and so are perplexity and whatever follows the loss, as early
    /// stopping. All other measures are of what the model decodes from its own outputs, which is what it does when it is used.
    /// </summary>
    public bool LossIsTeacherForced { get; init; }

    /// <summary>The first measure of decoded outputs, with its name.</summary>
    internal (string Name, double? Value) DecodedMeasure => Accuracy is not null ? ("accuracy", Accuracy) : ("RMSE", Rmse);

    /// <summary>The measures in one line.</summary>
    public override string ToString()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{Count} sequences: loss {Loss:G5}{(LossIsTeacherForced ? " (teacher-forced), decoded" : "")}");
        foreach (var (name, value) in new[]
        {
            ("accuracy", Accuracy), ("F1", F1), ("perplexity", Perplexity), ("label errors", LabelErrorRate), ("MAE", Mae), ("RMSE", Rmse), ("R²", RSquared),
        })
        {
            text += value is null ? "" : string.Create(CultureInfo.InvariantCulture, $", {name} {value:G5}");
        }

        return text;
    }
}
