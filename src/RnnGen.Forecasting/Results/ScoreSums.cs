namespace RnnGen.Forecasting;

/// <summary>Sums of the measures of many series, in the order in which they are added.</summary>
internal sealed class ScoreSums(int period, double intervalLevel)
{
    private Mean _smape, _mase, _rmsse, _msis, _coverage, _crps;
    private double _losses, _sizes;

    /// <summary>Adds a forecast for each series.</summary>
    /// <param name="forecasts">The forecasts.</param>
    /// <param name="history">The series as they were when they were forecast.</param>
    /// <param name="actualOf">What came after a series' history.</param>
    public void Add(IReadOnlyList<Forecast> forecasts, SeriesSet history, Func<TimeSeries, ReadOnlyMemory<double>> actualOf)
    {
        ArgumentNullException.ThrowIfNull(forecasts);
        if (forecasts.Count != history.Count)
        {
            throw new SeriesDataException(Invariant($"There are {forecasts.Count} forecasts of {history.Count} series; each series has one."));
        }

        for (int i = 0; i < forecasts.Count; i++)
        {
            TimeSeries series = history[i];
            if (forecasts[i].Id != series.Id)
            {
                throw new SeriesDataException($"the forecast at its place is of '{forecasts[i].Id}'; forecasts have the order of the series.", series.Id);
            }

            ReadOnlyMemory<double> actual = actualOf(series);
            if (actual.Length < forecasts[i].Horizon)
            {
                throw new SeriesDataException(Invariant($"{actual.Length} values came after its history, but {forecasts[i].Horizon} are forecast."), series.Id);
            }

            Add(forecasts[i], series.Targets.Span, actual.Span[..forecasts[i].Horizon]);
        }
    }

    public ForecastScore Score(string name) => new(name)
    {
        Smape = _smape.Value,
        Mase = _mase.Value,
        Rmsse = _rmsse.Value,
        Msis = _msis.Value,
        Coverage = _coverage.Value,
        WeightedQuantileLoss = _sizes > 0 ? 2 * _losses / _sizes : double.NaN,
        Crps = _crps.Value,
    };

    private void Add(Forecast forecast, ReadOnlySpan<double> history, ReadOnlySpan<double> actual)
    {
        ReadOnlySpan<double> values = forecast.Values.Span;
        _smape.Add(ForecastMetrics.Smape(actual, values));
        _mase.Add(ForecastMetrics.Mase(actual, values, history, period));
        _rmsse.Add(ForecastMetrics.Rmsse(actual, values, history, period));
        if (forecast.HasInterval(intervalLevel))
        {
            (double[] lower, double[] upper) = forecast.Interval(intervalLevel);
            _msis.Add(ForecastMetrics.Msis(actual, lower, upper, history, period, intervalLevel));
            _coverage.Add(ForecastMetrics.Coverage(actual, lower, upper));
        }

        if (forecast.Levels.Count > 0)
        {
            double[] levels = [.. forecast.Levels];
            (double losses, double sizes, int _) = ForecastMetrics.QuantileSums(actual, forecast.Quantiles.Span, levels);
            _losses += losses;
            _sizes += sizes;
            _crps.Add(ForecastMetrics.CrpsOfQuantiles(actual, forecast.Quantiles.Span, levels));
        }
    }

    private struct Mean
    {
        private double _sum;
        private int _count;

        public readonly double Value => _count > 0 ? _sum / _count : double.NaN;

        public void Add(double value)
        {
            if (!double.IsNaN(value))
            {
                _sum += value;
                _count++;
            }
        }
    }
}
