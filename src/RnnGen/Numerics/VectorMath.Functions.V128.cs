using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Wasm;

namespace RnnGen.Runtime;

// The functions of users' own cells, 128-bit vectors: the same text for each width, but that the browser's interpreter is quicker with four scalars where the vector's
// function is many calls to it.
public static partial class VectorMath
{
    /// <summary>The smaller of two numbers, the second where they are equal or not comparable.</summary>
    /// <param name="a">Numbers.</param>
    /// <param name="b">Numbers.</param>
    /// <returns>Per lane, the smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Minimum(Vector128<float> a, Vector128<float> b) =>
        Vector128.ConditionalSelect(Vector128.LessThan(a, b), a, b);

    /// <summary>The greater of two numbers, the first where they are equal or not comparable.</summary>
    /// <param name="a">Numbers.</param>
    /// <param name="b">Numbers.</param>
    /// <returns>Per lane, the greater.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Maximum(Vector128<float> a, Vector128<float> b) =>
        Vector128.ConditionalSelect(Vector128.LessThan(a, b), b, a);

    /// <summary>The size of a number.</summary>
    /// <param name="a">Numbers.</param>
    /// <returns>Per lane, |a|.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Absolute(Vector128<float> a) =>
        Vector128.Abs(a);

    /// <summary>The square root, NaN of negative numbers.</summary>
    /// <param name="a">Numbers.</param>
    /// <returns>Per lane, √a.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sqrt(Vector128<float> a) =>
        Vector128.Sqrt(a);

    /// <summary>The natural logarithm, -∞ of 0 and NaN of negative numbers.</summary>
    /// <param name="a">Numbers.</param>
    /// <returns>Per lane, log a, within 3e-7 of its size; 1e-15 in double.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Log(Vector128<float> a) =>
        PackedSimd.IsSupported ? Vector128.Create(MathF.Log(a[0]), MathF.Log(a[1]), MathF.Log(a[2]), MathF.Log(a[3])) : Vector128.Log(a);

    /// <summary>One of two numbers, by a comparison; the second where that cannot be made.</summary>
    /// <param name="left">What is compared.</param>
    /// <param name="right">What it is compared with.</param>
    /// <param name="then">What is given where left is greater.</param>
    /// <param name="otherwise">What is given elsewhere.</param>
    /// <returns>Per lane, then or otherwise.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Select(Vector128<float> left, Vector128<float> right, Vector128<float> then, Vector128<float> otherwise) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(left, right), then, otherwise);

    /// <summary>The first lanes, 0 beyond.</summary>
    /// <param name="a">Numbers.</param>
    /// <param name="count">How many lanes are kept.</param>
    /// <returns>The lanes kept, then zeros.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> First(Vector128<float> a, int count) =>
        a & Vector128.LessThan(Vector128.Create(0f, 1f, 2f, 3f), Vector128.Create((float)count));

    /// <summary>log(1 + e^x), without overflow, and without loss where it is near 0.</summary>
    /// <param name="x">Numbers.</param>
    /// <returns>Per lane, the softplus, within 3e-7 of its size; 2e-15 in double. What is below the smallest normal number may become 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Softplus(Vector128<float> x)
    {
        // log(1 + t) = log(u) t / (u - 1) with u = 1 + t as rounded, which also holds where that loses most of t; and t where it loses all of it.
        Vector128<float> t = Exp(-Vector128.Abs(x));
        Vector128<float> u = Vector128<float>.One + t;
        Vector128<float> log = Vector128.ConditionalSelect(Vector128.Equals(u, Vector128<float>.One), t, Log(u) * t / (u - Vector128<float>.One));
        return Maximum(x, Vector128<float>.Zero) + log;
    }

    /// <inheritdoc cref="Minimum(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Minimum(Vector128<double> a, Vector128<double> b) =>
        Vector128.ConditionalSelect(Vector128.LessThan(a, b), a, b);

    /// <inheritdoc cref="Maximum(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Maximum(Vector128<double> a, Vector128<double> b) =>
        Vector128.ConditionalSelect(Vector128.LessThan(a, b), b, a);

    /// <inheritdoc cref="Absolute(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Absolute(Vector128<double> a) =>
        Vector128.Abs(a);

    /// <inheritdoc cref="Sqrt(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Sqrt(Vector128<double> a) =>
        Vector128.Sqrt(a);

    /// <inheritdoc cref="Log(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Log(Vector128<double> a) =>
        PackedSimd.IsSupported ? Vector128.Create(Math.Log(a[0]), Math.Log(a[1])) : Vector128.Log(a);

    /// <inheritdoc cref="Select(Vector128{float}, Vector128{float}, Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Select(Vector128<double> left, Vector128<double> right, Vector128<double> then, Vector128<double> otherwise) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(left, right), then, otherwise);

    /// <inheritdoc cref="First(Vector128{float}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> First(Vector128<double> a, int count) =>
        a & Vector128.LessThan(Vector128.Create(0d, 1d), Vector128.Create((double)count));

    /// <inheritdoc cref="Softplus(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Softplus(Vector128<double> x)
    {
        // log(1 + t) = log(u) t / (u - 1) with u = 1 + t as rounded, which also holds where that loses most of t; and t where it loses all of it.
        Vector128<double> t = Exp(-Vector128.Abs(x));
        Vector128<double> u = Vector128<double>.One + t;
        Vector128<double> log = Vector128.ConditionalSelect(Vector128.Equals(u, Vector128<double>.One), t, Log(u) * t / (u - Vector128<double>.One));
        return Maximum(x, Vector128<double>.Zero) + log;
    }
}
