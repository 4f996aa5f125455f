using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RnnGen.Runtime;

/// <summary>What an attention reads and writes.</summary>
/// <param name="Query">Queries, of the decoded steps.</param>
/// <param name="Memory">What is looked back at, of the steps that were read.</param>
/// <param name="Keys">What queries are compared with, of the same steps.</param>
/// <param name="Weights">The weights, of the decoded steps: one for each step that was read.</param>
/// <param name="Context">The weighted means, of the decoded steps.</param>
/// <param name="Width">Values of the memory at a step.</param>
/// <param name="KeyWidth">Values of a query and of a key.</param>
/// <param name="Steps">Decoded steps.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct AttentionValues(
    StepValues Query, StepValues Memory, StepValues Keys, StepValues Weights, StepValues Context, int Width, int KeyWidth, int Steps);

/// <summary>The adjoints that an attention reads and writes.</summary>
/// <param name="Context">∂L/∂context, read.</param>
/// <param name="Query">∂L/∂query, written.</param>
/// <param name="Memory">∂L/∂memory, written; where memory and keys are one, both parts.</param>
/// <param name="Keys">∂L/∂keys, written; the memory's where they are one.</param>
/// <param name="ScoreRows">Where row 0 of the sums for v goes; rows are a key's width apart.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct AttentionAdjoints(StepValues Context, StepValues Query, StepValues Memory, StepValues Keys, int ScoreRows);

