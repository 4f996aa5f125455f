using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>A layer's outputs and its inputs, added.</summary>
internal sealed class ResidualSum : Op
{
    public ResidualSum(PlannedUnit outputs, PlannedUnit inputs)
        : base($"{outputs.Name} + {inputs.Name}", outputs, outputs.Width)
    {
        Sources = [outputs, inputs];
    }

    public static IReadOnlyList<PlannedUnit> After(FlowBuilder flow, LayerPlace place, IReadOnlyList<PlannedUnit> values) =>
        place.Layer.Residual ? [flow.Add(new ResidualSum(values[0], place.Input))] : values;

    public override IEnumerable<Call> Forward(ForwardLayout layout) => Sources.Select(source =>
        new CopySteps(layout.Values(source), layout.Values(this), Width, Steps, RowRange.OverSteps(Clock), Adds: source != Sources[0]) { Note = source == Sources[0] ? Name : $"and {source.Name}" });

    public override IEnumerable<Call> Backward(BackwardLayout layout) => Sources.Where(s => s.Flows).Select(source =>
        new CopySteps(layout.Adjoint(this), layout.Adjoint(source), Width, Steps, RowRange.OverSteps(Clock), Adds: !layout.IsLastReader(this, source)) { Note = $"the adjoint of {source.Name}" }
            .Where(!source.IsTrained, Condition.HaveStates));

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd) => RunsAtEnd && !isEnd ? [] : Sources.Select(source =>
        new CopySteps(layout.Values(source, step) with { StepLength = 0 }, layout.Own(this), Width, 1, layout.All, Adds: source != Sources[0]));

    public override UnitNotes Documentation => $"{Name}: {Width} values.";
}
