using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RnnGen.Runtime;

// Sine and cosine whose lanes do not know of each other: a row's bits must not depend on what stands beside it. (The framework's choose their method by all lanes of a vector.)
// The angle is reduced by multiples of π/2 in three parts (W. Cody and W. Waite 1980); the polynomials are those of Cephes in float and of fdlibm in double.
public static partial class VectorMath
{
    /// <inheritdoc cref="Sin(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sin(Vector256<float> a) =>
        SinFrom(a, quarter: 0);

    /// <inheritdoc cref="Cos(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Cos(Vector256<float> a) =>
        SinFrom(a, quarter: 1);

    // sin(a + quarter π/2).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> SinFrom(Vector256<float> a, int quarter)
    {
        // Adding 1.5 times a power of 2 rounds to a whole number, whose last bits are then those of the sum.
        Vector256<float> magic = Vector256.Create(12582912f);
        Vector256<float> sum = MultiplyAdd(a, Vector256.Create(0.636619772f), magic), quarters = sum - magic;
        Vector256<int> quadrant = sum.AsInt32() + Vector256.Create(quarter);
        Vector256<float> r = MultiplyAdd(quarters, Vector256.Create(-1.5703125f), a);
        r = MultiplyAdd(quarters, Vector256.Create(-4.837512969970703125e-4f), r);
        r = MultiplyAdd(quarters, Vector256.Create(-7.54978995489188216e-8f), r);
        Vector256<float> square = r * r;

        Vector256<float> sine = Vector256.Create(-1.9515295891e-4f);
        sine = MultiplyAdd(sine, square, Vector256.Create(8.3321608736e-3f));
        sine = MultiplyAdd(sine, square, Vector256.Create(-1.6666654611e-1f));
        sine = MultiplyAdd(sine * square, r, r);

        Vector256<float> cosine = Vector256.Create(2.443315711809948e-5f);
        cosine = MultiplyAdd(cosine, square, Vector256.Create(-1.388731625493765e-3f));
        cosine = MultiplyAdd(cosine, square, Vector256.Create(4.166664568298827e-2f));
        cosine = MultiplyAdd(cosine * square, square, MultiplyAdd(Vector256.Create(-0.5f), square, Vector256.Create(1f)));

        Vector256<float> isOdd = Vector256.Equals(quadrant & Vector256<int>.One, Vector256<int>.One).AsSingle();
        Vector256<float> sign = Vector256.ShiftLeft(quadrant & Vector256.Create(2), 30).AsSingle();
        Vector256<float> result = Vector256.ConditionalSelect(isOdd, cosine, sine) ^ sign;
        Vector256<float> isLarge = Vector256.GreaterThan(Vector256.Abs(a), Vector256.Create(1e4f));
        return isLarge == Vector256<float>.Zero ? result : Vector256.ConditionalSelect(isLarge, EachSin(a, quarter), result);
    }

    // Lane by lane, for angles that the reduction is too coarse for.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<float> EachSin(Vector256<float> a, int quarter)
    {
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
        {
            a = a.WithElement(lane, quarter == 0 ? MathF.Sin(a[lane]) : MathF.Cos(a[lane]));
        }

        return a;
    }

    /// <inheritdoc cref="Sin(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sin(Vector256<double> a) =>
        SinFrom(a, quarter: 0L);

    /// <inheritdoc cref="Cos(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Cos(Vector256<double> a) =>
        SinFrom(a, quarter: 1L);

    // sin(a + quarter π/2).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<double> SinFrom(Vector256<double> a, long quarter)
    {
        // Adding 1.5 times a power of 2 rounds to a whole number, whose last bits are then those of the sum.
        Vector256<double> magic = Vector256.Create(6755399441055744.0);
        Vector256<double> sum = MultiplyAdd(a, Vector256.Create(0.63661977236758134308), magic), quarters = sum - magic;
        Vector256<long> quadrant = sum.AsInt64() + Vector256.Create(quarter);
        Vector256<double> r = MultiplyAdd(quarters, Vector256.Create(-1.57079632673412561417), a);
        r = MultiplyAdd(quarters, Vector256.Create(-6.07710050630396597660e-11), r);
        r = MultiplyAdd(quarters, Vector256.Create(-2.02226624879595063154e-21), r);
        Vector256<double> square = r * r;

        Vector256<double> sine = Vector256.Create(1.58969099521155010221e-10);
        sine = MultiplyAdd(sine, square, Vector256.Create(-2.50507602534068634195e-8));
        sine = MultiplyAdd(sine, square, Vector256.Create(2.75573137070700676789e-6));
        sine = MultiplyAdd(sine, square, Vector256.Create(-1.98412698298579493134e-4));
        sine = MultiplyAdd(sine, square, Vector256.Create(8.33333333332248946124e-3));
        sine = MultiplyAdd(sine, square, Vector256.Create(-1.66666666666666324348e-1));
        sine = MultiplyAdd(sine * square, r, r);

        Vector256<double> cosine = Vector256.Create(-1.13596475577881948265e-11);
        cosine = MultiplyAdd(cosine, square, Vector256.Create(2.08757232129817482790e-9));
        cosine = MultiplyAdd(cosine, square, Vector256.Create(-2.75573143513906633035e-7));
        cosine = MultiplyAdd(cosine, square, Vector256.Create(2.48015872894767294178e-5));
        cosine = MultiplyAdd(cosine, square, Vector256.Create(-1.38888888888741095749e-3));
        cosine = MultiplyAdd(cosine, square, Vector256.Create(4.16666666666666019037e-2));
        cosine = MultiplyAdd(cosine * square, square, MultiplyAdd(Vector256.Create(-0.5), square, Vector256.Create(1.0)));

        Vector256<double> isOdd = Vector256.Equals(quadrant & Vector256<long>.One, Vector256<long>.One).AsDouble();
        Vector256<double> sign = Vector256.ShiftLeft(quadrant & Vector256.Create(2L), 62).AsDouble();
        Vector256<double> result = Vector256.ConditionalSelect(isOdd, cosine, sine) ^ sign;
        Vector256<double> isLarge = Vector256.GreaterThan(Vector256.Abs(a), Vector256.Create(1e5));
        return isLarge == Vector256<double>.Zero ? result : Vector256.ConditionalSelect(isLarge, EachSin(a, quarter), result);
    }

    // Lane by lane, for angles that the reduction is too coarse for.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<double> EachSin(Vector256<double> a, long quarter)
    {
        for (int lane = 0; lane < Vector256<double>.Count; lane++)
        {
            a = a.WithElement(lane, quarter == 0 ? Math.Sin(a[lane]) : Math.Cos(a[lane]));
        }

        return a;
    }
}
