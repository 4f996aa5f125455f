using System.ComponentModel;
using System.Numerics;

namespace RnnGen.Runtime;

/// <summary>
/// Weights in fewer bits: how <see cref="WeightFormat.Int8"/> and <see cref="WeightFormat.BFloat16"/> round them. Predictions and files round here, so that weights which were saved in fewer
/// bits and loaded again round to the same integers.
/// </summary>
/// <remarks>
/// Symmetric quantisation with a scale for each row: w ≈ scale · q with q from -127 to 127. A scale has 17 significant bits and is no subnormal number, so scale · q is exact in
/// <see cref="float"/>, and rounding it again results in the same scale and the same q.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class WeightRounding
{
    /// <summary>The largest magnitude of a weight's integer.</summary>
    public const int MaximumInteger = 127;

    // 24 significant bits of a float, without the 7 that an integer takes.
    private const uint UnusedBits = (1u << 7) - 1;

    // 2^-126, the smallest normal number. Rows of smaller numbers, and rows of zeros, have it too.
    private const float MinimumScale = 1.17549435e-38f;

    /// <summary>The scale of a row: max |row| / 127, cut to 17 significant bits, and at least 2^-126. It is not finite where a weight is not, or is beyond <see cref="float"/>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="row">The weights of one output.</param>
    public static float Scale<T>(ReadOnlySpan<T> row) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T maximum = T.Zero;
        foreach (T weight in row)
        {
            // Not a number stays one.
            maximum = T.Max(maximum, T.Abs(weight));
        }

        return ScaleOf(float.CreateTruncating(maximum / T.CreateTruncating(MaximumInteger)));
    }

    /// <summary>The scale of a row whose greatest |weight| is 127 times a number.</summary>
    internal static float ScaleOf(float number) => MathF.Max(MinimumScale, BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(number) & ~UnusedBits));

    /// <summary>A weight's integer: weight / scale, rounded to the nearest, ties to even.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="weight">The weight.</param>
    /// <param name="scale">The scale of its row.</param>
    public static sbyte ToInt8<T>(T weight, float scale) where T : unmanaged, IBinaryFloatingPointIeee754<T> => sbyte.CreateSaturating(T.Round(weight / T.CreateTruncating(scale)));

    /// <summary>The weight of an integer: scale · integer.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="quantized">The integer.</param>
    /// <param name="scale">The scale of its row.</param>
    public static T FromInt8<T>(sbyte quantized, T scale) where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.CreateTruncating(quantized) * scale;

    /// <summary>The bits of a weight in bfloat16, the upper half of a <see cref="float"/>: rounded to the nearest, ties to even. What is beyond the largest bfloat16 becomes infinite.</summary>
    /// <param name="weight">The weight.</param>
    public static ushort ToBFloat16(float weight)
    {
        uint bits = BitConverter.SingleToUInt32Bits(weight);
        return float.IsNaN(weight) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The weight of bfloat16's bits.</summary>
    /// <param name="bits">The bits.</param>
    public static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
