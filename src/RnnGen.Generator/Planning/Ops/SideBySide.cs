using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>Several units' values side by side: both directions of a layer, or what an output of attention reads.</summary>
internal sealed class SideBySide : Op
{
    public SideBySide(IReadOnlyList<PlannedUnit> parts)
        : base(string.Join(" and ", parts.Select(p => p.Name)), parts[0], parts.Sum(p => p.Width))
    {
        Sources = parts;
    }

    /// <summary>Both directions of a layer.</summary>
    public static IReadOnlyList<PlannedUnit> After(FlowBuilder flow, LayerPlace place, IReadOnlyList<PlannedUnit> values) => [Of(flow, values)];

    /// <summary>One unit of several; one alone is it already.</summary>
    public static PlannedUnit Of(FlowBuilder flow, IReadOnlyList<PlannedUnit> parts) => parts.Count == 1 ? parts[0] : flow.Add(new SideBySide(parts));

    public override IEnumerable<Call> Forward(ForwardLayout layout) => Parts((part, column) =>
        new CopySteps(layout.Values(part), Column(layout.Values(this), column), part.Width, Steps, RowRange.OverSteps(Clock), Adds: false) { Note = $"{part.Name}, side by side" });

    public override IEnumerable<Call> Backward(BackwardLayout layout) => Parts((part, column) => !part.Flows ? null
        : new CopySteps(Column(layout.Adjoint(this), column), layout.Adjoint(part), part.Width, Steps, RowRange.OverSteps(Clock), Adds: !layout.IsLastReader(this, part)) { Note = $"{part.Name}'s part of the adjoint" }
            .Where(!part.IsTrained, Condition.HaveStates));

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd) => RunsAtEnd && !isEnd ? [] : Parts((part, column) =>
        new CopySteps(layout.Values(part, step) with { StepLength = 0 }, Column(layout.Values(this, step), column), part.Width, 1, layout.All, Adds: false));

    public override UnitNotes Documentation => $"{Name}: side by side, {Width} values.";

    private static ValueRows Column(ValueRows rows, int column) => rows with { Offset = rows.Offset + column };

    // A call for each part, given the column that it begins at.
    private IEnumerable<Call> Parts(System.Func<PlannedUnit, int, Call?> callOf)
    {
        int column = 0;
        foreach (PlannedUnit part in Sources)
        {
            if (callOf(part, column) is { } call)
            {
                yield return call;
            }

            column += part.Width;
        }
    }
}
