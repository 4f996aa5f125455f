namespace RnnGen.Forecasting;

/// <summary>
/// Measures of the accuracy of one series' forecast. Steps whose actual value is missing (NaN) are left out; a measure of no step is NaN, and so is one whose scale is 0. A measure that double does
/// not hold is infinite; of values near the ends of its range every other one is as exact as of values of usual size.
/// </summary>
/// <remarks>
/// Sources: M4 is Makridakis, Spiliotis and Assimakopoulos, "The M4 Competition: 100,000 time series and 61 forecasting methods", International Journal of Forecasting 36 (2020). M5 is the same
/// authors' "M5 accuracy competition", International Journal of Forecasting 38 (2022).
/// </remarks>
public static class ForecastMetrics
{
    /// <summary>
    /// Symmetric mean absolute percentage error, from 0 to 200: 100 · mean 2|y - f| / (|y| + |f|). A step on which both are 0 counts 0. Source: M4, equation of sMAPE.
    /// </summary>
    /// <param name="actual">The values y <c>[step]</c>.</param>
    /// <param name="forecast">The forecast f <c>[step]</c>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Smape(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast)
    {
        SameLength(actual.Length, forecast.Length);
        Average mean = default;
        for (int i = 0; i < actual.Length; i++)
        {
            int exponent = Magnitude.Of(actual.Slice(i, 1), forecast.Slice(i, 1));
            double y = Magnitude.Down(actual[i], exponent), f = Magnitude.Down(forecast[i], exponent), size = Math.Abs(y) + Math.Abs(f);
            mean.Add(size == 0 ? 0 : 200 * Math.Abs(y - f) / size, y);
        }

        return mean.Value;
    }

    /// <summary>
    /// Mean absolute scaled error: the mean of |y - f| over the mean of |x(t) - x(t - m)| in the history x. Source: Hyndman and Koehler, "Another look at measures of forecast accuracy",
    /// International Journal of Forecasting 22 (2006); with seasons as in M4.
    /// </summary>
    /// <param name="actual">The values y <c>[step]</c>.</param>
    /// <param name="forecast">The forecast f <c>[step]</c>.</param>
    /// <param name="history">What came before them, x.</param>
    /// <param name="period">Steps of a season, m; 1 for none.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the period is below 1.</exception>
    public static double Mase(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast, ReadOnlySpan<double> history, int period = 1)
    {
        SameLength(actual.Length, forecast.Length);
        int exponent = Magnitude.Of(actual, forecast), scale = Magnitude.Of(history);
        Average mean = default;
        for (int i = 0; i < actual.Length; i++)
        {
            mean.Add(Math.Abs(Magnitude.Down(actual[i], exponent) - Magnitude.Down(forecast[i], exponent)), actual[i]);
        }

        return Magnitude.Up(Ratio(mean.Value, SeasonalError(history, period, scale)), exponent - scale);
    }

    /// <summary>
    /// Root mean squared scaled error: the root of the mean of (y - f)² over the mean of (x(t) - x(t - m))² in the history x. Source: M5, with m = 1; M5 begins the history at its first value
    /// that is not 0, which is the caller's to do.
    /// </summary>
    /// <param name="actual">The values y <c>[step]</c>.</param>
    /// <param name="forecast">The forecast f <c>[step]</c>.</param>
    /// <param name="history">What came before them, x.</param>
    /// <param name="period">Steps of a season, m; 1 for none.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the period is below 1.</exception>
    public static double Rmsse(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast, ReadOnlySpan<double> history, int period = 1)
    {
        SameLength(actual.Length, forecast.Length);
        Guard.AtLeast(period, 1);
        int exponent = Magnitude.Of(actual, forecast), scale = Magnitude.Of(history);
        Average mean = default, changes = default;
        for (int i = 0; i < actual.Length; i++)
        {
            double error = Magnitude.Down(actual[i], exponent) - Magnitude.Down(forecast[i], exponent);
            mean.Add(error * error, actual[i]);
        }

        for (int t = period; t < history.Length; t++)
        {
            double change = Magnitude.Down(history[t], scale) - Magnitude.Down(history[t - period], scale);
            changes.Add(change * change, change);
        }

        return Magnitude.Up(Math.Sqrt(Ratio(mean.Value, changes.Value)), exponent - scale);
    }

