using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>A layer's outputs and the first of its inputs, or of the model's, added: as many as there are outputs.</summary>
internal sealed class ResidualSum : Op
{
    public ResidualSum(PlannedUnit outputs, PlannedUnit inputs)
        : base($"{outputs.Name} + {inputs.Name}", outputs, outputs.Width)
    {
        Sources = [outputs, inputs];
    }

    public static IReadOnlyList<PlannedUnit> After(FlowBuilder flow, LayerPlace place, IReadOnlyList<PlannedUnit> values) =>
        place.Layer.Residual ? [flow.Add(new ResidualSum(values[0], place.Input))] : values;

    /// <summary>The output layer's values, and the model's inputs where these are added.</summary>
    public static PlannedUnit OfOutputs(FlowBuilder flow, PlannedUnit head, PlannedUnit input) => flow.Model.OutputSkip ? flow.Add(new ResidualSum(head, input)) : head;

    public override IEnumerable<Call> Forward(ForwardLayout layout) => Sources.SelectMany(source =>
        layout.MemoryOf(source) == Argument.Arena ? [OfSteps(source, layout.Values(source), layout.Values(this), Steps, RowRange.OverSteps(Clock)) with { Note = Note(source) }]
        : Enumerable.Range(0, Steps).Select(step => OfStep(
            source, new(layout.MemoryOf(source), layout.Values(source).At(step), layout.Values(source).Row), layout.Values(this).At(step), layout.Values(this).Row, RowRange.Live(this, step)) with { Note = Note(source) }));

    public override IEnumerable<Call> Backward(BackwardLayout layout) => Sources.Where(s => s.Flows).SelectMany(source => ClearRest(layout, source)
        .Append(new CopySteps(layout.Adjoint(this), layout.Adjoint(source), Width, Steps, RowRange.OverSteps(Clock), Adds: !layout.IsLastReader(this, source)) { Note = $"the adjoint of {source.Name}" })
        .Select(c => c.Where(!source.IsTrained, Condition.HaveStates)));

    // Of a wider source only the first values are added, and the other readers add to the adjoints of all.
    private IEnumerable<Call> ClearRest(BackwardLayout layout, PlannedUnit source) => source.Width == Width || !layout.IsLastReader(this, source) ? []
        : Enumerable.Range(0, Steps).Select(step => new ClearRows(layout.Adjoint(source).At(step), layout.Adjoint(source).Row, RowRange.Live(this, step)) { Note = $"t = {step}" });

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd) => RunsAtEnd && !isEnd ? [] : Sources.Select(source =>
        layout.Source(source, step) is var rows && rows.Memory != Argument.Arena
            ? OfStep(source, rows, layout.Own(this).Offset, layout.Own(this).Row, layout.Live(this, step))
            : OfSteps(source, layout.Values(source, step) with { StepLength = 0 }, layout.Own(this), 1, layout.All));

    public override UnitNotes Documentation => $"{Name}: {Width} values.";

    private string Note(PlannedUnit source) => source == Sources[0] ? Name : $"and {source.Name}";

    private Call OfSteps(PlannedUnit source, ValueRows from, ValueRows to, int steps, RowRange rows) => new CopySteps(from, to, Width, steps, rows, Adds: source != Sources[0]);

    // Of what the caller of a prediction has.
    private Call OfStep(PlannedUnit source, SourceRows from, int to, int toRow, RowRange rows) =>
        new CopyRows(from.Offset, from.Row, Width, to, toRow, rows, Adds: source != Sources[0]) { Memory = from.Memory };
}
