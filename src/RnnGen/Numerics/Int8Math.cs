using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace RnnGen.Runtime;

/// <summary>
/// Products with weights of 8 bits, as the generated kernels call them. Not meant to be called by hand.
/// </summary>
/// <remarks>
/// <para>
/// A row of values v becomes codes 128 + round(127 v / m), bytes from 1 to 255, where m is the row's scale: the maximum |v|, or 1 where values lie within ±1 by the equations. A row of
/// weights w becomes integers q = round(w / s) with a scale s (<see cref="WeightRounding"/>). Then Σ w v ≈ (Σ q (code - 128)) s m / 127, and the sum of integers is exact.
/// </para>
/// <para>
/// <see cref="Dot(Vector256{int}, Vector256{byte}, Vector256{sbyte})"/> adds four products to each 32-bit sum: by one instruction where the processor has one (AVX-VNNI, Arm's dot
/// product), otherwise by products of 16-bit pairs, widened first, since sums of 8-bit pairs would saturate at 16 bits. Every way gives the same sums.
/// </para>
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Int8Math
{
    /// <summary>The code of 0.</summary>
    internal const int Zero = 128;

    /// <summary>Rows whose maximum is below count as 0: the scale's inverse would not be a number.</summary>
    private const float MinimumScale = 1e-36f;

    /// <summary>Adding 1.5 × 2²³ to a small number rounds it to an integer, ties to even, in the low bits of the sum.</summary>
    internal const float Round = 12582912f;

    private const int OneBits = 0x3F800000;

    /// <summary>Whether one instruction multiplies and adds four bytes to a sum, in vectors of 256 bits; .NET 10 has no such instruction for 512.</summary>
    public static bool HasDot256
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => AvxVnni.IsSupported;
    }

    /// <summary>What sums start from, of codes that are 128 too large.</summary>
    /// <param name="start">-128 times the sum of the weights.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Start(Vector128<int> start) => Dp.IsSupported ? Vector128<int>.Zero : start;

    /// <inheritdoc cref="Start(Vector128{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Start(Vector256<int> start) => Dp.IsSupported ? Vector256<int>.Zero : start;

    /// <inheritdoc cref="Start(Vector128{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Start(Vector512<int> start) => Dp.IsSupported ? Vector512<int>.Zero : start;

    /// <summary>Adds the products of four codes with their weights to each sum.</summary>
    /// <param name="sum">The sums so far.</param>
    /// <param name="codes">Four codes for each sum.</param>
    /// <param name="weights">Four weights for each sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Dot(Vector128<int> sum, Vector128<byte> codes, Vector128<sbyte> weights)
    {
        if (AvxVnni.IsSupported)
        {
            return AvxVnni.MultiplyWideningAndAdd(sum, codes, weights);
        }

        if (Dp.IsSupported)
        {
            return Dp.DotProduct(sum, (codes ^ Vector128.Create((byte)Zero)).AsSByte(), weights);
        }

        return Sse2.IsSupported ? Pairs(sum, codes, weights) : Singles(sum, codes, weights);
    }

    /// <inheritdoc cref="Dot(Vector128{int}, Vector128{byte}, Vector128{sbyte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Dot(Vector256<int> sum, Vector256<byte> codes, Vector256<sbyte> weights)
    {
        if (AvxVnni.IsSupported)
        {
            return AvxVnni.MultiplyWideningAndAdd(sum, codes, weights);
        }

        return Avx2.IsSupported ? Pairs(sum, codes, weights) : Vector256.Create(
            Dot(sum.GetLower(), codes.GetLower(), weights.GetLower()), Dot(sum.GetUpper(), codes.GetUpper(), weights.GetUpper()));
    }

    /// <inheritdoc cref="Dot(Vector128{int}, Vector128{byte}, Vector128{sbyte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dot(Vector512<int> sum, Vector512<byte> codes, Vector512<sbyte> weights) => Avx512BW.IsSupported
        ? Pairs(sum, codes, weights)
        : Vector512.Create(Dot(sum.GetLower(), codes.GetLower(), weights.GetLower()), Dot(sum.GetUpper(), codes.GetUpper(), weights.GetUpper()));

    // Bytes 0 and 2 of each sum, then 1 and 3, in 16 bits each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<int> Pairs(Vector128<int> sum, Vector128<byte> codes, Vector128<sbyte> weights) => sum
        + Sse2.MultiplyAddAdjacent(codes.AsInt16() & Vector128.Create((short)0xFF), weights.AsInt16() << 8 >> 8)
        + Sse2.MultiplyAddAdjacent(codes.AsInt16() >>> 8, weights.AsInt16() >> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> Pairs(Vector256<int> sum, Vector256<byte> codes, Vector256<sbyte> weights) => sum
        + Avx2.MultiplyAddAdjacent(codes.AsInt16() & Vector256.Create((short)0xFF), weights.AsInt16() << 8 >> 8)
        + Avx2.MultiplyAddAdjacent(codes.AsInt16() >>> 8, weights.AsInt16() >> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<int> Pairs(Vector512<int> sum, Vector512<byte> codes, Vector512<sbyte> weights) => sum
        + Avx512BW.MultiplyAddAdjacent(codes.AsInt16() & Vector512.Create((short)0xFF), weights.AsInt16() << 8 >> 8)
        + Avx512BW.MultiplyAddAdjacent(codes.AsInt16() >>> 8, weights.AsInt16() >> 8);

    // Where there is nothing of the kind, byte by byte.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<int> Singles(Vector128<int> sum, Vector128<byte> codes, Vector128<sbyte> weights)
    {
        Vector128<int> low = Vector128.Create(0xFF), code = codes.AsInt32(), weight = weights.AsInt32();
        return sum + (code & low) * (weight << 24 >> 24) + (code >>> 8 & low) * (weight << 16 >> 24)
            + (code >>> 16 & low) * (weight << 8 >> 24) + (code >>> 24) * (weight >> 24);
    }

    /// <summary>Turns rows of values that lie within ±1 into codes of the scale 1. A row that does not, since a sequence may start from any state, has its own scale.</summary>
    /// <param name="values">Row 0 of the values.</param>
    /// <param name="stride">From a row of values to the next.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="codes">Row 0 of the codes, four to a number; the scale follows them.</param>
    /// <param name="codeRow">From a row of codes to the next.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last one.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Encode(ref float values, int stride, int columns, ref float codes, int codeRow, int first, int last)
    {
        for (int row = first; row < last; row++)
        {
            ref float from = ref Unsafe.Add(ref values, row * stride);
            ref float to = ref Unsafe.Add(ref codes, row * codeRow);
            if (EncodeRow(ref from, columns, ref Unsafe.As<float, byte>(ref to), WeightRounding.MaximumInteger) <= OneBits)
            {
                Unsafe.Add(ref to, Words(columns)) = 1;
            }
            else
            {
                MeasureRow(ref from, columns, ref to);
            }
        }
    }

    /// <summary>Turns rows of values into codes, each of the scale of its maximum value.</summary>
    /// <inheritdoc cref="Encode"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeasureAndEncode(ref float values, int stride, int columns, ref float codes, int codeRow, int first, int last)
    {
        for (int row = first; row < last; row++)
        {
            MeasureRow(ref Unsafe.Add(ref values, row * stride), columns, ref Unsafe.Add(ref codes, row * codeRow));
        }
    }

    /// <summary>Numbers that hold a row's codes.</summary>
    internal static int Words(int columns) => (columns + 3) / 4;

    /// <summary>What a row's values are multiplied by before they are rounded.</summary>
    /// <param name="maximum">The maximum |value|.</param>
    internal static float Inverse(float maximum) => maximum < MinimumScale ? 0 : WeightRounding.MaximumInteger / maximum;

    /// <summary>The maximum |value| of a row; NaN where there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float MaximumOf(ref float values, int columns)
    {
        int bits = 0, i = 0;
        if (Vector256.IsHardwareAccelerated && columns >= Vector256<float>.Count)
        {
            Vector256<int> maximum = Vector256<int>.Zero, magnitude = Vector256.Create(int.MaxValue);
            for (; i <= columns - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                maximum = Vector256.Max(maximum, Vector256.LoadUnsafe(ref values, (nuint)i).AsInt32() & magnitude);
            }

            bits = MaximumOf(Vector128.Max(maximum.GetLower(), maximum.GetUpper()));
        }

        // As integers, magnitudes are in the order of numbers, with infinity and NaN at the end.
        for (; i < columns; i++)
        {
            bits = Math.Max(bits, Magnitude(Unsafe.Add(ref values, i)));
        }

        return BitConverter.Int32BitsToSingle(bits);
    }

    // NaN is a scale too: what is multiplied by it stays NaN. Beside an infinite value no other has a code, so its row is NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MeasureRow(ref float values, int columns, ref float codes)
    {
        float maximum = MaximumOf(ref values, columns);
        EncodeRow(ref values, columns, ref Unsafe.As<float, byte>(ref codes), Inverse(maximum));
        Unsafe.Add(ref codes, Words(columns)) = float.IsInfinity(maximum) ? float.NaN : maximum;
    }

    // The codes of a row, and the bits of its maximum magnitude.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int EncodeRow(ref float values, int columns, ref byte codes, float inverse)
    {
        int bits = 0, i = 0;
        if (Vector512.IsHardwareAccelerated && columns >= Vector512<float>.Count)
        {
            Vector512<int> maximum = Vector512<int>.Zero, magnitude = Vector512.Create(int.MaxValue);
            Vector512<float> factor = Vector512.Create(inverse), round = Vector512.Create(Round + Zero);
            for (; i <= columns - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> value = Vector512.LoadUnsafe(ref values, (nuint)i);
                maximum = Vector512.Max(maximum, value.AsInt32() & magnitude);
                Avx512F.ConvertToVector128Byte((value * factor + round).AsInt32()).StoreUnsafe(ref codes, (nuint)i);
            }

            Vector256<int> half = Vector256.Max(maximum.GetLower(), maximum.GetUpper());
            bits = MaximumOf(Vector128.Max(half.GetLower(), half.GetUpper()));
        }
        else if (columns >= 4 * Vector128<float>.Count)
        {
            Vector128<int> maximum = Vector128<int>.Zero;
            Vector128<float> factor = Vector128.Create(inverse), round = Vector128.Create(Round + Zero);
            for (; i <= columns - 4 * Vector128<float>.Count; i += 4 * Vector128<float>.Count)
            {
                Vector128<byte> code = Vector128.Narrow(
                    Vector128.Narrow(Code(ref values, i, ref maximum, factor, round), Code(ref values, i + 4, ref maximum, factor, round)),
                    Vector128.Narrow(Code(ref values, i + 8, ref maximum, factor, round), Code(ref values, i + 12, ref maximum, factor, round)));
                code.StoreUnsafe(ref codes, (nuint)i);
            }

            bits = MaximumOf(maximum);
        }

        for (; i < columns; i++)
        {
            float value = Unsafe.Add(ref values, i);
            bits = Math.Max(bits, Magnitude(value));
            Unsafe.Add(ref codes, i) = (byte)BitConverter.SingleToInt32Bits(value * inverse + (Round + Zero));
        }

        return bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Code(ref float values, int index, ref Vector128<int> maximum, Vector128<float> factor, Vector128<float> round)
    {
        Vector128<float> value = Vector128.LoadUnsafe(ref values, (nuint)index);
        maximum = Vector128.Max(maximum, value.AsInt32() & Vector128.Create(int.MaxValue));
        return (value * factor + round).AsUInt32() & Vector128.Create(0xFFu);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MaximumOf(Vector128<int> bits)
    {
        Vector128<int> pairs = Vector128.Max(bits, Vector128.Shuffle(bits, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(pairs, Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Magnitude(float value) => BitConverter.SingleToInt32Bits(value) & int.MaxValue;
}
