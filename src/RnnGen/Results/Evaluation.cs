using System.ComponentModel;
using System.Globalization;

namespace RnnGen;

/// <summary>The quality of a model on a dataset.</summary>
/// <remarks>
/// The measures depend on the targets: classes (cross-entropy), yes or no (<see cref="RnnGen.Loss.BinaryCrossEntropy"/>), numbers, or labels without
/// alignment (CTC). Those that do not apply are <see langword="null"/>. Steps beyond a sequence's length and missing targets do not count. With weights (<see cref="SequenceSource{TInput, TTarget}.WithWeights"/>)
/// all measures are weighted: a mean is Σ w e / Σ w, and what weighs 0 does not count.
/// </remarks>
public sealed record Evaluation
{
    /// <summary>The mean of the model's loss over all sequences; NaN if no target was counted. It is computed as training computes it: with weights in float, also where predictions, and so the measures, read fewer bits.</summary>
    public required double Loss { get; init; }

    /// <summary>The number of sequences that were measured.</summary>
    public required int Count { get; init; }

    /// <summary>The maximum number of classes that <see cref="Confusion"/> is kept for: 512, a matrix of 2 MB.</summary>
    public const int MaxConfusionClasses = 512;

    /// <summary><see cref="MaxConfusionClasses"/>.</summary>
    [Obsolete("Use MaxConfusionClasses. MostConfusedClasses will be removed in the next version."), EditorBrowsable(EditorBrowsableState.Never)]
    public const int MostConfusedClasses = MaxConfusionClasses;

    /// <summary>The share of targets that were predicted correctly: by the class with the greatest logit, or by yes where the logit is above 0.</summary>
    public double? Accuracy { get; init; }

    /// <summary>
    /// For classes: the unweighted mean of the precisions of all classes that occur or were predicted. For yes or no: the share of predicted yes that is right; 0 if none was predicted.
    /// </summary>
    public double? Precision { get; init; }

    /// <summary>For classes: the mean of the classes' recalls, as with <see cref="Precision"/>. For yes or no: the share of true yes that was found.</summary>
    public double? Recall { get; init; }

    /// <summary>For classes: the mean of the classes' F₁ (the harmonic mean of precision and recall), as with <see cref="Precision"/>. For yes or no: F₁ of yes.</summary>
    public double? F1 { get; init; }

    /// <summary>How often each class was predicted as which (numbers of targets, also with weights), for up to <see cref="MaxConfusionClasses"/> classes; for yes or no: no is class 0, yes is class 1.</summary>
    public ConfusionMatrix? Confusion { get; init; }

    /// <summary>With cross-entropy: e to the power of the mean loss, the number of equally probable classes with the same uncertainty.</summary>
    public double? Perplexity { get; init; }

    /// <summary>With CTC: insertions, deletions and replacements divided by the number of labels, for greedy decoding (the most probable class at each step).</summary>
    public double? LabelErrorRate { get; init; }

    /// <summary>Mean absolute error over all target elements, where targets are numbers.</summary>
    public double? Mae { get; init; }

    /// <summary>Root of the mean squared error over all target elements, where targets are numbers.</summary>
    public double? Rmse { get; init; }

    /// <summary>R², the share of the targets' variance that the outputs explain, where targets are numbers and not all equal.</summary>
    public double? RSquared { get; init; }

    /// <summary>
    /// Whether the model decodes its output step by step. <see cref="Loss"/> is then teacher-forced (each step reads the previous target), and so are perplexity and what follows the loss, such as early
    /// stopping. All other measures are of what the model decodes from its own outputs, as it does in use.
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
