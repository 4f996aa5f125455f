using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Planning;

/// <summary>The calls of the forward pass, unit by unit, each from its first step to its last.</summary>
/// <param name="watched">The layers whose gates are counted after a step.</param>
internal sealed class ForwardSchedule(ForwardLayout layout, IReadOnlyList<WatchedLayer> watched)
{
    private readonly ScanSchedule _scan = new(layout, watched);

    /// <summary>A unit's calls.</summary>
    public IEnumerable<Call> Of(PlannedUnit unit) => unit is Op op ? op.Forward(layout) : OfLayer((PlannedLayer)unit);

    /// <summary>The calls of units that go through each step together: what precedes the first step, and then step by step.</summary>
    public IEnumerable<(PlannedUnit Unit, Call Call)> Of(StepLoop loop) =>
        loop.Units.SelectMany(u => (u is Op op ? op.Forward(layout).Where(c => c is not ISteppedCall) : InitialStates.Forward(layout, (PlannedLayer)u)).Select(c => (u, c)))
            .Concat(Enumerable.Range(0, loop.Steps).SelectMany(step => loop.Units.SelectMany(u => (u is Op op ? op.ForwardStep(layout, step) : OfStep((PlannedLayer)u, step)).Select(c => (u, c)))));

    /// <summary>The layer in whose methods a unit's calls are printed: an op's with the layer after it, or with the last one.</summary>
    public PlannedLayer LayerOf(PlannedUnit unit) => layout.Units.Skip(unit.Index).OfType<PlannedLayer>().FirstOrDefault() ?? layout.Units.OfType<PlannedLayer>().Last();

    private IEnumerable<Call> OfLayer(PlannedLayer layer)
    {
        foreach (Call call in InitialStates.Forward(layout, layer))
        {
            yield return call;
        }

        foreach (Call call in layout.Scans(layer) ? _scan.Forward(layer) : StepByStep(layer))
        {
            yield return call;
        }
    }

    private IEnumerable<Call> StepByStep(PlannedLayer layer)
    {
        for (int i = 0; i < layer.Steps; i++)
        {
            foreach (Call call in OfStep(layer, layer.IsReverse ? layer.Steps - 1 - i : i))
            {
                yield return call;
            }
        }
    }

    private IEnumerable<Call> OfStep(PlannedLayer layer, int step)
    {
        foreach (Call call in layer.IsReverse ? InitialStates.Begin(layout, layer, step) : [])
        {
            yield return call;
        }

        foreach (string state in layer.Plan.States.Where(s => layout.Drops(layer, s)))
        {
            yield return DroppedState.Forward(layout, layer, state, step);
        }

        yield return Kernel(layer, step);
        foreach (Call count in WatchedLayer.Counts(watched, layer, step))
        {
            yield return count;
        }
    }

    private List<BufferOffset> BuffersOf(PlannedLayer layer, int step) => layer.Plan.ForwardBuffers.Select(b => new BufferOffset(b, layout.OffsetOf(layer, b, step))).ToList();

    private KernelCall Kernel(PlannedLayer layer, int step)
    {
        ValueRows values = layout.Source(layer, step);
        SourceRows source = new(layout.MemoryOf(layer.Source), values.Offset, values.Row);
        LaneRows lanes = layout.LanesOf(layer);
        int slots = lanes.At(layout.Trains ? step : 0);
        List<BufferOffset> buffers = BuffersOf(layer, step);
        RowRange rows = RowRange.Live(layer, step);
        string note = $"t = {layout.TimeOf(layer, step)}";
        return layout.Trains || layer.Plan.Reduced is null
            ? new ForwardKernel(layer, source, slots, lanes.BlockStride, buffers, rows, layout.Trains) { Note = note }
            : new ReducedKernel(layer, source, slots, lanes.BlockStride, layout.CodesOf(layer), buffers, rows) { Note = note };
    }
}
