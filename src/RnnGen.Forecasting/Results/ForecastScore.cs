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

    /// <summary>Weighted quantile loss, with numerator and denominator summed over all series; NaN for forecasts without quantiles.</summary>
    public double WeightedQuantileLoss { get; internal init; } = double.NaN;

    /// <summary>Mean <see cref="ForecastMetrics.CrpsOfQuantiles"/>, in the series' unit; NaN for forecasts without quantiles.</summary>
    public double Crps { get; internal init; } = double.NaN;

    /// <summary>Scores forecasts against what came.</summary>
    /// <param name="name">The forecaster's name.</param>
    /// <param name="forecasts">A forecast for each series, in their order.</param>
    /// <param name="history">The series as they were when they were forecast.</param>
    /// <param name="actual">What came: a series of the same id for each, whose first steps are those forecast.</param>
    /// <param name="period">Steps of a season; 1 for none.</param>
    /// <param name="intervalLevel">The central interval of MSIS and coverage.</param>
    /// <exception cref="SeriesDataException">A series has no forecast of its id, or not all of its horizon.</exception>
    public static ForecastScore Of(string name, IReadOnlyList<Forecast> forecasts, SeriesSet history, SeriesSet actual, int period = 1, double intervalLevel = 0.95)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(actual);
        ScoreSums sums = new(period, intervalLevel);
        sums.Add(forecasts, history, series => actual[series.Id].Targets);
        return sums.Score(name);
    }
}
