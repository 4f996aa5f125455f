namespace RnnGen.Forecasting;

/// <summary>
/// A series without its season, by classical multiplicative decomposition, if its autocorrelation shows a season; otherwise the series itself. Source: the M4 organisers' code
/// (<c>Benchmarks and Evaluation.R</c>: <c>SeasonalityTest</c>, and R's <c>decompose(type = "multiplicative")</c>).
/// </summary>
internal sealed class SeasonalAdjustment
{
    /// <summary>The quantile of the test: 90 %, two-sided.</summary>
    private const double Critical = 1.645;

    private readonly double[] _indices;

    private SeasonalAdjustment(double[] adjusted, double[] indices) => (Adjusted, _indices) = (adjusted, indices);

    /// <summary>The series without its season, without missing values.</summary>
    public double[] Adjusted { get; }

    /// <summary>What a step after the history is multiplied by.</summary>
    /// <param name="step">From 0.</param>
    public double Index(int step) => _indices[(Adjusted.Length + step) % _indices.Length];

    /// <summary>Tests and adjusts.</summary>
    /// <param name="history">The series, of which at least one value is known.</param>
    /// <param name="period">Steps of a season; 1 for none.</param>
    public static SeasonalAdjustment Of(ReadOnlySpan<double> history, int period)
    {
        double[] values = History.Filled(history);
        if (period == 1 || values.Length < 3 * period || !IsSeasonal(values, period) || Indices(values, period) is not { } indices)
        {
            return new(values, [1]);
        }

        for (int t = 0; t < values.Length; t++)
        {
            values[t] /= indices[t % period];
        }

        return new(values, indices);
    }

    // Whether |r(m)| is above 1.645 √((1 + 2 Σ r(k)²) / n), with k up to m - 1.
    private static bool IsSeasonal(double[] values, int period)
    {
        double mean = values.Average(), variance = values.Sum(value => (value - mean) * (value - mean));
        if (variance == 0)
        {
            return false;
        }

        double squares = 1, correlation = 0;
        for (int lag = 1; lag <= period; lag++)
        {
            double sum = 0;
            for (int t = lag; t < values.Length; t++)
            {
                sum += (values[t] - mean) * (values[t - lag] - mean);
            }

            correlation = sum / variance;
            squares += lag < period ? 2 * correlation * correlation : 0;
        }

        return Math.Abs(correlation) > Critical * Math.Sqrt(squares / values.Length);
    }

    // For each place in the season the mean of value over trend, with 1 as their mean; null where the trend is 0 or an index is, so that nothing can be divided by it.
    private static double[]? Indices(double[] values, int period)
    {
        double[] sums = new double[period];
        int[] counts = new int[period];
        int half = period / 2;
        for (int t = half; t < values.Length - half; t++)
        {
            double trend = Trend(values, t, period);
            sums[t % period] += values[t] / trend;
            counts[t % period]++;
        }

        double[] indices = [.. sums.Zip(counts, (sum, count) => sum / count)];
        double mean = indices.Average();
        for (int i = 0; i < period; i++)
        {
            indices[i] /= mean;
        }

        return indices.All(index => double.IsFinite(index) && index != 0) ? indices : null;
    }

    // The moving average over one season around t; of an even period the two ends count half.
    private static double Trend(double[] values, int t, int period)
    {
        int half = period / 2;
        double sum = 0;
        for (int i = t - half; i <= t + half; i++)
        {
            sum += values[i];
        }

        return (period % 2 == 0 ? sum - ((values[t - half] + values[t + half]) / 2) : sum) / period;
    }
}