/// <summary>
/// How a decoder looks back: for a query q and the memory e(s) of a sequence of S steps, the context is
/// Σ softmax(score(q, k(s))) e(s), with score q · k(s) (M.-T. Luong et al. 2015) or v · tanh(q + k(s)) (D. Bahdanau et al. 2015).
/// Each row is on its own, and its sums run over the steps in their order.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Attention
{
    /// <summary>Weights and context of every decoded step.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="score">v, or a null reference where the score is a product.</param>
    /// <param name="values">What is read and written.</param>
    /// <param name="rows">The group of the sequences that were read.</param>
    /// <param name="decoded">The same of the decoded sequences.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<T>(
        ref T arena, ref T score, in AttentionValues values, GroupRows rows, GroupRows decoded, int first, int last) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int step = 0; step < values.Steps; step++)
        {
            for (int row = first; row < decoded.Last(step, last); row++)
            {
                Attend(ref arena, ref score, values, step, row, row, rows.Length(row));
            }
        }
    }

    /// <summary>Weights and context of one step of rows that all are live.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="score">v, or a null reference where the score is a product.</param>
    /// <param name="values">What is read and written.</param>
    /// <param name="rows">The group of the sequences that were read.</param>
    /// <param name="isShared">Whether all rows look back at the first row's memory.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Step<T>(
        ref T arena, ref T score, in AttentionValues values, GroupRows rows, bool isShared, int first, int last) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int row = first; row < last; row++)
        {
            int read = isShared ? 0 : row;
            Attend(ref arena, ref score, values, 0, row, read, rows.Length(read));
        }
    }

    // One row at one decoded step, with the memory of the row that is read.
    private static void Attend<T>(ref T arena, ref T score, in AttentionValues values, int step, int row, int read, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref T query = ref Unsafe.Add(ref arena, values.Query.At(step, row));
        ref T weights = ref Unsafe.Add(ref arena, values.Weights.At(step, row));
        ref T context = ref Unsafe.Add(ref arena, values.Context.At(step, row));
        for (int s = 0; s < length; s++)
        {
            ref T key = ref Unsafe.Add(ref arena, values.Keys.At(s, read));
            Unsafe.Add(ref weights, s) = Unsafe.IsNullRef(ref score) ? Dot(ref query, ref key, values.KeyWidth) : TanhDot(ref query, ref key, ref score, values.KeyWidth);
        }

        T sum = Rows.ShiftedExp(ref weights, ref weights, length, out _);
        MemoryMarshal.CreateSpan(ref context, values.Width).Clear();
        for (int s = 0; s < length; s++)
        {
            T weight = Unsafe.Add(ref weights, s) /= sum;
            AddScaled(ref context, ref Unsafe.Add(ref arena, values.Memory.At(s, read)), weight, values.Width);
        }
    }

    /// <summary>
    /// From the adjoints of the contexts to those of queries, memory and keys; the weights are overwritten by the scores' adjoints, and
    /// what flows to v is summed for each row. Adjoints of memory and keys and the sums for v are added to what <see cref="Begin"/> cleared.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="score">v, or a null reference where the score is a product.</param>
    /// <param name="values">What the forward pass read and wrote.</param>
    /// <param name="adjoints">Their adjoints.</param>
    /// <param name="rows">The group of the sequences that were read.</param>
    /// <param name="decoded">The same of the decoded sequences.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<T>(
        ref T arena, ref T score, in AttentionValues values, in AttentionAdjoints adjoints, GroupRows rows, GroupRows decoded, int first, int last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool isProduct = Unsafe.IsNullRef(ref score);
        for (int step = values.Steps - 1; step >= 0; step--)
        {
            for (int row = first; row < decoded.Last(step, last); row++)
            {
                ref T query = ref Unsafe.Add(ref arena, values.Query.At(step, row));
                ref T queryAdjoint = ref Unsafe.Add(ref arena, adjoints.Query.At(step, row));
                ref T weights = ref Unsafe.Add(ref arena, values.Weights.At(step, row));
                ScoreAdjoints(ref arena, values, adjoints, step, row, rows.Length(row));
                MemoryMarshal.CreateSpan(ref queryAdjoint, values.KeyWidth).Clear();
                for (int s = 0; s < rows.Length(row); s++)
                {
                    T ds = Unsafe.Add(ref weights, s);
                    ref T key = ref Unsafe.Add(ref arena, values.Keys.At(s, row));
                    ref T keyAdjoint = ref Unsafe.Add(ref arena, adjoints.Keys.At(s, row));
                    if (isProduct)
                    {
                        AddScaled(ref queryAdjoint, ref key, ds, values.KeyWidth);
                        AddScaled(ref keyAdjoint, ref query, ds, values.KeyWidth);
                    }
                    else
                    {
                        TanhAdjoint(ref query, ref key, ref score, ds, ref queryAdjoint, ref keyAdjoint, ref Unsafe.Add(ref arena, adjoints.ScoreRows + row * values.KeyWidth), values.KeyWidth);
                    }
                }
            }
        }
    }

    /// <summary>Clears the adjoints of memory and keys, and the sums for v, to which the steps of <see cref="Backward"/> add.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="score">v, or a null reference where the score is a product.</param>
    /// <param name="values">What the forward pass read and wrote.</param>
    /// <param name="adjoints">Their adjoints.</param>
    /// <param name="rows">The group of the sequences that were read.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Begin<T>(ref T arena, ref T score, in AttentionValues values, in AttentionAdjoints adjoints, GroupRows rows, int first, int last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Clear(ref arena, adjoints.Memory, values.Width, rows, first, last);
        if (!Unsafe.IsNullRef(ref score))
        {
            Clear(ref arena, adjoints.Keys, values.KeyWidth, rows, first, last);
            MemoryMarshal.CreateSpan(ref Unsafe.Add(ref arena, adjoints.ScoreRows + first * values.KeyWidth), (last - first) * values.KeyWidth).Clear();
        }
    }

    // The memory's adjoints get w(s) dc; the weights become the scores' adjoints, w(s) (dw(s) - Σ w dw) with dw(s) = dc · e(s).
    private static void ScoreAdjoints<T>(ref T arena, in AttentionValues values, in AttentionAdjoints adjoints, int step, int row, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref T weights = ref Unsafe.Add(ref arena, values.Weights.At(step, row));
        ref T contextAdjoint = ref Unsafe.Add(ref arena, adjoints.Context.At(step, row));
        T mean = T.Zero;
        for (int s = 0; s < length; s++)
        {
            mean += Unsafe.Add(ref weights, s) * Dot(ref contextAdjoint, ref Unsafe.Add(ref arena, values.Memory.At(s, row)), values.Width);
            AddScaled(ref Unsafe.Add(ref arena, adjoints.Memory.At(s, row)), ref contextAdjoint, Unsafe.Add(ref weights, s), values.Width);
        }

        for (int s = 0; s < length; s++)
        {
            Unsafe.Add(ref weights, s) *= Dot(ref contextAdjoint, ref Unsafe.Add(ref arena, values.Memory.At(s, row)), values.Width) - mean;
        }
    }

    private static void Clear<T>(ref T arena, in StepValues values, int width, GroupRows rows, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            for (int s = 0; s < rows.Length(row); s++)
            {
                MemoryMarshal.CreateSpan(ref Unsafe.Add(ref arena, values.At(s, row)), width).Clear();
            }
        }
    }

    // In vectors of one width whatever the machine has, so that the bits are the same; four sums hide each other's latency.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Dot<T>(ref T x, ref T y, int length) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector128<T> sum0 = Vector128<T>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
        int width = Vector128<T>.Count, i = 0;
        for (; i <= length - 4 * width; i += 4 * width)
        {
            sum0 += Vector128.LoadUnsafe(ref x, (nuint)i) * Vector128.LoadUnsafe(ref y, (nuint)i);
            sum1 += Vector128.LoadUnsafe(ref x, (nuint)(i + width)) * Vector128.LoadUnsafe(ref y, (nuint)(i + width));
            sum2 += Vector128.LoadUnsafe(ref x, (nuint)(i + 2 * width)) * Vector128.LoadUnsafe(ref y, (nuint)(i + 2 * width));
            sum3 += Vector128.LoadUnsafe(ref x, (nuint)(i + 3 * width)) * Vector128.LoadUnsafe(ref y, (nuint)(i + 3 * width));
        }

        for (; i <= length - width; i += width)
        {
            sum0 += Vector128.LoadUnsafe(ref x, (nuint)i) * Vector128.LoadUnsafe(ref y, (nuint)i);
        }

        T sum = Vector128.Sum(sum0 + sum1 + (sum2 + sum3));
        for (; i < length; i++)
        {
            sum += Unsafe.Add(ref x, i) * Unsafe.Add(ref y, i);
        }

        return sum;
    }

    // y += a x
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddScaled<T>(ref T y, ref T x, T a, int length) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> scale = new(a);
        int i = 0;
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count)
        {
            (Vector.LoadUnsafe(ref y, (nuint)i) + scale * Vector.LoadUnsafe(ref x, (nuint)i)).StoreUnsafe(ref y, (nuint)i);
        }

        for (; i < length; i++)
        {
            Unsafe.Add(ref y, i) += a * Unsafe.Add(ref x, i);
        }
    }

    // v · tanh(q + k)
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T TanhDot<T>(ref T query, ref T key, ref T score, int length) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector128<T> sums = Vector128<T>.Zero;
        int i = 0;
        for (; i <= length - Vector128<T>.Count; i += Vector128<T>.Count)
        {
            sums += Vector128.LoadUnsafe(ref score, (nuint)i) * Tanh(Vector128.LoadUnsafe(ref query, (nuint)i) + Vector128.LoadUnsafe(ref key, (nuint)i));
        }

        T sum = Vector128.Sum(sums);
        for (; i < length; i++)
        {
            sum += Unsafe.Add(ref score, i) * Tanh(Vector128.Create(Unsafe.Add(ref query, i) + Unsafe.Add(ref key, i))).ToScalar();
        }

        return sum;
    }

    // With t = tanh(q + k): dv += ds t, and v ds (1 - t²) flows to q and k.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TanhAdjoint<T>(
        ref T query, ref T key, ref T score, T ds, ref T queryAdjoint, ref T keyAdjoint, ref T scoreAdjoint, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector128<T> scale = Vector128.Create(ds);
        int i = 0;
        for (; i <= length - Vector128<T>.Count; i += Vector128<T>.Count)
        {
            Vector128<T> t = Tanh(Vector128.LoadUnsafe(ref query, (nuint)i) + Vector128.LoadUnsafe(ref key, (nuint)i));
            Vector128<T> du = scale * Vector128.LoadUnsafe(ref score, (nuint)i) * (Vector128<T>.One - t * t);
            (Vector128.LoadUnsafe(ref queryAdjoint, (nuint)i) + du).StoreUnsafe(ref queryAdjoint, (nuint)i);
            (Vector128.LoadUnsafe(ref keyAdjoint, (nuint)i) + du).StoreUnsafe(ref keyAdjoint, (nuint)i);
            (Vector128.LoadUnsafe(ref scoreAdjoint, (nuint)i) + scale * t).StoreUnsafe(ref scoreAdjoint, (nuint)i);
        }

        for (; i < length; i++)
        {
            T t = Tanh(Vector128.Create(Unsafe.Add(ref query, i) + Unsafe.Add(ref key, i))).ToScalar();
            T du = ds * Unsafe.Add(ref score, i) * (T.One - t * t);
            Unsafe.Add(ref queryAdjoint, i) += du;
            Unsafe.Add(ref keyAdjoint, i) += du;
            Unsafe.Add(ref scoreAdjoint, i) += ds * t;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Tanh<T>(Vector128<T> value) where T : unmanaged =>
        typeof(T) == typeof(float)
            ? VectorMath.Tanh(value.AsSingle()).As<float, T>()
            : VectorMath.Tanh(value.AsDouble()).As<double, T>();
}
