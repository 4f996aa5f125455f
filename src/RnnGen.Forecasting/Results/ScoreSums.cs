namespace RnnGen.Forecasting;

/// <summary>Sums of the measures of many series, in the order in which they are added.</summary>
/// <param name="name">The forecaster's name.</param>
/// <param name="horizon">Steps that each of its forecasts has.</param>
/// <param name="period">Steps of a season.</param>
/// <param name="intervalLevel">The central interval of MSIS and coverage.</param>
internal sealed class ScoreSums(string name, int horizon, int period, double intervalLevel)
{
    private Mean _smape, _mase, _rmsse, _msis, _coverage, _crps;
    private readonly SortedSet<string> _levels = new(StringComparer.Ordinal), _intervalLevels = new(StringComparer.Ordinal);
    private double _losses, _sizes; // divided by 2^exponent
    private int? _exponent;

    /// <summary>Adds a forecast for each series.</summary>
    /// <param name="forecasts">The forecasts.</param>
    /// <param name="history">The series as they were when they were forecast.</param>
    /// <param name="actualOf">What came after a series' history.</param>
    public void Add(IReadOnlyList<Forecast> forecasts, SeriesSet history, Func<TimeSeries, Forecast, ReadOnlyMemory<double>> actualOf)
    {
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

            Check(forecasts[i]);
            ReadOnlyMemory<double> actual = actualOf(series, forecasts[i]);
            if (actual.Length < horizon)
            {
                throw new SeriesDataException(Invariant($"{actual.Length} values came after its history, but {horizon} are forecast."), series.Id);
            }

            Add(forecasts[i], series.Targets.Span, actual.Span[..horizon]);
        }
    }

    public ForecastScore Score() => new(name)
    {
        Smape = _smape.Value,
        Mase = _mase.Value,
        Rmsse = _rmsse.Value,
        Msis = _msis.Value,
        Coverage = _coverage.Value,
        WeightedQuantileLoss = _sizes > 0 ? 2 * _losses / _sizes : double.NaN,
        Crps = _crps.Value,
        Levels = string.Join("; ", _levels),
        IntervalLevels = string.Join("; ", _intervalLevels),
    };

    // A step that is not forecast, or is no number, would be left out of the means, and the forecaster would win by the steps that it leaves out.
    private void Check(Forecast forecast)
    {
        if (forecast.Horizon != horizon)
        {
            throw new SeriesDataException(Invariant($"'{name}' forecasts {forecast.Horizon} steps of it, where {horizon} are asked for; forecasts are compared over the same steps."), forecast.Id);
        }

        foreach (ReadOnlyMemory<double> numbers in (ReadOnlySpan<ReadOnlyMemory<double>>)[forecast.Values, forecast.Quantiles])
        {
            foreach (double number in numbers.Span)
            {
                if (!double.IsFinite(number))
                {
                    throw new SeriesDataException(Invariant($"'{name}' forecasts {number} for it; a forecast has a number for each step, or the series is left out for all forecasters."), forecast.Id);
                }
            }
        }
    }

    private void Add(Forecast forecast, ReadOnlySpan<double> history, ReadOnlySpan<double> actual)
    {
        ReadOnlySpan<double> values = forecast.Values.Span;
        _smape.Add(ForecastMetrics.Smape(actual, values));
        _mase.Add(ForecastMetrics.Mase(actual, values, history, period));
        _rmsse.Add(ForecastMetrics.Rmsse(actual, values, history, period));
        string levelText = string.Join(", ", forecast.Levels.Select(static level => Invariant($"{level}")));
        if (forecast.HasInterval(intervalLevel))
        {
            if (!forecast.HasIntervalLevels(intervalLevel))
            {
                _intervalLevels.Add(levelText);
            }

            (double[] lower, double[] upper) = forecast.Interval(intervalLevel);
            _msis.Add(ForecastMetrics.Msis(actual, lower, upper, history, period, intervalLevel));
            _coverage.Add(ForecastMetrics.Coverage(actual, lower, upper));
        }

        if (forecast.Levels.Count > 0)
        {
            _levels.Add(levelText);
            double[] levels = [.. forecast.Levels];
            AddQuantileLosses(actual, forecast.Quantiles.Span, levels);
            _crps.Add(ForecastMetrics.CrpsOfQuantiles(actual, forecast.Quantiles.Span, levels));
        }
    }

    // The sums are of the size of the largest series.
    private void AddQuantileLosses(ReadOnlySpan<double> actual, ReadOnlySpan<double> quantiles, double[] levels)
    {
        int own = Magnitude.Of(actual, quantiles), before = _exponent ?? own, common = Math.Max(own, before);
        (double losses, double sizes, int _) = ForecastMetrics.QuantileSums(actual, quantiles, levels, own);
        _losses = Magnitude.Down(_losses, common - before) + Magnitude.Down(losses, common - own);
        _sizes = Magnitude.Down(_sizes, common - before) + Magnitude.Down(sizes, common - own);
        _exponent = common;
    }

    private struct Mean
    {
        // Beside the sum the same in a unit in which no sum of finite values is infinite.
        private const int Unit = 40;
        private double _sum, _units;
        private int _count;

        public readonly double Value => _count == 0 ? double.NaN : double.IsInfinity(_sum) ? Magnitude.Up(_units / _count, Unit) : _sum / _count;

        public void Add(double value)
        {
            if (!double.IsNaN(value))
            {
                _sum += value;
                _units += Magnitude.Down(value, Unit);
                _count++;
            }
        }
    }
}
