using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RnnGen.Runtime;

/// <summary>
/// From a model's parameters to the packs that predictions read where weights take fewer bits, in words of 32 bits: of two bfloat16 weights, or four integers, of one unit. The words are laid
/// out as the weights of <see cref="Packing"/> are. Units beyond the layer's stay zero.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ReducedPacking
{
    private const int Block = 16;

    /// <summary>Puts a weight block <c>[units, columns]</c> into the panels of one lane, as bfloat16, rounded to the nearest, ties to even.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="weight">Where the block begins.</param>
    /// <param name="units">Rows of the block.</param>
    /// <param name="columns">Columns of the block.</param>
    /// <param name="packs">The packs.</param>
    /// <param name="panel">Where the lane's first word is stored in the first block.</param>
    /// <param name="wordStep">From a word to the next.</param>
    /// <param name="panelStep">From a block of units to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToBFloat16(ref float parameters, int weight, int units, int columns, ref float packs, int panel, int wordStep, int panelStep)
    {
        for (int unit = 0; unit < units; unit++)
        {
            ref float from = ref Unsafe.Add(ref parameters, weight + unit * columns);
            ref uint to = ref Unsafe.As<float, uint>(ref Unsafe.Add(ref packs, panel + unit / Block * panelStep + unit % Block));
            int column = 0;
            for (; column < columns - 1; column += 2)
            {
                to = WeightRounding.ToBFloat16(Unsafe.Add(ref from, column)) | (uint)WeightRounding.ToBFloat16(Unsafe.Add(ref from, column + 1)) << 16;
                to = ref Unsafe.Add(ref to, wordStep);
            }

            if (column < columns)
            {
                to = WeightRounding.ToBFloat16(Unsafe.Add(ref from, column));
            }
        }
    }

    /// <summary>
    /// Puts a weight block into the panels of one lane, as integers of 8 bits with a scale for each row. In front of the words stand, a step each, where the row's sums start and its scale:
    /// what a sum of products with codes (<see cref="Int8Math"/>) is multiplied by for codes of the scale 1.
    /// </summary>
    /// <inheritdoc cref="ToBFloat16"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToInt8(ref float parameters, int weight, int units, int columns, ref float packs, int panel, int wordStep, int panelStep)
    {
        for (int unit = 0; unit < units; unit++)
        {
            ref float from = ref Unsafe.Add(ref parameters, weight + unit * columns);
            ref int to = ref Unsafe.As<float, int>(ref Unsafe.Add(ref packs, panel + unit / Block * panelStep + unit % Block));
            float scale = WeightRounding.ScaleOf(Int8Math.MaximumOf(ref from, columns) / WeightRounding.MaximumInteger);
            ref int word = ref to;
            Vector128<int> sums = Vector128<int>.Zero;
            int column = 0;
            for (; column <= columns - 4; column += 4)
            {
                word = Word(Vector128.LoadUnsafe(ref from, (nuint)column), scale, ref sums);
                word = ref Unsafe.Add(ref word, wordStep);
            }

            if (column < columns)
            {
                Vector128<float> rest = Vector128<float>.Zero;
                for (int i = 0; i < columns - column; i++)
                {
                    rest = rest.WithElement(i, Unsafe.Add(ref from, column + i));
                }

                word = Word(rest, scale, ref sums);
            }

            Unsafe.Subtract(ref to, 2 * wordStep) = -Int8Math.Zero * Vector128.Sum(sums);
            Unsafe.As<int, float>(ref Unsafe.Subtract(ref to, wordStep)) = scale / WeightRounding.MaximumInteger;
        }
    }

    // Four weights as integers from -127 to 127, as WeightRounding.ToInt8 has them, a byte each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Word(Vector128<float> weights, float scale, ref Vector128<int> sums)
    {
        Vector128<int> rounded = (weights / Vector128.Create(scale) + Vector128.Create(Int8Math.Round)).AsInt32() << 24 >> 24;
        sums += rounded;
        Vector128<byte> bytes = Vector128.Shuffle(rounded.AsByte(), Vector128.Create((byte)0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        return bytes.AsInt32().ToScalar();
    }
}
