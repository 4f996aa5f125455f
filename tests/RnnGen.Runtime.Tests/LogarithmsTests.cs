using RnnGen.Runtime;

namespace RnnGen.Runtime.Tests;

/// <summary>log(1 + x) keeps the digits of small numbers, in both precisions.</summary>
public sealed class LogarithmsTests
{
    /// <summary>Values to 17 digits.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(4.2e-18, 4.2e-18)]
    [InlineData(1e-10, 9.9999999995e-11)]
    [InlineData(-1e-10, -1.00000000005e-10)]
    [InlineData(1e-3, 9.9950033308353317e-4)]
    [InlineData(0.5, 0.40546510810816438)]
    [InlineData(-0.5, -0.69314718055994531)]
    [InlineData(1, 0.69314718055994531)]
    [InlineData(3, 1.3862943611198906)]
    [InlineData(1e20, 46.051701859880914)]
    [InlineData(1e300, 690.77552789821371)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(-1, double.NegativeInfinity)]
    [InlineData(-1.5, double.NaN)]
    [InlineData(double.NaN, double.NaN)]
    public void OnePlus(double x, double expected)
    {
        Check(Logarithms.OnePlus(x), expected, 4e-16);
        if (Math.Abs(x) < 1e38 || double.IsInfinity(x))
        {
            // The derivative of the rounding of x to a float is at most 2 for these.
            Check(Logarithms.OnePlus((float)x), expected, 3e-7);
        }
    }

    private static void Check(double found, double expected, double relative)
    {
        if (double.IsFinite(expected))
        {
            found.ShouldBe(expected, relative * Math.Abs(expected));
        }
        else
        {
            found.ShouldBe(expected);
        }
    }
}
