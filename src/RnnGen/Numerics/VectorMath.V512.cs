using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RnnGen.Runtime;

// Vector512: the same text as the other widths, but for the hyperbolic tangent of floats.
public static partial class VectorMath
{
    /// <inheritdoc cref="MultiplyAdd(Vector128{float}, Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.FusedMultiplyAdd(a, b, c);

    /// <inheritdoc cref="Relu(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Relu(Vector512<float> a) =>
        Vector512.AndNot(a, Vector512.LessThan(a, Vector512<float>.Zero));

    /// <inheritdoc cref="WherePositive(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> WherePositive(Vector512<float> a, Vector512<float> y) =>
        a & Vector512.GreaterThan(y, Vector512<float>.Zero);

    /// <inheritdoc cref="Sigmoid(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x)
    {
        // What the chain need not wait for stands beside it: the part of n ln 2 that one float leaves out, which is so small that it can join 2^n as
        // 1 - n rest (the product with the other part must not be rounded), and the limits, which are chosen in the place of the quotient; they hand NaN on.
        Vector512<float> rounded = MultiplyAdd(x, Vector512.Create(-F.Log2E), Vector512.Create(F.RoundAndBias));
        Vector512<float> n = rounded - Vector512.Create(F.RoundAndBias);
        Vector512<float> w = OneMinusExp(MultiplyAdd(n, Vector512.Create(F.Ln2), x));
        Vector512<float> s = PowerOfTwo(rounded) * MultiplyAdd(n, Vector512.Create(-F.Ln2Rest), Vector512<float>.One);
        Vector512<float> limit = Vector512.MinNative(Vector512<float>.One, Vector512.MaxNative(Vector512<float>.Zero, x));
        return Vector512.ConditionalSelect(
            Vector512.LessThan(Vector512.Abs(x), Vector512.Create(F.SigmoidNormal)),
            Vector512<float>.One / MultiplyAdd(s, Vector512<float>.One - w, Vector512<float>.One),
            limit);
    }

