namespace RnnGen.Overheads;

/// <summary>Times of two things that are measured by turns, and their ratio in each turn.</summary>
/// <param name="samples">Seconds of the first and the second in each turn.</param>
internal sealed class Ratio(IReadOnlyList<(double First, double Second)> samples)
{
    /// <summary>Seconds of the first: the median.</summary>
    public double First => Quantile(samples.Select(s => s.First), 0.5);

    /// <summary>Second over first: the median of the turns, so that what disturbs a turn disturbs both.</summary>
    public double Median => Quantile(Ratios, 0.5);

    /// <summary>The quartiles of the ratio.</summary>
    public (double Low, double High) Quartiles => (Quantile(Ratios, 0.25), Quantile(Ratios, 0.75));

    /// <summary>The least time of the second over the least of the first: what is left where nothing disturbed.</summary>
    public double OfLeast => samples.Min(s => s.Second) / samples.Min(s => s.First);

    private IEnumerable<double> Ratios => samples.Select(s => s.Second / s.First);

    /// <summary>Measures by turns; which goes first changes from turn to turn.</summary>
    public static Ratio Measure(int turns, Func<double> first, Func<double> second)
    {
        List<(double, double)> samples = [];
        first();
        second();
        for (int turn = 0; turn < turns; turn++)
        {
            if (turn % 2 == 0)
            {
                double one = first();
                samples.Add((one, second()));
            }
            else
            {
                double two = second();
                samples.Add((first(), two));
            }
        }

        return new Ratio(samples);
    }

    private static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)Math.Round(share * (sorted.Length - 1))];
    }
}
