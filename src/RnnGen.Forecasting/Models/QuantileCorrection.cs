namespace RnnGen.Forecasting;

/// <summary>
/// What is added to the scaled quantiles of a forecast, so that they cover what they claim. A forecaster without quantiles has its forecast at each level, to which the same is added.
/// </summary>
/// <param name="Levels">The levels of the corrected quantiles, rising.</param>
/// <param name="Shifts">What is added <c>[step, level]</c>: below the middle what moves a quantile up, or down where it is negative.</param>
internal sealed record QuantileCorrection(IReadOnlyList<double> Levels, IReadOnlyList<double> Shifts)
{
    /// <summary>The forecast with corrected quantiles, without sample paths, which nothing has corrected. Its values and its median stay, and no quantile crosses the median.</summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="scaler">Fitted to the history of its series; <see langword="null"/> where nothing has a scale, and nothing moves.</param>
    public Forecast Of(Forecast forecast, WindowScaler? scaler)
    {
        double[] corrected = QuantilesOf(forecast, Levels), medians = QuantilesOf(forecast, [0.5]);
        for (int i = 0; i < corrected.Length; i++)
        {
            int step = i / Levels.Count;
            double level = Levels[i % Levels.Count], moved = scaler is null ? corrected[i] : scaler.Invert(scaler.Scale(corrected[i], step) + Shifts[i], step);
            corrected[i] = IsMiddle(level) ? medians[step] : level < 0.5 ? Math.Min(moved, medians[step]) : Math.Max(moved, medians[step]);
        }

        return new Forecast(forecast.Id, forecast.Values, forecast.Times).WithQuantiles(Levels, corrected);
    }

    /// <summary>Whether a level is that of the median.</summary>
    public static bool IsMiddle(double level) => Math.Abs(level - 0.5) < 1e-9;

    /// <summary>The quantiles <c>[step, level]</c> that a forecast has of levels: those of its nearest level where it has none that enclose one, and its values where it has no quantiles.</summary>
    public static double[] QuantilesOf(Forecast forecast, IReadOnlyList<double> levels)
    {
        double[] quantiles = new double[forecast.Horizon * levels.Count];
        for (int level = 0; level < levels.Count; level++)
        {
            ReadOnlySpan<double> own = forecast.Levels.Count == 0 ? forecast.Values.Span : forecast.Quantile(Math.Clamp(levels[level], forecast.Levels[0], forecast.Levels[^1]));
            for (int step = 0; step < own.Length; step++)
            {
                quantiles[(step * levels.Count) + level] = own[step];
            }
        }

        return quantiles;
    }
}