    /// <inheritdoc cref="Tanh(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        if (Avx512F.IsSupported) return TanhByTable(x);
        Vector512<float> sign = x & Vector512.Create(-0.0f);
        Vector512<float> a = Vector512.MinNative(Vector512.Create(F.TanhHigh), x ^ sign);
        Vector512<float> w = OneMinusExp(a + a, out Vector512<float> s);
        Vector512<float> m = MultiplyAdd(s, w, Vector512<float>.One - s);
        return (m / (Vector512.Create(2f) - m)) | sign;
    }

    /// <inheritdoc cref="FastSigmoid(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FastSigmoid(Vector512<float> x)
    {
        Vector512<float> y = Vector512.MinNative(Vector512.Create((float)(2 * FastClamp)), Vector512.MaxNative(Vector512.Create((float)(-2 * FastClamp)), x));
        Vector512<float> s = y * y;
        Vector512<float> p = MultiplyAdd(MultiplyAdd(Vector512.Create((float)(FastP2 / 64)), s, Vector512.Create((float)(FastP1 / 16))), s, Vector512.Create((float)(FastP0 / 4)));
        Vector512<float> q = MultiplyAdd(MultiplyAdd(Vector512.Create((float)(FastQ2 / 16)), s, Vector512.Create((float)(FastQ1 / 4))), s, Vector512<float>.One);
        return y * p / q + Vector512.Create(0.5f);
    }

    /// <inheritdoc cref="FastTanh(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FastTanh(Vector512<float> x)
    {
        Vector512<float> y = Vector512.MinNative(Vector512.Create((float)FastClamp), Vector512.MaxNative(Vector512.Create((float)-FastClamp), x));
        Vector512<float> s = y * y;
        Vector512<float> p = MultiplyAdd(MultiplyAdd(Vector512.Create((float)FastP2), s, Vector512.Create((float)FastP1)), s, Vector512.Create((float)FastP0));
        Vector512<float> q = MultiplyAdd(MultiplyAdd(Vector512.Create((float)FastQ2), s, Vector512.Create((float)FastQ1)), s, Vector512<float>.One);
        return y * p / q;
    }

    /// <inheritdoc cref="Exp(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        Vector512<float> clamped = Vector512.MinNative(Vector512.Create(F.ExpHigh), Vector512.MaxNative(Vector512.Create(F.ExpLow), x));
        Vector512<float> w = OneMinusExp(-clamped, out Vector512<float> n, out _);
        // 2^n may not be a normal number while e^x is, so it is applied in two halves.
        Vector512<float> round = Vector512.Create(F.RoundAndBias);
        Vector512<float> half = MultiplyAdd(n, Vector512.Create(0.5f), round);
        Vector512<float> rest = n - (half - round) + round;
        return (Vector512<float>.One - w) * PowerOfTwo(half) * PowerOfTwo(rest);
    }

    /// <summary>Gives w and s such that e^-y = s (1 - w).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> OneMinusExp(Vector512<float> y, out Vector512<float> s)
    {
        Vector512<float> w = OneMinusExp(y, out _, out Vector512<float> rounded);
        s = PowerOfTwo(rounded);
        return w;
    }

    /// <summary>Gives w and n such that e^-y = 2^n (1 - w), and n once more in the low bits of <paramref name="rounded"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> OneMinusExp(Vector512<float> y, out Vector512<float> n, out Vector512<float> rounded)
    {
        Vector512<float> round = Vector512.Create(F.RoundAndBias);
        rounded = MultiplyAdd(y, Vector512.Create(-F.Log2E), round);
        n = rounded - round;
        Vector512<float> u = MultiplyAdd(n, Vector512.Create(F.Ln2High), y);
        return OneMinusExp(MultiplyAdd(n, Vector512.Create(F.Ln2Low), u));
    }

    /// <summary>1 - e^-u for |u| up to ½ ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> OneMinusExp(Vector512<float> u)
    {
        // u + u² q(u) in short chains (Estrin's scheme).
        Vector512<float> u2 = u * u;
        Vector512<float> low = MultiplyAdd(Vector512.Create(F.Q1), u, Vector512.Create(F.Q0));
        Vector512<float> high = MultiplyAdd(Vector512.Create(F.Q3), u, Vector512.Create(F.Q2));
        high = MultiplyAdd(Vector512.Create(F.Q4), u2, high);
        return MultiplyAdd(high, u2 * u2, MultiplyAdd(low, u2, u));
    }

    /// <summary>2^n of the integer in the low bits of <paramref name="rounded"/>: 0 for one below the normal exponents, infinity for one above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<float> rounded) =>
        Vector512.ShiftLeft(rounded.AsInt32(), F.ExponentShift).AsSingle();

    /// <inheritdoc cref="MultiplyAdd(Vector128{double}, Vector128{double}, Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MultiplyAdd(Vector512<double> a, Vector512<double> b, Vector512<double> c) =>
        Vector512.FusedMultiplyAdd(a, b, c);

    /// <inheritdoc cref="Relu(Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Relu(Vector512<double> a) =>
        Vector512.AndNot(a, Vector512.LessThan(a, Vector512<double>.Zero));

    /// <inheritdoc cref="WherePositive(Vector128{double}, Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> WherePositive(Vector512<double> a, Vector512<double> y) =>
        a & Vector512.GreaterThan(y, Vector512<double>.Zero);

    /// <inheritdoc cref="Sigmoid(Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Sigmoid(Vector512<double> x)
    {
        // The clamped value comes second: the native minimum and maximum hand that on when it is NaN.
        Vector512<double> y = Vector512.MinNative(Vector512.Create(D.SigmoidHigh), Vector512.MaxNative(Vector512.Create(D.SigmoidLow), x));
        Vector512<double> w = OneMinusExp(y, out Vector512<double> s);
        return Vector512<double>.One / MultiplyAdd(s, Vector512<double>.One - w, Vector512<double>.One);
    }

    /// <inheritdoc cref="Tanh(Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Tanh(Vector512<double> x)
    {
        Vector512<double> sign = x & Vector512.Create(-0.0d);
        Vector512<double> a = Vector512.MinNative(Vector512.Create(D.TanhHigh), x ^ sign);
        Vector512<double> w = OneMinusExp(a + a, out Vector512<double> s);
        Vector512<double> m = MultiplyAdd(s, w, Vector512<double>.One - s);
        return (m / (Vector512.Create(2d) - m)) | sign;
    }

    /// <inheritdoc cref="FastSigmoid(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> FastSigmoid(Vector512<double> x)
    {
        Vector512<double> y = Vector512.MinNative(Vector512.Create((double)(2 * FastClamp)), Vector512.MaxNative(Vector512.Create((double)(-2 * FastClamp)), x));
        Vector512<double> s = y * y;
        Vector512<double> p = MultiplyAdd(MultiplyAdd(Vector512.Create((double)(FastP2 / 64)), s, Vector512.Create((double)(FastP1 / 16))), s, Vector512.Create((double)(FastP0 / 4)));
        Vector512<double> q = MultiplyAdd(MultiplyAdd(Vector512.Create((double)(FastQ2 / 16)), s, Vector512.Create((double)(FastQ1 / 4))), s, Vector512<double>.One);
        return y * p / q + Vector512.Create(0.5d);
    }

    /// <inheritdoc cref="FastTanh(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> FastTanh(Vector512<double> x)
    {
        Vector512<double> y = Vector512.MinNative(Vector512.Create((double)FastClamp), Vector512.MaxNative(Vector512.Create((double)-FastClamp), x));
        Vector512<double> s = y * y;
        Vector512<double> p = MultiplyAdd(MultiplyAdd(Vector512.Create((double)FastP2), s, Vector512.Create((double)FastP1)), s, Vector512.Create((double)FastP0));
        Vector512<double> q = MultiplyAdd(MultiplyAdd(Vector512.Create((double)FastQ2), s, Vector512.Create((double)FastQ1)), s, Vector512<double>.One);
        return y * p / q;
    }

    /// <inheritdoc cref="Exp(Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp(Vector512<double> x)
    {
        Vector512<double> clamped = Vector512.MinNative(Vector512.Create(D.ExpHigh), Vector512.MaxNative(Vector512.Create(D.ExpLow), x));
        Vector512<double> w = OneMinusExp(-clamped, out Vector512<double> n, out _);
        // 2^n may not be a normal number while e^x is, so it is applied in two halves.
        Vector512<double> round = Vector512.Create(D.RoundAndBias);
        Vector512<double> half = MultiplyAdd(n, Vector512.Create(0.5d), round);
        Vector512<double> rest = n - (half - round) + round;
        return (Vector512<double>.One - w) * PowerOfTwo(half) * PowerOfTwo(rest);
    }

    /// <summary>Gives w and s such that e^-y = s (1 - w).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> OneMinusExp(Vector512<double> y, out Vector512<double> s)
    {
        Vector512<double> w = OneMinusExp(y, out _, out Vector512<double> rounded);
        s = PowerOfTwo(rounded);
        return w;
    }

    /// <summary>Gives w and n such that e^-y = 2^n (1 - w), and n once more in the low bits of <paramref name="rounded"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> OneMinusExp(Vector512<double> y, out Vector512<double> n, out Vector512<double> rounded)
    {
        Vector512<double> round = Vector512.Create(D.RoundAndBias);
        rounded = MultiplyAdd(y, Vector512.Create(-D.Log2E), round);
        n = rounded - round;
        Vector512<double> u = MultiplyAdd(n, Vector512.Create(D.Ln2High), y);
        u = MultiplyAdd(n, Vector512.Create(D.Ln2Low), u);

        // u + u² q(u) in short chains (Estrin's scheme).
        Vector512<double> u2 = u * u;
        Vector512<double> u4 = u2 * u2;
        Vector512<double> q01 = MultiplyAdd(Vector512.Create(D.Q1), u, Vector512.Create(D.Q0));
        Vector512<double> q23 = MultiplyAdd(Vector512.Create(D.Q3), u, Vector512.Create(D.Q2));
        Vector512<double> q45 = MultiplyAdd(Vector512.Create(D.Q5), u, Vector512.Create(D.Q4));
        Vector512<double> q67 = MultiplyAdd(Vector512.Create(D.Q7), u, Vector512.Create(D.Q6));
        Vector512<double> q89 = MultiplyAdd(Vector512.Create(D.Q9), u, Vector512.Create(D.Q8));
        Vector512<double> low = MultiplyAdd(q23, u2, q01);
        Vector512<double> high = MultiplyAdd(q67, u2, q45);
        high = MultiplyAdd(q89, u4, high);
        return MultiplyAdd(high, u4 * u2, MultiplyAdd(low, u2, u));
    }

    /// <summary>2^n of the integer in the low bits of <paramref name="rounded"/>: 0 for one below the normal exponents, infinity for one above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> PowerOfTwo(Vector512<double> rounded) =>
        Vector512.ShiftLeft(rounded.AsInt64(), D.ExponentShift).AsDouble();
}
