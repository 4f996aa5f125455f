namespace RnnGen.Forecasting;

/// <summary>
/// Exponential smoothing with an additive damped trend, ETS(A,Ad,N), of the series without its season where it has one. Level l and trend b follow
/// l(t) = l(t-1) + φ b(t-1) + α e(t), b(t) = φ b(t-1) + β e(t), with e(t) = x(t) - l(t-1) - φ b(t-1); the forecast of step h is l + (φ + … + φ^h) b.
/// </summary>
/// <remarks>
/// Sources: Gardner and McKenzie, "Forecasting trends in time series", Management Science 31 (1985); Hyndman and Athanasopoulos, "Forecasting: Principles and Practice" (3rd edition), 8.5 to 8.7,
/// also for the error's variance. α, β, φ and the first level and trend minimise the squared errors (Nelder and Mead, 1965), with 0 &lt; β &lt; α &lt; 1 and 0.8 &lt; φ &lt; 0.98. The season is
/// that of <see cref="Naive2"/>. A missing value has no error.
/// </remarks>
public sealed class DampedTrend : LocalForecaster
{
    private readonly int _period;

    /// <summary>Creates the forecaster.</summary>
    /// <param name="period">Steps of a season, at least 1; 1 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The period is below 1.</exception>
    public DampedTrend(int period = 1)
    {
        Guard.AtLeast(period, 1);
        _period = period;
    }

    /// <inheritdoc/>
    public override string Name => "Damped trend";

    private protected override int Season => _period;

    private protected override void Predict(ReadOnlySpan<double> history, Span<double> values, Span<double> deviations)
    {
        SeasonalAdjustment season = SeasonalAdjustment.Of(history, _period);
        double[] series = season.Adjusted;
        for (int t = 0; t < series.Length; t++)
        {
            series[t] = double.IsNaN(history[t]) ? double.NaN : series[t];
        }

        DampedSmoothing best = DampedSmoothing.Fitted(series);
        double damped = 0, weight = 1, variance = 1;
        for (int step = 0; step < values.Length; step++)
        {
            weight *= best.Damping;
            damped += weight;
            double index = season.Index(step);
            values[step] = (best.Level + (damped * best.Trend)) * index;
            deviations[step] = Math.Sqrt(best.ErrorVariance * variance) * Math.Abs(index);
            double response = best.LevelWeight + (best.TrendWeight * damped);
            variance += response * response;
        }
    }
}
