using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>A layer's state when each row has had its last step, in its own place: that of the last step.</summary>
internal sealed class FinalState : Op
{
    public FinalState(PlannedLayer layer, string state)
        : base($"{layer.Name} final {layer.Plan.WrittenName(state)}", Clock.End, 1, layer.Plan.StateSize(state))
    {
        (Layer, State, Sources) = (layer, state, [layer]);
    }

    /// <summary>The final outputs of a layer with which the steps end.</summary>
    public static IReadOnlyList<PlannedUnit> After(FlowBuilder flow, LayerPlace place, IReadOnlyList<PlannedUnit> values) =>
        place.ReadsFinalState ? [.. values.Cast<PlannedLayer>().Select(layer => Of(flow, layer, layer.OutputState!))] : values;

    /// <summary>A layer's final state, which is one unit for all that read it.</summary>
    public static FinalState Of(FlowBuilder flow, PlannedLayer layer, string state) =>
        flow.Units.OfType<FinalState>().FirstOrDefault(f => f.IsStateOf(layer, state)) ?? flow.Add(new FinalState(layer, state));

    public PlannedLayer Layer { get; }

    public string State { get; }

    public override bool StandsInItsSource(bool trains) => true;

    public override bool IsStateOf(PlannedLayer layer, string state) => layer == Layer && state == State;

    public override ValueRows Values(ForwardLayout layout) => layout.Final(Layer, State);

    /// <summary>Rows that ended earlier have their last state elsewhere; a layer that goes backwards ends at the first step in every row.</summary>
    public override IEnumerable<Call> Forward(ForwardLayout layout)
    {
        if (!Layer.IsReverse)
        {
            ValueRows final = Values(layout);
            yield return new KeepLast(final with { Offset = final.Offset - layout.Specification.SequenceLength * final.StepLength }) { Note = "rows that ended earlier: their last state" };
        }
    }

    /// <summary>Its adjoint is the one that the state carries.</summary>
    public override void ReserveBackward(BackwardLayout layout)
    {
        if (Flows)
        {
            layout.StandsIn(this, new(layout.Carry(Layer, State).Offset, 0, Layer.Plan.StateRow(State)));
        }
    }

    public override IEnumerable<Call> Backward(BackwardLayout layout) => [];

    public override ValueRows StepValues(StepLayout layout, int step) => layout.Values(Layer, step);

    /// <summary>A stream's state is where its last step left it, and a block has one for each step; that of a whole sequence is in one of two buffers, by the parity of its length.</summary>
    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd)
    {
        if (!isEnd || layout.IsStreamed || layout.Mode == StepMode.Block)
        {
            yield break;
        }

        int other = layout.StateAt(Layer, State, step), last = layout.StateAt(Layer, State, step + 1), row = Layer.Plan.StateRow(State);
        if (layout.IsOne)
        {
            Condition endsInOther = new(ConditionKind.EndsInOther, layout.Specification.SequenceLength % 2);
            yield return new CopyRows(other, row, row, last, row, layout.All).Where(true, endsInOther);
        }
        else
        {
            yield return new KeepLastOfTwo(other, last, row);
        }
    }
}

/// <summary>Copies the last state of rows that end before the final step to the place of the final step's.</summary>
/// <param name="States">The states after each step, from the one before the first.</param>
internal sealed record KeepLast(ValueRows States) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime("Rows.KeepLast", Argument.Arena, States, Named.TrainedSteps, RowRange.OverSteps(Clock.Input));
}

/// <summary>The same, where the state alternates between two buffers.</summary>
/// <param name="Last">Where the longest sequence's is stored.</param>
internal sealed record KeepLastOfTwo(int Other, int Last, int Row) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime("Rows.KeepLastOfTwo", Argument.Arena, Other, Last, Row, Named.SequenceLength, RowRange.OverSteps(Clock.Input));
}
