using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RnnGen.Runtime;

// The functions of users' own cells, 256-bit vectors: the same text for each width.
public static partial class VectorMath
{
    /// <inheritdoc cref="Minimum(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Minimum(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.LessThan(a, b), a, b);

    /// <inheritdoc cref="Maximum(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Maximum(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.LessThan(a, b), b, a);

    /// <inheritdoc cref="Absolute(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Absolute(Vector256<float> a) =>
        Vector256.Abs(a);

    /// <inheritdoc cref="Sqrt(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sqrt(Vector256<float> a) =>
        Vector256.Sqrt(a);

    /// <inheritdoc cref="Log(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Log(Vector256<float> a) =>
        Vector256.Log(a);

    /// <inheritdoc cref="Select(Vector128{float}, Vector128{float}, Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Select(Vector256<float> left, Vector256<float> right, Vector256<float> then, Vector256<float> otherwise) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(left, right), then, otherwise);

    /// <inheritdoc cref="First(Vector128{float}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> First(Vector256<float> a, int count) =>
        a & Vector256.LessThan(Vector256<float>.Indices, Vector256.Create((float)count));

    /// <inheritdoc cref="Softplus(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Softplus(Vector256<float> x)
    {
        // log(1 + t) = log(u) t / (u - 1) with u = 1 + t as rounded, which also holds where that loses most of t; and t where it loses all of it.
        Vector256<float> t = Exp(-Vector256.Abs(x));
        Vector256<float> u = Vector256<float>.One + t;
        Vector256<float> log = Vector256.ConditionalSelect(Vector256.Equals(u, Vector256<float>.One), t, Vector256.Log(u) * t / (u - Vector256<float>.One));
        return Maximum(x, Vector256<float>.Zero) + log;
    }

    /// <inheritdoc cref="Minimum(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Minimum(Vector256<double> a, Vector256<double> b) =>
        Vector256.ConditionalSelect(Vector256.LessThan(a, b), a, b);

    /// <inheritdoc cref="Maximum(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Maximum(Vector256<double> a, Vector256<double> b) =>
        Vector256.ConditionalSelect(Vector256.LessThan(a, b), b, a);

    /// <inheritdoc cref="Absolute(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Absolute(Vector256<double> a) =>
        Vector256.Abs(a);

    /// <inheritdoc cref="Sqrt(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sqrt(Vector256<double> a) =>
        Vector256.Sqrt(a);

    /// <inheritdoc cref="Log(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Log(Vector256<double> a) =>
        Vector256.Log(a);

    /// <inheritdoc cref="Select(Vector128{float}, Vector128{float}, Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Select(Vector256<double> left, Vector256<double> right, Vector256<double> then, Vector256<double> otherwise) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(left, right), then, otherwise);

    /// <inheritdoc cref="First(Vector128{float}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> First(Vector256<double> a, int count) =>
        a & Vector256.LessThan(Vector256<double>.Indices, Vector256.Create((double)count));

    /// <inheritdoc cref="Softplus(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Softplus(Vector256<double> x)
    {
        // log(1 + t) = log(u) t / (u - 1) with u = 1 + t as rounded, which also holds where that loses most of t; and t where it loses all of it.
        Vector256<double> t = Exp(-Vector256.Abs(x));
        Vector256<double> u = Vector256<double>.One + t;
        Vector256<double> log = Vector256.ConditionalSelect(Vector256.Equals(u, Vector256<double>.One), t, Vector256.Log(u) * t / (u - Vector256<double>.One));
        return Maximum(x, Vector256<double>.Zero) + log;
    }
}
