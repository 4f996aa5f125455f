namespace RnnGen.Forecasting;

/// <summary>Exponential smoothing with a damped trend, fitted to a series: its weights, and its state at the end.</summary>
internal readonly record struct DampedSmoothing
{
    private const double LowestDamping = 0.8, HighestDamping = 0.98;

    /// <summary>α.</summary>
    public double LevelWeight { get; private init; }

    /// <summary>β.</summary>
    public double TrendWeight { get; private init; }

    /// <summary>φ.</summary>
    public double Damping { get; private init; }

    /// <summary>The level at the end.</summary>
    public double Level { get; private init; }

    /// <summary>The trend at the end.</summary>
    public double Trend { get; private init; }

    /// <summary>The mean of the squared errors of one step.</summary>
    public double ErrorVariance { get; private init; }

    /// <summary>The weights and first state with the lowest sum of squared errors.</summary>
    /// <param name="series">The series, of which at least one value is known.</param>
    public static DampedSmoothing Fitted(ReadOnlyMemory<double> series)
    {
        (double level, double trend, double size) = Start(series.Span);

        // Logits of the weights; the first state in units of the series' size.
        double[] from = [Logit(0.3), Logit(0.1), Logit(0.9), level / size, trend / size];
        double[] best = NelderMead.Minimize(point => Run(series.Span, point, size).ErrorVariance, from);
        return Run(series.Span, best, size);
    }

    private static DampedSmoothing Run(ReadOnlySpan<double> series, ReadOnlySpan<double> point, double size)
    {
        double alpha = Between(point[0], 1e-4, 0.9999), beta = Between(point[1], 1e-4, 0.9999) * alpha, phi = Between(point[2], LowestDamping, HighestDamping);
        double level = point[3] * size, trend = point[4] * size, sum = 0;
        int count = 0;
        foreach (double value in series)
        {
            double expected = level + (phi * trend), error = double.IsNaN(value) ? 0 : value - expected;
            level = expected + (alpha * error);
            trend = (phi * trend) + (beta * error);
            sum += error * error;
            count += double.IsNaN(value) ? 0 : 1;
        }

        return new() { LevelWeight = alpha, TrendWeight = beta, Damping = phi, Level = level, Trend = trend, ErrorVariance = sum / Math.Max(1, count) };
    }

    // A straight line through the first ten known values, and the size of the values.
    private static (double Level, double Trend, double Size) Start(ReadOnlySpan<double> series)
    {
        double n = 0, t1 = 0, t2 = 0, y1 = 0, ty = 0, size = 0;
        for (int t = 0; t < series.Length; t++)
        {
            if (double.IsNaN(series[t]))
            {
                continue;
            }

            size = Math.Max(size, Math.Abs(series[t]));
            if (n < 10)
            {
                (n, t1, t2, y1, ty) = (n + 1, t1 + t, t2 + ((double)t * t), y1 + series[t], ty + (t * series[t]));
            }
        }

        double spread = (n * t2) - (t1 * t1), trend = spread > 0 ? ((n * ty) - (t1 * y1)) / spread : 0;
        return (((y1 - (trend * t1)) / n) - trend, trend, size > 0 ? size : 1);
    }

    private static double Logit(double share) => Math.Log(share / (1 - share));

    private static double Between(double logit, double low, double high) => low + ((high - low) / (1 + Math.Exp(-logit)));
}
