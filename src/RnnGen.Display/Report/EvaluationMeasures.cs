namespace RnnGen.Display;

/// <summary>The measures of an <see cref="Evaluation"/>, by name: where one is added there, it is added here.</summary>
internal static class EvaluationMeasures
{
    /// <summary>The measures that it has besides the loss; <c>Key</c> names them in files.</summary>
    public static IEnumerable<(string Key, string Name, double Value)> Of(Evaluation evaluation)
    {
        (string Key, string Name, double? Value)[] all =
        [
            ("accuracy", "Accuracy", evaluation.Accuracy),
            ("label_error_rate", "Label error rate", evaluation.LabelErrorRate),
            ("mae", "MAE", evaluation.Mae),
            ("rmse", "RMSE", evaluation.Rmse),
            ("r_squared", "R²", evaluation.RSquared),
        ];
        return all.Where(m => m.Value is not null).Select(m => (m.Key, m.Name, m.Value!.Value));
    }
}
