using System.Globalization;

namespace RnnGen.Display;

/// <summary>An axis: the positions of values, and the ticks.</summary>
/// <param name="Low">The value at its start.</param>
/// <param name="High">The value at its end; greater.</param>
/// <param name="IsLog">Whether equal ratios have equal lengths.</param>
/// <param name="Ticks">The values of the ticks, from low to high.</param>
internal sealed record Scale(double Low, double High, bool IsLog, IReadOnlyList<double> Ticks)
{
    // What is less has no power of ten of its own.
    private const double Smallest = 1e-300;

    /// <summary>From one tick to the next; 0 of a logarithmic axis.</summary>
    public double Step { get; private init; }

    /// <summary>Significant digits that tell values of the axis apart where they are a hundredth of a step from each other, at least five.</summary>
    public int Digits => IsLog ? 5 : Math.Clamp(Exponent(Size) - Exponent(Step) + 3, 5, 15);

    private double Size => Math.Max(Math.Abs(Low), Math.Abs(High));

    /// <summary>The label of a tick: all digits that tell it from its neighbours. A power of ten is written as such where the numbers would be long and say little, in the same way for all ticks of a linear axis.</summary>
    public string Label(double tick)
    {
        if (tick == 0)
        {
            return "0";
        }

        if (IsLog)
        {
            return tick.ToString(tick is >= 1e-4 and < 1e7 ? "#,0.#######" : "0.##e0", CultureInfo.InvariantCulture);
        }

        bool isShort = Size < 1e7 && Step >= 0.99e-4, hasManyDigits = Size < 1e15 && Step >= 0.99e-12 && Exponent(Size) - Exponent(Step) > 2;
        return isShort || hasManyDigits
            ? tick.ToString("#,0." + new string('#', Math.Max(0, -Exponent(Step))), CultureInfo.InvariantCulture)
            : tick.ToString("0." + new string('#', Math.Max(0, Exponent(Math.Abs(tick)) - Exponent(Step))) + "e0", CultureInfo.InvariantCulture);
    }

    /// <summary>The position of a value: 0 at the start, 1 at the end; values beyond are at the ends.</summary>
    public double Share(double value) => Math.Clamp(IsLog
        ? (Math.Log10(Math.Max(value, Smallest)) - Math.Log10(Low)) / (Math.Log10(High) - Math.Log10(Low))
        : (value - Low) / (High - Low), 0, 1);

    /// <summary>From exactly the minimum to exactly the maximum, as for the number of an epoch or a step.</summary>
    public static Scale Exact(double minimum, double maximum, int ticks)
    {
        bool isWhole = minimum == Math.Floor(minimum) && maximum == Math.Floor(maximum);
        (minimum, maximum) = Widened(minimum, maximum);
        double step = Math.Max(RoundStep((maximum - minimum) / ticks), isWhole ? 1 : 0);
        return new Scale(minimum, maximum, false, Multiples(step, Math.Ceiling(minimum / step), Math.Floor(maximum / step))) { Step = step };
    }

    /// <summary>Over all finite values, widened to round ones.</summary>
    public static Scale Round(IEnumerable<double> values, int ticks)
    {
        var (minimum, maximum) = Range(values);
        (minimum, maximum) = Widened(minimum, maximum);
        double step = RoundStep((maximum - minimum) / ticks);
        double first = Math.Floor(minimum / step), last = Math.Ceiling(maximum / step);
        return new Scale(first * step, last * step, false, Multiples(step, first, last)) { Step = step };
    }

    /// <summary>Over all finite values, which are greater than 0, widened to round ones.</summary>
    public static Scale Logarithmic(IEnumerable<double> values)
    {
        var (minimum, maximum) = Range(values.Where(v => v > 0).Select(v => Math.Max(v, Smallest)));
        double[] marks = [1, 2, 5, 10];
        double lowPower = Power(minimum), highPower = Power(maximum);
        double low = lowPower * marks.Last(m => m * lowPower <= minimum || m == 1), high = highPower * marks.First(m => m * highPower >= maximum || m == 10);
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

    /// <summary>The minimum and the maximum of the finite values; 0 and 1 if there are none.</summary>
    public static (double Minimum, double Maximum) Range(IEnumerable<double> values)
    {
        double minimum = double.PositiveInfinity, maximum = double.NegativeInfinity;
        foreach (double value in values.Where(double.IsFinite))
        {
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
        }

        return minimum <= maximum ? (minimum, maximum) : (0, 1);
    }

    private static int Exponent(double value) => (int)Math.Floor(Math.Log10(value) + 1e-12);

    private static double Power(double value) => Math.Pow(10, Exponent(value));

    // Equal values would give an axis of no length.
    private static (double Minimum, double Maximum) Widened(double minimum, double maximum)
    {
        double room = maximum - minimum > 1e-9 * Math.Max(Math.Abs(minimum), Math.Abs(maximum)) ? 0 : minimum == 0 ? 0.5 : Math.Abs(minimum) / 10;
        return (minimum - room, maximum + room);
    }

    private static double[] Multiples(double step, double first, double last) => [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];

    /// <summary>The smallest of 1, 2 and 5 times a power of ten that is not below <paramref name="step"/>.</summary>
    private static double RoundStep(double step)
    {
        double power = Power(step);
        return power * (step / power) switch { <= 1.0000001 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
