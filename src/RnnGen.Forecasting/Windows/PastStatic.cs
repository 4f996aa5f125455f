namespace RnnGen.Forecasting;

/// <summary>
/// A number that says what kind of series a window is of, measured on its past alone and read as a static. It does not depend on the unit of the series. Where nothing is known to measure, it is 0; so it is
/// where the spread or the error is 0 or rounding alone, as of constant values.
/// </summary>
/// <example>
/// <code>
/// var options = new WindowOptions { ContextLength = 24, Horizon = 48, PastStatics = [PastStatic.Variation, PastStatic.SeasonalError(24), PastStatic.Trend(168)] };
/// </code>
/// </example>
public sealed record PastStatic
{
    private PastStatic(PastMeasure measure, int steps) => (Measure, Steps) = (measure, steps);

    /// <summary>The logarithm of the standard deviation over the mean of the absolute values.</summary>
    public static PastStatic Variation { get; } = new(PastMeasure.Variation, 0);

    /// <summary>What is measured.</summary>
    internal PastMeasure Measure { get; }

    /// <summary>Steps of a season, or of a part that is compared.</summary>
    internal int Steps { get; }

    /// <summary>The logarithm of the mean |x(t) - x(t - m)| over the mean |x|: how wrong the seasonal naive forecast is.</summary>
    /// <param name="period">m, at least 1; 1 is how much the series changes from step to step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The period is below 1.</exception>
    public static PastStatic SeasonalError(int period) => new(PastMeasure.SeasonalError, AtLeastOne(period, nameof(period)));

    /// <summary>The difference between the mean of the last steps and that of as many before them, over the mean |x|.</summary>
    /// <param name="steps">How many steps, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 1.</exception>
    public static PastStatic Trend(int steps) => new(PastMeasure.Trend, AtLeastOne(steps, nameof(steps)));

    /// <inheritdoc/>
    public override string ToString() => Steps == 0 ? Invariant($"{Measure}") : Invariant($"{Measure}({Steps})");

    /// <summary>The number that <see cref="ToString"/> wrote the name of.</summary>
    internal static PastStatic Parse(string text)
    {
        NumberedName named = NumberedName.Parse(text);
        return named.Name switch
        {
            nameof(Variation) => Variation,
            nameof(SeasonalError) => SeasonalError(named.Whole()),
            nameof(Trend) => Trend(named.Whole()),
            _ => throw new FormatException($"There is no {nameof(PastStatic)} '{text}'."),
        };
    }

    /// <summary>The number of a past.</summary>
    /// <param name="past">Its values, oldest first; NaN where one is missing.</param>
    internal double Of(ReadOnlySpan<double> past)
    {
        // A power of two changes no digit: squares of very large or small values stay in the range of double.
        double largest = Largest(past), unit = largest > 0 ? Math.ScaleB(1, Math.Clamp(-Math.ILogB(largest), -1022, 1022)) : 1;
        double size = Mean(past, unit, static value => Math.Abs(value)), rounding = largest * unit * ScalerPart.Rounding;
        double value = Measure switch
        {
            PastMeasure.Variation => Math.Log(Deviation(past, unit, rounding) / size),
            PastMeasure.SeasonalError => Math.Log(AboveRounding(MeanChange(past, unit), rounding) / size),
            PastMeasure.Trend => past.Length / 2 < Steps ? 0 : (Mean(past[^Steps..], unit, static value => value) - Mean(past[^(2 * Steps)..^Steps], unit, static value => value)) / size,
            _ => throw new InvalidOperationException(Invariant($"There is no {nameof(PastMeasure)} '{Measure}'.")),
        };
        return double.IsFinite(value) ? value : 0;
    }

    // The logarithm of what is rounding alone would say how a constant is rounded.
    private static double AboveRounding(double value, double rounding) => value <= rounding ? 0 : value;

    private static double Largest(ReadOnlySpan<double> values)
    {
        double largest = 0;
        foreach (double value in values)
        {
            largest = Math.Max(largest, double.IsNaN(value) ? 0 : Math.Abs(value));
        }

        return largest;
    }

    // The standard deviation.
    private static double Deviation(ReadOnlySpan<double> values, double unit, double rounding)
    {
        double mean = Mean(values, unit, static value => value), sum = 0, largest = 0;
        int count = 0;
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
            {
                double difference = (value * unit) - mean;
                sum += difference * difference;
                largest = Math.Max(largest, Math.Abs(difference));
                count++;
            }
        }

        return largest <= rounding ? 0 : Math.Sqrt(sum / count);
    }

    private double MeanChange(ReadOnlySpan<double> past, double unit)
    {
        double sum = 0;
        int count = 0;
        for (int t = Steps; t < past.Length; t++)
        {
            double change = Math.Abs((past[t] * unit) - (past[t - Steps] * unit));
            if (!double.IsNaN(change))
            {
                sum += change;
                count++;
            }
        }

        return sum / count;
    }

    private static double Mean(ReadOnlySpan<double> values, double unit, Func<double, double> of)
    {
        double sum = 0;
        int count = 0;
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
            {
                sum += of(value * unit);
                count++;
            }
        }

        return sum / count;
    }

    private static int AtLeastOne(int value, string name)
    {
        Guard.AtLeast(value, 1, name);
        return value;
    }
}

/// <summary>What a <see cref="PastStatic"/> measures.</summary>
internal enum PastMeasure
{
    /// <summary>The spread over the mean.</summary>
    Variation,

    /// <summary>The error of the seasonal naive forecast.</summary>
    SeasonalError,

    /// <summary>What the last steps differ by from those before them.</summary>
    Trend,
}
