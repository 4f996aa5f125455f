using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Wasm;

namespace RnnGen.Runtime;

// Vector128: the same text as the other widths, but for what the browser's interpreter has no instruction of its own for and would run lane by lane.
// That PackedSimd is supported, or not, is a constant where code is compiled.
public static partial class VectorMath
{
    /// <summary>a b + c, with one rounding where the hardware has a fused multiply-add, and never by a slow emulation of it.</summary>
    /// <param name="a">First factor.</param>
    /// <param name="b">Second factor.</param>
    /// <param name="c">Summand.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        PackedSimd.IsSupported ? a * b + c : Vector128.MultiplyAddEstimate(a, b, c);

    /// <summary>max(0, a); NaN stays NaN.</summary>
    /// <param name="a">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Relu(Vector128<float> a) =>
        Vector128.AndNot(a, Vector128.LessThan(a, Vector128<float>.Zero));

    /// <summary>The first operand where the second is positive, else 0: the reverse of <see cref="Relu(Vector128{float})"/>.</summary>
    /// <param name="a">Taken where <paramref name="y"/> is positive.</param>
    /// <param name="y">The test; NaN is not positive.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> WherePositive(Vector128<float> a, Vector128<float> y) =>
        a & Vector128.GreaterThan(y, Vector128<float>.Zero);

    /// <summary>1 / (1 + e^-x), within 1e-7, and 2e-7 of the result (where that would be denormal, it may be 0); NaN gives NaN, large arguments give exactly 0 and 1.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sigmoid(Vector128<float> x)
    {
        // The clamped value comes second: the native minimum and maximum hand that on when it is NaN.
        Vector128<float> y = Vector128.MinNative(Vector128.Create(F.SigmoidHigh), Vector128.MaxNative(Vector128.Create(F.SigmoidLow), x));
        Vector128<float> w = OneMinusExp(y, out Vector128<float> s);
        return Vector128<float>.One / MultiplyAdd(s, Vector128<float>.One - w, Vector128<float>.One);
    }

    /// <summary>tanh(x), within 1.5e-7, and 2.2e-7 of the result everywhere; odd to the bit, NaN gives NaN, large arguments give exactly ±1.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Tanh(Vector128<float> x)
    {
        Vector128<float> sign = x & Vector128.Create(-0.0f);
        Vector128<float> a = Vector128.MinNative(Vector128.Create(F.TanhHigh), x ^ sign);
        Vector128<float> w = OneMinusExp(a + a, out Vector128<float> s);
        Vector128<float> m = MultiplyAdd(s, w, Vector128<float>.One - s);
        return (m / (Vector128.Create(2f) - m)) | sign;
    }

    /// <summary>1 / (1 + e^-x) for inference, within 3.3e-5; NaN gives NaN.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FastSigmoid(Vector128<float> x)
    {
        Vector128<float> y = Vector128.MinNative(Vector128.Create((float)(2 * FastClamp)), Vector128.MaxNative(Vector128.Create((float)(-2 * FastClamp)), x));
        Vector128<float> s = y * y;
        Vector128<float> p = MultiplyAdd(MultiplyAdd(Vector128.Create((float)(FastP2 / 64)), s, Vector128.Create((float)(FastP1 / 16))), s, Vector128.Create((float)(FastP0 / 4)));
        Vector128<float> q = MultiplyAdd(MultiplyAdd(Vector128.Create((float)(FastQ2 / 16)), s, Vector128.Create((float)(FastQ1 / 4))), s, Vector128<float>.One);
        return y * p / q + Vector128.Create(0.5f);
    }

    /// <summary>tanh(x) for inference, within 6.5e-5; NaN gives NaN.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FastTanh(Vector128<float> x)
    {
        Vector128<float> y = Vector128.MinNative(Vector128.Create((float)FastClamp), Vector128.MaxNative(Vector128.Create((float)-FastClamp), x));
        Vector128<float> s = y * y;
        Vector128<float> p = MultiplyAdd(MultiplyAdd(Vector128.Create((float)FastP2), s, Vector128.Create((float)FastP1)), s, Vector128.Create((float)FastP0));
        Vector128<float> q = MultiplyAdd(MultiplyAdd(Vector128.Create((float)FastQ2), s, Vector128.Create((float)FastQ1)), s, Vector128<float>.One);
        return y * p / q;
    }

