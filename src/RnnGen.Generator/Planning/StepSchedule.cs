using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning;

/// <summary>The calls of single steps: of a model that predicts step by step, and of a decoder.</summary>
internal sealed class StepSchedule(StepLayout layout)
{
    /// <summary>The calls of a unit's step.</summary>
    /// <param name="isEnd">Whether what runs at the end runs in this step.</param>
    public IEnumerable<Call> Of(PlannedUnit unit, int step, bool isEnd)
    {
        if (unit is Op op)
        {
            return op.Step(layout, step, isEnd).Select(c => unit.RunsAtEnd ? c : layout.AtStep(c, step));
        }

        return unit.RunsAtEnd && !isEnd ? [] : [unit.RunsAtEnd ? Kernel((PlannedLayer)unit, step) : layout.AtStep(Kernel((PlannedLayer)unit, step), step)];
    }

    private KernelCall Kernel(PlannedLayer layer, int step)
    {
        LayerPlan plan = layer.Plan;
        SourceRows source = layout.Source(layer.PredictedSource, step);
        ArenaBuffer? lanes = layout.LanesOf(layer);
        int blockStride = plan.PredictedLanes == 1 ? 0 : layout.Rows * plan.SlotRow;
        if (plan.Reduced is { } reduced)
        {
            return !layout.IsOne
                ? new ReducedKernel(layer, source, lanes!.Offset, blockStride, layout.CodesOf(layer), layout.Buffers(layer, plan.ForwardBuffers, step), layout.Live(layer, step))
                : new ReducedStepKernel(layer, source, lanes!.Offset, layout.CodesOf(layer), layout.Buffers(layer, plan.StepBuffers, step), reduced.TakesTurns ? step % 2 : null);
        }

        if (layout.Mode == StepMode.Block && plan.States.Count > 0 && !plan.Scans)
        {
            return new BlockKernel(layer, source, lanes?.Offset, layout.Buffers(layer, plan.StepBuffers, step), layout.All);
        }

        if (!layout.IsOne)
        {
            return new ForwardKernel(
                layer, source, lanes!.Offset, blockStride, layout.Buffers(layer, plan.ForwardBuffers, step), layout.Live(layer, step), Trains: false);
        }

        bool streams = layout.Mode == StepMode.Stream;
        IReadOnlyList<BufferOffset> buffers = layout.Buffers(layer, plan.StepBuffers, step);
        return streams && plan.HasDot && source.Memory == Argument.Arena
            ? new DotKernel(layer, source, layer.ReversePacks[plan.Sources[0].Name], buffers)
            : new StepKernel(layer, source, lanes?.Offset, buffers, streams && plan.HasStream, streams && plan.StreamsToAndFro ? step % 2 : null);
    }
}
