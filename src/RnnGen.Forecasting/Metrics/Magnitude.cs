namespace RnnGen.Forecasting;

/// <summary>
/// Powers of two by which numbers near the ends of the range of double are divided before they are squared, added or subtracted. Dividing by them is exact, and numbers of usual size stay as they are.
/// </summary>
internal static class Magnitude
{
    // Squares of what is within 2^±300, and sums of very many of them, are far from both ends.
    private const int Usual = 300;

    /// <summary>The exponent of the largest number; 0 where it is of usual size, or nothing is known and finite.</summary>
    /// <param name="numbers">Numbers that are compared.</param>
    /// <param name="more">More of them.</param>
    /// <param name="others">Still more.</param>
    public static int Of(ReadOnlySpan<double> numbers, ReadOnlySpan<double> more = default, ReadOnlySpan<double> others = default)
    {
        double largest = Math.Max(Largest(numbers), Math.Max(Largest(more), Largest(others)));
        return largest > 0 && Math.ILogB(largest) is var exponent && Math.Abs(exponent) > Usual ? exponent : 0;
    }

    /// <summary>A number divided by 2^exponent.</summary>
    public static double Down(double number, int exponent) => exponent == 0 ? number : Math.ScaleB(number, -exponent);

    /// <summary>A number times 2^exponent; infinite where double does not hold it.</summary>
    public static double Up(double number, int exponent) => exponent == 0 ? number : Math.ScaleB(number, exponent);

    /// <summary>The point between two numbers, without their difference where double does not hold it.</summary>
    /// <param name="low">At share 0.</param>
    /// <param name="high">At share 1.</param>
    /// <param name="share">From 0 to 1.</param>
    public static double Between(double low, double high, double share) =>
        high - low is var difference && double.IsInfinity(difference) ? ((1 - share) * low) + (share * high) : low + (share * difference);

    private static double Largest(ReadOnlySpan<double> numbers)
    {
        double largest = 0;
        foreach (double number in numbers)
        {
            largest = double.IsFinite(number) ? Math.Max(largest, Math.Abs(number)) : largest;
        }

        return largest;
    }
}