    /// <summary>
    /// Overall weighted average: the mean of sMAPE and MASE, each divided by that of Naive2 (<see cref="Naive2"/>). The four are means over all series. Source: M4.
    /// </summary>
    /// <param name="smape">The method's mean sMAPE.</param>
    /// <param name="mase">The method's mean MASE.</param>
    /// <param name="naive2Smape">The mean sMAPE of Naive2.</param>
    /// <param name="naive2Mase">The mean MASE of Naive2.</param>
    public static double Owa(double smape, double mase, double naive2Smape, double naive2Mase) => (Ratio(smape, naive2Smape) + Ratio(mase, naive2Mase)) / 2;

    /// <summary>
    /// Mean scaled interval score of a central interval from l to u: the mean of u - l + 2/α (l - y) where y is below l, + 2/α (y - u) where it is above u, over the mean of |x(t) - x(t - m)| in
    /// the history x. Source: Gneiting and Raftery, "Strictly proper scoring rules, prediction, and estimation", Journal of the American Statistical Association 102 (2007), equation 43; scaled
    /// as in M4.
    /// </summary>
    /// <param name="actual">The values y <c>[step]</c>.</param>
    /// <param name="lower">The interval's lower end l <c>[step]</c>.</param>
    /// <param name="upper">Its upper end u <c>[step]</c>.</param>
    /// <param name="history">What came before them, x.</param>
    /// <param name="period">Steps of a season, m; 1 for none.</param>
    /// <param name="level">The interval's nominal coverage, 1 - α, above 0 and below 1. M4 uses 0.95.</param>
    /// <exception cref="ArgumentException">The lengths differ, the period is below 1, or the level is not between 0 and 1.</exception>
    public static double Msis(ReadOnlySpan<double> actual, ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, ReadOnlySpan<double> history, int period = 1, double level = 0.95)
    {
        SameLength(actual.Length, lower.Length);
        SameLength(actual.Length, upper.Length);
        double alpha = 1 - Level(level, nameof(level));
        int exponent = Magnitude.Of(actual, lower, upper), scale = Magnitude.Of(history);
        Average mean = default;
        for (int i = 0; i < actual.Length; i++)
        {
            double y = Magnitude.Down(actual[i], exponent), l = Magnitude.Down(lower[i], exponent), u = Magnitude.Down(upper[i], exponent);
            double below = Math.Max(0, l - y), above = Math.Max(0, y - u);
            mean.Add(u - l + (2 / alpha * (below + above)), y);
        }

        return Magnitude.Up(Ratio(mean.Value, SeasonalError(history, period, scale)), exponent - scale);
    }

    /// <summary>The share of the actual values that are in their interval, ends included: from 0 to 1.</summary>
    /// <param name="actual">The values <c>[step]</c>.</param>
    /// <param name="lower">The interval's lower end <c>[step]</c>.</param>
    /// <param name="upper">Its upper end <c>[step]</c>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Coverage(ReadOnlySpan<double> actual, ReadOnlySpan<double> lower, ReadOnlySpan<double> upper)
    {
        SameLength(actual.Length, lower.Length);
        SameLength(actual.Length, upper.Length);
        Average mean = default;
        for (int i = 0; i < actual.Length; i++)
        {
            mean.Add(actual[i] >= lower[i] && actual[i] <= upper[i] ? 1 : 0, actual[i]);
        }

        return mean.Value;
    }

