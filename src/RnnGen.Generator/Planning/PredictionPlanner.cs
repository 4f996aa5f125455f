using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Parsing;

namespace RnnGen.Generator.Planning;

/// <summary>Lays out the prediction scratch and writes its schedule, step by step.</summary>
internal static class PredictionPlanner
{
    /// <param name="rows">Sequences that are computed at once; a single one has kernels of its own.</param>
    /// <param name="steps">Time steps of the schedule.</param>
    /// <param name="streams">Whether the input is one step at a time; then layers that otherwise run at the final step only run at each.</param>
    public static PredictionPlan Plan(
        ModelSpecification specification, IReadOnlyList<PlannedUnit> units, int rows, int steps, bool streams)
    {
        List<PlannedLayer> layers = units.OfType<PlannedLayer>().ToList();
        PlannedJoint? pooling = units.OfType<PlannedJoint>().FirstOrDefault(j => j.Kind == JointKind.Pool);
        MemoryPlan memory = new(Scalar.PerBlock(specification.Precision));
        List<PredictionState> states = [];
        Dictionary<int, ArenaBuffer> outputs = [];
        Dictionary<int, ArenaBuffer> slots = [];
        PlannedPool? pool = null;
        foreach (PlannedLayer layer in layers)
        {
            LayerPlan plan = layer.Plan;
            foreach (string state in plan.States)
            {
                ArenaBuffer even = Add($"{layer.Name} {state}", rows * plan.RowStride);
                ArenaBuffer odd = plan.Sources.Any(s => s.Name == state) ? Add($"{layer.Name} next {state}", rows * plan.RowStride) : even;
                states.Add(new PredictionState(layer, state, even, odd));
            }

            if (layer.OutputState is null)
            {
                outputs[layer.Index] = Add($"{layer.Name} output", rows * plan.RowStride);
            }

            if (layer == pooling?.Layer)
            {
                ArenaBuffer soFar = Add($"{layer.Name} outputs so far", rows * plan.RowStride);
                pool = new PlannedPool(layer, soFar, specification.Pooling == Pooling.Mean ? Add($"{layer.Name} pooled", rows * plan.RowStride) : soFar);
            }
        }

        foreach (PlannedLayer layer in layers.Where(l => rows > 1 || !l.Plan.StepsInRegisters))
        {
            slots[layer.Index] = Add($"{layer.Name} lanes", layer.Plan.Blocks * rows * layer.Plan.SlotRow);
        }

        // Several sequences' rows of the embedding are gathered at each step; a single one's is read where it stands.
        int inputRow = Scalar.InputRow(specification.FeatureSize, specification.Precision);
        ArenaBuffer? embedded = specification.Embedding is not null && rows > 1 ? Add("embedded tokens", rows * inputRow) : null;

        List<IReadOnlyList<KernelCall>> schedule = [];
        for (int step = 0; step < steps; step++)
        {
            int t = step;
            IEnumerable<KernelCall> gather = embedded is null ? [] : [new KernelCall(KernelKind.Gather, layers[0], null, null, [embedded.Offset, inputRow], t)];
            schedule.Add([.. gather, .. layers.Where(l => streams || !l.RunsAtEnd || t == steps - 1).SelectMany(l => Calls(l, t))]);
        }

        return new PredictionPlan(memory.Length, states, outputs[layers[layers.Count - 1].Index], pool, schedule);

        ArenaBuffer Add(string name, int length) => memory.Add(name, 1, length, 0, 0);

        int StateAt(int layer, string name, int step)
        {
            PredictionState state = states.First(s => s.Layer.Index == layer && s.Name == name);
            return (step % 2 == 0 ? state.Even : state.Odd).Offset;
        }

        IEnumerable<KernelCall> Calls(PlannedLayer layer, int step)
        {
            if (!streams && layer.PredictedSource is PlannedJoint { Kind: JointKind.Final } final)
            {
                yield return new KernelCall(KernelKind.KeepLastOfTwo, layer, null, null,
                    [StateAt(final.Layer.Index, final.State, step), StateAt(final.Layer.Index, final.State, step + 1), final.Layer.Plan.RowStride], step);
            }

            if (pool is { } read && layer.PredictedSource == pooling && read.Pooled != read.SoFar)
            {
                yield return new KernelCall(KernelKind.PoolEnd, layer, null, null, [read.SoFar.Offset, read.Pooled.Offset, read.Layer.Plan.RowStride], step);
            }

            yield return Forward(layer, step);
            if (pool is { } taken && layer == taken.Layer)
            {
                yield return new KernelCall(KernelKind.PoolStep, layer, null, null, [OutputAt(layer, step), taken.SoFar.Offset, layer.Plan.RowStride], step);
            }
        }

        int OutputAt(PlannedLayer layer, int step) => layer.OutputState is { } state ? StateAt(layer.Index, state, step + 1) : outputs[layer.Index].Offset;

        KernelCall Forward(PlannedLayer layer, int step)
        {
            LayerPlan plan = layer.Plan;
            (int source, int row) = streams
                ? (0, specification.InputSize)
                : (step * specification.InputSize, specification.SequenceLength * specification.InputSize);
            if (layer.Source is null && specification.Embedding is not null)
            {
                (source, row) = (embedded?.Offset ?? 0, inputRow);
            }
            else if (layer.PredictedSource is { } read)
            {
                PlannedLayer lower = read as PlannedLayer ?? ((PlannedJoint)read).Layer;
                source = read == pooling ? pool!.Pooled.Offset : OutputAt(lower, step);
                row = lower.Plan.RowStride;
            }

            IEnumerable<int> Buffers(IEnumerable<Place> places) => places.Select(b => b.Kind switch
            {
                PlaceKind.PreviousState => StateAt(layer.Index, b.State, step),
                PlaceKind.NextState => StateAt(layer.Index, b.State, step + 1),
                _ => outputs[layer.Index].Offset,
            });
            if (rows > 1)
            {
                return new KernelCall(KernelKind.Predict, layer, null, layer.Pack,
                    [source, row, slots[layer.Index].Offset, rows * plan.SlotRow, .. Buffers(plan.ForwardBuffers)], step);
            }

            IEnumerable<int> lanes = plan.StepsInRegisters ? [] : [slots[layer.Index].Offset];
            return new KernelCall(KernelKind.Step, layer, null, layer.Pack, [source, .. lanes, .. Buffers(plan.StepBuffers)], step);
        }
    }
}
