using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>From the flat rows of sequences to what the first layer reads.</summary>
internal static class InputColumns
{
    /// <summary>Makes the values that the first layer reads at a step: numbers as they are, and the rows of tables that categories name.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="shape">Which elements are what.</param>
    /// <param name="step">The elements of the step.</param>
    /// <param name="statics">The elements that are given once.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="to">Receives <see cref="InputShape.Width"/> values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read<T>(InputShape shape, ref T step, ref T statics, ref T parameters, ref T to) where T : unmanaged, INumberBase<T>
    {
        foreach (InputPart part in shape.Parts)
        {
            if (part.Kind != InputKind.Known)
            {
                Read(part, ref (part.Kind == InputKind.Static ? ref statics : ref step), ref parameters, ref to);
            }
        }
    }

    /// <summary>Makes the values of a decoded step that are known in advance.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="shape">Which elements are what.</param>
    /// <param name="step">The elements that are known for the step.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="fed">What the decoder's first layer reads at the step; <see cref="InputShape.KnownWidth"/> values of it are written, behind what it is fed.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadKnown<T>(InputShape shape, ref T step, ref T parameters, ref T fed) where T : unmanaged, INumberBase<T>
    {
        foreach (InputPart part in shape.Parts)
        {
            if (part.Kind == InputKind.Known)
            {
                Read(part, ref step, ref parameters, ref fed);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read<T>(InputPart part, ref T elements, ref T parameters, ref T to) where T : unmanaged, INumberBase<T>
    {
        ref T from = ref Unsafe.Add(ref elements, part.From);
        int size = part.Size;
        if (part.Table is { } table)
        {
            from = ref Unsafe.Add(ref parameters, table.Offset + int.CreateTruncating(from) * table.Size);
            size = table.Size;
        }

        MemoryMarshal.CreateReadOnlySpan(ref from, size).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref to, part.To), size));
    }

    /// <summary>The same for the steps with which a sequence begins, one after the other.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="shape">Which elements are what.</param>
    /// <param name="row">The sequence's row.</param>
    /// <param name="steps">Their number.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="to">Receives as many times <see cref="InputShape.Width"/> values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadSteps<T>(InputShape shape, ref T row, int steps, ref T parameters, ref T to) where T : unmanaged, INumberBase<T>
    {
        for (int step = 0; step < steps; step++)
        {
            Read(shape, ref Unsafe.Add(ref row, step * shape.Step), ref Unsafe.Add(ref row, shape.Statics), ref parameters, ref Unsafe.Add(ref to, step * shape.Width));
        }
    }

    /// <summary>Takes the live steps of a group that is trained: numbers go to their places in the arena, and indices of categories to the group's tokens.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="group">The group.</param>
    /// <param name="inputs">The rows of its sequences.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="firstStep">The step of the sequences at which what is trained begins.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Take<T>(TokenGroup<T> group, ReadOnlySpan<T> inputs, int stride, int firstStep) where T : unmanaged, INumberBase<T>
    {
        InputShape shape = group.Shape.Columns!;
        int category = group.Shape.FirstCategory;
        foreach (InputPart part in shape.Parts)
        {
            (int start, int step) = part.Kind switch
            {
                InputKind.Step => (firstStep * shape.Step, shape.Step),
                InputKind.Static => (shape.Statics, 0),
                InputKind.Known => (shape.Known, shape.KnownSize),
                _ => throw new InvalidOperationException(Invariant($"{part.Kind} is no kind of input.")),
            };
            Take(group, part, inputs[(start + part.From)..], stride, step, part.Table is null ? [] : group.Tokens[category++]);
        }
    }

    // What is known is taken of all decoded steps: some rows are computed beyond their ends.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Take<T>(TokenGroup<T> group, InputPart part, ReadOnlySpan<T> inputs, int stride, int step, int[] tokens) where T : unmanaged, INumberBase<T>
    {
        bool isKnown = part.Kind == InputKind.Known;
        GroupRows rows = group.Rows;
        (int steps, StepValues values) = isKnown ? (group.Shape.DecodedSteps, group.Shape.Fed) : (group.Shape.Steps, group.Shape.Inputs);
        for (int row = 0; row < rows.Count; row++)
        {
            ref T from = ref Unsafe.Add(ref MemoryMarshal.GetReference(inputs), rows.Sequence(row) * stride);
            int live = isKnown ? steps : rows.Length(row);
            if (part.Table is null)
            {
                CopySteps(ref from, step, part.Size, ref group.First, values.At(0, row) + part.To, values.Step, live);
            }
            else
            {
                Indices(ref from, step, tokens.AsSpan(row * steps, live));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopySteps<T>(ref T from, int fromStep, int size, ref T arena, int to, int toStep, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            for (int i = 0; i < size; i++)
            {
                Unsafe.Add(ref arena, to + step * toStep + i) = Unsafe.Add(ref from, step * fromStep + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Indices<T>(ref T from, int fromStep, Span<int> tokens) where T : unmanaged, INumberBase<T>
    {
        for (int step = 0; step < tokens.Length; step++)
        {
            tokens[step] = int.CreateTruncating(Unsafe.Add(ref from, step * fromStep));
        }
    }
}
