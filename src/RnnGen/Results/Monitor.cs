namespace RnnGen;

/// <summary>
/// What a training watches: the number that decides which epoch is best, when <see cref="FitOptions.Patience"/> ends the training and what <see cref="LearningRateSchedule.ReduceOnPlateau"/> does.
/// </summary>
/// <remarks>
/// A loss is that of the validation sequences, or of the training sequences without validation. All others are measures of what the model predicts for the validation sequences, so they need some;
/// a model that decodes predicts from its own outputs then, as it does in use.
/// </remarks>
/// <example>
/// <code>
/// model.Fit(train, validation, new FitOptions { Epochs = 50, Patience = 5, Monitor = Monitor.Accuracy });
/// model.Fit(train, validation, new FitOptions { Epochs = 50, Patience = 5, Monitor = Monitor.Of(e => e.Rmse + e.Mae, higherIsBetter: false) });
/// </code>
/// </example>
public sealed class Monitor
{
    private readonly Func<Evaluation, double?>? _measure; // null for the loss

    private Monitor(string name, Func<Evaluation, double?>? measure, bool higherIsBetter, bool isOwn = false) => (Name, _measure, HigherIsBetter, IsOwn) = (name, measure, higherIsBetter, isOwn);

    /// <summary>
    /// The loss of the validation sequences, or of the training sequences without validation. Of a model whose <see cref="IScheduledSamplingModel.ScheduledSampling"/> is above 0 it is the
    /// free-running loss (<see cref="EpochResult.FreeRunningLoss"/>); of any other model that decodes it is teacher-forced.
    /// </summary>
    public static Monitor Loss { get; } = new("loss", null, false);

    /// <summary><see cref="Evaluation.Accuracy"/>; higher is better.</summary>
    public static Monitor Accuracy { get; } = new("accuracy", e => e.Accuracy, true);

    /// <summary><see cref="Evaluation.Precision"/>; higher is better.</summary>
    public static Monitor Precision { get; } = new("precision", e => e.Precision, true);

    /// <summary><see cref="Evaluation.Recall"/>; higher is better.</summary>
    public static Monitor Recall { get; } = new("recall", e => e.Recall, true);

    /// <summary><see cref="Evaluation.F1"/>; higher is better.</summary>
    public static Monitor F1 { get; } = new("F1", e => e.F1, true);

    /// <summary><see cref="Evaluation.LabelErrorRate"/>; lower is better.</summary>
    public static Monitor LabelErrorRate { get; } = new("label errors", e => e.LabelErrorRate, false);

    /// <summary><see cref="Evaluation.Mae"/>; lower is better.</summary>
    public static Monitor Mae { get; } = new("MAE", e => e.Mae, false);

    /// <summary><see cref="Evaluation.Rmse"/>; lower is better.</summary>
    public static Monitor Rmse { get; } = new("RMSE", e => e.Rmse, false);

    /// <summary><see cref="Evaluation.RSquared"/>; higher is better.</summary>
    public static Monitor RSquared { get; } = new("R²", e => e.RSquared, true);

    /// <summary>The name, as an epoch's line prints it.</summary>
    public string Name { get; }

    /// <summary>Whether a higher value is better.</summary>
    public bool HigherIsBetter { get; }

    /// <summary>Whether the program measures it.</summary>
    internal bool IsOwn { get; }

    /// <summary>Whether it is measured from predictions, which needs validation sequences.</summary>
    internal bool IsOfPredictions => _measure is not null;

    /// <summary>A measure of your own.</summary>
    /// <param name="measure">Computes it from the measures of the validation sequences; <see langword="null"/> and NaN are never the best.</param>
    /// <param name="higherIsBetter">Whether a higher value is better.</param>
    /// <param name="name">Its name, as an epoch's line prints it. A checkpoint knows the measure by its name: a training does not resume with a monitor of another name. Default: "own measure".</param>
    /// <exception cref="ArgumentNullException"><paramref name="measure"/> or <paramref name="name"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static Monitor Of(Func<Evaluation, double?> measure, bool higherIsBetter, string name = "own measure")
    {
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new(name, measure, higherIsBetter, isOwn: true);
    }

    /// <summary>The value of an evaluation; <see langword="null"/> for a loss, NaN if there is none.</summary>
    internal double? Value(Evaluation? evaluation) => _measure is null ? null : (evaluation is null ? null : _measure(evaluation)) ?? double.NaN;

    /// <summary>Checks that it can be measured.</summary>
    /// <param name="layout">The model.</param>
    /// <param name="possible">The measures that the model has.</param>
    /// <param name="hasValidation">Whether there are validation sequences.</param>
    /// <param name="name">The name of the argument that it came with.</param>
    /// <exception cref="ArgumentException">It cannot.</exception>
    internal void Check(ModelLayout layout, Evaluation possible, bool hasValidation, string name)
    {
        if (IsOfPredictions && !hasValidation)
        {
            throw new ArgumentException($"Monitor watches the {Name} of the validation sequences, and there are none. Pass validation sequences to Fit, or do not set Monitor, to watch the training loss.", name);
        }

        if (IsOfPredictions && !IsOwn && Value(possible) is double.NaN)
        {
            string kind = layout.LabelLength > 0 ? "labels without alignment" : layout.IsBinary || layout.ClassCount > 0 ? "classes" : "numbers";
            throw new ArgumentException($"Monitor watches the {Name}, which {layout.ModelName} does not have: its targets are {kind}. Evaluation says which measures belong to which targets.", name);
        }
    }

    /// <summary>A value of which lower is better.</summary>
    internal double Lower(double value) => HigherIsBetter ? -value : value;

    /// <summary><see cref="Name"/>.</summary>
    public override string ToString() => Name;
}