    /// <summary>
    /// Quantile (pinball) loss of one level q: (q - 1{y &lt; f}) (y - f). Source: Koenker and Bassett, "Regression quantiles", Econometrica 46 (1978).
    /// </summary>
    /// <param name="actual">The value y.</param>
    /// <param name="forecast">The forecast quantile f.</param>
    /// <param name="level">The level q.</param>
    public static double QuantileLoss(double actual, double forecast, double level)
    {
        double weight = actual >= forecast ? level : 1 - level, error = Math.Abs(actual - forecast);
        return double.IsInfinity(error) ? Math.Abs((weight * actual) - (weight * forecast)) : weight * error;
    }

    /// <summary>
    /// Weighted quantile loss: 2 · the sum of the quantile losses over the sum of |y|, for each level, and the mean over the levels. Source: Salinas, Flunkert, Gasthaus and Januschowski, "DeepAR",
    /// International Journal of Forecasting 36 (2020), ρ-risk; the mean over levels is GluonTS' <c>mean_weighted_sum_quantile_loss</c>. Over many series numerator and denominator are sums over
    /// all of them, which <see cref="Backtest"/> does.
    /// </summary>
    /// <param name="actual">The values y <c>[step]</c>.</param>
    /// <param name="quantiles">The forecast quantiles <c>[step, level]</c>.</param>
    /// <param name="levels">Their levels, each above 0 and below 1.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a level is not between 0 and 1.</exception>
    public static double WeightedQuantileLoss(ReadOnlySpan<double> actual, ReadOnlySpan<double> quantiles, ReadOnlySpan<double> levels)
    {
        (double losses, double sizes, int _) = QuantileSums(actual, quantiles, levels, Magnitude.Of(actual, quantiles));
        return Ratio(2 * losses, sizes);
    }

    /// <summary>
    /// Continuous ranked probability score from quantiles: 2 · the mean over levels and steps of the quantile loss, which approaches CRPS = 2 ∫ QL dq as evenly spaced levels become
    /// dense. Source: Laio and Tamea, "Verification tools for probabilistic forecasts of continuous hydrological variables", Hydrology and Earth System Sciences 11 (2007), equation 6.
    /// </summary>
    /// <param name="actual">The values y <c>[step]</c>.</param>
    /// <param name="quantiles">The forecast quantiles <c>[step, level]</c>.</param>
    /// <param name="levels">Their levels, each above 0 and below 1; evenly spaced, such as 0.1, 0.2, …, 0.9.</param>
    /// <returns>The score, in the values' unit.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit, or a level is not between 0 and 1.</exception>
    public static double CrpsOfQuantiles(ReadOnlySpan<double> actual, ReadOnlySpan<double> quantiles, ReadOnlySpan<double> levels)
    {
        int exponent = Magnitude.Of(actual, quantiles);
        (double losses, double _, int steps) = QuantileSums(actual, quantiles, levels, exponent);
        return Magnitude.Up(Ratio(2 * losses, steps), exponent);
    }

    /// <summary>
    /// Continuous ranked probability score of sample paths: the mean over steps of E|X - y| - E|X - X'| / 2, with the samples as the distribution of X and X'. Source: Gneiting and Raftery (2007),
    /// equation 20.
    /// </summary>
    /// <param name="actual">The values y <c>[step]</c>.</param>
    /// <param name="samples">The samples X <c>[path, step]</c>.</param>
    /// <returns>The score, in the values' unit.</returns>
    /// <exception cref="ArgumentException">The samples do not make whole paths, or there is none.</exception>
    public static double CrpsOfSamples(ReadOnlySpan<double> actual, ReadOnlySpan<double> samples)
    {
        int steps = actual.Length, paths = steps == 0 ? 0 : samples.Length / steps;
        if (paths == 0 || samples.Length != paths * steps)
        {
            throw new ArgumentException(Invariant($"{samples.Length} samples do not make whole paths of {steps} steps, at least one."), nameof(samples));
        }

        int exponent = Magnitude.Of(actual, samples);
        double[] sorted = new double[paths];
        Average mean = default;
        for (int step = 0; step < steps; step++)
        {
            for (int path = 0; path < paths; path++)
            {
                sorted[path] = Magnitude.Down(samples[(path * steps) + step], exponent);
            }

            // Sorted, the sum of |X(i) - X(j)| over all pairs is 2 Σ (2i - n + 1) X(i).
            Array.Sort(sorted);
            double distance = 0, spread = 0;
            for (int i = 0; i < paths; i++)
            {
                distance += Math.Abs(sorted[i] - Magnitude.Down(actual[step], exponent));
                spread += ((2.0 * i) - paths + 1) * sorted[i];
            }

            mean.Add((distance / paths) - (spread / paths / paths), actual[step]);
        }

        return Magnitude.Up(mean.Value, exponent);
    }

