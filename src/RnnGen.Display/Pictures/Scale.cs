namespace RnnGen.Display;

/// <summary>An axis: which values stand where, and which are written beside it.</summary>
/// <param name="Low">The value at its start.</param>
/// <param name="High">The value at its end; greater.</param>
/// <param name="IsLog">Whether equal ratios have equal lengths.</param>
/// <param name="Ticks">Values to write, from low to high.</param>
internal sealed record Scale(double Low, double High, bool IsLog, IReadOnlyList<double> Ticks)
{
    // What is less has no power of ten of its own.
    private const double Smallest = 1e-300;

    /// <summary>Where a value stands: 0 at the start, 1 at the end; values beyond stand at the ends.</summary>
    public double Share(double value) => Math.Clamp(IsLog
        ? (Math.Log10(Math.Max(value, Smallest)) - Math.Log10(Low)) / (Math.Log10(High) - Math.Log10(Low))
        : (value - Low) / (High - Low), 0, 1);

    /// <summary>From exactly the least to exactly the greatest, as for the number of an epoch or a step.</summary>
    public static Scale Exact(double least, double greatest, int ticks)
    {
        bool isWhole = least == Math.Floor(least) && greatest == Math.Floor(greatest);
        (least, greatest) = Widened(least, greatest);
        double step = Math.Max(RoundStep((greatest - least) / ticks), isWhole ? 1 : 0);
        return new Scale(least, greatest, false, Multiples(step, Math.Ceiling(least / step), Math.Floor(greatest / step)));
    }

    /// <summary>Over all finite values, widened to round ones.</summary>
    public static Scale Round(IEnumerable<double> values, int ticks)
    {
        var (least, greatest) = Range(values);
        (least, greatest) = Widened(least, greatest);
        double step = RoundStep((greatest - least) / ticks);
        double first = Math.Floor(least / step), last = Math.Ceiling(greatest / step);
        return new Scale(first * step, last * step, false, Multiples(step, first, last));
    }

    /// <summary>Over all finite values, which are greater than 0, widened to round ones.</summary>
    public static Scale Logarithmic(IEnumerable<double> values)
    {
        var (least, greatest) = Range(values.Where(v => v > 0).Select(v => Math.Max(v, Smallest)));
        double[] marks = [1, 2, 5, 10];
        double lowPower = Power(least), highPower = Power(greatest);
        double low = lowPower * marks.Last(m => m * lowPower <= least || m == 1), high = highPower * marks.First(m => m * highPower >= greatest || m == 10);
        high = low < high ? high : low * 10;
        int first = Exponent(low), decades = Exponent(high) - first, every = Math.Max(1, decades / 6);
        List<double> ticks = [];
        for (int exponent = first; exponent <= first + decades; exponent += every)
        {
            double power = Math.Pow(10, exponent);
            ticks.AddRange((decades <= 2 ? marks[..3] : marks[..1]).Select(m => m * power).Where(t => t >= low * (1 - 1e-9) && t <= high * (1 + 1e-9)));
        }

        return new Scale(low, high, true, ticks);
    }

    /// <summary>The least and the greatest of the finite values; 0 and 1 where there are none.</summary>
    public static (double Least, double Greatest) Range(IEnumerable<double> values)
    {
        double least = double.PositiveInfinity, greatest = double.NegativeInfinity;
        foreach (double value in values.Where(double.IsFinite))
        {
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
        }

        return least <= greatest ? (least, greatest) : (0, 1);
    }

    private static int Exponent(double value) => (int)Math.Floor(Math.Log10(value) + 1e-12);

    private static double Power(double value) => Math.Pow(10, Exponent(value));

    // Equal values would give an axis of no length.
    private static (double Least, double Greatest) Widened(double least, double greatest)
    {
        double room = greatest - least > 1e-9 * Math.Max(Math.Abs(least), Math.Abs(greatest)) ? 0 : least == 0 ? 0.5 : Math.Abs(least) / 10;
        return (least - room, greatest + room);
    }

    private static double[] Multiples(double step, double first, double last) => [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];

    /// <summary>The least of 1, 2 and 5 times a power of ten that is not below <paramref name="step"/>.</summary>
    private static double RoundStep(double step)
    {
        double power = Power(step);
        return power * (step / power) switch { <= 1.0000001 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
