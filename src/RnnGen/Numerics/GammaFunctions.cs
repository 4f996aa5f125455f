using System;
using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>
/// The logarithm of the gamma function and its derivative, for losses of counts and of heavy tails. The recurrence Γ(x + 1) = x Γ(x) leads to
/// arguments where Stirling's series (M. Abramowitz and I. Stegun 1964, 6.1.40 and 6.3.18) is exact to rounding.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GammaFunctions
{
    // From here on the first term that is left out is below 1e-17.
    private const double Far = 15;

    private const double HalfLogOfTwoPi = 0.91893853320467274178;

    /// <summary>log Γ(x), within 2e-14, or 2e-14 of its size where that is more.</summary>
    /// <param name="x">Above 0; the result of 0 is infinity, and that of a number below NaN.</param>
    public static double Log(double x)
    {
        if (!(x > 0))
        {
            return x == 0 ? double.PositiveInfinity : double.NaN;
        }

        if (double.IsPositiveInfinity(x))
        {
            return x;
        }

        double product = 1;
        while (x < Far)
        {
            product *= x;
            x++;
        }

        double r = 1 / x, s = r * r;
        double series = r * ((1.0 / 12) - (s * ((1.0 / 360) - (s * ((1.0 / 1260) - (s * ((1.0 / 1680) - (s * ((1.0 / 1188) - (s * (691.0 / 360360)))))))))));
        return ((x - 0.5) * Math.Log(x)) - x + HalfLogOfTwoPi + series - Math.Log(product);
    }

    /// <summary>ψ(x), the derivative of log Γ(x), within 2e-14, or 2e-14 of its size where that is more.</summary>
    /// <param name="x">Above 0; the result of 0 is minus infinity, and that of a number below NaN.</param>
    public static double Digamma(double x)
    {
        if (!(x > 0))
        {
            return x == 0 ? double.NegativeInfinity : double.NaN;
        }

        double sum = 0;
        while (x < Far)
        {
            sum += 1 / x;
            x++;
        }

        double r = 1 / x, s = r * r;
        double series = s * ((1.0 / 12) - (s * ((1.0 / 120) - (s * ((1.0 / 252) - (s * ((1.0 / 240) - (s * ((1.0 / 132) - (s * (691.0 / 32760)))))))))));
        return Math.Log(x) - (0.5 * r) - series - sum;
    }
}
