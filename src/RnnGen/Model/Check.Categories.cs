using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

// Indices of categories in rows of numbers.
public static partial class Check
{
    /// <summary>All indices of categories in the rows of sequences are whole numbers below the number of categories, but those of padding.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="place">What is checked.</param>
    /// <param name="layout">The model's layout.</param>
    /// <param name="rows">The rows; one alone may be given without what is beyond its length.</param>
    /// <param name="lengths">Lengths of the sequences, or empty if all have all steps.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range; the message names its column.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Categories<T>(Place place, ModelLayout layout, ReadOnlySpan<T> rows, ReadOnlySpan<int> lengths) where T : unmanaged, INumberBase<T>
    {
        foreach (InputInfo input in layout.CategoryInputs)
        {
            for (int start = 0, i = 0; start < rows.Length; start += layout.InputLength, i++)
            {
                int steps = input.Kind != InputKind.Step ? input.Steps : lengths.IsEmpty ? layout.SequenceLength : lengths[i];
                for (int step = 0; step < steps; step++)
                {
                    Category(place, input, rows, start + input.Offset + step * input.Step, step);
                }
            }
        }
    }

    /// <summary>The same for the elements of steps, one step after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void StepCategories<T>(Place place, ModelLayout layout, ReadOnlySpan<T> steps) where T : unmanaged, INumberBase<T>
    {
        foreach (InputInfo input in layout.CategoryInputs)
        {
            for (int start = 0, step = 0; input.Kind == InputKind.Step && start < steps.Length; start += layout.InputStep, step++)
            {
                Category(place, input, steps, start + input.Offset, step);
            }
        }
    }

    /// <summary>The same for the elements that are given once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void StaticCategories<T>(Place place, ModelLayout layout, ReadOnlySpan<T> statics) where T : unmanaged, INumberBase<T>
    {
        foreach (InputInfo input in layout.CategoryInputs)
        {
            if (input.Kind == InputKind.Static)
            {
                Category(place, input, statics, input.Offset - layout.SequenceLength * layout.InputStep, 0);
            }
        }
    }

    /// <summary>The same for the elements that are known for decoded steps, which end a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void KnownCategories<T>(Place place, ModelLayout layout, ReadOnlySpan<T> known) where T : unmanaged, INumberBase<T>
    {
        foreach (InputInfo input in layout.CategoryInputs)
        {
            for (int step = 0; input.Kind == InputKind.Known && step < input.Steps; step++)
            {
                Category(place, input, known, input.At(step) - (layout.InputLength - known.Length), step);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Category<T>(Place place, InputInfo input, ReadOnlySpan<T> values, int at, int step) where T : unmanaged, INumberBase<T>
    {
        // What is no number has no whole part that it equals.
        int index = int.CreateSaturating(values[at]);
        if ((uint)index >= (uint)input.Categories || T.CreateTruncating(index) != values[at])
        {
            ThrowCategory(place, input, Invariant($"{values[at]}"), at, step);
        }
    }

    private static void ThrowCategory(Place place, InputInfo input, string value, int at, int step) => throw new ArgumentOutOfRangeException(
        place.Parameter, value,
        Invariant($"{place.Context}{(place.Sequence < 0 ? place.Parameter : "inputs")}[{at}] is {value}, but '{input.Name}'{(input.Kind == InputKind.Static ? "" : Invariant($" ({place.Of} {step})"))} is a category: a whole number from 0 to {input.Categories - 1}."));
}
