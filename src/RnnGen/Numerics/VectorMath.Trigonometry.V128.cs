using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Wasm;

namespace RnnGen.Runtime;

// Sine and cosine whose lanes do not know of each other: a row's bits must not depend on what stands beside it. (The framework's choose their method by all lanes of a vector.)
// The angle is reduced by multiples of π/2 in three parts (W. Cody and W. Waite 1980); the polynomials are those of Cephes in float and of fdlibm in double.
public static partial class VectorMath
{
    /// <summary>The sine of an angle in radians.</summary>
    /// <param name="a">Numbers.</param>
    /// <returns>Per lane, sin a, for |a| up to 10,000 within 3e-7 of its size or 1e-7; 1e-14 or 1e-15 in double.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sin(Vector128<float> a) =>
        PackedSimd.IsSupported ? Vector128.Create(MathF.Sin(a[0]), MathF.Sin(a[1]), MathF.Sin(a[2]), MathF.Sin(a[3])) : SinFrom(a, quarter: 0);

    /// <summary>The cosine of an angle in radians.</summary>
    /// <param name="a">Numbers.</param>
    /// <returns>Per lane, cos a, for |a| up to 10,000 within 3e-7 of its size or 1e-7; 1e-14 or 1e-15 in double.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Cos(Vector128<float> a) =>
        PackedSimd.IsSupported ? Vector128.Create(MathF.Cos(a[0]), MathF.Cos(a[1]), MathF.Cos(a[2]), MathF.Cos(a[3])) : SinFrom(a, quarter: 1);

    // sin(a + quarter π/2).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector128<float> SinFrom(Vector128<float> a, int quarter)
    {
        // Adding 1.5 times a power of 2 rounds to a whole number, whose last bits are then those of the sum.
        Vector128<float> magic = Vector128.Create(12582912f);
        Vector128<float> sum = MultiplyAdd(a, Vector128.Create(0.636619772f), magic), quarters = sum - magic;
        Vector128<int> quadrant = sum.AsInt32() + Vector128.Create(quarter);
        Vector128<float> r = MultiplyAdd(quarters, Vector128.Create(-1.5703125f), a);
        r = MultiplyAdd(quarters, Vector128.Create(-4.837512969970703125e-4f), r);
        r = MultiplyAdd(quarters, Vector128.Create(-7.54978995489188216e-8f), r);
        Vector128<float> square = r * r;

        Vector128<float> sine = Vector128.Create(-1.9515295891e-4f);
        sine = MultiplyAdd(sine, square, Vector128.Create(8.3321608736e-3f));
        sine = MultiplyAdd(sine, square, Vector128.Create(-1.6666654611e-1f));
        sine = MultiplyAdd(sine * square, r, r);

        Vector128<float> cosine = Vector128.Create(2.443315711809948e-5f);
        cosine = MultiplyAdd(cosine, square, Vector128.Create(-1.388731625493765e-3f));
        cosine = MultiplyAdd(cosine, square, Vector128.Create(4.166664568298827e-2f));
        cosine = MultiplyAdd(cosine * square, square, MultiplyAdd(Vector128.Create(-0.5f), square, Vector128.Create(1f)));

        Vector128<float> isOdd = Vector128.Equals(quadrant & Vector128<int>.One, Vector128<int>.One).AsSingle();
        Vector128<float> sign = Vector128.ShiftLeft(quadrant & Vector128.Create(2), 30).AsSingle();
        Vector128<float> result = Vector128.ConditionalSelect(isOdd, cosine, sine) ^ sign;
        Vector128<float> isLarge = Vector128.GreaterThan(Vector128.Abs(a), Vector128.Create(1e4f));
        return isLarge == Vector128<float>.Zero ? result : Vector128.ConditionalSelect(isLarge, EachSin(a, quarter), result);
    }

    // Lane by lane, for angles that the reduction is too coarse for.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<float> EachSin(Vector128<float> a, int quarter)
    {
        for (int lane = 0; lane < Vector128<float>.Count; lane++)
        {
            a = a.WithElement(lane, quarter == 0 ? MathF.Sin(a[lane]) : MathF.Cos(a[lane]));
        }

        return a;
    }

