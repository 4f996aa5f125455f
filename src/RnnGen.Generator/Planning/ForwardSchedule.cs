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
        List<string> dropped = layer.Plan.States.Where(s => layout.Drops(layer, s)).ToList();
        for (int i = 0; i < layer.Steps; i++)
        {
            int step = layer.IsReverse ? layer.Steps - 1 - i : i;
            foreach (Call call in layer.IsReverse ? InitialStates.Begin(layout, layer, step) : [])
            {
                yield return call;
            }

            foreach (string state in dropped)
            {
                yield return DroppedState.Forward(layout, layer, state, step);
            }

            yield return Kernel(layer, step);
            foreach (Call count in WatchedLayer.Counts(watched, layer, step))
            {
                yield return count;
            }
        }
    }

    private ForwardKernel Kernel(PlannedLayer layer, int step)
    {
        ValueRows source = layout.Source(layer, step);
        return new ForwardKernel(
            layer,
            new SourceRows(layout.MemoryOf(layer.Source), source.Offset, source.Row),
            layout.LanesOf(layer).At(layout.Trains ? step : 0),
            layout.LanesOf(layer).BlockStride,
            layer.Plan.ForwardBuffers.Select(b => new BufferOffset(b, layout.OffsetOf(layer, b, step))).ToList(),
            RowRange.Live(layer, step),
            layout.Trains)
        {
            Note = $"t = {layout.TimeOf(layer, step)}",
        };
    }
}
