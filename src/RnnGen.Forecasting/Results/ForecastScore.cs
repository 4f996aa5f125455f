namespace RnnGen.Forecasting;

/// <summary>
/// How good the forecasts of many series are: means over all series and folds, each series with the same weight. A measure that a series does not have, such as MASE after a constant history, is
/// left out of its mean; a measure that no series has is NaN.
/// </summary>
public sealed record ForecastScore
{
    internal ForecastScore(string name) => Name = name;

    /// <summary>The forecaster's name.</summary>
    public string Name { get; }

    /// <summary>Mean <see cref="ForecastMetrics.Smape"/>, from 0 to 200.</summary>
    public double Smape { get; internal init; } = double.NaN;

    /// <summary>Mean <see cref="ForecastMetrics.Mase"/>.</summary>
    public double Mase { get; internal init; } = double.NaN;

    /// <summary>Mean <see cref="ForecastMetrics.Rmsse"/>.</summary>
    public double Rmsse { get; internal init; } = double.NaN;

    /// <summary>Overall weighted average against Naive2; NaN where that was not computed.</summary>
    public double Owa { get; internal init; } = double.NaN;

    /// <summary>Mean <see cref="ForecastMetrics.Msis"/>; NaN for forecasts without the interval.</summary>
    public double Msis { get; internal init; } = double.NaN;

    /// <summary>Mean <see cref="ForecastMetrics.Coverage"/> of the interval, from 0 to 1; NaN for forecasts without it.</summary>
    public double Coverage { get; internal init; } = double.NaN;

    /// <summary>Weighted quantile loss, with numerator and denominator summed over all series; NaN for forecasts without quantiles. It is a mean over their levels, and compares forecasts of the same levels only.</summary>
    public double WeightedQuantileLoss { get; internal init; } = double.NaN;

    /// <summary>Mean <see cref="ForecastMetrics.CrpsOfQuantiles"/>, in the series' unit; NaN for forecasts without quantiles. As <see cref="WeightedQuantileLoss"/>, it compares forecasts of the same levels only.</summary>
    public double Crps { get; internal init; } = double.NaN;

    /// <summary>The levels of the quantiles, as text; empty for forecasts without quantiles.</summary>
    internal string Levels { get; init; } = "";

    /// <summary>The levels between which the ends of the interval are on straight lines; empty where both ends are levels of their own.</summary>
    internal string IntervalLevels { get; init; } = "";

    /// <summary>Scores forecasts against what came.</summary>
    /// <param name="name">The forecaster's name.</param>
    /// <param name="forecasts">A forecast for each series, in their order.</param>
    /// <param name="history">The series as they were when they were forecast.</param>
    /// <param name="actual">What came: a series of the same id for each. Where it and the forecast have times, they say which of its steps are those forecast; elsewhere these are its first steps.</param>
    /// <param name="period">Steps of a season; 1 for none.</param>
    /// <param name="intervalLevel">The central interval of MSIS and coverage.</param>
    /// <exception cref="SeriesDataException">A series has no forecast of its id, or not of all the steps that the first has, or not of numbers; or what came does not have these steps.</exception>
    public static ForecastScore Of(string name, IReadOnlyList<Forecast> forecasts, SeriesSet history, SeriesSet actual, int period = 1, double intervalLevel = 0.95)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentNullException.ThrowIfNull(forecasts);
        ScoreSums sums = new(name, forecasts.Count > 0 ? forecasts[0].Horizon : 0, period, intervalLevel);
        sums.Add(forecasts, history, (series, forecast) => From(forecast, actual.Find(series.Id) ?? throw new SeriesDataException("it is forecast, but what came has no series of this id; pass what came of every series that is forecast.", series.Id)));
        return sums.Score();
    }

    // What came, from the first forecast step on.
    private static ReadOnlyMemory<double> From(Forecast forecast, TimeSeries actual)
    {
        if (forecast.Times is not { } times || actual.Times is not { } known)
        {
            return actual.Targets;
        }

        int? first = times.Frequency == known.Frequency && times.Start.Kind == known.Start.Kind ? known.IndexOf(times.Start) : null;
        return first is >= 0 && first < actual.Length ? actual.Targets[first.Value..]
            : throw new SeriesDataException(Invariant($"the forecast begins at {TimeAxis.Text(times.Start)} by {times.Frequency}, which is no step of what came, {actual.Length} values from {TimeAxis.Text(known.Start)} by {known.Frequency}; pass the values of the forecast's steps."), actual.Id);
    }
}
