namespace RnnGen.Forecasting;

/// <summary>
/// Gives any forecaster quantiles whose coverage was seen on held-out values: split conformal prediction, step by step. The errors y - f of the last windows, each divided by the seasonal error of its
/// series' history, are pooled over all series; a quantile is f plus their quantile times the series' seasonal error. Of n errors the quantile of level q is the ⌈(n + 1) q⌉th smallest, and below
/// the middle its mirror image, so that a new series that is exchangeable with these has at least the coverage that an interval claims.
/// </summary>
/// <remarks>
/// Sources: Vovk, Gammerman and Shafer, "Algorithmic learning in a random world" (2005); Stankevičiūtė, Alaa and van der Schaar, "Conformal time-series forecasting", NeurIPS 2021, without its
/// correction for all steps at once. Values of one series over time are not exchangeable: where its errors grow, the coverage falls.
/// </remarks>
/// <example>
/// <code>
/// IForecaster ridge = new ConformalForecaster(new RidgeLags(168), [0.025, 0.5, 0.975]) { Windows = 3, Period = 24 };
/// </code>
/// </example>
public sealed class ConformalForecaster : IForecaster
{
    private readonly IForecaster _forecaster;

    /// <summary>Wraps a forecaster.</summary>
    /// <param name="forecaster">Forecasts values; quantiles of its own are not used.</param>
    /// <param name="levels">The levels, rising, each above 0 and below 1, at least one.</param>
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

    /// <summary>Steps of a season, by which errors are scaled, at least 1. Default: 1.</summary>
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
        List<double>[] errors = [.. Enumerable.Range(0, horizon).Select(_ => new List<double>())];
        ITrainedForecaster first = _forecaster.Fit(history.WithoutLast(checked(horizon * Windows)), horizon, cancellationToken);
        for (int window = Windows; window >= 1; window--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SeriesSet past = history.WithoutLast(horizon * window);
            IReadOnlyList<Forecast> forecasts = first.Predict(past);
            for (int i = 0; i < past.Count; i++)
            {
                AddErrors(errors, forecasts[i].Values.Span, history[i].Targets.Span[past[i].Length..], ScaleOf(past[i]));
            }
        }

        double[] quantiles = [.. errors.SelectMany(Quantiles)];
        return new Trained(this, _forecaster.Fit(history, horizon, cancellationToken), quantiles);
    }

    // What a constant history scales is no error to learn from, and its interval has no width.
    private double ScaleOf(TimeSeries series) => ForecastMetrics.SeasonalError(series.Targets.Span, Period) is var scale && double.IsNaN(scale) ? 0 : scale;

    private static void AddErrors(List<double>[] errors, ReadOnlySpan<double> forecast, ReadOnlySpan<double> actual, double scale)
    {
        for (int step = 0; step < errors.Length && scale > 0; step++)
        {
            double error = (actual[step] - forecast[step]) / scale;
            if (!double.IsNaN(error))
            {
                errors[step].Add(error);
            }
        }
    }

    private IEnumerable<double> Quantiles(List<double> errors)
    {
        errors.Sort();
        int n = errors.Count;
        foreach (double level in Levels)
        {
            // A level below the middle is that above it, counted from the other end. Rounding of a level makes no step.
            double upper = Math.Max(level, 1 - level);
            int rank = (int)Math.Ceiling(((n + 1) * upper) - 1e-9);
            if (rank > n)
            {
                throw new SeriesDataException(Invariant($"{n} errors at a step are too few for the level {level}, which needs {(int)Math.Ceiling((upper / (1 - upper)) - 1e-9)}; set more {nameof(Windows)}, or use levels nearer to 0.5."));
            }

            yield return Math.Abs(level - 0.5) < 1e-9 ? Median(errors) : level > 0.5 ? errors[rank - 1] : errors[n - rank];
        }
    }

    private static double Median(List<double> sorted) => (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;

    private sealed class Trained(ConformalForecaster forecaster, ITrainedForecaster trained, double[] quantiles) : ITrainedForecaster
    {
        public int Horizon => trained.Horizon;

        public IReadOnlyList<Forecast> Predict(SeriesSet history)
        {
            ArgumentNullException.ThrowIfNull(history);
            return [.. trained.Predict(history).Zip(history, Predict)];
        }

        private Forecast Predict(Forecast forecast, TimeSeries series)
        {
            int levels = forecaster.Levels.Count;
            double scale = forecaster.ScaleOf(series);
            double[] scaled = new double[quantiles.Length];
            for (int i = 0; i < scaled.Length; i++)
            {
                scaled[i] = forecast.Values.Span[i / levels] + (scale * quantiles[i]);
            }

            return forecast.WithQuantiles(forecaster.Levels, scaled);
        }
    }
}
