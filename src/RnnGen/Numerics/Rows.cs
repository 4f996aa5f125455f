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
    // Up to here a loop copies a step's features faster than a call does.
    private const int FewFeatures = 4;

    /// <summary>Rows first to last are set to zero.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="rows">Where row 0 is stored in the arena.</param>
    /// <param name="stride">Values of a row.</param>
    /// <param name="first">The first row to clear.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Clear<T>(ref T arena, int rows, int stride, int first, int last) where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref Unsafe.Add(ref arena, rows + first * stride), (last - first) * stride).Clear();

    /// <summary>Rows first to last become a learned state.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="state">The learned state, of as many values as a row.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="rows">Where row 0 is stored in the arena.</param>
    /// <param name="stride">Values of a row.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill<T>(ref T state, ref T arena, int rows, int stride, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            Copy(ref state, 0, stride, stride, ref arena, rows + row * stride, 0, 0, 1);
        }
    }

    /// <summary>Adds each row's part of a vector's gradient, row after row, on the first of the threads.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="values">Where row 0 is stored.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="width">Values of the vector.</param>
    /// <param name="sums">The sums of gradients.</param>
    /// <param name="gradient">Where the vector's is stored.</param>
    /// <param name="rows">The group.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum<T>(ref T arena, int values, int stride, int width, ref T sums, int gradient, GroupRows rows) where T : unmanaged, INumber<T>
    {
        for (int row = 0; row < rows.Count; row++)
        {
            Add(ref arena, values + row * stride, 0, width, ref sums, gradient, 0, 0, 1);
        }
    }

    /// <summary>Copies the live steps, with which each sequence begins, to <c>[step][row][feature]</c>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="sequences">The sequences of one group.</param>
    /// <param name="rows">Their rows.</param>
    /// <param name="stride">From a sequence to the next; what follows its steps stays where it is.</param>
    /// <param name="features">Values of a step.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="target">Where they go in the arena.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ByStep<T>(ReadOnlySpan<T> sequences, GroupRows rows, int stride, int features, ref T arena, in StepValues target) where T : unmanaged
    {
        for (int row = 0; row < rows.Count; row++)
        {
            ref T from = ref Unsafe.Add(ref MemoryMarshal.GetReference(sequences), rows.Sequence(row) * stride);
            int length = rows.Length(row);
            for (int step = 0; step < length; step++)
            {
                ref T to = ref Unsafe.Add(ref arena, target.At(step, row));
                if (features > FewFeatures)
                {
                    MemoryMarshal.CreateReadOnlySpan(ref from, features).CopyTo(MemoryMarshal.CreateSpan(ref to, features));
                    from = ref Unsafe.Add(ref from, features);
                    continue;
                }

                for (int feature = 0; feature < features; feature++)
                {
                    Unsafe.Add(ref to, feature) = from;
                    from = ref Unsafe.Add(ref from, 1);
                }
            }
        }
    }

    /// <summary>
    /// Many to one reads the final step: rows that end before it have the state after their own last step copied there.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="states">Where row 0 of the state before step 0 is stored.</param>
    /// <param name="stepLength">From a step's state to the next.</param>
    /// <param name="stride">Values of a row.</param>
    /// <param name="steps">Steps of the longest sequence.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row of the caller.</param>
    /// <param name="last">The row after its last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void KeepLast<T>(
        ref T arena, int states, int stepLength, int stride, int steps, GroupRows rows, int first, int last) where T : unmanaged
    {
        for (int row = Math.Max(first, rows.Last(steps - 1, last)); row < last; row++)
        {
            Copy(ref arena, states + (rows.Length(row) * stepLength), stride, stride, ref arena, states + (steps * stepLength), stride, row, row + 1);
        }
    }

    /// <summary><see cref="KeepLast"/>, where the state alternates between two buffers from step to step.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="other">The buffer that the final step's state is not in.</param>
    /// <param name="target">The buffer that it is in.</param>
    /// <param name="stride">Values of a row.</param>
    /// <param name="steps">Steps of the longest sequence.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row of the caller.</param>
    /// <param name="last">The row after its last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void KeepLastOfTwo<T>(
        ref T arena, int other, int target, int stride, int steps, GroupRows rows, int first, int last) where T : unmanaged
    {
        for (int row = Math.Max(first, rows.Last(steps - 1, last)); row < last; row++)
        {
            if ((rows.Length(row) - steps) % 2 != 0)
            {
                Copy(ref arena, other, stride, stride, ref arena, target, stride, row, row + 1);
            }
        }
    }

    /// <summary>Steps of all sequences together.</summary>
    /// <param name="lengths">The length of each, or empty if all have all steps.</param>
    /// <param name="count">Sequences.</param>
    /// <param name="steps">Steps of the longest sequence.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long Steps(ReadOnlySpan<int> lengths, int count, int steps)
    {
        long sum = lengths.IsEmpty ? (long)count * steps : 0;
        foreach (int length in lengths)
        {
            sum += length;
        }

        return sum;
    }

    /// <summary>Outputs beyond each sequence's length are zero.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="outputs">Outputs <c>[sequence, step, feature]</c>.</param>
    /// <param name="steps">Steps of a sequence.</param>
    /// <param name="lengths">The length of each sequence, or empty if all have all steps.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ClearBeyond<T>(Span<T> outputs, int steps, ReadOnlySpan<int> lengths) where T : unmanaged
    {
        for (int i = 0; i < lengths.Length; i++)
        {
            Span<T> sequence = outputs.Slice(i * (outputs.Length / lengths.Length), outputs.Length / lengths.Length);
            sequence[(sequence.Length / steps * lengths[i])..].Clear();
        }
    }

    /// <summary>Copies rows of an output to where their sequences belong in <c>[sequence, step, feature]</c>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="values">Where row 0 is stored in the arena.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="features">Values that are copied of each row.</param>
    /// <param name="outputs">The first sequence's outputs.</param>
    /// <param name="offset">Where this step's values are stored in a sequence's outputs.</param>
    /// <param name="length">From a sequence to the next.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row to copy.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(
        ref T arena, int values, int stride, int features, ref T outputs, int offset, int length, GroupRows rows, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            Copy(ref arena, values + (row * stride), stride, features, ref outputs, offset + (rows.Sequence(row) * length), length, 0, 1);
        }
    }

    /// <summary>Copies rows of an output to where they belong in <c>[sequence, step, feature]</c>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="rows">Where row 0 is stored in the arena.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="features">Values that are copied of each row.</param>
    /// <param name="outputs">The first sequence's outputs.</param>
    /// <param name="offset">Where this step's values are stored in a sequence's outputs.</param>
    /// <param name="length">From a sequence to the next.</param>
    /// <param name="first">The first row to copy.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(
        ref T arena, int rows, int stride, int features, ref T outputs, int offset, int length, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            ref T from = ref Unsafe.Add(ref arena, rows + row * stride);
            ref T to = ref Unsafe.Add(ref outputs, row * length + offset);
            for (int feature = 0; feature < features; feature++)
            {
                Unsafe.Add(ref to, feature) = Unsafe.Add(ref from, feature);
            }
        }
    }

    /// <summary>Adds rows of values to others.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">Where the rows are stored.</param>
    /// <param name="rows">Where row 0 is stored.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="features">Values that are added of each row.</param>
    /// <param name="sums">Where the rows are stored that are added to.</param>
    /// <param name="offset">Where row 0 of them is stored.</param>
    /// <param name="length">From a row of them to the next.</param>
    /// <param name="first">The first row to add.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<T>(
        ref T arena, int rows, int stride, int features, ref T sums, int offset, int length, int first, int last) where T : unmanaged, INumber<T>
    {
        for (int row = first; row < last; row++)
        {
            ref T from = ref Unsafe.Add(ref arena, rows + row * stride);
            ref T to = ref Unsafe.Add(ref sums, row * length + offset);
            int i = 0;
            for (; i <= features - Vector<T>.Count; i += Vector<T>.Count)
            {
                (Vector.LoadUnsafe(ref to, (nuint)i) + Vector.LoadUnsafe(ref from, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
            }

            for (; i < features; i++)
            {
                Unsafe.Add(ref to, i) += Unsafe.Add(ref from, i);
            }
        }
    }

    /// <summary>Copies the live rows of every step to another place.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="from">Where row 0 of the first step is stored.</param>
    /// <param name="fromStep">From a step to the next.</param>
    /// <param name="fromRow">From a row to the next.</param>
    /// <param name="to">Where row 0 of the first step goes.</param>
    /// <param name="toStep">From a step to the next.</param>
    /// <param name="toRow">From a row to the next.</param>
    /// <param name="features">Values that are copied of each row.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopySteps<T>(
        ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int features, int steps, GroupRows rows, int first, int last) where T : unmanaged
    {
        for (int step = 0; step < steps; step++)
        {
            CopyStep(ref arena, from + step * fromStep, fromRow, to + step * toStep, toRow, features, first, rows.Last(step, last));
        }
    }

    /// <summary>Copies rows of values that are at one place only, after the last step.</summary>
    /// <inheritdoc cref="CopySteps{T}(ref T, int, int, int, int, int, int, int, int, GroupRows, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopySteps<T>(
        ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int features, int steps, int first, int last) where T : unmanaged =>
        CopyStep(ref arena, from, fromRow, to, toRow, features, first, last);

    /// <summary>Adds the live rows of every step to those at another place.</summary>
    /// <inheritdoc cref="CopySteps{T}(ref T, int, int, int, int, int, int, int, int, GroupRows, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSteps<T>(
        ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int features, int steps, GroupRows rows, int first, int last)
        where T : unmanaged, INumber<T>
    {
        for (int step = 0; step < steps; step++)
        {
            Add(ref arena, from + step * fromStep, fromRow, features, ref arena, to + step * toStep, toRow, first, rows.Last(step, last));
        }
    }

    /// <summary>Adds rows of values that are at one place only, after the last step.</summary>
    /// <inheritdoc cref="CopySteps{T}(ref T, int, int, int, int, int, int, int, int, GroupRows, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSteps<T>(
        ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int features, int steps, int first, int last) where T : unmanaged, INumber<T> =>
        Add(ref arena, from, fromRow, features, ref arena, to, toRow, first, last);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyStep<T>(ref T arena, int from, int fromRow, int to, int toRow, int features, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref arena, from + row * fromRow), features)
                .CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref arena, to + row * toRow), features));
        }
    }

    /// <summary>A layer that goes backwards begins with a state of zero at each row's last step.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="states">Where row 0 of the state before the step is stored.</param>
    /// <param name="stride">Values of a row.</param>
    /// <param name="step">The step.</param>
    /// <param name="steps">Steps of the longest sequence.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Begin<T>(ref T arena, int states, int stride, int step, int steps, GroupRows rows, int first, int last) where T : unmanaged
    {
        int begin = step == steps - 1 ? first : Math.Max(first, rows.Last(step + 1, last));
        int end = rows.Last(step, last);
        if (begin < end)
        {
            Clear(ref arena, states, stride, begin, end);
        }
    }

    /// <summary><see cref="Begin{T}(ref T, int, int, int, int, GroupRows, int, int)"/>, with a learned state.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="state">The learned state.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="states">Where row 0 is stored before the step.</param>
    /// <param name="stride">Values of a row.</param>
    /// <param name="step">The step.</param>
    /// <param name="steps">Steps of the longest sequence.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row of the caller.</param>
    /// <param name="last">The row after its last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Begin<T>(ref T state, ref T arena, int states, int stride, int step, int steps, GroupRows rows, int first, int last) where T : unmanaged =>
        Fill(ref state, ref arena, states, stride, step == steps - 1 ? first : Math.Max(first, rows.Last(step + 1, last)), rows.Last(step, last));

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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
