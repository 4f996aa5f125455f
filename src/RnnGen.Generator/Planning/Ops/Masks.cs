using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>What training leaves out of values, of inputs and of the states that products read: how it is drawn, and taken from values that are masked in place.</summary>
internal static class Masks
{
    /// <summary>The calls before a training step: what each mask leaves out is drawn for each sequence, and values are masked in place.</summary>
    public static IEnumerable<Call> Draws(ForwardLayout layout)
    {
        foreach (PlannedMask mask in layout.Masks)
        {
            yield return new DrawMask(mask, RowsOf(layout, mask));
            if (mask.InPlace is { } unit)
            {
                yield return InPlace(layout, mask, unit, layout.Values(unit));
            }
        }
    }

    /// <summary>The calls behind the backward pass: the same is left out of the adjoints of values that were masked in place.</summary>
    public static IEnumerable<Call> MaskedAdjoints(BackwardLayout layout) =>
        layout.Forward.Masks.Where(m => m.InPlace is { Flows: true }).Select(m => InPlace(layout.Forward, m, m.InPlace!, layout.Adjoint(m.InPlace!)));

    private static MaskValues InPlace(ForwardLayout layout, PlannedMask mask, PlannedUnit unit, ValueRows values) =>
        new(values, values, RowsOf(layout, mask), unit.Steps, RowRange.Leading with { Group = unit.Clock }, Adds: false);

    private static MaskRows RowsOf(ForwardLayout layout, PlannedMask mask) => new(mask.Mask.Offset, mask.Mask.StepLength / layout.Rows, mask.Width);
}

/// <summary>Values, or their adjoints, with some left out.</summary>
/// <param name="Adds">Whether they are added to what stands there.</param>
internal sealed record MaskValues(ValueRows From, ValueRows To, MaskRows Mask, int Steps, RowRange Rows, bool Adds) : Call, ISteppedCall
{
    public Call Of(PlannedUnit unit, int step) => this with { From = From.From(step), To = To.From(step), Steps = 1, Rows = Rows.Of(unit, step) };

    public override Invocation Invocation => Invocation.OfRuntime(Adds ? "Dropout.Add" : "Dropout.Copy", Argument.Arena, From, To, Mask.Offset, Mask.Row, Mask.Width, Steps, Rows);
}

/// <summary>What is left out of each row is drawn: nothing where a loss is only measured.</summary>
internal sealed record DrawMask(PlannedMask Mask, MaskRows Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        "Dropout.Draw", Argument.Arena, Rows.Offset, Rows.Row, Rows.Width, new Argument.Rate(Mask.Index), Named.DrawSeed, Named.DrawStep, Mask.Index, Named.DrawStart, RowRange.Leading with { Group = Clock.Input });
}

/// <summary>Where the mask of each row is stored.</summary>
/// <param name="Row">From a row's mask to the next row's.</param>
internal readonly record struct MaskRows(int Offset, int Row, int Width);
