using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RnnGen.Runtime;

/// <summary>What generated code does with rows of values, whatever the model.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Rows
{
    /// <summary>Rows first to last are set to zero.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="rows">The first row.</param>
    /// <param name="stride">Values of a row.</param>
    /// <param name="first">The first row to clear.</param>
    /// <param name="last">The row after the last.</param>
    public static void Clear<T>(ref T rows, int stride, int first, int last) where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref Unsafe.Add(ref rows, first * stride), (last - first) * stride).Clear();

    /// <summary>Copies sequences <c>[sequence, step, feature]</c> to <c>[step][row][feature]</c>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="sequences">The sequences of one group.</param>
    /// <param name="steps">Steps of a sequence.</param>
    /// <param name="features">Values of a step.</param>
    /// <param name="target">Step 0, row 0.</param>
    /// <param name="stepLength">From a step to the next.</param>
    public static void ByStep<T>(ReadOnlySpan<T> sequences, int steps, int features, ref T target, int stepLength) where T : unmanaged
    {
        ref T from = ref MemoryMarshal.GetReference(sequences);
        int count = sequences.Length / (steps * features);
        for (int row = 0; row < count; row++)
        {
            for (int step = 0; step < steps; step++)
            {
                ref T to = ref Unsafe.Add(ref target, step * stepLength + row * features);
                for (int feature = 0; feature < features; feature++)
                {
                    Unsafe.Add(ref to, feature) = from;
                    from = ref Unsafe.Add(ref from, 1);
                }
            }
        }
    }

    /// <summary>Copies rows of an output to where they belong in <c>[sequence, step, feature]</c>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="rows">The first row.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="features">Values that are copied of each row.</param>
    /// <param name="target">The first sequence's values of this step.</param>
    /// <param name="targetStride">From a sequence to the next.</param>
    /// <param name="first">The first row to copy.</param>
    /// <param name="last">The row after the last.</param>
    public static void Copy<T>(ref T rows, int stride, int features, ref T target, int targetStride, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            ref T from = ref Unsafe.Add(ref rows, row * stride);
            ref T to = ref Unsafe.Add(ref target, row * targetStride);
            for (int feature = 0; feature < features; feature++)
            {
                Unsafe.Add(ref to, feature) = Unsafe.Add(ref from, feature);
            }
        }
    }

    /// <summary>
    /// Writes exp(logit - max) of each value and returns their sum; with <paramref name="max"/>, the softmax and its
    /// normaliser follow: softmax = result / sum, log Σ exp = max + log sum.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="logits">The logits.</param>
    /// <param name="result">Written: exp(logit - max); may be the logits' own place.</param>
    /// <param name="count">Number of values, at least 1.</param>
    /// <param name="max">The greatest logit.</param>
    /// <returns>The sum of the results, at least 1; NaN where a logit is NaN.</returns>
    public static T ShiftedExp<T>(ref T logits, ref T result, int count, out T max) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        max = logits;
        for (int i = 1; i < count; i++)
        {
            max = T.Max(max, Unsafe.Add(ref logits, i));
        }

        int vectors = count / Vector128<T>.Count * Vector128<T>.Count;
        Vector128<T> shift = Vector128.Create(max);
        for (int i = 0; i < vectors; i += Vector128<T>.Count)
        {
            Vector128<T> value = Vector128.LoadUnsafe(ref logits, (nuint)i) - shift;
            Exp(value).StoreUnsafe(ref result, (nuint)i);
        }

        for (int i = vectors; i < count; i++)
        {
            Unsafe.Add(ref result, i) = Exp(Vector128.Create(Unsafe.Add(ref logits, i) - max)).ToScalar();
        }

        T sum = T.Zero;
        for (int i = 0; i < count; i++)
        {
            sum += Unsafe.Add(ref result, i);
        }

        return sum;
    }

    /// <summary>Replaces rows of logits by their softmax.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">Rows of <paramref name="classes"/> logits.</param>
    /// <param name="classes">Values of a row.</param>
    public static void Softmax<T>(Span<T> values, int classes) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int start = 0; start < values.Length; start += classes)
        {
            Span<T> row = values.Slice(start, classes);
            T sum = ShiftedExp(ref row[0], ref row[0], classes, out _);
            foreach (ref T value in row)
            {
                value /= sum;
            }
        }
    }

    /// <summary>Replaces logits by their sigmoid.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">The logits.</param>
    public static void Sigmoid<T>(Span<T> values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (ref T value in values)
        {
            value = T.One / (T.One + T.Exp(-value));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Exp<T>(Vector128<T> value) where T : unmanaged =>
        typeof(T) == typeof(float)
            ? VectorMath.Exp(value.AsSingle()).As<float, T>()
            : VectorMath.Exp(value.AsDouble()).As<double, T>();
}