    /// <inheritdoc cref="Sin(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Sin(Vector128<double> a) =>
        PackedSimd.IsSupported ? Vector128.Create(Math.Sin(a[0]), Math.Sin(a[1])) : SinFrom(a, quarter: 0L);

    /// <inheritdoc cref="Cos(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Cos(Vector128<double> a) =>
        PackedSimd.IsSupported ? Vector128.Create(Math.Cos(a[0]), Math.Cos(a[1])) : SinFrom(a, quarter: 1L);

    // sin(a + quarter π/2).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector128<double> SinFrom(Vector128<double> a, long quarter)
    {
        // Adding 1.5 times a power of 2 rounds to a whole number, whose last bits are then those of the sum.
        Vector128<double> magic = Vector128.Create(6755399441055744.0);
        Vector128<double> sum = MultiplyAdd(a, Vector128.Create(0.63661977236758134308), magic), quarters = sum - magic;
        Vector128<long> quadrant = sum.AsInt64() + Vector128.Create(quarter);
        Vector128<double> r = MultiplyAdd(quarters, Vector128.Create(-1.57079632673412561417), a);
        r = MultiplyAdd(quarters, Vector128.Create(-6.07710050630396597660e-11), r);
        r = MultiplyAdd(quarters, Vector128.Create(-2.02226624879595063154e-21), r);
        Vector128<double> square = r * r;

        Vector128<double> sine = Vector128.Create(1.58969099521155010221e-10);
        sine = MultiplyAdd(sine, square, Vector128.Create(-2.50507602534068634195e-8));
        sine = MultiplyAdd(sine, square, Vector128.Create(2.75573137070700676789e-6));
        sine = MultiplyAdd(sine, square, Vector128.Create(-1.98412698298579493134e-4));
        sine = MultiplyAdd(sine, square, Vector128.Create(8.33333333332248946124e-3));
        sine = MultiplyAdd(sine, square, Vector128.Create(-1.66666666666666324348e-1));
        sine = MultiplyAdd(sine * square, r, r);

        Vector128<double> cosine = Vector128.Create(-1.13596475577881948265e-11);
        cosine = MultiplyAdd(cosine, square, Vector128.Create(2.08757232129817482790e-9));
        cosine = MultiplyAdd(cosine, square, Vector128.Create(-2.75573143513906633035e-7));
        cosine = MultiplyAdd(cosine, square, Vector128.Create(2.48015872894767294178e-5));
        cosine = MultiplyAdd(cosine, square, Vector128.Create(-1.38888888888741095749e-3));
        cosine = MultiplyAdd(cosine, square, Vector128.Create(4.16666666666666019037e-2));
        cosine = MultiplyAdd(cosine * square, square, MultiplyAdd(Vector128.Create(-0.5), square, Vector128.Create(1.0)));

        Vector128<double> isOdd = Vector128.Equals(quadrant & Vector128<long>.One, Vector128<long>.One).AsDouble();
        Vector128<double> sign = Vector128.ShiftLeft(quadrant & Vector128.Create(2L), 62).AsDouble();
        Vector128<double> result = Vector128.ConditionalSelect(isOdd, cosine, sine) ^ sign;
        Vector128<double> isLarge = Vector128.GreaterThan(Vector128.Abs(a), Vector128.Create(1e5));
        return isLarge == Vector128<double>.Zero ? result : Vector128.ConditionalSelect(isLarge, EachSin(a, quarter), result);
    }

    // Lane by lane, for angles that the reduction is too coarse for.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<double> EachSin(Vector128<double> a, long quarter)
    {
        for (int lane = 0; lane < Vector128<double>.Count; lane++)
        {
            a = a.WithElement(lane, quarter == 0 ? Math.Sin(a[lane]) : Math.Cos(a[lane]));
        }

        return a;
    }
}
