namespace RnnGen.Display;

/// <summary>A measure of an <see cref="Evaluation"/>.</summary>
/// <param name="Key">Its name in files.</param>
/// <param name="Name">Its display name.</param>
/// <param name="Chart">The chart that shows it; measures of one chart have the same unit.</param>
/// <param name="Of">Its value; <see langword="null"/> if the evaluation has none.</param>
internal sealed record EvaluationMeasure(string Key, string Name, string Chart, Func<Evaluation, double?> Of)
{
    /// <summary>All measures besides the loss: a measure that is added to <see cref="Evaluation"/> is added here too.</summary>
    public static IReadOnlyList<EvaluationMeasure> All { get; } =
    [
        new("accuracy", "Accuracy", "Accuracy", e => e.Accuracy),
        new("precision", "Precision", "Precision, recall and F1", e => e.Precision),
        new("recall", "Recall", "Precision, recall and F1", e => e.Recall),
        new("f1", "F1", "Precision, recall and F1", e => e.F1),
        new("perplexity", "Perplexity", "Perplexity", e => e.Perplexity),
        new("label_error_rate", "Label error rate", "Label error rate", e => e.LabelErrorRate),
        new("mae", "MAE", "MAE and RMSE", e => e.Mae),
        new("rmse", "RMSE", "MAE and RMSE", e => e.Rmse),
        new("r_squared", "R²", "R²", e => e.RSquared),
    ];
}
