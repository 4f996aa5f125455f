using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RnnGen.Runtime;

// The functions of users' own cells, 512-bit vectors: the same text for each width.
public static partial class VectorMath
{
    /// <inheritdoc cref="Minimum(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Minimum(Vector512<float> a, Vector512<float> b) =>
        Vector512.ConditionalSelect(Vector512.LessThan(a, b), a, b);

    /// <inheritdoc cref="Maximum(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Maximum(Vector512<float> a, Vector512<float> b) =>
        Vector512.ConditionalSelect(Vector512.LessThan(a, b), b, a);

    /// <inheritdoc cref="Absolute(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Absolute(Vector512<float> a) =>
        Vector512.Abs(a);

    /// <inheritdoc cref="Sqrt(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sqrt(Vector512<float> a) =>
        Vector512.Sqrt(a);

    /// <inheritdoc cref="Log(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log(Vector512<float> a) =>
        Vector512.Log(a);

    /// <inheritdoc cref="Select(Vector128{float}, Vector128{float}, Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Select(Vector512<float> left, Vector512<float> right, Vector512<float> then, Vector512<float> otherwise) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(left, right), then, otherwise);

    /// <inheritdoc cref="First(Vector128{float}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> First(Vector512<float> a, int count) =>
        a & Vector512.LessThan(Vector512<float>.Indices, Vector512.Create((float)count));

    /// <inheritdoc cref="Softplus(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Softplus(Vector512<float> x)
    {
        // log(1 + t) = log(u) t / (u - 1) with u = 1 + t as rounded, which also holds where that loses most of t; and t where it loses all of it.
        Vector512<float> t = Exp(-Vector512.Abs(x));
        Vector512<float> u = Vector512<float>.One + t;
        Vector512<float> log = Vector512.ConditionalSelect(Vector512.Equals(u, Vector512<float>.One), t, Vector512.Log(u) * t / (u - Vector512<float>.One));
        return Maximum(x, Vector512<float>.Zero) + log;
    }

    /// <inheritdoc cref="Minimum(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Minimum(Vector512<double> a, Vector512<double> b) =>
        Vector512.ConditionalSelect(Vector512.LessThan(a, b), a, b);

    /// <inheritdoc cref="Maximum(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Maximum(Vector512<double> a, Vector512<double> b) =>
        Vector512.ConditionalSelect(Vector512.LessThan(a, b), b, a);

    /// <inheritdoc cref="Absolute(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Absolute(Vector512<double> a) =>
        Vector512.Abs(a);

    /// <inheritdoc cref="Sqrt(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Sqrt(Vector512<double> a) =>
        Vector512.Sqrt(a);

    /// <inheritdoc cref="Log(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Log(Vector512<double> a) =>
        Vector512.Log(a);

    /// <inheritdoc cref="Select(Vector128{float}, Vector128{float}, Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Select(Vector512<double> left, Vector512<double> right, Vector512<double> then, Vector512<double> otherwise) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(left, right), then, otherwise);

    /// <inheritdoc cref="First(Vector128{float}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> First(Vector512<double> a, int count) =>
        a & Vector512.LessThan(Vector512<double>.Indices, Vector512.Create((double)count));

    /// <inheritdoc cref="Softplus(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Softplus(Vector512<double> x)
    {
        // log(1 + t) = log(u) t / (u - 1) with u = 1 + t as rounded, which also holds where that loses most of t; and t where it loses all of it.
        Vector512<double> t = Exp(-Vector512.Abs(x));
        Vector512<double> u = Vector512<double>.One + t;
        Vector512<double> log = Vector512.ConditionalSelect(Vector512.Equals(u, Vector512<double>.One), t, Vector512.Log(u) * t / (u - Vector512<double>.One));
        return Maximum(x, Vector512<double>.Zero) + log;
    }
}
