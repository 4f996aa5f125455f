using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>Training leaves some values out, the same at all steps of a sequence (Y. Gal, Z. Ghahramani 2016); prediction reads them as they are.</summary>
internal sealed class Dropout : Op
{
    private const string Mask = "mask";

    private readonly double _rate;

    /// <param name="rate">Share of values that are left out.</param>
    public Dropout(PlannedUnit source, double rate)
        : base($"{source.Name} with dropout", source, source.Width)
    {
        (_rate, Sources) = (rate, [source]);
    }

    /// <summary>The model's input is left out where it stands.</summary>
    public static PlannedUnit Before(FlowBuilder flow, LayerPlace place, PlannedUnit values) =>
        values is InputRows || place.Layer.Dropout == 0 ? values : flow.Add(new Dropout(values, place.Layer.Dropout));

    /// <summary>The calls before a training step: what each mask leaves out is drawn for each sequence, and values are masked where they stand.</summary>
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

    /// <summary>The calls behind the backward pass: the same is left out of the adjoints of values that were masked where they stand.</summary>
    public static IEnumerable<Call> MaskedAdjoints(BackwardLayout layout) =>
        layout.Forward.Masks.Where(m => m.InPlace is { Flows: true }).Select(m => InPlace(layout.Forward, m, m.InPlace!, layout.Adjoint(m.InPlace!)));

    private static MaskValues InPlace(ForwardLayout layout, PlannedMask mask, PlannedUnit unit, ValueRows values) =>
        new(values, values, RowsOf(layout, mask), unit.Steps, RowRange.Leading with { Group = unit.Clock }, Adds: false);

    private static MaskRows RowsOf(ForwardLayout layout, PlannedMask mask) => new(mask.Mask.Offset, mask.Mask.StepLength / layout.Rows, mask.Width);

    private PlannedUnit Source => Sources[0];

    public override PlannedUnit Predicted => Source;

    public override bool StandsInItsSource(bool trains) => !trains;

    public override void Reserve(ForwardLayout layout, int lastUse)
    {
        layout.ReserveMask(this, Mask, Name, Width, _rate);
        base.Reserve(layout, lastUse);
    }

    public override ValueRows Values(ForwardLayout layout) => layout.Trains ? layout.Own(this) : layout.Values(Source);

    public override IEnumerable<Call> Forward(ForwardLayout layout)
    {
        if (layout.Trains)
        {
            yield return Masked(layout, layout.Values(Source), layout.Values(this), adds: false) with { Note = Name };
        }
    }

    public override IEnumerable<Call> Backward(BackwardLayout layout)
    {
        yield return Masked(layout.Forward, layout.Adjoint(this), layout.Adjoint(Source), adds: !layout.IsLastReader(this, Source)) with { Note = $"the adjoint of {Name}" };
    }

    public override ValueRows StepValues(StepLayout layout, int step) => layout.Values(Source, step);

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd) => [];

    public override UnitNotes Documentation => $"{Name}: training leaves out {_rate.ToString("P0", CultureInfo.InvariantCulture)}, one draw for all steps of a sequence.";

    private MaskValues Masked(ForwardLayout layout, ValueRows from, ValueRows to, bool adds) =>
        new(from, to, new MaskRows(layout[this, Mask].Offset, layout.RowOf(this), Width), Steps, RowRange.OverSteps(Clock), adds);
}

/// <summary>Values, or their adjoints, with some left out.</summary>
/// <param name="Adds">Whether they are added to what stands there.</param>
internal sealed record MaskValues(ValueRows From, ValueRows To, MaskRows Mask, int Steps, RowRange Rows, bool Adds) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(Adds ? "Dropout.Add" : "Dropout.Copy", Argument.Arena, From, To, Mask.Offset, Mask.Row, Mask.Width, Steps, Rows);
}

/// <summary>What is left out of each row is drawn: nothing where a loss is only measured.</summary>
internal sealed record DrawMask(PlannedMask Mask, MaskRows Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        "Dropout.Draw", Argument.Arena, Rows.Offset, Rows.Row, Rows.Width, new Argument.Rate(Mask.Rate), Named.DrawSeed, Named.DrawStep, Mask.Index, Named.DrawStart, RowRange.Leading with { Group = Clock.Input });
}

/// <summary>Where it stands what is left out of each row.</summary>
/// <param name="Row">From a row's mask to the next row's.</param>
internal readonly record struct MaskRows(int Offset, int Row, int Width);
