using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

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
        MemoryPlan memory = new(Scalar.PerBlock(specification.Precision));
        List<PredictionState> states = [];
        Dictionary<int, ArenaBuffer> outputs = [];
        Dictionary<int, ArenaBuffer> slots = [];
        Dictionary<(int Unit, string Name), ArenaBuffer> made = [];
        PlannedPool? pool = null;
        foreach (PlannedUnit unit in units)
        {
            if (unit is PlannedLayer layer)
            {
                LayerPlan plan = layer.Plan;
                foreach (string state in plan.States)
                {
                    ArenaBuffer even = Add($"{layer.Name} {state}", rows * plan.StateRow(state));
                    ArenaBuffer odd = plan.Sources.Any(s => s.Name == state) ? Add($"{layer.Name} next {state}", rows * plan.StateRow(state)) : even;
                    states.Add(new PredictionState(layer, state, even, odd));
                }

                for (int i = 0; i < plan.Program.Made.Count; i++)
                {
                    made[(layer.Index, Place.MadeName(i))] = Add($"{layer.Name} {plan.MadeText(i)}", rows * plan.MadeRow(Place.MadeName(i)));
                }

                if (layer.OutputState is null)
                {
                    outputs[layer.Index] = Add($"{layer.Name} output", rows * plan.OutputRow);
                }
            }
            else if (unit is PlannedJoint { Kind: JointKind.Sum or JointKind.Norm })
            {
                outputs[unit.Index] = Add(unit.Name, rows * RowOf(unit));
            }
            else if (unit is PlannedJoint { Kind: JointKind.Pool })
            {
                PlannedUnit pooled = Predicted(unit.Sources[0]);
                ArenaBuffer soFar = Add($"{pooled.Name} outputs so far", rows * RowOf(unit));
                pool = new PlannedPool(pooled, soFar, specification.Pooling == Pooling.Mean ? Add($"{pooled.Name} pooled", rows * RowOf(unit)) : soFar);
            }
        }

        foreach (PlannedLayer layer in layers.Where(l => rows > 1 || !StepsInRegisters(l.Plan)))
        {
            slots[layer.Index] = Add($"{layer.Name} lanes", streams && layer.Plan.StreamsToAndFro ? layer.Plan.StreamedLanes : layer.Plan.Blocks * rows * layer.Plan.SlotRow);
        }

        // Several sequences' rows of the embedding are gathered at each step; a single one's is read where it stands.
        int inputRow = Scalar.InputRow(specification.FeatureSize, specification.Precision);
        ArenaBuffer? embedded = specification.Embedding is not null && rows > 1 ? Add("embedded tokens", rows * inputRow) : null;

        List<IReadOnlyList<KernelCall>> schedule = [];
        for (int step = 0; step < steps; step++)
        {
            int t = step;
            IEnumerable<KernelCall> gather = embedded is null ? [] : [new KernelCall(KernelKind.Gather, layers[0], null, null, [embedded.Offset, inputRow], t)];
            schedule.Add([.. gather, .. units.SelectMany(u => Calls(u, t, isEnd: streams || t == steps - 1))]);
        }

        return new PredictionPlan(memory.Length, states, outputs[layers[layers.Count - 1].Index], pool, schedule);

        ArenaBuffer Add(string name, int length) => memory.Add(name, 1, length, 0, 0);

        int StateAt(int layer, string name, int step)
        {
            PredictionState state = states.First(s => s.Layer.Index == layer && s.Name == name);
            return (step % 2 == 0 ? state.Even : state.Odd).Offset;
        }

        // A call of a joint goes with the nearest layer that runs when it does.
        IEnumerable<KernelCall> Calls(PlannedUnit unit, int step, bool isEnd)
        {
            PlannedLayer at = unit as PlannedLayer ?? layers.Where(l => l.RunsAtEnd == unit.RunsAtEnd).OrderBy(l => Math.Abs(l.Index - unit.Index)).First();
            switch (unit)
            {
                case PlannedJoint { Kind: JointKind.Pool } pooling:
                    yield return new KernelCall(KernelKind.PoolStep, layers.Last(l => l.Index < unit.Index), null, null, [Values(pooling.Sources[0], step).Offset, pool!.SoFar.Offset, RowOf(unit)], step);
                    if (isEnd && pool.Pooled != pool.SoFar)
                    {
                        yield return new KernelCall(KernelKind.PoolEnd, layers.First(l => l.Index > unit.Index), null, null, [pool.SoFar.Offset, pool.Pooled.Offset, RowOf(unit)], step);
                    }

                    break;
                case { RunsAtEnd: true } when !isEnd:
                    break;
                case PlannedLayer layer:
                    yield return Forward(layer, step);
                    break;
                case PlannedJoint { Kind: JointKind.Final } final when !streams:
                    yield return new KernelCall(KernelKind.KeepLastOfTwo, at, null, null,
                        [StateAt(final.Layer.Index, final.State, step), StateAt(final.Layer.Index, final.State, step + 1), final.Layer.Plan.StateRow(final.State)], step);
                    break;
                case PlannedJoint { Kind: JointKind.Sum } sum:
                    foreach (PlannedUnit source in sum.Sources)
                    {
                        (int from, int row) = Values(source, step);
                        yield return new KernelCall(KernelKind.Concat, at, null, null,
                            [from, 0, row, outputs[unit.Index].Offset, 0, RowOf(unit), unit.Width, 1], step, "", Clock.End, IsFirst: source == sum.Sources[0]);
                    }

                    break;
                case PlannedJoint { Kind: JointKind.Norm } norm:
                    (int normed, int normedRow) = Values(norm.Sources[0], step);
                    yield return new KernelCall(KernelKind.Norm, at, null, null, [normed, 0, normedRow, outputs[unit.Index].Offset, 0, RowOf(unit), unit.Width, 1], step, "", Clock.End, norm);
                    break;
                case PlannedJoint { Kind: JointKind.Final or JointKind.Dropout }:
                    // A stream's state is where its last step left it, and prediction leaves nothing out.
                    break;
                default:
                    throw new InvalidOperationException($"{unit.Name} is not predicted step by step.");
            }
        }

        int RowOf(PlannedUnit unit) => Scalar.PaddedRow(unit.Width, specification.Precision);

        // Where a unit's values stand after a step.
        (int Offset, int Row) Values(PlannedUnit unit, int step) => Predicted(unit) switch
        {
            PlannedLayer { OutputState: { } state } layer => (StateAt(layer.Index, state, step + 1), layer.Plan.OutputRow),
            PlannedJoint { Kind: JointKind.Final } final => Values(final.Layer, step),
            PlannedJoint { Kind: JointKind.Pool } => (pool!.Pooled.Offset, RowOf(unit)),
            PlannedUnit other => (outputs[other.Index].Offset, RowOf(other)),
        };

        bool StepsInRegisters(LayerPlan plan) => streams ? plan.StreamsInRegisters : plan.StepsInRegisters;

        static PlannedUnit Predicted(PlannedUnit unit) => unit is PlannedJoint { Kind: JointKind.Dropout } dropout ? dropout.Sources[0] : unit;

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
                (source, row) = Values(read, step);
            }

            IEnumerable<int> Buffers(IEnumerable<Place> places) => places.Select(b => b.Kind switch
            {
                PlaceKind.PreviousState or PlaceKind.DroppedState => StateAt(layer.Index, b.State, step),
                PlaceKind.NextState => StateAt(layer.Index, b.State, step + 1),
                PlaceKind.Made => made[(layer.Index, b.State)].Offset,
                PlaceKind.Output => outputs[layer.Index].Offset,
                _ => throw Choices.Unimplemented(b.Kind),
            });
            if (rows > 1)
            {
                return new KernelCall(KernelKind.Predict, layer, null, layer.Pack,
                    [source, row, slots[layer.Index].Offset, rows * plan.SlotRow, .. Buffers(plan.ForwardBuffers)], step);
            }

            if (streams && plan.HasDot && layer.PredictedSource is not null)
            {
                return new KernelCall(KernelKind.Dot, layer, null, layer.Pack, [source, layer.ReversePacks[plan.Sources[0].Name], .. Buffers(plan.StepBuffers)], step);
            }

            IEnumerable<int> lanes = StepsInRegisters(plan) ? [] : [slots[layer.Index].Offset];
            IEnumerable<int> turn = streams && plan.StreamsToAndFro ? [step % 2] : [];
            return new KernelCall(streams && plan.HasStream ? KernelKind.Stream : KernelKind.Step, layer, null, layer.Pack, [source, .. lanes, .. Buffers(plan.StepBuffers), .. turn], step);
        }
    }
}
