using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>
/// Dropout with one mask for all steps of a sequence (N. Srivastava et al. 2014; Y. Gal and Z. Ghahramani 2016). Whether a value is left out
/// depends on the seed, the step of the training, the mask, the sequence's place in the call and the unit, and on nothing else.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Dropout
{
    /// <summary>Draws the masks of rows: 0, or 1 / (1 - rate).</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="mask">Where row 0's mask goes.</param>
    /// <param name="maskRow">From a row to the next.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="rate">Share that is left out.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="step">The step of the training.</param>
    /// <param name="index">The mask, from 0.</param>
    /// <param name="start">The place of the group's first sequence.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Draw<T>(
        ref T arena, int mask, int maskRow, int width, double rate, int seed, long step, int index, int start, GroupRows rows, int first, int last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T kept = T.One / (T.One - T.CreateTruncating(rate));
        CounterRandom random = new(seed, unchecked((int)step), RandomPurpose.Dropout);
        for (int row = first; row < last; row++)
        {
            // Sequences of a call, masks of a model and units of a layer are below 2^31, 2^12 and 2^20.
            long place = (((long)(start + rows.Sequence(row)) << 12) + index) << 20;
            for (int i = 0; i < width; i++)
            {
                Unsafe.Add(ref arena, mask + row * maskRow + i) = rate > 0 && random.Uniform(place + i) < rate ? T.Zero : kept;
            }
        }
    }

    /// <summary>Copies the live rows of every step, times the mask; in place where both are one.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="from">Where row 0 of the first step is stored.</param>
    /// <param name="fromStep">From a step to the next.</param>
    /// <param name="fromRow">From a row to the next.</param>
    /// <param name="to">Where row 0 of the first step goes.</param>
    /// <param name="toStep">From a step to the next.</param>
    /// <param name="toRow">From a row to the next.</param>
    /// <param name="mask">Where row 0's mask is stored.</param>
    /// <param name="maskRow">From a row to the next.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(
        ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int mask, int maskRow, int width, int steps, GroupRows rows, int first, int last)
        where T : unmanaged, INumber<T>
    {
        for (int step = 0; step < steps; step++)
        {
            Copy(ref arena, from + step * fromStep, 0, fromRow, to + step * toStep, 0, toRow, mask, maskRow, width, 1, first, rows.Last(step, last));
        }
    }

    /// <summary>Copies rows of values that are at one place only, times the mask.</summary>
    /// <inheritdoc cref="Copy{T}(ref T, int, int, int, int, int, int, int, int, int, int, GroupRows, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(
        ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int mask, int maskRow, int width, int steps, int first, int last)
        where T : unmanaged, INumber<T>
    {
        for (int row = first; row < last; row++)
        {
            for (int i = 0; i < width; i++)
            {
                Unsafe.Add(ref arena, to + row * toRow + i) = Unsafe.Add(ref arena, from + row * fromRow + i) * Unsafe.Add(ref arena, mask + row * maskRow + i);
            }
        }
    }

    /// <summary>Adds the live rows of every step, times the mask.</summary>
    /// <inheritdoc cref="Copy{T}(ref T, int, int, int, int, int, int, int, int, int, int, GroupRows, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<T>(
        ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int mask, int maskRow, int width, int steps, GroupRows rows, int first, int last)
        where T : unmanaged, INumber<T>
    {
        for (int step = 0; step < steps; step++)
        {
            Add(ref arena, from + step * fromStep, 0, fromRow, to + step * toStep, 0, toRow, mask, maskRow, width, 1, first, rows.Last(step, last));
        }
    }

    /// <summary>Adds rows of values that are at one place only, times the mask.</summary>
    /// <inheritdoc cref="Copy{T}(ref T, int, int, int, int, int, int, int, int, int, int, GroupRows, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<T>(
        ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int mask, int maskRow, int width, int steps, int first, int last)
        where T : unmanaged, INumber<T>
    {
        for (int row = first; row < last; row++)
        {
            for (int i = 0; i < width; i++)
            {
                Unsafe.Add(ref arena, to + row * toRow + i) += Unsafe.Add(ref arena, from + row * fromRow + i) * Unsafe.Add(ref arena, mask + row * maskRow + i);
            }
        }
    }
}
