using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning;

/// <summary>The schedule of a training step, in sections: forward unit by unit, and the same list reversed.</summary>
internal sealed class TrainingSchedule
{
    private readonly BackwardLayout _layout;
    private readonly ForwardSchedule _forward;
    private readonly BackwardSchedule _backward;
    private readonly int _lastStateful;

    public TrainingSchedule(BackwardLayout layout, IReadOnlyList<WatchedLayer> watched)
    {
        _layout = layout;
        _forward = new ForwardSchedule(layout.Forward, watched);
        _backward = new BackwardSchedule(layout, watched);
        _lastStateful = layout.Units.LastOrDefault(u => u is PlannedLayer { Plan.States.Count: > 0 } || (u is Op op && op.Carried(layout).Count > 0))?.Index ?? -1;
    }

    /// <summary>The forward pass, and before it what states start from where no other unit gives it: windows start from kept states instead, and so do sequences that go on.</summary>
    public (IReadOnlyList<Call> Starts, IReadOnlyList<ScheduleSection> Steps) Forward()
    {
        List<(PlannedLayer Layer, Call Call)> calls = _layout.Units.SelectMany(unit =>
        {
            if (_layout.Loop is { } loop && loop.Contains(unit))
            {
                return unit == loop.Last ? _forward.Of(loop).Select(c => (loop.Layer, InItsWindows(c.Unit, c.Call))) : [];
            }

            PlannedLayer layer = _forward.LayerOf(unit);
            return _forward.Of(unit).Select(c => (layer, InItsWindows(unit, c)));
        }).ToList();
        return (calls.Select(c => c.Call).Where(c => c.IsStart).ToList(), Sections(calls.Where(c => !c.Call.IsStart)));
    }

    /// <summary>The backward pass. What is frozen down to the input has a gradient only where it started from a state.</summary>
    public IReadOnlyList<ScheduleSection> Backward() => Sections(_layout.Units.Reverse().Where(u => u.Flows).SelectMany(unit =>
    {
        if (_layout.Loop is { } loop && loop.Contains(unit))
        {
            return unit == loop.Last ? _backward.Of(loop).Select(c => (loop.Layer, c.Call.Where(!c.Unit.IsTrained, Condition.HaveStates))) : [];
        }

        PlannedLayer layer = _backward.LayerOf(unit);
        return _backward.Unread(unit).Concat(_backward.Of(unit).Select(c => InItsWindows(unit, c))).Select(c => (layer, c.Where(!unit.IsTrained, Condition.HaveStates)));
    }));

    // What follows the recurrent layers is needed where outputs are.
    private Call InItsWindows(PlannedUnit unit, Call call) => call.Where(_layout.Specification.IsRecomputed && unit.Index > _lastStateful, Condition.HaveOutputs);

    private static IReadOnlyList<ScheduleSection> Sections(IEnumerable<(PlannedLayer Layer, Call Call)> calls) =>
        calls.GroupBy(c => c.Layer, c => c.Call).Select(g => new ScheduleSection(g.Key, g.ToList())).ToList();
}