    /// <summary>The mean of |x(t) - x(t - m)|, by which MASE and MSIS are scaled; NaN if no such pair is known.</summary>
    /// <param name="history">The history x.</param>
    /// <param name="period">Steps of a season, m; 1 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The period is below 1.</exception>
    public static double SeasonalError(ReadOnlySpan<double> history, int period)
    {
        int exponent = Magnitude.Of(history);
        return Magnitude.Up(SeasonalError(history, period, exponent), exponent);
    }

    // Divided by 2^exponent.
    private static double SeasonalError(ReadOnlySpan<double> history, int period, int exponent)
    {
        Guard.AtLeast(period, 1);
        Average mean = default;
        for (int t = period; t < history.Length; t++)
        {
            double change = Magnitude.Down(history[t], exponent) - Magnitude.Down(history[t - period], exponent);
            mean.Add(Math.Abs(change), change);
        }

        return mean.Value;
    }

    /// <summary>Sums of the quantile losses, as a mean over levels, and of |y|, over the steps that are known, both divided by 2^exponent.</summary>
    internal static (double Losses, double Sizes, int Steps) QuantileSums(ReadOnlySpan<double> actual, ReadOnlySpan<double> quantiles, ReadOnlySpan<double> levels, int exponent)
    {
        if (levels.Length == 0 || quantiles.Length != actual.Length * levels.Length)
        {
            throw new ArgumentException(Invariant($"There are {quantiles.Length} quantiles; {actual.Length} steps of {levels.Length} levels are expected, with at least one level."), nameof(quantiles));
        }

        double losses = 0, sizes = 0;
        int steps = 0;
        for (int step = 0; step < actual.Length; step++)
        {
            if (double.IsNaN(actual[step]))
            {
                continue;
            }

            double y = Magnitude.Down(actual[step], exponent);
            for (int q = 0; q < levels.Length; q++)
            {
                losses += QuantileLoss(y, Magnitude.Down(quantiles[(step * levels.Length) + q], exponent), Level(levels[q], nameof(levels)));
            }

            sizes += Math.Abs(y);
            steps++;
        }

        return (losses / levels.Length, sizes, steps);
    }

    /// <summary>A level between 0 and 1.</summary>
    internal static double Level(double level, string name) => level is > 0 and < 1
        ? level
        : throw new ArgumentOutOfRangeException(name, Invariant($"{level}"), "A level is above 0 and below 1.");

    private static double Ratio(double value, double scale) => scale == 0 ? double.NaN : value / scale;

    private static void SameLength(int actual, int other)
    {
        if (actual != other)
        {
            throw new ArgumentException(Invariant($"There are {actual} actual values and {other} forecasts; each step has one of both."));
        }
    }

    /// <summary>A mean over the steps that are known.</summary>
    private struct Average
    {
        private double _sum;
        private int _count;

        public readonly double Value => _count > 0 ? _sum / _count : double.NaN;

        public void Add(double value, double known)
        {
            if (!double.IsNaN(known))
            {
                _sum += value;
                _count++;
            }
        }
    }
}
