using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Planning;

/// <summary>Back-propagation through time: the forward pass reversed, with the weight gradients right after every chunk of steps, while its adjoints are in the cache.</summary>
/// <param name="watched">The layers whose adjoints are measured before a step back.</param>
internal sealed class BackwardSchedule(BackwardLayout layout, IReadOnlyList<WatchedLayer> watched)
{
    private readonly ForwardLayout _forward = layout.Forward;
    private readonly ScanSchedule _scan = new(layout.Forward, watched);
    private readonly int _chunk = layout.ChunkSteps;

    /// <summary>A unit's calls. A decoder may start from a layer of the encoder that is not its last: what comes behind it has no reader, and so an adjoint of zero.</summary>
    public IEnumerable<Call> Of(PlannedUnit unit) => unit is Op op ? op.Backward(layout) : OfLayer((PlannedLayer)unit);

    /// <summary>The calls of units that go through each step together: what precedes the last step, then step by step back, and what follows the first one.</summary>
    public IEnumerable<(PlannedUnit Unit, Call Call)> Of(StepLoop loop)
    {
        List<PlannedUnit> units = loop.Units.Reverse().Where(u => u.Flows).ToList();
        return units.SelectMany(u => Unread(u).Concat(u is Op op ? op.Backward(layout).TakeWhile(c => c is not ISteppedCall) : Ends((PlannedLayer)u)).Select(c => (u, c)))
            .Concat(Enumerable.Range(0, loop.Steps).SelectMany(i => units.SelectMany(u => Back(u, loop.Steps - 1 - i).Select(c => (u, c)))))
            .Concat(units.SelectMany(u => (u is Op op ? op.Backward(layout).SkipWhile(c => c is not ISteppedCall).Where(c => c is not ISteppedCall) : InitialStates.Backward(layout, (PlannedLayer)u)).Select(c => (u, c))));
    }

    private IEnumerable<Call> Back(PlannedUnit unit, int step) => unit is Op op ? op.BackwardStep(layout, step) : OfStep((PlannedLayer)unit, step);

    /// <summary>The layer in whose methods a unit's calls are printed: an op's with the layer before it.</summary>
    public PlannedLayer LayerOf(PlannedUnit unit) => unit as PlannedLayer ?? layout.Layers.LastOrDefault(l => l.Index < unit.Index) ?? layout.Layers[0];

    /// <summary>The adjoint of what nothing reads is zero.</summary>
    public IEnumerable<Call> Unread(PlannedUnit unit) => layout.Units.Any(u => u.Reads.Contains(unit)) || layout.OwnAdjoint(unit) is not { } adjoint ? []
        : Enumerable.Range(0, unit.Steps).Select(step => new ClearRows(adjoint.At(step), layout.Adjoint(unit).Row, RowRange.All) { Note = $"∂L/∂{unit.Name} = 0: nothing reads it" });

    private IEnumerable<Call> OfLayer(PlannedLayer layer)
    {
        foreach (Call call in Ends(layer))
        {
            yield return call;
        }

        foreach (Call call in _forward.Scans(layer) ? _scan.Backward(layout, layer) : StepByStep(layer))
        {
            yield return call;
        }

        foreach (Call call in InitialStates.Backward(layout, layer))
        {
            yield return call;
        }
    }

    // What is carried after the last step.
    private IEnumerable<Call> Ends(PlannedLayer layer) => layer.Plan.States.Where(s => !HasReader(layer, s)).Select(state =>
        new ClearRows(layout.Carry(layer, state).Offset, layer.Plan.StateRow(state), RowRange.All) { Note = $"∂L/∂{state} {(layer.IsReverse ? "after the first step" : "after the last step")} = 0" }
            .Where(layout.Specification.IsRecomputed, Condition.AreLast));

    // Who reads a final state writes its adjoint; nobody reads that of an encoder's layer which the decoder has no counterpart of.
    private bool HasReader(PlannedLayer layer, string state) =>
        layout.Units.OfType<Op>().Any(o => o.IsStateOf(layer, state) && layout.Units.Any(u => u.Reads.Contains(o)));

    private IEnumerable<Call> StepByStep(PlannedLayer layer)
    {
        for (int i = 0; i < layer.Steps; i++)
        {
            foreach (Call call in OfStep(layer, layer.IsReverse ? i : layer.Steps - 1 - i))
            {
                yield return call;
            }
        }
    }

    private IEnumerable<Call> OfStep(PlannedLayer layer, int step)
    {
        foreach (Call call in Step(layer, step))
        {
            yield return call;
        }

        // The chunk's weight gradients, once its steps' pre-activations have their adjoints.
        int start = step / _chunk * _chunk, end = Math.Min(start + _chunk, layer.Steps);
        foreach (Call call in !layer.IsFrozen && step == (layer.IsReverse ? end - 1 : start) ? Gradients(layer, start, end) : [])
        {
            yield return call;
        }
    }

