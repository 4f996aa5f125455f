using System.ComponentModel;
using System.Numerics;

namespace RnnGen.Runtime;

/// <summary>The flat row of a sequence.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class InputRow
{
    /// <summary>Puts the inputs of a sequence into its row: <c>[SequenceLength × InputStep | statics | OutputLength × known]</c>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="history">The inputs of its steps, one step after the other; of up to <c>SequenceLength</c> steps. The rest of the row's steps are cleared.</param>
    /// <param name="statics">The inputs that are given once.</param>
    /// <param name="known">The inputs that are known for the decoded steps, one step after the other.</param>
    /// <param name="row"><c>Layout.InputLength</c> elements, written.</param>
    /// <exception cref="ArgumentException">A span has another length or overlaps the row, or the index of a category is out of range. Nothing is written.</exception>
    public static void Pack<T>(ModelLayout layout, ReadOnlySpan<T> history, ReadOnlySpan<T> statics, ReadOnlySpan<T> known, Span<T> row) where T : unmanaged, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(layout);
        int steps = Check.Steps(history.Length, layout.InputStep, nameof(history)), padded = layout.SequenceLength * layout.InputStep;
        Check.SequenceLength(steps, layout.SequenceLength, nameof(history));
        int once = Size(layout, InputKind.Static), decoded = layout.InputLength - padded - once;
        Check.Length(statics.Length, once, nameof(statics), "inputs given once");
        Check.Length(known.Length, decoded, nameof(known), "OutputLength × inputs known for a decoded step");
        Check.Length(row.Length, layout.InputLength, nameof(row), "Layout.InputLength");
        Check.Apart(history, row, nameof(history), nameof(row));
        Check.Apart(statics, row, nameof(statics), nameof(row));
        Check.Apart(known, row, nameof(known), nameof(row));
        Check.StepCategories(new Place(nameof(history)), layout, history);
        Check.StaticCategories(new Place(nameof(statics)), layout, statics);
        Check.KnownCategories(new Place(nameof(known)), layout, known);
        history.CopyTo(row);
        row[history.Length..padded].Clear();
        statics.CopyTo(row[padded..]);
        known.CopyTo(row[(padded + once)..]);
    }

    private static int Size(ModelLayout layout, InputKind kind)
    {
        int size = 0;
        for (int i = 0; i < layout.Inputs.Count; i++)
        {
            InputInfo input = layout.Inputs[i];
            size += input.Kind == kind ? input.Steps * input.Size : 0;
        }

        return size;
    }
}
