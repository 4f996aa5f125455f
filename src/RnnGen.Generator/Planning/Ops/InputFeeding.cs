using System.Collections.Generic;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>Input feeding (T. Luong et al. 2015): what attention makes of a step goes to where the next step reads it, and its adjoint back.</summary>
internal sealed class InputFeeding : Op
{
    private readonly PlannedUnit _attended;
    private readonly PreviousAttention _previous;

    private InputFeeding(PlannedUnit attended, PreviousAttention previous)
        : base("input feeding", attended, attended.Width)
    {
        (_attended, _previous, Sources) = (attended, previous, [attended]);
    }

    /// <summary>What a decoder's first layer reads: what the decoder is fed, and behind it what attention made of the step before.</summary>
    public static PlannedUnit Before(FlowBuilder flow, PlannedUnit fed, int width) =>
        flow.Model.FeedsAttention ? SideBySide.Of(flow, [fed, flow.Add(new PreviousAttention(fed, width))]) : fed;

    /// <summary>Behind attention, whose values others read as they are.</summary>
    public static PlannedUnit After(FlowBuilder flow, PlannedUnit attended)
    {
        foreach (PlannedUnit unit in flow.Units)
        {
            if (unit is PreviousAttention previous)
            {
                flow.Add(new InputFeeding(attended, previous));
                break;
            }
        }

        return attended;
    }

    public override PlannedUnit Resumes => _previous;

    public override void Reserve(ForwardLayout layout, int lastUse)
    {
    }

    public override void ReserveAdjoint(BackwardLayout layout)
    {
    }

    public override IEnumerable<Call> Forward(ForwardLayout layout) => [];

    public override IEnumerable<Call> ForwardStep(ForwardLayout layout, int step)
    {
        if (step + 1 < Steps)
        {
            yield return Copy(layout.Values(_attended), step, layout.Values(_previous), step + 1, step + 1, adds: false) with { Note = "the next step reads it" };
        }
    }

    public override IEnumerable<Call> Backward(BackwardLayout layout) => [];

    /// <summary>Others have written the adjoint: what is read at the next step is read at this one too.</summary>
    public override IEnumerable<Call> BackwardStep(BackwardLayout layout, int step)
    {
        if (step + 1 < Steps)
        {
            yield return Copy(layout.Adjoint(_previous), step + 1, layout.Adjoint(_attended), step, step + 1, adds: true) with { Note = "and what the next step read" };
        }
    }

    public override void ReserveStep(StepLayout layout)
    {
    }

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd)
    {
        ValueRows from = layout.Values(_attended, step), to = layout.Values(_previous, step);
        yield return new CopyRows(from.Offset, from.Row, Width, to.Offset, to.Row, layout.All);
    }

    // Of the rows that have the later of both steps.
    private CopyRows Copy(ValueRows from, int fromStep, ValueRows to, int toStep, int live, bool adds) =>
        new(from.At(fromStep), from.Row, Width, to.At(toStep), to.Row, RowRange.Live(this, live), adds);
}

/// <summary>What attention made of the step before: zero at the first step.</summary>
internal sealed class PreviousAttention(PlannedUnit fed, int width) : Op("the attention before", fed, width)
{
    /// <summary>It is made of what is learned.</summary>
    public override bool Learns => true;

    public override IEnumerable<Call> Forward(ForwardLayout layout)
    {
        ValueRows values = Values(layout);
        yield return new ClearRows(values.Offset, values.Row, RowRange.All) { Note = $"{Name} = 0 at the first step" };
    }

    public override IEnumerable<Call> Backward(BackwardLayout layout) => [];

    public override void ReserveStep(StepLayout layout) => layout.AddState(this, Name);

    public override ValueRows StepValues(StepLayout layout, int step)
    {
        PredictionState state = layout.State(this, Name);
        return new(state.Even.Offset, 0, state.Row);
    }

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd) => [];

    public override UnitNotes Documentation => $"Input feeding: the decoder's first layer also reads the {Width} values that attention made of the step before, zero at the first step.";

    public override long Lines => 2L * Steps;
}
