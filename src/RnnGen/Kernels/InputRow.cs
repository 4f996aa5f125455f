using System.ComponentModel;
using System.Numerics;

namespace RnnGen.Runtime;

/// <summary>The flat row of a sequence.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class InputRow
{
    /// <summary>Puts the inputs of a sequence into its row: <c>[SequenceLength × InputStep | statics]</c>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="history">The inputs of its steps, one step after the other; of up to <c>SequenceLength</c> steps. The rest of the row's steps are cleared.</param>
    /// <param name="statics">The inputs that are given once.</param>
    /// <param name="row"><c>Layout.InputLength</c> elements, written.</param>
    /// <exception cref="ArgumentException">A span has another length, or the index of a category is out of range. Nothing is written.</exception>
    public static void Pack<T>(ModelLayout layout, ReadOnlySpan<T> history, ReadOnlySpan<T> statics, Span<T> row) where T : unmanaged, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(layout);
        int steps = Check.Steps(history.Length, layout.InputStep, nameof(history)), padded = layout.SequenceLength * layout.InputStep;
        Check.SequenceLength(steps, layout.SequenceLength);
        Check.Length(statics.Length, layout.InputLength - padded, nameof(statics), "inputs given once");
        Check.Length(row.Length, layout.InputLength, nameof(row), "Layout.InputLength");
        Check.StepCategories(new Place(nameof(history)), layout, history);
        Check.StaticCategories(new Place(nameof(statics)), layout, statics);
        history.CopyTo(row);
        row[history.Length..padded].Clear();
        statics.CopyTo(row[padded..]);
    }
}
