using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>
/// The element-wise functions of the generated kernels, for each vector width and number type. Not meant to be called by hand.
/// </summary>
/// <remarks>
/// <para>
/// All three exponential functions reduce e^-y = s (1 - w), with n = round(-y log₂ e), s = 2^n, u = y + n ln 2
/// (ln 2 in two parts, so that n times the first is exact) and w = 1 - e^-u = u + u² q(u), q a polynomial
/// fitted by <c>tests/golden/fit_exp.py</c>. Then
/// sigmoid(x) = 1 / (1 + s (1 - w)) with y = x, and
/// tanh(x) = m / (2 - m) with m = 1 - e^-2|x| = (1 - s) + s w, which has no cancellation near 0. Where one register holds
/// 16 floats and looks them up (AVX-512), the hyperbolic tangent of floats comes from a table of polynomials instead, and
/// the sigmoid keeps the second part of ln 2 and its limits out of its chain.
/// </para>
/// <para>
/// A result depends on its own lane only, and every width gives the same bits (where the hardware has fused
/// multiply-add for all of them), but for these two. Each width is written out, in files that differ in nothing but the width:
/// one text behind a generic interface costs twice to three times the time.
/// </para>
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class VectorMath
{
    // The coarse functions, fitted by tests/golden/fit_fast.py: tanh(x) = x (P0 + P1 s + P2 s²) / (1 + Q1 s + Q2 s²), s = x²,
    // for |x| up to the clamp; and sigmoid(x) = ½ + ½ tanh(x / 2).
    private const double FastClamp = 5.3;
    private const double FastP0 = 0.999741018;
    private const double FastP1 = 0.100700997;
    private const double FastP2 = 0.000626095862;
    private const double FastQ1 = 0.433310837;
    private const double FastQ2 = 0.0123402728;

    /// <summary>Constants of the float functions.</summary>
    private static class F
    {
        public const float Log2E = 1.44269502f;
        public const float Ln2High = 0.693145751953125f;
        public const float Ln2Low = 1.42860677e-6f;

        // The float next to ln 2, and what it leaves out.
        public const float Ln2 = 0.693147182f;
        public const float Ln2Rest = -1.90465421e-9f;

        // Adding 1.5 * 2^23 to a small number rounds it to an integer that stands in the sum's low bits;
        // the bias of the exponent is added along, so that a shift by ExponentShift makes it 2^n.
        public const float RoundAndBias = 12582912f + 127f;
        public const int ExponentShift = 23;

        // e^-y at SigmoidHigh has n = 128: s is infinite and the sigmoid of -SigmoidHigh exactly 0. At -SigmoidLow it is 1.
        public const float SigmoidLow = -88.7228f;
        public const float SigmoidHigh = 80f;

        // Up to here the sigmoid is a normal number, and 2^n too.
        public const float SigmoidNormal = 87.33f;
        public const float TanhHigh = 20f;
        public const float ExpLow = -105f;
        public const float ExpHigh = 89.5f;

        public const float Q0 = -0.5f;
        public const float Q1 = 0.166665435f;
        public const float Q2 = -0.0416664109f;
        public const float Q3 = 0.0083665764f;
        public const float Q4 = -0.00139399793f;
    }

    /// <summary>Constants of the double functions.</summary>
    private static class D
    {
        public const double Log2E = 1.4426950408889634;
        public const double Ln2High = 0.693147180559890330187045;
        public const double Ln2Low = 5.4979230187083712e-14;

        // As in F, with 1.5 * 2^52.
        public const double RoundAndBias = 6755399441055744 + 1023;
        public const int ExponentShift = 52;

        public const double SigmoidLow = -709.7827;
        public const double SigmoidHigh = 700;
        public const double TanhHigh = 40;
        public const double ExpLow = -746;
        public const double ExpHigh = 711;

        public const double Q0 = -0.50000000000000056;
        public const double Q1 = 0.16666666666666685;
        public const double Q2 = -0.041666666666573024;
        public const double Q3 = 0.0083333333333150874;
        public const double Q4 = -0.0013888888932674325;
        public const double Q5 = 0.00019841269902025316;
        public const double Q6 = -2.480150401221058e-5;
        public const double Q7 = 2.7557228796470161e-6;
        public const double Q8 = -2.7626522326378581e-7;
        public const double Q9 = 2.5114222378647402e-8;
    }
}
