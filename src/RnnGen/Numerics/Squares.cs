using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Wasm;

namespace RnnGen.Runtime;

/// <summary>Sums of squares that neither underflow nor overflow, so vanishing and exploding gradients have a norm.</summary>
internal static class Squares
{
    // Between these a sum of squares of floats is one in float too: what is lost below is far below its last digit.
    private const float LeastInFloat = 1e-25f, MostInFloat = 1e30f;

    /// <summary>Σ a².</summary>
    public static double Of<T>(ref T a, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Sum<T, First>(ref a, 0, ref a, 0, 1, count);

    /// <summary>Σ (a - b)².</summary>
    public static double OfDifference<T>(ref T a, ref T b, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Sum<T, Minus>(ref a, 0, ref b, 0, 1, count);

    /// <summary>Adds Σ a² over each group of rows of <paramref name="count"/> values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddGroups<T>(ref double sums, int groupRows, ref T a, int row, int rows, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        AddGroups<T, First>(ref sums, groupRows, ref a, row, ref a, row, rows, count);

    /// <summary>Adds Σ (a + b)² over each group of rows of <paramref name="count"/> values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddGroupsOfSum<T>(ref double sums, int groupRows, ref T a, int aRow, ref T b, int bRow, int rows, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        AddGroups<T, Plus>(ref sums, groupRows, ref a, aRow, ref b, bRow, rows, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddGroups<T, TOperation>(ref double sums, int groupRows, ref T a, int aRow, ref T b, int bRow, int rows, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TOperation : struct, IOperation
    {
        // Rows that are padded to whole vectors are read to their ends.
        int fours = typeof(T) == typeof(float) && Vector512.IsHardwareAccelerated && groupRows == 4 && Math.Min(aRow, bRow) >= ((count - 1) | (Vector512<float>.Count - 1)) + 1 ? rows / 4 : 0;
        for (int group = 0; group < fours; group++)
        {
            float sum = SumOfFour<TOperation>(ref Unsafe.As<T, float>(ref a), aRow, ref Unsafe.As<T, float>(ref b), bRow, count);
            sums += IsInRange(sum) ? sum : Sum<T, TOperation>(ref a, aRow, ref b, bRow, 4, count);
            sums = ref Unsafe.Add(ref sums, 1);
            a = ref Unsafe.Add(ref a, 4 * aRow);
            b = ref Unsafe.Add(ref b, 4 * bRow);
        }

        for (int at = 4 * fours; at < rows; at += groupRows)
        {
            sums += Sum<T, TOperation>(ref a, aRow, ref b, bRow, Math.Min(groupRows, rows - at), count);
            sums = ref Unsafe.Add(ref sums, 1);
            a = ref Unsafe.Add(ref a, groupRows * aRow);
            b = ref Unsafe.Add(ref b, groupRows * bRow);
        }
    }

    // In one comparison: floats that are not negative are in the order of their bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsInRange(float sum) =>
        BitConverter.SingleToUInt32Bits(sum) - BitConverter.SingleToUInt32Bits(LeastInFloat) <= BitConverter.SingleToUInt32Bits(MostInFloat) - BitConverter.SingleToUInt32Bits(LeastInFloat);

    // Four rows side by side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumOfFour<TOperation>(ref float a, int aRow, ref float b, int bRow, int count) where TOperation : struct, IOperation
    {
        ref float a1 = ref Unsafe.Add(ref a, aRow), a2 = ref Unsafe.Add(ref a1, aRow), a3 = ref Unsafe.Add(ref a2, aRow);
        ref float b1 = ref Unsafe.Add(ref b, bRow), b2 = ref Unsafe.Add(ref b1, bRow), b3 = ref Unsafe.Add(ref b2, bRow);
        Vector512<float> sum0 = Vector512<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
        nuint i = 0, whole = (nuint)count & ~((nuint)Vector512<float>.Count - 1);
        for (; i < whole; i += (nuint)Vector512<float>.Count)
        {
            Vector512<float> value0 = Value(ref a, ref b, i), value1 = Value(ref a1, ref b1, i), value2 = Value(ref a2, ref b2, i), value3 = Value(ref a3, ref b3, i);
            sum0 = Vector512.MultiplyAddEstimate(value0, value0, sum0);
            sum1 = Vector512.MultiplyAddEstimate(value1, value1, sum1);
            sum2 = Vector512.MultiplyAddEstimate(value2, value2, sum2);
            sum3 = Vector512.MultiplyAddEstimate(value3, value3, sum3);
        }

        if (whole < (nuint)count)
        {
            Vector512<float> left = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count - (int)whole)).AsSingle();
            Vector512<float> value0 = Value(ref a, ref b, i) & left, value1 = Value(ref a1, ref b1, i) & left, value2 = Value(ref a2, ref b2, i) & left, value3 = Value(ref a3, ref b3, i) & left;
            sum0 = Vector512.MultiplyAddEstimate(value0, value0, sum0);
            sum1 = Vector512.MultiplyAddEstimate(value1, value1, sum1);
            sum2 = Vector512.MultiplyAddEstimate(value2, value2, sum2);
            sum3 = Vector512.MultiplyAddEstimate(value3, value3, sum3);
        }

        Vector512<float> sum = (sum0 + sum1) + (sum2 + sum3);
        Vector256<float> half = sum.GetLower() + sum.GetUpper();
        return Vector128.Sum(half.GetLower() + half.GetUpper());

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<float> Value(ref float a, ref float b, nuint i) => typeof(TOperation) == typeof(First) ? Vector512.LoadUnsafe(ref a, i) : TOperation.Of(Vector512.LoadUnsafe(ref a, i), Vector512.LoadUnsafe(ref b, i));
    }

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
            even = MultiplyAdd(low, low, even);
            odd = MultiplyAdd(high, high, odd);
        }
        else
        {
            even = MultiplyAdd(value.As<T, double>(), value.As<T, double>(), even);
        }
    }

    // The browser's interpreter has no instruction for the estimate.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> MultiplyAdd(Vector<double> a, Vector<double> b, Vector<double> c) =>
        PackedSimd.IsSupported ? a * b + c : Vector.MultiplyAddEstimate(a, b, c);
}
