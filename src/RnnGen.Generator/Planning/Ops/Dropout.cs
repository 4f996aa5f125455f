using System.Collections.Generic;
using System.Globalization;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>Training leaves some values out, the same at all steps of a sequence (Y. Gal, Z. Ghahramani 2016); prediction reads them as they are.</summary>
internal sealed class Dropout : Op
{
    private const string Mask = "mask";

    private readonly DropoutPlace _place;

    public Dropout(PlannedUnit source, DropoutPlace place)
        : base($"{source.Name} with dropout", source, source.Width)
    {
        (_place, Sources) = (place, [source]);
    }

    /// <summary>The model's input is masked in place, unless the outputs read it too.</summary>
    public static PlannedUnit Before(FlowBuilder flow, LayerPlace place, PlannedUnit values) =>
        (values is InputRows && !flow.Model.OutputSkip) || place.Layer.Dropout == 0 ? values : flow.Add(new Dropout(values, new(place.Name, place.Layer.Dropout)));

    private PlannedUnit Source => Sources[0];

    public override PlannedUnit Predicted => Source;

    public override bool StandsInItsSource(bool trains) => !trains;

    public override void Reserve(ForwardLayout layout, int lastUse)
    {
        layout.ReserveMask(this, Mask, _place, Name, Width);
        base.Reserve(layout, lastUse);
    }

    public override ValueRows Values(ForwardLayout layout) => layout.Trains ? layout.Own(this) : layout.Values(Source);

    public override Argument MemoryOf(ForwardLayout layout) => layout.Trains ? Argument.Arena : layout.MemoryOf(Source);

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

    public override UnitNotes Documentation => $"{Name}: training leaves out {_place.Rate.ToString("P0", CultureInfo.InvariantCulture)}, one draw for all steps of a sequence.";

    private MaskValues Masked(ForwardLayout layout, ValueRows from, ValueRows to, bool adds) =>
        new(from, to, new MaskRows(layout[this, Mask].Offset, layout.RowOf(this), Width), Steps, RowRange.OverSteps(Clock), adds);
}
