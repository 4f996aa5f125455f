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

        return ((x - 0.5) * Math.Log(x)) - x + HalfLogOfTwoPi + Stirling(x) - Math.Log(product);
    }

    /// <summary>log B(a, b) = log Γ(a) + log Γ(b) - log Γ(a + b), the logarithm of the beta function, also where its terms are large and cancel out.</summary>
    /// <param name="a">Above 0; the result of a number below is NaN.</param>
    /// <param name="b">Above 0; the result of a number below is NaN.</param>
    public static double LogBeta(double a, double b)
    {
        if (!(a > 0 && b > 0) || double.IsInfinity(a) || double.IsInfinity(b))
        {
            return a < 0 || b < 0 || double.IsNaN(a) || double.IsNaN(b) ? double.NaN : a == 0 || b == 0 ? double.PositiveInfinity : double.NegativeInfinity;
        }

        (double less, double more) = (Math.Min(a, b), Math.Max(a, b));
        if (more < Far)
        {
            return Log(less) + Log(more) - Log(less + more);
        }

        // In both Γ of large arguments the same terms cancel out; they are left away.
        double rest = Stirling(more) - Stirling(less + more) + ((more - 0.5) * LogOnePlus(-less / (less + more)));
        return less < Far
            ? Log(less) + rest + less - (less * Math.Log(less + more))
            : HalfLogOfTwoPi - (0.5 * Math.Log(less)) + Stirling(less) + rest + (less * Math.Log(less / (less + more)));
    }

    /// <summary>ψ(x + by) - ψ(x), also where the two are large and cancel out.</summary>
    /// <param name="x">Above 0; the result of a number below is NaN.</param>
    /// <param name="by">Above 0.</param>
    public static double DigammaRise(double x, double by)
    {
        if (!(x > 0 && by > 0))
        {
            return x == 0 && by > 0 ? double.PositiveInfinity : double.NaN;
        }

        double sum = 0;
        while (x < Far)
        {
            sum += by / (x * (x + by));
            x++;
        }

        double end = x + by;
        return double.IsInfinity(end) ? end : LogOnePlus(by / x) + (0.5 * by / (x * end)) + Digammas(x) - Digammas(end) + sum;
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

        return Math.Log(x) - (0.5 / x) - Digammas(x) - sum;
    }

    // What log Γ(x) has beside (x - ½) log x - x + ½ log 2π.
    private static double Stirling(double x)
    {
        double r = 1 / x, s = r * r;
        return r * ((1.0 / 12) - (s * ((1.0 / 360) - (s * ((1.0 / 1260) - (s * ((1.0 / 1680) - (s * ((1.0 / 1188) - (s * (691.0 / 360360)))))))))));
    }

    // What ψ(x) lacks of log x - 1 / 2x.
    private static double Digammas(double x)
    {
        double r = 1 / x, s = r * r;
        return s * ((1.0 / 12) - (s * ((1.0 / 120) - (s * ((1.0 / 252) - (s * ((1.0 / 240) - (s * ((1.0 / 132) - (s * (691.0 / 32760)))))))))));
    }

    // log(1 + x), exact for small x (W. Kahan).
    private static double LogOnePlus(double x) => 1 + x == 1 ? x : Math.Log(1 + x) * x / (1 + x - 1);
}
