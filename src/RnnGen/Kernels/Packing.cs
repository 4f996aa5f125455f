using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>
/// Between a model's parameters, in PyTorch's layout, and the packs that its kernels read: panels of one block of
/// units (64 bytes wide), which kernels read from front to back: <c>[lane][block]</c> of biases, then for each source
/// <c>[column][lane][block]</c> of weights. Units beyond the layer's are zero.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Packing
{
    /// <summary>Puts a weight block <c>[units, columns]</c> into the panels of one lane.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="parameters">The parameters.</param>
    /// <param name="weight">Where the block begins.</param>
    /// <param name="units">Rows of the block.</param>
    /// <param name="columns">Columns of the block.</param>
    /// <param name="packs">The packs.</param>
    /// <param name="panel">Where column 0 of the lane is stored in the first block.</param>
    /// <param name="columnStep">From a column to the next.</param>
    /// <param name="panelStep">From a block of units to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weight<T>(ref T parameters, int weight, int units, int columns, ref T packs, int panel, int columnStep, int panelStep) where T : unmanaged
    {
        int block = 64 / Unsafe.SizeOf<T>();
        for (int start = 0; start < units; start += block)
        {
            int live = Math.Min(block, units - start);
            ref T to = ref Unsafe.Add(ref packs, panel + start / block * panelStep);
            ref T from = ref Unsafe.Add(ref parameters, weight + start * columns);
            for (int column = 0; column < columns; column++)
            {
                int unit = 0;
                for (; unit < live; unit++)
                {
                    Unsafe.Add(ref to, unit) = Unsafe.Add(ref from, unit * columns);
                }

                for (; unit < block; unit++)
                {
                    Unsafe.Add(ref to, unit) = default;
                }

                to = ref Unsafe.Add(ref to, columnStep);
                from = ref Unsafe.Add(ref from, 1);
            }
        }
    }

    /// <summary>Puts the sum of two biases <c>[units]</c> in front of the panels of one lane.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="parameters">The parameters.</param>
    /// <param name="first">Where a bias begins.</param>
    /// <param name="second">Where another begins; the same as <paramref name="first"/> where there is only one.</param>
    /// <param name="units">Values of a bias.</param>
    /// <param name="packs">The packs.</param>
    /// <param name="panel">Where the lane's first panel begins.</param>
    /// <param name="panelStep">From a block of units to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Bias<T>(ref T parameters, int first, int second, int units, ref T packs, int panel, int panelStep)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        int block = 64 / Unsafe.SizeOf<T>();
        int padded = (units + block - 1) / block * block;
        for (int unit = 0; unit < padded; unit++)
        {
            T bias = T.Zero;
            if (unit < units)
            {
                bias = Unsafe.Add(ref parameters, first + unit);
                bias += first == second ? T.Zero : Unsafe.Add(ref parameters, second + unit);
            }

            Unsafe.Add(ref packs, panel + unit / block * panelStep + unit % block) = bias;
        }
    }

    /// <summary>
    /// Puts a weight block <c>[units, columns]</c> into a reverse pack, whose panels are blocks of columns:
    /// <c>[column block][unit block, lane, unit][column]</c>.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="parameters">The parameters.</param>
    /// <param name="weight">Where the block begins.</param>
    /// <param name="units">Rows of the block.</param>
    /// <param name="columns">Columns of the block.</param>
    /// <param name="packs">The packs.</param>
    /// <param name="panel">Where unit 0 of the lane is stored in the first panel.</param>
    /// <param name="unitBlockStep">From a block of units to the next.</param>
    /// <param name="panelStep">From a block of columns to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reverse<T>(ref T parameters, int weight, int units, int columns, ref T packs, int panel, int unitBlockStep, int panelStep) where T : unmanaged
    {
        int block = 64 / Unsafe.SizeOf<T>();
        for (int start = 0; start < columns; start += block)
        {
            int live = Math.Min(block, columns - start);
            for (int unit = 0; unit < units; unit++)
            {
                ref T from = ref Unsafe.Add(ref parameters, weight + unit * columns + start);
                ref T to = ref Unsafe.Add(ref packs, panel + start / block * panelStep + unit / block * unitBlockStep + unit % block * block);
                if (live == block)
                {
                    Unsafe.CopyBlockUnaligned(ref Unsafe.As<T, byte>(ref to), ref Unsafe.As<T, byte>(ref from), 64);
                    continue;
                }

                for (int column = 0; column < block; column++)
                {
                    Unsafe.Add(ref to, column) = column < live ? Unsafe.Add(ref from, column) : default;
                }
            }
        }
    }

    /// <summary>Takes the gradient of a weight block <c>[units, columns]</c> out of the panels of one lane.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="panel">Where column 0 of the lane is stored in the first block.</param>
    /// <param name="columnStep">From a column to the next.</param>
    /// <param name="panelStep">From a block of units to the next.</param>
    /// <param name="units">Rows of the block.</param>
    /// <param name="columns">Columns of the block.</param>
    /// <param name="gradients">The gradients, laid out as the parameters.</param>
    /// <param name="weight">Where the block begins.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TakeWeight<T>(ref T arena, int panel, int columnStep, int panelStep, int units, int columns, ref T gradients, int weight) where T : unmanaged
    {
        int block = 64 / Unsafe.SizeOf<T>();
        for (int unit = 0; unit < units; unit++)
        {
            ref T from = ref Unsafe.Add(ref arena, panel + unit / block * panelStep + unit % block);
            ref T row = ref Unsafe.Add(ref gradients, weight + unit * columns);
            for (int column = 0; column < columns; column++)
            {
                Unsafe.Add(ref row, column) = Unsafe.Add(ref from, column * columnStep);
            }
        }
    }

    /// <summary><see cref="TakeWeight"/>, where the weight has another gradient already: that of the table that it is tied to, or of another lane.</summary>
    /// <inheritdoc cref="TakeWeight"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddWeight<T>(ref T arena, int panel, int columnStep, int panelStep, int units, int columns, ref T gradients, int weight) where T : unmanaged, INumber<T>
    {
        int block = 64 / Unsafe.SizeOf<T>();
        for (int unit = 0; unit < units; unit++)
        {
            ref T from = ref Unsafe.Add(ref arena, panel + unit / block * panelStep + unit % block);
            ref T row = ref Unsafe.Add(ref gradients, weight + unit * columns);
            for (int column = 0; column < columns; column++)
            {
                Unsafe.Add(ref row, column) += Unsafe.Add(ref from, column * columnStep);
            }
        }
    }

    /// <summary>Takes the gradient of a bias <c>[units]</c> from the front of the panels of one lane.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="panel">Where the lane's first panel begins.</param>
    /// <param name="panelStep">From a block of units to the next.</param>
    /// <param name="units">Values of the bias.</param>
    /// <param name="gradients">The gradients, laid out as the parameters.</param>
    /// <param name="bias">Where the bias begins.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TakeBias<T>(ref T arena, int panel, int panelStep, int units, ref T gradients, int bias) where T : unmanaged
    {
        int block = 64 / Unsafe.SizeOf<T>();
        for (int unit = 0; unit < units; unit++)
        {
            Unsafe.Add(ref gradients, bias + unit) = Unsafe.Add(ref arena, panel + unit / block * panelStep + unit % block);
        }
    }

    /// <summary><see cref="TakeBias"/>, where the bias has another gradient already: that of another lane.</summary>
    /// <inheritdoc cref="TakeBias"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddBias<T>(ref T arena, int panel, int panelStep, int units, ref T gradients, int bias) where T : unmanaged, INumber<T>
    {
        int block = 64 / Unsafe.SizeOf<T>();
        for (int unit = 0; unit < units; unit++)
        {
            Unsafe.Add(ref gradients, bias + unit) += Unsafe.Add(ref arena, panel + unit / block * panelStep + unit % block);
        }
    }
}
