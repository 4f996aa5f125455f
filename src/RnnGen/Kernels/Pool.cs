using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>
/// Many-to-one models that read the mean or the maximum of a layer's outputs over the steps of each sequence. Rows are whole
/// vectors wide, and each unit is on its own, so that the bits do not depend on the vectors' width.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Pool
{
    /// <summary>Each row's mean over its steps.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="outputs">Where row 0 of the first step's outputs is stored.</param>
    /// <param name="stepLength">From a step's outputs to the next.</param>
    /// <param name="stride">Values of a row.</param>
    /// <param name="pooled">Where row 0 of the result is stored.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mean<T>(ref T arena, int outputs, int stepLength, int stride, int pooled, GroupRows rows, int first, int last) where T : unmanaged, INumber<T>
    {
        for (int row = first; row < last; row++)
        {
            for (int step = 0; step < rows.Length(row); step++)
            {
                MeanStep(ref arena, outputs + step * stepLength, pooled, stride, step == 0, row, row + 1);
            }

            MeanEnd(ref arena, pooled + row * stride, pooled + row * stride, stride, rows.Length(row));
        }
    }

    /// <summary>Each row's maximum over its steps.</summary>
    /// <inheritdoc cref="Mean"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Max<T>(ref T arena, int outputs, int stepLength, int stride, int pooled, GroupRows rows, int first, int last) where T : unmanaged, INumber<T>
    {
        for (int row = first; row < last; row++)
        {
            for (int step = 0; step < rows.Length(row); step++)
            {
                MaxStep(ref arena, outputs + step * stepLength, pooled, stride, step == 0, row, row + 1);
            }
        }
    }

    /// <summary>Each row's outputs of its last step.</summary>
    /// <inheritdoc cref="Mean"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Last<T>(ref T arena, int outputs, int stepLength, int stride, int pooled, GroupRows rows, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            LastStep(ref arena, outputs + (rows.Length(row) - 1) * stepLength, pooled, stride, false, row, row + 1);
        }
    }

    /// <summary>One step's outputs take the place of those before.</summary>
    /// <inheritdoc cref="MeanStep{T}(ref T, int, int, int, bool, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LastStep<T>(ref T arena, int output, int soFar, int stride, bool isFirst, int first, int last) where T : unmanaged
    {
        for (int i = first * stride; i < last * stride; i += Vector<T>.Count)
        {
            Put(ref arena, soFar + i, At(ref arena, output + i));
        }
    }

    /// <inheritdoc cref="MeanStep{T}(ref T, int, int, int, GroupRows, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LastStep<T>(ref T arena, int output, int soFar, int stride, GroupRows rows, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            LastStep(ref arena, output, soFar, stride, rows.Length(row) == 1, row, row + 1);
        }
    }

    /// <summary>One step's outputs are added to the sum of those before.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="output">Where row 0 of the step's outputs is stored.</param>
    /// <param name="soFar">Where row 0 of the sum is stored.</param>
    /// <param name="stride">Values of a row.</param>
    /// <param name="isFirst">Whether nothing came before.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanStep<T>(ref T arena, int output, int soFar, int stride, bool isFirst, int first, int last) where T : unmanaged
    {
        for (int i = first * stride; i < last * stride; i += Vector<T>.Count)
        {
            Vector<T> value = At(ref arena, output + i);
            Put(ref arena, soFar + i, isFirst ? value : At(ref arena, soFar + i) + value);
        }
    }

    /// <summary>The same where each row has had a number of steps of its own.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="output">Where row 0 of the step's outputs is stored.</param>
    /// <param name="soFar">Where row 0 of the pooled outputs is stored.</param>
    /// <param name="stride">Values of a row.</param>
    /// <param name="rows">The number of steps of each row with this one.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanStep<T>(ref T arena, int output, int soFar, int stride, GroupRows rows, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            MeanStep(ref arena, output, soFar, stride, rows.Length(row) == 1, row, row + 1);
        }
    }

    /// <summary>The greater of one step's outputs and of those before.</summary>
    /// <inheritdoc cref="MeanStep{T}(ref T, int, int, int, bool, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxStep<T>(ref T arena, int output, int soFar, int stride, bool isFirst, int first, int last) where T : unmanaged
    {
        for (int i = first * stride; i < last * stride; i += Vector<T>.Count)
        {
            // A later value takes the place where it is greater, or not a number.
            Vector<T> value = At(ref arena, output + i), before = At(ref arena, soFar + i);
            Put(ref arena, soFar + i, isFirst ? value : Vector.ConditionalSelect(Vector.LessThanOrEqual(value, before), before, value));
        }
    }

    /// <inheritdoc cref="MeanStep{T}(ref T, int, int, int, GroupRows, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxStep<T>(ref T arena, int output, int soFar, int stride, GroupRows rows, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            MaxStep(ref arena, output, soFar, stride, rows.Length(row) == 1, row, row + 1);
        }
    }

    /// <summary>The outputs of a block's steps are added to the sum of those before, one after the other; each step has the mean so far.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="outputs">Where the first step's outputs are stored.</param>
    /// <param name="soFar">Where the sum of the steps before is stored; it becomes that of all.</param>
    /// <param name="pooled">Where the first step's mean goes.</param>
    /// <param name="stride">Values from a step to the next.</param>
    /// <param name="before">The number of steps before the first.</param>
    /// <param name="first">The first step.</param>
    /// <param name="last">The step after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanBlock<T>(ref T arena, int outputs, int soFar, int pooled, int stride, int before, int first, int last) where T : unmanaged, INumber<T>
    {
        for (int step = first; step < last; step++)
        {
            MeanStep(ref arena, outputs + step * stride, soFar, stride, before + step == 0, 0, 1);
            MeanEnd(ref arena, soFar, pooled + step * stride, stride, before + step + 1);
        }
    }

    /// <summary>The maximum of a block's steps and of those before, one after the other.</summary>
    /// <inheritdoc cref="MeanBlock"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxBlock<T>(ref T arena, int outputs, int soFar, int pooled, int stride, int before, int first, int last) where T : unmanaged
    {
        for (int step = first; step < last; step++)
        {
            MaxStep(ref arena, outputs + step * stride, soFar, stride, before + step == 0, 0, 1);
            LastStep(ref arena, soFar, pooled + step * stride, stride, false, 0, 1);
        }
    }

    /// <summary>Each step of a block has its own outputs.</summary>
    /// <inheritdoc cref="MeanBlock"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LastBlock<T>(ref T arena, int outputs, int soFar, int pooled, int stride, int before, int first, int last) where T : unmanaged
    {
        for (int step = first; step < last; step++)
        {
            LastStep(ref arena, outputs + step * stride, soFar, stride, false, 0, 1);
            LastStep(ref arena, soFar, pooled + step * stride, stride, false, 0, 1);
        }
    }

    /// <summary>Each row's sum becomes its mean.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="soFar">Where row 0 of the sum is stored.</param>
    /// <param name="pooled">Where row 0 of the result is stored.</param>
    /// <param name="stride">Values of a row.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanEnd<T>(ref T arena, int soFar, int pooled, int stride, GroupRows rows, int first, int last) where T : unmanaged, INumber<T>
    {
        for (int row = first; row < last; row++)
        {
            MeanEnd(ref arena, soFar + row * stride, pooled + row * stride, stride, rows.Length(row));
        }
    }

    /// <summary>One row's sum becomes its mean.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="soFar">Where the sum is stored.</param>
    /// <param name="pooled">Where the result is stored.</param>
    /// <param name="stride">Values of the row.</param>
    /// <param name="length">Steps of the sequence.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanEnd<T>(ref T arena, int soFar, int pooled, int stride, int length) where T : unmanaged, INumber<T>
    {
        Vector<T> steps = new(T.CreateTruncating(length));
        for (int i = 0; i < stride; i += Vector<T>.Count)
        {
            Put(ref arena, pooled + i, At(ref arena, soFar + i) / steps);
        }
    }

    /// <summary>∂L/∂output of every step is ∂L/∂mean over the number of steps.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="outputs">Where row 0 of the first step's outputs is stored.</param>
    /// <param name="stepLength">From a step's outputs to the next.</param>
    /// <param name="stride">Values of a row.</param>
    /// <param name="pooled">Where row 0 of the pooled outputs is stored.</param>
    /// <param name="adjoints">Where row 0 of the first step's adjoints is stored; they are written for live rows.</param>
    /// <param name="adjointStep">From a step's adjoints to the next.</param>
    /// <param name="pooledAdjoint">Where row 0 of the pooled outputs' adjoints is stored.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanAdjoint<T>(
        ref T arena, int outputs, int stepLength, int stride, int pooled, int adjoints, int adjointStep, int pooledAdjoint, GroupRows rows, int first, int last)
        where T : unmanaged, INumber<T>
    {
        for (int row = first; row < last; row++)
        {
            int length = rows.Length(row);
            Vector<T> steps = new(T.CreateTruncating(length));
            for (int i = row * stride; i < (row + 1) * stride; i += Vector<T>.Count)
            {
                Vector<T> share = At(ref arena, pooledAdjoint + i) / steps;
                for (int step = 0; step < length; step++)
                {
                    Put(ref arena, adjoints + step * adjointStep + i, share);
                }
            }
        }
    }

    /// <summary>∂L/∂output is ∂L/∂pooled at each row's last step, and 0 elsewhere.</summary>
    /// <inheritdoc cref="MeanAdjoint"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LastAdjoint<T>(
        ref T arena, int outputs, int stepLength, int stride, int pooled, int adjoints, int adjointStep, int pooledAdjoint, GroupRows rows, int first, int last)
        where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            int length = rows.Length(row);
            for (int i = row * stride; i < (row + 1) * stride; i += Vector<T>.Count)
            {
                for (int step = 0; step < length - 1; step++)
                {
                    Put(ref arena, adjoints + step * adjointStep + i, Vector<T>.Zero);
                }

                Put(ref arena, adjoints + (length - 1) * adjointStep + i, At(ref arena, pooledAdjoint + i));
            }
        }
    }

    /// <summary>∂L/∂output is ∂L/∂maximum at the first step that has the maximum, and 0 elsewhere.</summary>
    /// <inheritdoc cref="MeanAdjoint"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxAdjoint<T>(
        ref T arena, int outputs, int stepLength, int stride, int pooled, int adjoints, int adjointStep, int pooledAdjoint, GroupRows rows, int first, int last)
        where T : unmanaged, INumber<T>
    {
        for (int row = first; row < last; row++)
        {
            for (int i = row * stride; i < (row + 1) * stride; i += Vector<T>.Count)
            {
                Vector<T> rest = At(ref arena, pooledAdjoint + i), greatest = At(ref arena, pooled + i);
                for (int step = 0; step < rows.Length(row); step++)
                {
                    Vector<T> isGreatest = Vector.Equals(At(ref arena, outputs + step * stepLength + i), greatest);
                    Put(ref arena, adjoints + step * adjointStep + i, Vector.ConditionalSelect(isGreatest, rest, Vector<T>.Zero));
                    rest = Vector.ConditionalSelect(isGreatest, Vector<T>.Zero, rest);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> At<T>(ref T arena, int offset) where T : unmanaged => Vector.LoadUnsafe(ref Unsafe.Add(ref arena, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<T>(ref T arena, int offset, Vector<T> value) where T : unmanaged => value.StoreUnsafe(ref Unsafe.Add(ref arena, offset));
}
