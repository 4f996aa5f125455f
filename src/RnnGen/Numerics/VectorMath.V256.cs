using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RnnGen.Runtime;

// Vector256: the same text as the other widths.
public static partial class VectorMath
{
    /// <inheritdoc cref="MultiplyAdd(Vector128{float}, Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);

    /// <inheritdoc cref="Relu(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Relu(Vector256<float> a) =>
        Vector256.AndNot(a, Vector256.LessThan(a, Vector256<float>.Zero));

    /// <inheritdoc cref="WherePositive(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> WherePositive(Vector256<float> a, Vector256<float> y) =>
        a & Vector256.GreaterThan(y, Vector256<float>.Zero);

    /// <inheritdoc cref="Sigmoid(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x)
    {
        // The clamped value comes second: the native minimum and maximum hand that on when it is NaN.
        Vector256<float> y = Vector256.MinNative(Vector256.Create(F.SigmoidHigh), Vector256.MaxNative(Vector256.Create(F.SigmoidLow), x));
        Vector256<float> w = OneMinusExp(y, out Vector256<float> s);
        return Vector256<float>.One / MultiplyAdd(s, Vector256<float>.One - w, Vector256<float>.One);
    }

    /// <inheritdoc cref="Tanh(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Tanh(Vector256<float> x)
    {
        Vector256<float> sign = x & Vector256.Create(-0.0f);
        Vector256<float> a = Vector256.MinNative(Vector256.Create(F.TanhHigh), x ^ sign);
        Vector256<float> w = OneMinusExp(a + a, out Vector256<float> s);
        Vector256<float> m = MultiplyAdd(s, w, Vector256<float>.One - s);
        return (m / (Vector256.Create(2f) - m)) | sign;
    }

    /// <inheritdoc cref="FastSigmoid(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FastSigmoid(Vector256<float> x)
    {
        Vector256<float> y = Vector256.MinNative(Vector256.Create((float)(2 * FastClamp)), Vector256.MaxNative(Vector256.Create((float)(-2 * FastClamp)), x));
        Vector256<float> s = y * y;
        Vector256<float> p = MultiplyAdd(MultiplyAdd(Vector256.Create((float)(FastP2 / 64)), s, Vector256.Create((float)(FastP1 / 16))), s, Vector256.Create((float)(FastP0 / 4)));
        Vector256<float> q = MultiplyAdd(MultiplyAdd(Vector256.Create((float)(FastQ2 / 16)), s, Vector256.Create((float)(FastQ1 / 4))), s, Vector256<float>.One);
        return y * p / q + Vector256.Create(0.5f);
    }

    /// <inheritdoc cref="FastTanh(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FastTanh(Vector256<float> x)
    {
        Vector256<float> y = Vector256.MinNative(Vector256.Create((float)FastClamp), Vector256.MaxNative(Vector256.Create((float)-FastClamp), x));
        Vector256<float> s = y * y;
        Vector256<float> p = MultiplyAdd(MultiplyAdd(Vector256.Create((float)FastP2), s, Vector256.Create((float)FastP1)), s, Vector256.Create((float)FastP0));
        Vector256<float> q = MultiplyAdd(MultiplyAdd(Vector256.Create((float)FastQ2), s, Vector256.Create((float)FastQ1)), s, Vector256<float>.One);
        return y * p / q;
    }

