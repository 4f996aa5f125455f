using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace RnnGen.Runtime;

/// <summary>Transposes square blocks whose rows are 64 bytes: 16 × 16 floats, 8 × 8 doubles.</summary>
internal static class Transposition
{
    /// <summary>Transposes a block: <c>to[column][row] = from[row][column]</c>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="from">The block.</param>
    /// <param name="fromRow">From a row of the block to the next.</param>
    /// <param name="to">Where it goes; the two do not overlap.</param>
    /// <param name="toRow">From a row of the result to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Block<T>(ref T from, int fromRow, ref T to, int toRow) where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            Floats(ref Unsafe.As<T, float>(ref from), (nuint)fromRow, ref Unsafe.As<T, float>(ref to), (nuint)toRow);
        }
        else if (typeof(T) == typeof(double))
        {
            Doubles(ref Unsafe.As<T, double>(ref from), (nuint)fromRow, ref Unsafe.As<T, double>(ref to), (nuint)toRow);
        }
        else
        {
            throw new NotSupportedException($"Weights are float or double; found {typeof(T).Name}.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Floats(ref float from, nuint fromRow, ref float to, nuint toRow)
    {
        if (Avx512F.IsSupported)
        {
            Quarter512(ref from, fromRow, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
            Quarter512(ref Unsafe.Add(ref from, 4 * fromRow), fromRow, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
            Quarter512(ref Unsafe.Add(ref from, 8 * fromRow), fromRow, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
            Quarter512(ref Unsafe.Add(ref from, 12 * fromRow), fromRow, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
            Join512(a0, b0, c0, d0, ref to, 4 * toRow);
            Join512(a1, b1, c1, d1, ref Unsafe.Add(ref to, toRow), 4 * toRow);
            Join512(a2, b2, c2, d2, ref Unsafe.Add(ref to, 2 * toRow), 4 * toRow);
            Join512(a3, b3, c3, d3, ref Unsafe.Add(ref to, 3 * toRow), 4 * toRow);
            return;
        }

        for (nuint row = 0; row < 16; row += 4)
        {
            for (nuint column = 0; column < 16; column += 4)
            {
                Floats128(ref Unsafe.Add(ref from, row * fromRow + column), fromRow, ref Unsafe.Add(ref to, column * toRow + row), toRow);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Doubles(ref double from, nuint fromRow, ref double to, nuint toRow)
    {
        if (Avx512F.IsSupported)
        {
            Pair512(ref from, fromRow, out Vector512<double> a0, out Vector512<double> a1);
            Pair512(ref Unsafe.Add(ref from, 2 * fromRow), fromRow, out Vector512<double> b0, out Vector512<double> b1);
            Pair512(ref Unsafe.Add(ref from, 4 * fromRow), fromRow, out Vector512<double> c0, out Vector512<double> c1);
            Pair512(ref Unsafe.Add(ref from, 6 * fromRow), fromRow, out Vector512<double> d0, out Vector512<double> d1);
            ref float first = ref Unsafe.As<double, float>(ref to);
            Join512(a0.AsSingle(), b0.AsSingle(), c0.AsSingle(), d0.AsSingle(), ref first, 4 * toRow);
            Join512(a1.AsSingle(), b1.AsSingle(), c1.AsSingle(), d1.AsSingle(), ref Unsafe.Add(ref first, 2 * toRow), 4 * toRow);
            return;
        }

        for (nuint row = 0; row < 8; row += 2)
        {
            for (nuint column = 0; column < 8; column += 2)
            {
                Vector128<double> a = Vector128.LoadUnsafe(ref from, row * fromRow + column), b = Vector128.LoadUnsafe(ref from, (row + 1) * fromRow + column);
                LowDoubles(a, b).StoreUnsafe(ref to, column * toRow + row);
                HighDoubles(a, b).StoreUnsafe(ref to, (column + 1) * toRow + row);
            }
        }
    }

    // Four rows: columns 0, 4, 8 and 12 in the first vector, 1, 5, 9 and 13 in the second, ….
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarter512(ref float from, nuint row, out Vector512<float> a, out Vector512<float> b, out Vector512<float> c, out Vector512<float> d)
    {
        Vector512<float> row0 = Vector512.LoadUnsafe(ref from), row1 = Vector512.LoadUnsafe(ref from, row), row2 = Vector512.LoadUnsafe(ref from, 2 * row), row3 = Vector512.LoadUnsafe(ref from, 3 * row);
        Vector512<double> low01 = Avx512F.UnpackLow(row0, row1).AsDouble(), high01 = Avx512F.UnpackHigh(row0, row1).AsDouble();
        Vector512<double> low23 = Avx512F.UnpackLow(row2, row3).AsDouble(), high23 = Avx512F.UnpackHigh(row2, row3).AsDouble();
        a = Avx512F.UnpackLow(low01, low23).AsSingle();
        b = Avx512F.UnpackHigh(low01, low23).AsSingle();
        c = Avx512F.UnpackLow(high01, high23).AsSingle();
        d = Avx512F.UnpackHigh(high01, high23).AsSingle();
    }

    // Two rows: columns 0, 2, 4 and 6, and the others.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair512(ref double from, nuint row, out Vector512<double> even, out Vector512<double> odd)
    {
        Vector512<double> row0 = Vector512.LoadUnsafe(ref from), row1 = Vector512.LoadUnsafe(ref from, row);
        even = Avx512F.UnpackLow(row0, row1);
        odd = Avx512F.UnpackHigh(row0, row1);
    }

    // The four quarters of the rows of four columns: each column's into a row of the result.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join512(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, ref float to, nuint step)
    {
        const byte even = 0x88, odd = 0xdd;
        Vector512<float> ab = Avx512F.Shuffle4x128(a, b, even), cd = Avx512F.Shuffle4x128(c, d, even);
        Avx512F.Shuffle4x128(ab, cd, even).StoreUnsafe(ref to);
        Avx512F.Shuffle4x128(ab, cd, odd).StoreUnsafe(ref to, 2 * step);
        ab = Avx512F.Shuffle4x128(a, b, odd);
        cd = Avx512F.Shuffle4x128(c, d, odd);
        Avx512F.Shuffle4x128(ab, cd, even).StoreUnsafe(ref to, step);
        Avx512F.Shuffle4x128(ab, cd, odd).StoreUnsafe(ref to, 3 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Floats128(ref float from, nuint fromRow, ref float to, nuint toRow)
    {
        Vector128<float> a = Vector128.LoadUnsafe(ref from), b = Vector128.LoadUnsafe(ref from, fromRow), c = Vector128.LoadUnsafe(ref from, 2 * fromRow), d = Vector128.LoadUnsafe(ref from, 3 * fromRow);
        Vector128<float> lowAC = LowFloats(a, c), lowBD = LowFloats(b, d), highAC = HighFloats(a, c), highBD = HighFloats(b, d);
        LowFloats(lowAC, lowBD).StoreUnsafe(ref to);
        HighFloats(lowAC, lowBD).StoreUnsafe(ref to, toRow);
        LowFloats(highAC, highBD).StoreUnsafe(ref to, 2 * toRow);
        HighFloats(highAC, highBD).StoreUnsafe(ref to, 3 * toRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LowFloats(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> HighFloats(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> LowDoubles(Vector128<double> a, Vector128<double> b) => Vector128.Create(a.GetLower(), b.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> HighDoubles(Vector128<double> a, Vector128<double> b) => Vector128.Create(a.GetUpper(), b.GetUpper());
}
