namespace RnnGen.Forecasting;

/// <summary>
/// Gives any forecaster quantiles whose coverage was seen on held-out values. One that has quantiles has them widened, or narrowed (conformalized quantile regression); one without has its forecast at each
/// level to begin with (split conformal prediction). Points and medians stay as they are, and
/// <see cref="Forecast.Paths"/>, which no quantile corrects, are left out.
/// </summary>
/// <remarks>
/// Scores are how far the values of the last windows were outside a quantile, y - q above the middle and q - y below it, in the scale of their series, so that all series share them.
/// <list type="bullet">
/// <item>With quantiles: the larger score of the two ends of an interval, over all steps. Of n such scores the ⌈(n + 1) c⌉th smallest moves both ends of the interval of coverage c outwards, or inwards
/// where it is negative. A level without its mirror image is an end of its own.</item>
/// <item>Without: the scores of each step. Of n the ⌈(n + 1) max(q, 1 - q)⌉th smallest moves the level q.</item>
/// </list>
/// A new series that is exchangeable with these has at least the coverage that an interval claims, over all steps or at each. Values of one series over time are not exchangeable: where its errors grow,
/// the coverage falls.
/// <para>
/// Models, and ensembles of them, are corrected in the scaling of their windows. The correction is saved with each model: loaded models, alone or as an ensemble, forecast the corrected intervals. For all
/// others the scale is the seasonal error of the history with <see cref="Period"/>.
/// </para>
/// <para>
/// Sources: Romano, Patterson and Candès, "Conformalized quantile regression", NeurIPS 2019; Vovk, Gammerman and Shafer, "Algorithmic learning in a random world" (2005); Stankevičiūtė, Alaa and van der
/// Schaar, "Conformal time-series forecasting", NeurIPS 2021, without its correction for all steps at once.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// IForecaster ridge = new ConformalForecaster(new RidgeLags(168), [0.025, 0.5, 0.975]) { Windows = 3, Period = 24 };
/// IForecaster widened = new ConformalForecaster(new DirectForecaster&lt;Sales&gt;(windows), [0.025, 0.5, 0.975]);
/// </code>
/// </example>
public sealed class ConformalForecaster : IForecaster, IDescribedForecaster
{
    private readonly IForecaster _forecaster;

    /// <summary>Wraps a forecaster.</summary>
    /// <param name="forecaster">Forecasts values, with quantiles or without.</param>
    /// <param name="levels">The levels, rising, each above 0 and below 1, at least one. A level that the forecaster does not have starts from the two that enclose it, or from the nearest.</param>
    /// <exception cref="ArgumentException">There is no level, the levels do not rise, or one is not between 0 and 1.</exception>
    public ConformalForecaster(IForecaster forecaster, IReadOnlyList<double> levels)
    {
        ArgumentNullException.ThrowIfNull(forecaster);
        IReadOnlyList<double> own = Forecast.CheckedLevels(levels);
        (_forecaster, Levels) = (forecaster, own.Count > 0 ? own : throw new ArgumentException("There is no level; name at least one.", nameof(levels)));
    }

    /// <inheritdoc/>
    public string Name => _forecaster.Name + ", conformal";

    /// <summary>The levels.</summary>
    public IReadOnlyList<double> Levels { get; }

    /// <summary>
    /// The forecaster that learns without the held-out windows, and whose errors there are measured: an ensemble of fewer members, where all of them would take too long a second time. It should be as
    /// good as the forecaster itself. Default: <see langword="null"/>, the forecaster itself.
    /// </summary>
    public IForecaster? Calibrator { get; init; }

    /// <summary>Windows that are held out, one horizon after the other up to the end of the history, at least 1. The forecaster learns without them, and then again with all. Default: 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Windows
    {
        get;
        init
        {
            Guard.AtLeast(value, 1, nameof(Windows));
            field = value;
        }
    } = 2;

    /// <summary>Steps of a season, by whose seasonal error errors are scaled where the forecaster has no scaling of its own, at least 1. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Period
    {
        get;
        init
        {
            Guard.AtLeast(value, 1, nameof(Period));
            field = value;
        }
    } = 1;

    /// <inheritdoc/>
    /// <exception cref="SeriesDataException">A series is too short to hold the windows out, or there are too few errors for a level.</exception>
    public ITrainedForecaster Fit(SeriesSet history, int horizon, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(history);
        Guard.AtLeast(horizon, 1);
        WindowOptions? windows = (_forecaster as IModelForecaster)?.Windows;
        SeriesScalers scalers = new(windows, Period, horizon);
        scalers.Check(history);
        ITrainedForecaster early = (Calibrator ?? _forecaster).Fit(history.WithoutLast((long)horizon * Windows), horizon, cancellationToken);
        QuantileCorrection correction = Correction(early, history, scalers);
        cancellationToken.ThrowIfCancellationRequested();
        ITrainedForecaster trained = _forecaster.Fit(history, horizon, cancellationToken);
        if (windows is not null && trained is ITrainedModels models)
        {
            models.Correct(correction);
            return models;
        }

        return new Trained(trained, correction, scalers);
    }

    void IDescribedForecaster.Describe(Action<string, string> add)
    {
        add(nameof(Levels), DescribedForecaster.Listed(Levels));
        add(nameof(Windows), Invariant($"{Windows}"));
        add(nameof(Period), Invariant($"{Period}"));
        _forecaster.DescribeTo("forecaster", add);
        Calibrator?.DescribeTo(nameof(Calibrator), add);
    }

    private QuantileCorrection Correction(ITrainedForecaster early, SeriesSet history, SeriesScalers scalers)
    {
        SeriesSet[] pasts = [.. Enumerable.Range(1, Windows).Select(window => history.WithoutLast((long)early.Horizon * window))];
        IReadOnlyList<Forecast>[] forecasts = [.. pasts.Select(early.Predict)];
        ConformityScores scores = forecasts[0][0].Levels.Count > 0 ? new IntervalScores(Levels, early.Horizon) : new ErrorScores(Levels, early.Horizon);
        for (int window = 0; window < pasts.Length; window++)
        {
            IReadOnlyList<WindowScaler?> scales = scalers.Of(pasts[window]);
            for (int i = 0; i < history.Count; i++)
            {
                scores.Add(forecasts[window][i], scales[i], history[i].Targets.Span[pasts[window][i].Length..]);
            }
        }

        return scores.Correction();
    }

    private sealed class Trained(ITrainedForecaster trained, QuantileCorrection correction, SeriesScalers scalers) : ITrainedForecaster
    {
        public int Horizon => trained.Horizon;

        public IReadOnlyList<Forecast> Predict(SeriesSet history)
        {
            ArgumentNullException.ThrowIfNull(history);
            return [.. trained.Predict(history).Zip(scalers.Of(history), correction.Of)];
        }
    }
}
