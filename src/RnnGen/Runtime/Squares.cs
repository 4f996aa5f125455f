using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RnnGen.Runtime;

/// <summary>Sums of squares in double, which neither the smallest nor the greatest float leaves: what vanishes and what explodes have a norm.</summary>
internal static class Squares
{
    /// <summary>Σ a² over rows of <paramref name="count"/> values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Of<T>(ref T a, int row, int rows, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Sum<T, First>(ref a, row, ref a, row, rows, count);

    /// <summary>Σ (a + b)² over rows of <paramref name="count"/> values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double OfSum<T>(ref T a, int aRow, ref T b, int bRow, int rows, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Sum<T, Plus>(ref a, aRow, ref b, bRow, rows, count);

    /// <summary>Σ (a - b)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double OfDifference<T>(ref T a, ref T b, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Sum<T, Minus>(ref a, 0, ref b, 0, 1, count);

    private interface IOperation
    {
        static abstract Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b);

        static abstract Vector<T> Of<T>(Vector<T> a, Vector<T> b);

        static abstract T Of<T>(T a, T b) where T : INumber<T>;
    }

    private readonly struct First : IOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) => a;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<T> Of<T>(Vector<T> a, Vector<T> b) => a;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T a, T b) where T : INumber<T> => a;
    }

    private readonly struct Plus : IOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) => a + b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<T> Of<T>(Vector<T> a, Vector<T> b) => a + b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T a, T b) where T : INumber<T> => a + b;
    }

    private readonly struct Minus : IOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) => a - b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<T> Of<T>(Vector<T> a, Vector<T> b) => a - b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T a, T b) where T : INumber<T> => a - b;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Sum<T, TOperation>(ref T a, int aRow, ref T b, int bRow, int rows, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TOperation : struct, IOperation
    {
        Vector512<double> wide = Vector512<double>.Zero, wider = wide;
        Vector<double> even = Vector<double>.Zero, odd = even;
        double rest = 0;
        for (int row = 0; row < rows; row++)
        {
            int i = 0;
            for (; Vector512.IsHardwareAccelerated && i <= count - Vector512<T>.Count; i += Vector512<T>.Count)
            {
                Add(TOperation.Of(Vector512.LoadUnsafe(ref a, (nuint)i), Vector512.LoadUnsafe(ref b, (nuint)i)), ref wide, ref wider);
            }

            for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            {
                Add(TOperation.Of(Vector.LoadUnsafe(ref a, (nuint)i), Vector.LoadUnsafe(ref b, (nuint)i)), ref even, ref odd);
            }

            for (; i < count; i++)
            {
                double value = double.CreateTruncating(TOperation.Of(Unsafe.Add(ref a, i), Unsafe.Add(ref b, i)));
                rest += value * value;
            }

            a = ref Unsafe.Add(ref a, aRow);
            b = ref Unsafe.Add(ref b, bRow);
        }

        return (Vector512.IsHardwareAccelerated ? Vector512.Sum(wide + wider) : 0) + Vector.Sum(even + odd) + rest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<T>(Vector512<T> value, ref Vector512<double> even, ref Vector512<double> odd) where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            (Vector512<double> low, Vector512<double> high) = Vector512.Widen(value.As<T, float>());
            even = Vector512.MultiplyAddEstimate(low, low, even);
            odd = Vector512.MultiplyAddEstimate(high, high, odd);
        }
        else
        {
            even = Vector512.MultiplyAddEstimate(value.As<T, double>(), value.As<T, double>(), even);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<T>(Vector<T> value, ref Vector<double> even, ref Vector<double> odd) where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            Vector.Widen(value.As<T, float>(), out Vector<double> low, out Vector<double> high);
            even = Vector.MultiplyAddEstimate(low, low, even);
            odd = Vector.MultiplyAddEstimate(high, high, odd);
        }
        else
        {
            even = Vector.MultiplyAddEstimate(value.As<T, double>(), value.As<T, double>(), even);
        }
    }
}