    /// <summary>e^x, within 1e-7 of the result (where that is denormal, one unit in the last place); NaN gives NaN, overflow gives infinity, underflow is gradual.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Exp(Vector128<float> x)
    {
        Vector128<float> clamped = Vector128.MinNative(Vector128.Create(F.ExpHigh), Vector128.MaxNative(Vector128.Create(F.ExpLow), x));
        Vector128<float> w = OneMinusExp(-clamped, out Vector128<float> n, out _);
        // 2^n may not be a normal number while e^x is, so it is applied in two halves.
        Vector128<float> round = Vector128.Create(F.RoundAndBias);
        Vector128<float> half = MultiplyAdd(n, Vector128.Create(0.5f), round);
        Vector128<float> rest = n - (half - round) + round;
        return (Vector128<float>.One - w) * PowerOfTwo(half) * PowerOfTwo(rest);
    }

    /// <summary>Gives w and s such that e^-y = s (1 - w).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> OneMinusExp(Vector128<float> y, out Vector128<float> s)
    {
        Vector128<float> w = OneMinusExp(y, out _, out Vector128<float> rounded);
        s = PowerOfTwo(rounded);
        return w;
    }

    /// <summary>Gives w and n such that e^-y = 2^n (1 - w), and n once more in the low bits of <paramref name="rounded"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> OneMinusExp(Vector128<float> y, out Vector128<float> n, out Vector128<float> rounded)
    {
        Vector128<float> round = Vector128.Create(F.RoundAndBias);
        rounded = MultiplyAdd(y, Vector128.Create(-F.Log2E), round);
        n = rounded - round;
        Vector128<float> u = MultiplyAdd(n, Vector128.Create(F.Ln2High), y);
        u = MultiplyAdd(n, Vector128.Create(F.Ln2Low), u);

        // u + u² q(u) in short chains (Estrin's scheme).
        Vector128<float> u2 = u * u;
        Vector128<float> low = MultiplyAdd(Vector128.Create(F.Q1), u, Vector128.Create(F.Q0));
        Vector128<float> high = MultiplyAdd(Vector128.Create(F.Q3), u, Vector128.Create(F.Q2));
        high = MultiplyAdd(Vector128.Create(F.Q4), u2, high);
        return MultiplyAdd(high, u2 * u2, MultiplyAdd(low, u2, u));
    }

    /// <summary>2^n of the integer in the low bits of <paramref name="rounded"/>: 0 for one below the normal exponents, infinity for one above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PowerOfTwo(Vector128<float> rounded) =>
        Vector128.ShiftLeft(rounded.AsInt32(), F.ExponentShift).AsSingle();

    /// <summary>a b + c, with one rounding where the hardware has a fused multiply-add, and never by a slow emulation of it.</summary>
    /// <param name="a">First factor.</param>
    /// <param name="b">Second factor.</param>
    /// <param name="c">Summand.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> MultiplyAdd(Vector128<double> a, Vector128<double> b, Vector128<double> c) =>
        PackedSimd.IsSupported ? a * b + c : Vector128.MultiplyAddEstimate(a, b, c);

    /// <summary>max(0, a); NaN stays NaN.</summary>
    /// <param name="a">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Relu(Vector128<double> a) =>
        Vector128.AndNot(a, Vector128.LessThan(a, Vector128<double>.Zero));

    /// <summary>The first operand where the second is positive, else 0: the reverse of <see cref="Relu(Vector128{double})"/>.</summary>
    /// <param name="a">Taken where <paramref name="y"/> is positive.</param>
    /// <param name="y">The test; NaN is not positive.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> WherePositive(Vector128<double> a, Vector128<double> y) =>
        a & Vector128.GreaterThan(y, Vector128<double>.Zero);

    /// <summary>1 / (1 + e^-x), within 2e-16, and 3e-16 of the result (where that would be denormal, it may be 0); NaN gives NaN, large arguments give exactly 0 and 1.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Sigmoid(Vector128<double> x)
    {
        // The clamped value comes second: the native minimum and maximum hand that on when it is NaN.
        Vector128<double> y = Vector128.MinNative(Vector128.Create(D.SigmoidHigh), Vector128.MaxNative(Vector128.Create(D.SigmoidLow), x));
        Vector128<double> w = OneMinusExp(y, out Vector128<double> s);
        return Vector128<double>.One / MultiplyAdd(s, Vector128<double>.One - w, Vector128<double>.One);
    }

    /// <summary>tanh(x), within 3e-16, and 4e-16 of the result everywhere; odd to the bit, NaN gives NaN, large arguments give exactly ±1.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Tanh(Vector128<double> x)
    {
        Vector128<double> sign = x & Vector128.Create(-0.0d);
        Vector128<double> a = Vector128.MinNative(Vector128.Create(D.TanhHigh), x ^ sign);
        Vector128<double> w = OneMinusExp(a + a, out Vector128<double> s);
        Vector128<double> m = MultiplyAdd(s, w, Vector128<double>.One - s);
        return (m / (Vector128.Create(2d) - m)) | sign;
    }

