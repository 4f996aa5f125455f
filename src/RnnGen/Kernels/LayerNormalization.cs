using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RnnGen.Runtime;

/// <summary>
/// Layer normalisation, y = n × gain + shift with n = (x - mean) / √(variance + ε), mean and variance over the values of a row at a step. Sums
/// are taken in vectors of one width whatever the machine has, so that the bits are the same.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LayerNormalization
{
    /// <summary>Normalises the live rows of every step.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="gain">The factors.</param>
    /// <param name="shift">The summands.</param>
    /// <param name="from">Where row 0 of the first step is stored.</param>
    /// <param name="fromStep">From a step to the next.</param>
    /// <param name="fromRow">From a row to the next.</param>
    /// <param name="to">Where row 0 of the first step goes.</param>
    /// <param name="toStep">From a step to the next, there.</param>
    /// <param name="toRow">From a row to the next, there.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<T>(
        ref T arena, ref T gain, ref T shift, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int width, double epsilon, int steps, GroupRows rows, int first, int last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int step = 0; step < steps; step++)
        {
            Forward(ref arena, ref gain, ref shift, from + step * fromStep, 0, fromRow, to + step * toStep, 0, toRow, width, epsilon, 1, first, rows.Last(step, last));
        }
    }

    /// <summary>Normalises rows of values that are at one place only.</summary>
    /// <inheritdoc cref="Forward{T}(ref T, ref T, ref T, int, int, int, int, int, int, int, double, int, GroupRows, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<T>(
        ref T arena, ref T gain, ref T shift, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int width, double epsilon, int steps, int first, int last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int row = first; row < last; row++)
        {
            ref T x = ref Unsafe.Add(ref arena, from + row * fromRow);
            ref T y = ref Unsafe.Add(ref arena, to + row * toRow);
            (T mean, T scale) = Moments(ref x, width, epsilon);
            Vector<T> means = new(mean), scales = new(scale);
            int i = 0;
            for (; i <= width - Vector<T>.Count; i += Vector<T>.Count)
            {
                Vector<T> n = (Vector.LoadUnsafe(ref x, (nuint)i) - means) * scales;
                (n * Vector.LoadUnsafe(ref gain, (nuint)i) + Vector.LoadUnsafe(ref shift, (nuint)i)).StoreUnsafe(ref y, (nuint)i);
            }

            for (; i < width; i++)
            {
                Unsafe.Add(ref y, i) = (Unsafe.Add(ref x, i) - mean) * scale * Unsafe.Add(ref gain, i) + Unsafe.Add(ref shift, i);
            }
        }
    }

    /// <summary>
    /// From ∂L/∂y to ∂L/∂x of the live rows of every step; what flows to gain and shift is added to each row's sums.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="gain">The factors.</param>
    /// <param name="values">Where x of row 0 of the first step is stored.</param>
    /// <param name="valueStep">From a step to the next.</param>
    /// <param name="valueRow">From a row to the next.</param>
    /// <param name="from">Where ∂L/∂y of row 0 of the first step is stored.</param>
    /// <param name="fromStep">From a step to the next.</param>
    /// <param name="fromRow">From a row to the next.</param>
    /// <param name="to">Where ∂L/∂x of row 0 of the first step goes.</param>
    /// <param name="toStep">From a step to the next, there.</param>
    /// <param name="toRow">From a row to the next, there.</param>
    /// <param name="gradients">Where the sums of row 0 are stored: those for gain, then those for shift.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="isFirst">Whether ∂L/∂x is written instead of added to the existing values.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<T>(
        ref T arena, ref T gain, int values, int valueStep, int valueRow, int from, int fromStep, int fromRow, int to, int toStep, int toRow,
        int gradients, int width, double epsilon, int steps, bool isFirst, GroupRows rows, int first, int last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int step = 0; step < steps; step++)
        {
            BackwardStep(ref arena, ref gain, values + step * valueStep, valueRow, from + step * fromStep, fromRow, to + step * toStep, toRow, gradients, width, epsilon, isFirst, first, rows.Last(step, last));
        }
    }

    /// <summary>The same for rows of values that are at one place only.</summary>
    /// <inheritdoc cref="Backward{T}(ref T, ref T, int, int, int, int, int, int, int, int, int, int, int, double, int, bool, GroupRows, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<T>(
        ref T arena, ref T gain, int values, int valueStep, int valueRow, int from, int fromStep, int fromRow, int to, int toStep, int toRow,
        int gradients, int width, double epsilon, int steps, bool isFirst, int first, int last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        BackwardStep(ref arena, ref gain, values, valueRow, from, fromRow, to, toRow, gradients, width, epsilon, isFirst, first, last);
    }

    // With d = ∂L/∂y × gain: ∂L/∂x = scale (d - mean(d) - n mean(d n)).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardStep<T>(
        ref T arena, ref T gain, int values, int valueRow, int from, int fromRow, int to, int toRow, int gradients, int width, double epsilon, bool isFirst, int first, int last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T count = T.CreateTruncating(width);
        for (int row = first; row < last; row++)
        {
            ref T x = ref Unsafe.Add(ref arena, values + row * valueRow);
            ref T dy = ref Unsafe.Add(ref arena, from + row * fromRow);
            ref T dx = ref Unsafe.Add(ref arena, to + row * toRow);
            ref T gains = ref Unsafe.Add(ref arena, gradients + row * 2 * width);
            ref T shifts = ref Unsafe.Add(ref gains, width);
            (T mean, T scale) = Moments(ref x, width, epsilon);
            Vector128<T> sumD = Vector128<T>.Zero, sumDn = Vector128<T>.Zero;
            T restD = T.Zero, restDn = T.Zero;
            int i = 0;
            for (; i <= width - Vector128<T>.Count; i += Vector128<T>.Count)
            {
                Vector128<T> n = (Vector128.LoadUnsafe(ref x, (nuint)i) - Vector128.Create(mean)) * Vector128.Create(scale);
                Vector128<T> adjoint = Vector128.LoadUnsafe(ref dy, (nuint)i), d = adjoint * Vector128.LoadUnsafe(ref gain, (nuint)i);
                (Vector128.LoadUnsafe(ref gains, (nuint)i) + adjoint * n).StoreUnsafe(ref gains, (nuint)i);
                (Vector128.LoadUnsafe(ref shifts, (nuint)i) + adjoint).StoreUnsafe(ref shifts, (nuint)i);
                sumD += d;
                sumDn += d * n;
            }

            for (; i < width; i++)
            {
                T n = (Unsafe.Add(ref x, i) - mean) * scale, adjoint = Unsafe.Add(ref dy, i), d = adjoint * Unsafe.Add(ref gain, i);
                Unsafe.Add(ref gains, i) += adjoint * n;
                Unsafe.Add(ref shifts, i) += adjoint;
                restD += d;
                restDn += d * n;
            }

            T meanD = (Vector128.Sum(sumD) + restD) / count, meanDn = (Vector128.Sum(sumDn) + restDn) / count;
            for (i = 0; i < width; i++)
            {
                T n = (Unsafe.Add(ref x, i) - mean) * scale;
                T result = scale * (Unsafe.Add(ref dy, i) * Unsafe.Add(ref gain, i) - meanD - n * meanDn);
                Unsafe.Add(ref dx, i) = isFirst ? result : Unsafe.Add(ref dx, i) + result;
            }
        }
    }

    // The mean, and 1 / √(variance + ε).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (T Mean, T Scale) Moments<T>(ref T x, int width, double epsilon) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T count = T.CreateTruncating(width);
        Vector128<T> sum = Vector128<T>.Zero, squares = Vector128<T>.Zero;
        T restSum = T.Zero, restSquares = T.Zero;
        int i = 0;
        for (; i <= width - Vector128<T>.Count; i += Vector128<T>.Count)
        {
            sum += Vector128.LoadUnsafe(ref x, (nuint)i);
        }

        for (; i < width; i++)
        {
            restSum += Unsafe.Add(ref x, i);
        }

        T mean = (Vector128.Sum(sum) + restSum) / count;
        for (i = 0; i <= width - Vector128<T>.Count; i += Vector128<T>.Count)
        {
            Vector128<T> difference = Vector128.LoadUnsafe(ref x, (nuint)i) - Vector128.Create(mean);
            squares += difference * difference;
        }

        for (; i < width; i++)
        {
            T difference = Unsafe.Add(ref x, i) - mean;
            restSquares += difference * difference;
        }

        return (mean, T.One / T.Sqrt((Vector128.Sum(squares) + restSquares) / count + T.CreateTruncating(epsilon)));
    }
}
