namespace RnnGen.Forecasting;

/// <summary>
/// A baseline that looks at each series alone and estimates what it needs whenever it forecasts, so that <see cref="Fit"/> learns nothing. Its quantiles are those of a normal distribution around the
/// forecast.
/// </summary>
public abstract class LocalForecaster : IForecaster, IDescribedForecaster
{
    private protected LocalForecaster()
    {
    }

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <summary>Levels of the quantiles, rising, each above 0 and below 1. Default: none.</summary>
    /// <exception cref="ArgumentException">The levels do not rise, or one is not between 0 and 1.</exception>
    public IReadOnlyList<double> Levels
    {
        get;
        init => field = Forecast.CheckedLevels(value);
    } = [];

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is below 1, or above 2²⁴.</exception>
    public ITrainedForecaster Fit(SeriesSet history, int horizon, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(history);
        Guard.Within(horizon, 1, WindowOptions.MaximumSteps);
        cancellationToken.ThrowIfCancellationRequested();
        return new Trained(this, horizon);
    }

    /// <summary>Steps of a season that its forecasts depend on; 1 for none.</summary>
    private protected virtual int Season => 1;

    void IDescribedForecaster.Describe(Action<string, string> add)
    {
        add(nameof(Levels), DescribedForecaster.Listed(Levels));
        add("season", Invariant($"{Season}"));
    }

    /// <summary>Forecasts one series.</summary>
    /// <param name="history">Its targets, of which at least one is known; NaN where one is missing.</param>
    /// <param name="values">The forecast <c>[step]</c>.</param>
    /// <param name="deviations">The standard deviation of the forecast's error <c>[step]</c>.</param>
    private protected abstract void Predict(ReadOnlySpan<double> history, Span<double> values, Span<double> deviations);

    private sealed class Trained(LocalForecaster forecaster, int horizon) : ITrainedForecaster
    {
        public int Horizon => horizon;

        public IReadOnlyList<Forecast> Predict(SeriesSet history)
        {
            ArgumentNullException.ThrowIfNull(history);
            return [.. history.Select(Predict)];
        }

        private Forecast Predict(TimeSeries series)
        {
            if (!series.Targets.Span.ContainsAnyExceptNaN())
            {
                throw new SeriesDataException("no value of its history is known, so that nothing can be forecast.", series.Id);
            }

            // Forecasts of values twice as large are twice as large.
            int exponent = Magnitude.Of(series.Targets.Span);
            ReadOnlySpan<double> history = exponent == 0 ? series.Targets.Span : [.. series.Targets.ToArray().Select(value => Magnitude.Down(value, exponent))];
            double[] values = new double[horizon], deviations = new double[horizon];
            forecaster.Predict(history, values, deviations);
            Forecast forecast = NormalQuantiles.Around(new Forecast(series.Id, values), forecaster.Levels, deviations);
            double[] quantiles = [.. forecast.Quantiles.ToArray().Select(value => Magnitude.Up(value, exponent))];
            forecast = new(series.Id, Array.ConvertAll(values, value => Magnitude.Up(value, exponent)), series.Times?.From(series.Length));
            return ForecastRange.Checked(forecaster.Levels.Count == 0 ? forecast : forecast.WithQuantiles(forecaster.Levels, quantiles));
        }
    }
}