    /// <inheritdoc cref="Exp(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        Vector256<float> clamped = Vector256.MinNative(Vector256.Create(F.ExpHigh), Vector256.MaxNative(Vector256.Create(F.ExpLow), x));
        Vector256<float> w = OneMinusExp(-clamped, out Vector256<float> n, out _);
        // 2^n may not be a normal number while e^x is, so it is applied in two halves.
        Vector256<float> round = Vector256.Create(F.RoundAndBias);
        Vector256<float> half = MultiplyAdd(n, Vector256.Create(0.5f), round);
        Vector256<float> rest = n - (half - round) + round;
        return (Vector256<float>.One - w) * PowerOfTwo(half) * PowerOfTwo(rest);
    }

    /// <summary>Gives w and s such that e^-y = s (1 - w).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> OneMinusExp(Vector256<float> y, out Vector256<float> s)
    {
        Vector256<float> w = OneMinusExp(y, out _, out Vector256<float> rounded);
        s = PowerOfTwo(rounded);
        return w;
    }

    /// <summary>Gives w and n such that e^-y = 2^n (1 - w), and n once more in the low bits of <paramref name="rounded"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> OneMinusExp(Vector256<float> y, out Vector256<float> n, out Vector256<float> rounded)
    {
        Vector256<float> round = Vector256.Create(F.RoundAndBias);
        rounded = MultiplyAdd(y, Vector256.Create(-F.Log2E), round);
        n = rounded - round;
        Vector256<float> u = MultiplyAdd(n, Vector256.Create(F.Ln2High), y);
        u = MultiplyAdd(n, Vector256.Create(F.Ln2Low), u);

        // u + u² q(u) in short chains (Estrin's scheme).
        Vector256<float> u2 = u * u;
        Vector256<float> low = MultiplyAdd(Vector256.Create(F.Q1), u, Vector256.Create(F.Q0));
        Vector256<float> high = MultiplyAdd(Vector256.Create(F.Q3), u, Vector256.Create(F.Q2));
        high = MultiplyAdd(Vector256.Create(F.Q4), u2, high);
        return MultiplyAdd(high, u2 * u2, MultiplyAdd(low, u2, u));
    }

    /// <summary>2^n of the integer in the low bits of <paramref name="rounded"/>: 0 for one below the normal exponents, infinity for one above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowerOfTwo(Vector256<float> rounded) =>
        Vector256.ShiftLeft(rounded.AsInt32(), F.ExponentShift).AsSingle();

    /// <inheritdoc cref="MultiplyAdd(Vector128{double}, Vector128{double}, Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MultiplyAdd(Vector256<double> a, Vector256<double> b, Vector256<double> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);

    /// <inheritdoc cref="Relu(Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Relu(Vector256<double> a) =>
        Vector256.AndNot(a, Vector256.LessThan(a, Vector256<double>.Zero));

    /// <inheritdoc cref="WherePositive(Vector128{double}, Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> WherePositive(Vector256<double> a, Vector256<double> y) =>
        a & Vector256.GreaterThan(y, Vector256<double>.Zero);

    /// <inheritdoc cref="Sigmoid(Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sigmoid(Vector256<double> x)
    {
        // The clamped value comes second: the native minimum and maximum hand that on when it is NaN.
        Vector256<double> y = Vector256.MinNative(Vector256.Create(D.SigmoidHigh), Vector256.MaxNative(Vector256.Create(D.SigmoidLow), x));
        Vector256<double> w = OneMinusExp(y, out Vector256<double> s);
        return Vector256<double>.One / MultiplyAdd(s, Vector256<double>.One - w, Vector256<double>.One);
    }

    /// <inheritdoc cref="Tanh(Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Tanh(Vector256<double> x)
    {
        Vector256<double> sign = x & Vector256.Create(-0.0d);
        Vector256<double> a = Vector256.MinNative(Vector256.Create(D.TanhHigh), x ^ sign);
        Vector256<double> w = OneMinusExp(a + a, out Vector256<double> s);
        Vector256<double> m = MultiplyAdd(s, w, Vector256<double>.One - s);
        return (m / (Vector256.Create(2d) - m)) | sign;
    }

    /// <inheritdoc cref="FastSigmoid(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> FastSigmoid(Vector256<double> x)
    {
        Vector256<double> y = Vector256.MinNative(Vector256.Create((double)(2 * FastClamp)), Vector256.MaxNative(Vector256.Create((double)(-2 * FastClamp)), x));
        Vector256<double> s = y * y;
        Vector256<double> p = MultiplyAdd(MultiplyAdd(Vector256.Create((double)(FastP2 / 64)), s, Vector256.Create((double)(FastP1 / 16))), s, Vector256.Create((double)(FastP0 / 4)));
        Vector256<double> q = MultiplyAdd(MultiplyAdd(Vector256.Create((double)(FastQ2 / 16)), s, Vector256.Create((double)(FastQ1 / 4))), s, Vector256<double>.One);
        return y * p / q + Vector256.Create(0.5d);
    }

    /// <inheritdoc cref="FastTanh(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> FastTanh(Vector256<double> x)
    {
        Vector256<double> y = Vector256.MinNative(Vector256.Create((double)FastClamp), Vector256.MaxNative(Vector256.Create((double)-FastClamp), x));
        Vector256<double> s = y * y;
        Vector256<double> p = MultiplyAdd(MultiplyAdd(Vector256.Create((double)FastP2), s, Vector256.Create((double)FastP1)), s, Vector256.Create((double)FastP0));
        Vector256<double> q = MultiplyAdd(MultiplyAdd(Vector256.Create((double)FastQ2), s, Vector256.Create((double)FastQ1)), s, Vector256<double>.One);
        return y * p / q;
    }

    /// <inheritdoc cref="Exp(Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Exp(Vector256<double> x)
    {
        Vector256<double> clamped = Vector256.MinNative(Vector256.Create(D.ExpHigh), Vector256.MaxNative(Vector256.Create(D.ExpLow), x));
        Vector256<double> w = OneMinusExp(-clamped, out Vector256<double> n, out _);
        // 2^n may not be a normal number while e^x is, so it is applied in two halves.
        Vector256<double> round = Vector256.Create(D.RoundAndBias);
        Vector256<double> half = MultiplyAdd(n, Vector256.Create(0.5d), round);
        Vector256<double> rest = n - (half - round) + round;
        return (Vector256<double>.One - w) * PowerOfTwo(half) * PowerOfTwo(rest);
    }

    /// <summary>Gives w and s such that e^-y = s (1 - w).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> OneMinusExp(Vector256<double> y, out Vector256<double> s)
    {
        Vector256<double> w = OneMinusExp(y, out _, out Vector256<double> rounded);
        s = PowerOfTwo(rounded);
        return w;
    }

    /// <summary>Gives w and n such that e^-y = 2^n (1 - w), and n once more in the low bits of <paramref name="rounded"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> OneMinusExp(Vector256<double> y, out Vector256<double> n, out Vector256<double> rounded)
    {
        Vector256<double> round = Vector256.Create(D.RoundAndBias);
        rounded = MultiplyAdd(y, Vector256.Create(-D.Log2E), round);
        n = rounded - round;
        Vector256<double> u = MultiplyAdd(n, Vector256.Create(D.Ln2High), y);
        u = MultiplyAdd(n, Vector256.Create(D.Ln2Low), u);

        // u + u² q(u) in short chains (Estrin's scheme).
        Vector256<double> u2 = u * u;
        Vector256<double> u4 = u2 * u2;
        Vector256<double> q01 = MultiplyAdd(Vector256.Create(D.Q1), u, Vector256.Create(D.Q0));
        Vector256<double> q23 = MultiplyAdd(Vector256.Create(D.Q3), u, Vector256.Create(D.Q2));
        Vector256<double> q45 = MultiplyAdd(Vector256.Create(D.Q5), u, Vector256.Create(D.Q4));
        Vector256<double> q67 = MultiplyAdd(Vector256.Create(D.Q7), u, Vector256.Create(D.Q6));
        Vector256<double> q89 = MultiplyAdd(Vector256.Create(D.Q9), u, Vector256.Create(D.Q8));
        Vector256<double> low = MultiplyAdd(q23, u2, q01);
        Vector256<double> high = MultiplyAdd(q67, u2, q45);
        high = MultiplyAdd(q89, u4, high);
        return MultiplyAdd(high, u4 * u2, MultiplyAdd(low, u2, u));
    }

    /// <summary>2^n of the integer in the low bits of <paramref name="rounded"/>: 0 for one below the normal exponents, infinity for one above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> PowerOfTwo(Vector256<double> rounded) =>
        Vector256.ShiftLeft(rounded.AsInt64(), D.ExponentShift).AsDouble();
}
