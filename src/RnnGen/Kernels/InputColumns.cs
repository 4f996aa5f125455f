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
            ref T from = ref Unsafe.Add(ref (part.Kind == InputKind.Static ? ref statics : ref step), part.From);
            int size = part.Size;
            if (part.Table is { } table)
            {
                from = ref Unsafe.Add(ref parameters, table.Offset + int.CreateTruncating(from) * table.Size);
                size = table.Size;
            }

            MemoryMarshal.CreateReadOnlySpan(ref from, size).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref to, part.To), size));
        }
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
        GroupRows rows = group.Rows;
        int category = group.Shape.FirstCategory;
        foreach (InputPart part in shape.Parts)
        {
            bool isStatic = part.Kind == InputKind.Static;
            int start = part.From + (isStatic ? shape.Statics : firstStep * shape.Step), step = isStatic ? 0 : shape.Step;
            Span<int> tokens = part.Table is null ? default : group.Tokens[category++];
            for (int row = 0; row < rows.Count; row++)
            {
                ref T from = ref Unsafe.Add(ref MemoryMarshal.GetReference(inputs), rows.Sequence(row) * stride + start);
                if (part.Table is null)
                {
                    CopySteps(ref from, step, part.Size, ref group.First, group.Shape.Inputs.At(0, row) + part.To, group.Shape.Inputs.Step, rows.Length(row));
                }
                else
                {
                    Indices(ref from, step, tokens.Slice(row * group.Shape.Steps, rows.Length(row)));
                }
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