    // One step back: the pre-activations' adjoints, then those of what products read.
    private IEnumerable<Call> Step(PlannedLayer layer, int step)
    {
        LayerPlan plan = layer.Plan;
        foreach (Call watch in WatchedLayer.Watches(watched, layer, step))
        {
            yield return watch;
        }

        yield return new BackwardKernel(
            layer,
            plan.BackwardAddsGradients ? layout.WeightGradients[layer.Index].Offset : null,
            _forward.LanesOf(layer).At(step),
            _forward.LanesOf(layer).BlockStride,
            plan.BackwardBuffers.Select(b => new BufferOffset(b, layout.OffsetOf(layer, b, step))).ToList(),
            RowRange.Live(layer, step))
        {
            Note = Time(layer, step),
        };
        foreach (ProductSource source in plan.ReverseSources.Where(s => !s.IsMade))
        {
            foreach (Call call in Adjoint(layer, source, step))
            {
                yield return call;
            }
        }

        // Nobody else writes the adjoint of an input that the cell does not read.
        if (plan.Shape.NeedsInputAdjoint && !plan.ReverseSources.Any(s => s.IsInput) && layout.ScratchOf(layer) is null)
        {
            yield return new ClearRows(InputAdjoint(layer, step), plan.InputRowStride, RowRange.All) { Note = $"∂L/∂x at t = {_forward.TimeOf(layer, step)} = 0: {layer.Name} does not read x" };
        }
    }

    // From the pre-activations' adjoints to a source's.
    private IEnumerable<Call> Adjoint(PlannedLayer layer, ProductSource source, int step)
    {
        LayerPlan plan = layer.Plan;
        bool isFirst = step == (layer.IsReverse ? layer.Steps - 1 : 0);
        if (!source.IsInput && isFirst && !InitialStates.NeedsAdjoint(layout, layer, source.Name))
        {
            yield break;
        }

        int target = source.IsInput ? InputAdjoint(layer, step) : layout.Carry(layer, source.Name).Offset;
        ArenaBuffer? scratch = source.IsInput ? layout.ScratchOf(layer) : null;
        bool isDropped = !source.IsInput && plan.Shape.DropsStates;
        bool needsStates = source.IsInput ? !layer.Source.IsTrained : isFirst && InitialStates.IsZero(layer, source.Name);
        yield return new AdjointKernel(
            layer,
            source,
            _forward.LanesOf(layer).At(step),
            _forward.LanesOf(layer).BlockStride,
            scratch?.Offset ?? (isDropped ? layout.DropScratchOf(layer).Offset : target),
            RowRange.Live(layer, step)) { Note = Time(layer, step) }.Where(needsStates, Condition.HaveStates);
        if (isDropped)
        {
            yield return DroppedState.Backward(layout, layer, source.Name, step, target, plan.Program.HasDirectAdjoint(source.Name)).Where(needsStates, Condition.HaveStates);
        }

        if (scratch is not null)
        {
            int row = plan.InputRowStride;
            yield return new CopyRows(scratch.Offset, row, row, target, row, RowRange.Live(layer, step), Adds: true) { Note = Time(layer, step) }.Where(needsStates, Condition.HaveStates);
        }
    }

    private string Time(PlannedLayer layer, int step) => $"t = {_forward.TimeOf(layer, step)}";

    private int InputAdjoint(PlannedLayer layer, int step) => layout.Adjoint(layer.Source).At(ForwardLayout.SourceStep(layer, step));

    // A chunk's gradients. A state before the first step that is zero contributes nothing.
    private IEnumerable<Call> Gradients(PlannedLayer layer, int start, int end)
    {
        foreach (ProductSource source in layer.Plan.Sources)
        {
            bool startsAtZero = source.IsState && InitialStates.IsZero(layer, source.Name);
            int from = startsAtZero && !layer.IsReverse ? Math.Max(start, 1) : start;
            int to = startsAtZero && layer.IsReverse ? Math.Min(end, layer.Steps - 1) : end;
            // Of steps that are stored in stretches, those of one stretch follow each other.
            int stretches = layer.Plan.SkipsSteps(source) ? _forward.Values(layer.Source).Phases : 1;
            for (int step = from; step < Math.Min(to, from + stretches); step++)
            {
                yield return Gradient(layer, source, step, to, stretches);
            }

            if (from > start && layout.MayCarry(layer))
            {
                yield return Gradient(layer, source, start, start + 1, 1).Where(true, Condition.HaveStates);
            }
        }

        if (layer.Plan.HasBiases)
        {
            yield return new BiasGradientKernel(layer, Chunk(layer, start, end, 1)) { Note = Time(layer, start) };
        }
    }

    private WeightGradientKernel Gradient(PlannedLayer layer, ProductSource source, int from, int to, int stride)
    {
        ValueRows values = source.IsInput ? _forward.Source(layer, from) : source.IsMade ? _forward.Made(layer, source.Name, from) : _forward.Read(layer, source.Name, from);
        return new WeightGradientKernel(layer, source, values.Offset, values, Chunk(layer, from, to, stride)) { Note = Time(layer, from) };
    }

    // Every stride-th step of a chunk.
    private GradientChunk Chunk(PlannedLayer layer, int from, int to, int stride)
    {
        LaneRows lanes = _forward.LanesOf(layer);
        return new GradientChunk(
            lanes.At(from), stride * lanes.StepLength, lanes.BlockStride, layout.WeightGradients[layer.Index].Offset, (to - from + stride - 1) / stride,
            new Argument.LiveFrom(layer.Clock == Clock.Output ? Clock.Output : Clock.Input, layer.RunsAtEnd ? null : from)) { Stride = stride };
    }
}