    /// <inheritdoc cref="FastSigmoid(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> FastSigmoid(Vector128<double> x)
    {
        Vector128<double> y = Vector128.MinNative(Vector128.Create((double)(2 * FastClamp)), Vector128.MaxNative(Vector128.Create((double)(-2 * FastClamp)), x));
        Vector128<double> s = y * y;
        Vector128<double> p = MultiplyAdd(MultiplyAdd(Vector128.Create((double)(FastP2 / 64)), s, Vector128.Create((double)(FastP1 / 16))), s, Vector128.Create((double)(FastP0 / 4)));
        Vector128<double> q = MultiplyAdd(MultiplyAdd(Vector128.Create((double)(FastQ2 / 16)), s, Vector128.Create((double)(FastQ1 / 4))), s, Vector128<double>.One);
        return y * p / q + Vector128.Create(0.5d);
    }

    /// <inheritdoc cref="FastTanh(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> FastTanh(Vector128<double> x)
    {
        Vector128<double> y = Vector128.MinNative(Vector128.Create((double)FastClamp), Vector128.MaxNative(Vector128.Create((double)-FastClamp), x));
        Vector128<double> s = y * y;
        Vector128<double> p = MultiplyAdd(MultiplyAdd(Vector128.Create((double)FastP2), s, Vector128.Create((double)FastP1)), s, Vector128.Create((double)FastP0));
        Vector128<double> q = MultiplyAdd(MultiplyAdd(Vector128.Create((double)FastQ2), s, Vector128.Create((double)FastQ1)), s, Vector128<double>.One);
        return y * p / q;
    }

    /// <summary>e^x, within 2e-16 of the result (where that is denormal, one unit in the last place); NaN gives NaN, overflow gives infinity, underflow is gradual.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Exp(Vector128<double> x)
    {
        Vector128<double> clamped = Vector128.MinNative(Vector128.Create(D.ExpHigh), Vector128.MaxNative(Vector128.Create(D.ExpLow), x));
        Vector128<double> w = OneMinusExp(-clamped, out Vector128<double> n, out _);
        // 2^n may not be a normal number while e^x is, so it is applied in two halves.
        Vector128<double> round = Vector128.Create(D.RoundAndBias);
        Vector128<double> half = MultiplyAdd(n, Vector128.Create(0.5d), round);
        Vector128<double> rest = n - (half - round) + round;
        return (Vector128<double>.One - w) * PowerOfTwo(half) * PowerOfTwo(rest);
    }

    /// <summary>Gives w and s such that e^-y = s (1 - w).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> OneMinusExp(Vector128<double> y, out Vector128<double> s)
    {
        Vector128<double> w = OneMinusExp(y, out _, out Vector128<double> rounded);
        s = PowerOfTwo(rounded);
        return w;
    }

    /// <summary>Gives w and n such that e^-y = 2^n (1 - w), and n once more in the low bits of <paramref name="rounded"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> OneMinusExp(Vector128<double> y, out Vector128<double> n, out Vector128<double> rounded)
    {
        Vector128<double> round = Vector128.Create(D.RoundAndBias);
        rounded = MultiplyAdd(y, Vector128.Create(-D.Log2E), round);
        n = rounded - round;
        Vector128<double> u = MultiplyAdd(n, Vector128.Create(D.Ln2High), y);
        u = MultiplyAdd(n, Vector128.Create(D.Ln2Low), u);

        // u + u² q(u) in short chains (Estrin's scheme).
        Vector128<double> u2 = u * u;
        Vector128<double> u4 = u2 * u2;
        Vector128<double> q01 = MultiplyAdd(Vector128.Create(D.Q1), u, Vector128.Create(D.Q0));
        Vector128<double> q23 = MultiplyAdd(Vector128.Create(D.Q3), u, Vector128.Create(D.Q2));
        Vector128<double> q45 = MultiplyAdd(Vector128.Create(D.Q5), u, Vector128.Create(D.Q4));
        Vector128<double> q67 = MultiplyAdd(Vector128.Create(D.Q7), u, Vector128.Create(D.Q6));
        Vector128<double> q89 = MultiplyAdd(Vector128.Create(D.Q9), u, Vector128.Create(D.Q8));
        Vector128<double> low = MultiplyAdd(q23, u2, q01);
        Vector128<double> high = MultiplyAdd(q67, u2, q45);
        high = MultiplyAdd(q89, u4, high);
        return MultiplyAdd(high, u4 * u2, MultiplyAdd(low, u2, u));
    }

    /// <summary>2^n of the integer in the low bits of <paramref name="rounded"/>: 0 for one below the normal exponents, infinity for one above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> PowerOfTwo(Vector128<double> rounded) =>
        Vector128.ShiftLeft(rounded.AsInt64(), D.ExponentShift).AsDouble();
}
