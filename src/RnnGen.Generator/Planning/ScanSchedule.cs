using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Planning;

/// <summary>
/// The calls of a layer whose products read the input alone: many steps at once, and each call a work that threads may share. Whoever has no sequences of its own
/// takes some of the layer's units, from their products to their gradients, or some of the steps of what is the same for all units, the input's adjoint.
/// </summary>
/// <param name="watched">The layers whose gates are counted after a step, and whose adjoints are measured before a step back.</param>
internal sealed class ScanSchedule(ForwardLayout layout, IReadOnlyList<WatchedLayer> watched)
{
    // Multiplications and additions from which a work is worth asking another thread: some 10 µs.
    private const long LargeWork = 1_000_000;

    // The works of a layer.
    private enum Work
    {
        Forward,
        Back,
        InputAdjoint,
        Gradients,
    }

    /// <summary>The calls of the forward pass.</summary>
    public IEnumerable<Call> Forward(PlannedLayer layer)
    {
        // What rows begin with stands before their own places of the steps, so that all of it may come first.
        for (int step = layer.Steps - 1; layer.IsReverse && step >= 0; step--)
        {
            foreach (Call call in InitialStates.Begin(layout, layer, step))
            {
                yield return call;
            }
        }

        ScanKernel scan = new(
            layer,
            layout.MemoryOf(layer.Source),
            layout.Source(layer, 0),
            Lanes(layer),
            Buffers(layer, layer.Plan.ForwardBuffers, layout.OffsetOf),
            Steps(layer));
        yield return Share(layer, Work.Forward, [scan], 0, layer.Steps);
        for (int step = 0; step < layer.Steps; step++)
        {
            foreach (Call count in WatchedLayer.Counts(watched, layer, step))
            {
                yield return count;
            }
        }
    }

    /// <summary>The calls of the backward pass: chunk by chunk of the steps whose weight gradients are summed at once.</summary>
    public IEnumerable<Call> Backward(BackwardLayout backward, PlannedLayer layer)
    {
        bool isWatched = WatchedLayer.Watches(watched, layer, 0).Any();
        List<Call> gradients = layer.IsFrozen ? [] : Gradients(backward, layer).ToList();
        int size = backward.ChunkSteps, chunks = (layer.Steps + size - 1) / size;
        for (int i = 0; i < chunks; i++)
        {
            int start = (layer.IsReverse ? i : chunks - 1 - i) * size, end = Math.Min(start + size, layer.Steps);

            // What is measured is read before each step.
            int together = isWatched ? 1 : end - start;
            for (int done = 0; done < end - start; done += together)
            {
                int from = layer.IsReverse ? start + done : end - done - together;
                foreach (Call call in Back(backward, layer, isWatched ? [] : gradients, from, from + together))
                {
                    yield return call;
                }
            }

            if (isWatched && gradients.Count > 0)
            {
                yield return Share(layer, Work.Gradients, gradients, start, end);
            }
        }
    }

    private IEnumerable<Call> Back(BackwardLayout backward, PlannedLayer layer, IReadOnlyList<Call> gradients, int from, int to)
    {
        LayerPlan plan = layer.Plan;
        foreach (Call watch in WatchedLayer.Watches(watched, layer, from))
        {
            yield return watch;
        }

        ScanBackKernel back = new(
            layer, plan.BackwardAddsGradients ? backward.WeightGradients[layer.Index].Offset : null, Lanes(layer), Buffers(layer, plan.BackwardBuffers, backward.OffsetOf), Steps(layer));
        yield return Share(layer, Work.Back, [back, .. gradients], from, to);
        foreach (ProductSource source in plan.ReverseSources)
        {
            ArenaBuffer? scratch = backward.ScratchOf(layer);
            ValueRows adjoint = backward.Adjoint(layer.Source);
            bool needsStates = !layer.Source.IsTrained;
            Argument target = new Argument.AtSharedStep(scratch?.Offset ?? adjoint.Offset, scratch is null ? adjoint.StepLength : 0);
            yield return Share(layer, Work.InputAdjoint, [new ScannedAdjointKernel(layer, source, Lanes(layer), target, Steps(layer))], from, to).Where(needsStates, Condition.HaveStates);
            for (int step = from; scratch is not null && step < to; step++)
            {
                // Another reader has written it.
                yield return new CopyRows(scratch.At(step - from), plan.InputRowStride, plan.InputRowStride, adjoint.At(step), plan.InputRowStride, RowRange.Live(layer, step), Adds: true) { Note = $"t = {step}" }
                    .Where(needsStates, Condition.HaveStates);
            }
        }
    }

    private IEnumerable<Call> Gradients(BackwardLayout backward, PlannedLayer layer)
    {
        SharedLanes lanes = Lanes(layer);
        GradientChunk chunk = new(lanes.Lanes, layout.LanesOf(layer).StepLength, lanes.BlockStride, backward.WeightGradients[layer.Index].Offset, new Argument.SharedCount(), new Argument.SharedLive(layer.Clock));
        foreach (ProductSource source in layer.Plan.Sources)
        {
            ValueRows values = layout.Source(layer, 0);
            yield return new WeightGradientKernel(layer, source, new Argument.AtSharedStep(values.Offset, values.StepLength), values, chunk);
        }

        if (layer.Plan.HasBiases)
        {
            yield return new BiasGradientKernel(layer, chunk);
        }
    }

    private SharedCall Share(PlannedLayer layer, Work work, IReadOnlyList<Call> calls, int from, int to)
    {
        bool goesOn = (work == Work.Forward) != layer.IsReverse;
        return new SharedCall(
            new SharedWork(4 * layer.Index + (int)work, $"{layer.Name}, {Title(work)}", calls), from, to, IsLarge: layer.MatrixValues * layout.Rows * (to - from) >= LargeWork)
        {
            Note = $"{layer.Name}, {Title(work)}: t = {(to - from == 1 ? $"{from}" : goesOn ? $"{from} to {to - 1}" : $"{to - 1} to {from}")}",
        };
    }

    private static string Title(Work work) => work switch
    {
        Work.Forward => "forward",
        Work.Back => "back, and the gradients",
        Work.InputAdjoint => "the input's adjoint",
        Work.Gradients => "the gradients",
        _ => throw Common.Choices.Unimplemented(work),
    };

    private ScannedSteps Steps(PlannedLayer layer) => new(layout.Rows, layer.Clock);

    private SharedLanes Lanes(PlannedLayer layer) => SharedLanes.Of(layout.LanesOf(layer));

    // From a step's place to the next step's; what is written over has the same for all.
    private static List<SharedBuffer> Buffers(PlannedLayer layer, IReadOnlyList<Place> places, System.Func<PlannedLayer, Place, int, int> offsetOf) => places
        .Select(p => new SharedBuffer(p, new Argument.AtSharedStep(offsetOf(layer, p, 0), offsetOf(layer, p, 1) - offsetOf(layer, p, 0))))
        .ToList();
}
