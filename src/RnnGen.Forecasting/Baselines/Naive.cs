namespace RnnGen.Forecasting;

/// <summary>
/// Repeats the last known value. Source: Hyndman and Athanasopoulos, "Forecasting: Principles and Practice" (3rd edition), 5.2; the error of step h has σ √h (5.5).
/// </summary>
public sealed class Naive : LocalForecaster
{
    /// <inheritdoc/>
    public override string Name => "Naive";

    private protected override void Predict(ReadOnlySpan<double> history, Span<double> values, Span<double> deviations)
    {
        values.Fill(History.Last(history, 1, 1));
        double deviation = History.NaiveDeviation(history, 1);
        for (int step = 0; step < deviations.Length; step++)
        {
            deviations[step] = deviation * Math.Sqrt(step + 1);
        }
    }
}

/// <summary>
/// Repeats the last season: for each step the last known value of its place in the season, and the last known value where no season is known yet. Source: Hyndman and Athanasopoulos, "Forecasting:
/// Principles and Practice" (3rd edition), 5.2; the error of a step in season k of the horizon has σ √k (5.5).
/// </summary>
public sealed class SeasonalNaive : LocalForecaster
{
    private readonly int _period;

    /// <summary>Creates the forecaster.</summary>
    /// <param name="period">Steps of a season, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The period is below 1.</exception>
    public SeasonalNaive(int period)
    {
        Guard.AtLeast(period, 1);
        _period = period;
    }

    /// <inheritdoc/>
    public override string Name => Invariant($"Seasonal naive ({_period})");

    private protected override int Season => _period;

    private protected override void Predict(ReadOnlySpan<double> history, Span<double> values, Span<double> deviations)
    {
        double deviation = History.NaiveDeviation(history, _period), last = History.Last(history, 1, 1);
        for (int step = 0; step < values.Length; step++)
        {
            double value = History.Last(history, _period - (step % _period), _period);
            values[step] = double.IsNaN(value) ? last : value;
            deviations[step] = deviation * Math.Sqrt(1 + (step / _period));
        }
    }
}

/// <summary>
/// The naive forecast of the series without its season, where a test finds one, with the season put back: the benchmark by which M4's OWA is divided. Source: Makridakis, Spiliotis and
/// Assimakopoulos, "The M4 Competition", International Journal of Forecasting 36 (2020), and its organisers' code (<c>Benchmarks and Evaluation.R</c>).
/// </summary>
/// <remarks>Missing values are interpolated for the season's estimate. A series shorter than three seasons, or one whose season cannot be divided by, is taken as one without.</remarks>
public sealed class Naive2 : LocalForecaster
{
    private readonly int _period;

    /// <summary>Creates the forecaster.</summary>
    /// <param name="period">Steps of a season, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The period is below 1.</exception>
    public Naive2(int period)
    {
        Guard.AtLeast(period, 1);
        _period = period;
    }

    /// <inheritdoc/>
    public override string Name => "Naive2";

    private protected override int Season => _period;

    private protected override void Predict(ReadOnlySpan<double> history, Span<double> values, Span<double> deviations)
    {
        SeasonalAdjustment season = SeasonalAdjustment.Of(history, _period);
        double deviation = History.NaiveDeviation(season.Adjusted, 1);
        for (int step = 0; step < values.Length; step++)
        {
            double index = season.Index(step);
            values[step] = season.Adjusted[^1] * index;
            deviations[step] = deviation * Math.Sqrt(step + 1) * Math.Abs(index);
        }
    }
}
