using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>Sums of squares in double, which neither the smallest nor the greatest float leaves: what vanishes and what explodes have a norm.</summary>
internal static class Squares
{
    /// <summary>Σ a².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Of<T>(ref T a, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Sum<T, First>(ref a, ref a, count);

    /// <summary>Σ (a + b)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double OfSum<T>(ref T a, ref T b, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Sum<T, Plus>(ref a, ref b, count);

    /// <summary>Σ (a - b)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double OfDifference<T>(ref T a, ref T b, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Sum<T, Minus>(ref a, ref b, count);

    private interface IOperation
    {
        static abstract Vector<T> Of<T>(Vector<T> a, Vector<T> b);

        static abstract T Of<T>(T a, T b) where T : INumber<T>;
    }

    private readonly struct First : IOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<T> Of<T>(Vector<T> a, Vector<T> b) => a;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T a, T b) where T : INumber<T> => a;
    }

    private readonly struct Plus : IOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<T> Of<T>(Vector<T> a, Vector<T> b) => a + b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T a, T b) where T : INumber<T> => a + b;
    }

    private readonly struct Minus : IOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<T> Of<T>(Vector<T> a, Vector<T> b) => a - b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T a, T b) where T : INumber<T> => a - b;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Sum<T, TOperation>(ref T a, ref T b, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T> where TOperation : struct, IOperation
    {
        Vector<double> even = Vector<double>.Zero, odd = Vector<double>.Zero;
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> value = TOperation.Of(Vector.LoadUnsafe(ref a, (nuint)i), Vector.LoadUnsafe(ref b, (nuint)i));
            if (typeof(T) == typeof(float))
            {
                Vector.Widen(value.As<T, float>(), out Vector<double> low, out Vector<double> high);
                even += low * low;
                odd += high * high;
            }
            else
            {
                Vector<double> wide = value.As<T, double>();
                even += wide * wide;
            }
        }

        double sum = Vector.Sum(even + odd);
        for (; i < count; i++)
        {
            double value = double.CreateTruncating(TOperation.Of(Unsafe.Add(ref a, i), Unsafe.Add(ref b, i)));
            sum += value * value;
        }

        return sum;
    }
}
