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
    /// <summary>Puts the rows of a weight block <c>[units, columns]</c> that are in a range of parameters into the panels of one lane.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="parameters">The parameters.</param>
    /// <param name="weight">Where the block begins.</param>
    /// <param name="units">Rows of the block.</param>
    /// <param name="columns">Columns of the block.</param>
    /// <param name="packs">The packs.</param>
    /// <param name="panel">Where column 0 of the lane is stored in the first block.</param>
    /// <param name="columnStep">From a column to the next.</param>
    /// <param name="panelStep">From a block of units to the next.</param>
    /// <param name="first">The first parameter of the range.</param>
    /// <param name="last">The parameter after the last one of the range, which cuts no row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weight<T>(ref T parameters, int weight, int units, int columns, ref T packs, int panel, int columnStep, int panelStep, int first, int last) where T : unmanaged
    {
        int block = 64 / Unsafe.SizeOf<T>();
        (int unit, int end) = Rows(weight, units, columns, first, last);
        for (; unit < end; unit = Next(unit, block, end))
        {
            int live = Next(unit, block, end) - unit, column = 0;
            ref T from = ref Unsafe.Add(ref parameters, weight + unit * columns);
            ref T to = ref Unsafe.Add(ref packs, panel + unit / block * panelStep + unit % block);
            for (; live == block && column <= columns - block; column += block)
            {
                Transposition.Block(ref Unsafe.Add(ref from, column), columns, ref Unsafe.Add(ref to, column * columnStep), columnStep);
            }

            for (; column < columns; column++)
            {
                for (int i = 0; i < live; i++)
                {
                    Unsafe.Add(ref to, column * columnStep + i) = Unsafe.Add(ref from, i * columns + column);
                }
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

    /// <summary>Puts a weight block's last units into the rows of one lane, side by side with the other lanes: <c>[column][lane][unit]</c>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="parameters">The parameters.</param>
    /// <param name="weight">Where the first of these units' rows begins.</param>
    /// <param name="units">The number of these units.</param>
    /// <param name="columns">Columns of the block.</param>
    /// <param name="packs">The packs.</param>
    /// <param name="lane">Where column 0 of the lane is stored.</param>
    /// <param name="columnStep">From a column to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TailWeight<T>(ref T parameters, int weight, int units, int columns, ref T packs, int lane, int columnStep) where T : unmanaged
    {
        for (int unit = 0; unit < units; unit++)
        {
            ref T from = ref Unsafe.Add(ref parameters, weight + unit * columns);
            ref T to = ref Unsafe.Add(ref packs, lane + unit);
            for (int column = 0; column < columns; column++)
            {
                Unsafe.Add(ref to, column * columnStep) = Unsafe.Add(ref from, column);
            }
        }
    }

    /// <summary>Puts the sum of two biases' last units in front of the rows of one lane, side by side with the other lanes.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="parameters">The parameters.</param>
    /// <param name="first">Where the first of these units' values of a bias is.</param>
    /// <param name="second">The same of another; the same as <paramref name="first"/> where there is only one.</param>
    /// <param name="units">The number of these units.</param>
    /// <param name="packs">The packs.</param>
    /// <param name="lane">Where the lane begins.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TailBias<T>(ref T parameters, int first, int second, int units, ref T packs, int lane) where T : unmanaged, INumber<T>
    {
        for (int unit = 0; unit < units; unit++)
        {
            T bias = Unsafe.Add(ref parameters, first + unit);
            bias += first == second ? T.Zero : Unsafe.Add(ref parameters, second + unit);
            Unsafe.Add(ref packs, lane + unit) = bias;
        }
    }

    /// <summary>
    /// Puts the rows of a weight block <c>[units, columns]</c> that are in a range of parameters into a reverse pack, whose panels are blocks of columns:
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
    /// <param name="first">The first parameter of the range.</param>
    /// <param name="last">The parameter after the last one of the range, which cuts no row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reverse<T>(ref T parameters, int weight, int units, int columns, ref T packs, int panel, int unitBlockStep, int panelStep, int first, int last) where T : unmanaged
    {
        int block = 64 / Unsafe.SizeOf<T>();
        (int begin, int end) = Rows(weight, units, columns, first, last);
        for (int start = 0; start < columns; start += block)
        {
            int live = Math.Min(block, columns - start);
            for (int unit = begin; unit < end; unit++)
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

    /// <summary>Takes the gradient of the rows of a weight block <c>[units, columns]</c> that are in a range of parameters out of the panels of one lane.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="panel">Where column 0 of the lane is stored in the first block.</param>
    /// <param name="columnStep">From a column to the next.</param>
    /// <param name="panelStep">From a block of units to the next.</param>
    /// <param name="units">Rows of the block.</param>
    /// <param name="columns">Columns of the block.</param>
    /// <param name="gradients">The gradients, laid out as the parameters.</param>
    /// <param name="weight">Where the block begins.</param>
    /// <param name="first">The first parameter of the range.</param>
    /// <param name="last">The parameter after the last one of the range, which cuts no row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TakeWeight<T>(ref T arena, int panel, int columnStep, int panelStep, int units, int columns, ref T gradients, int weight, int first, int last) where T : unmanaged
    {
        int block = 64 / Unsafe.SizeOf<T>();
        (int unit, int end) = Rows(weight, units, columns, first, last);
        for (; unit < end; unit = Next(unit, block, end))
        {
            int live = Next(unit, block, end) - unit, column = 0;
            ref T from = ref Unsafe.Add(ref arena, panel + unit / block * panelStep + unit % block);
            ref T to = ref Unsafe.Add(ref gradients, weight + unit * columns);
            for (; live == block && column <= columns - block; column += block)
            {
                Transposition.Block(ref Unsafe.Add(ref from, column * columnStep), columnStep, ref Unsafe.Add(ref to, column), columns);
            }

            for (; column < columns; column++)
            {
                for (int i = 0; i < live; i++)
                {
                    Unsafe.Add(ref to, i * columns + column) = Unsafe.Add(ref from, column * columnStep + i);
                }
            }
        }
    }

    /// <summary><see cref="TakeWeight"/>, where the weight has another gradient already: that of the table that it is tied to, or of another lane.</summary>
    /// <inheritdoc cref="TakeWeight"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddWeight<T>(ref T arena, int panel, int columnStep, int panelStep, int units, int columns, ref T gradients, int weight, int first, int last) where T : unmanaged, INumber<T>
    {
        int block = 64 / Unsafe.SizeOf<T>();
        (int unit, int end) = Rows(weight, units, columns, first, last);
        for (; unit < end; unit++)
        {
            ref T from = ref Unsafe.Add(ref arena, panel + unit / block * panelStep + unit % block);
            ref T row = ref Unsafe.Add(ref gradients, weight + unit * columns);
            for (int column = 0; column < columns; column++)
            {
                Unsafe.Add(ref row, column) += Unsafe.Add(ref from, column * columnStep);
            }
        }
    }

    /// <summary>Takes the gradient of the values of a bias <c>[units]</c> that are in a range of parameters from the front of the panels of one lane.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="panel">Where the lane's first panel begins.</param>
    /// <param name="panelStep">From a block of units to the next.</param>
    /// <param name="units">Values of the bias.</param>
    /// <param name="gradients">The gradients, laid out as the parameters.</param>
    /// <param name="bias">Where the bias begins.</param>
    /// <param name="first">The first parameter of the range.</param>
    /// <param name="last">The parameter after the last one of the range.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TakeBias<T>(ref T arena, int panel, int panelStep, int units, ref T gradients, int bias, int first, int last) where T : unmanaged
    {
        int block = 64 / Unsafe.SizeOf<T>();
        (int unit, int end) = Rows(bias, units, 1, first, last);
        for (; unit < end; unit++)
        {
            Unsafe.Add(ref gradients, bias + unit) = Unsafe.Add(ref arena, panel + unit / block * panelStep + unit % block);
        }
    }

    /// <summary><see cref="TakeBias"/>, where the bias has another gradient already: that of another lane.</summary>
    /// <inheritdoc cref="TakeBias"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddBias<T>(ref T arena, int panel, int panelStep, int units, ref T gradients, int bias, int first, int last) where T : unmanaged, INumber<T>
    {
        int block = 64 / Unsafe.SizeOf<T>();
        (int unit, int end) = Rows(bias, units, 1, first, last);
        for (; unit < end; unit++)
        {
            Unsafe.Add(ref gradients, bias + unit) += Unsafe.Add(ref arena, panel + unit / block * panelStep + unit % block);
        }
    }

    /// <summary>Takes the gradient of the values of a vector that are in a range of parameters.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="sum">Where the vector's sum begins.</param>
    /// <param name="length">Values of the vector.</param>
    /// <param name="gradients">The gradients, laid out as the parameters.</param>
    /// <param name="vector">Where the vector begins.</param>
    /// <param name="first">The first parameter of the range.</param>
    /// <param name="last">The parameter after the last one of the range.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TakeVector<T>(ref T arena, int sum, int length, ref T gradients, int vector, int first, int last) where T : unmanaged
    {
        (int value, int end) = Rows(vector, length, 1, first, last);
        for (; value < end; value++)
        {
            Unsafe.Add(ref gradients, vector + value) = Unsafe.Add(ref arena, sum + value);
        }
    }

    // The rows of a block that are in a range of parameters. A caller that is full of inlined code may have no room for it: it must not be in tier 0 then.
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static (int First, int Last) Rows(int start, int rows, int columns, int first, int last) => last <= start || first - start >= (long)rows * columns
        ? (0, 0)
        : (Math.Max(0, first - start) / columns, (int)Math.Min(rows, ((long)last - start) / columns));

    // The end of the block of units that a unit is in.
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static int Next(int unit, int block, int end) => Math.Min(end, unit / block * block + block);
}
