using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Planning;

/// <summary>Memory and schedule of one training step.</summary>
internal sealed record TrainingPlan
{
    /// <summary>Sequences that one thread takes through it at once, in an arena.</summary>
    public required int GroupSize { get; init; }

    /// <summary>How a group goes through the step.</summary>
    public required TrainingCourse Course { get; init; }

    /// <summary>The clocks by whose steps rows are live: the input's, and that of decoded sequences where there are some.</summary>
    public required IReadOnlyList<Clock> Clocks { get; init; }

    /// <summary>Sums of the weight gradients: one for each leaf of the tree that has groups in a usual step.</summary>
    public required int SumCount { get; init; }

    /// <summary>The layers of what is trained at once: of the model, or of a window of it.</summary>
    public required IReadOnlyList<PlannedLayer> Layers { get; init; }

    public required long ArenaLength { get; init; }

    public required IReadOnlyList<ArenaBuffer> Buffers { get; init; }

    public required long SumLength { get; init; }

    /// <summary>The gradients in one of the sums.</summary>
    public required IReadOnlyList<ArenaBuffer> SumBuffers { get; init; }

    /// <summary>What the runtime puts into the arena before the step.</summary>
    public required IReadOnlyList<PlannedInput> Inputs { get; init; }

    /// <summary>The loss of each row at each step.</summary>
    public required ArenaBuffer Losses { get; init; }

    /// <summary>∂L/∂y, which the loss writes.</summary>
    public required OutputAdjoint OutputAdjoint { get; init; }

    public required IReadOnlyDictionary<int, ArenaBuffer> WeightGradients { get; init; }

    /// <summary>The layers' lanes.</summary>
    public required IReadOnlyDictionary<int, LaneRows> Slots { get; init; }

    /// <summary>Where to look for the first value of the forward pass that is not finite, in its order.</summary>
    public required IReadOnlyList<TracedRows> Traced { get; init; }

    public required IReadOnlyList<PlannedVectorGradient> VectorGradients { get; init; }

    /// <summary>Where the declaration has dropout, in the order of the draws.</summary>
    public required IReadOnlyList<DropoutPlace> Dropouts { get; init; }

    /// <summary>The draws of what dropout leaves out, before the forward pass; none where no layer drops anything.</summary>
    public required IReadOnlyList<Call> Draws { get; init; }

    /// <summary>What is left out of adjoints behind the backward pass.</summary>
    public required IReadOnlyList<Call> MaskedAdjoints { get; init; }

    /// <summary>The states that may come from a sequence before and go to the one after; none where a step depends on later ones.</summary>
    public required IReadOnlyList<CarriedState> States { get; init; }

    /// <summary>The layers whose gates are counted in the forward pass and whose adjoints are measured in the backward pass.</summary>
    public required IReadOnlyList<WatchedLayer> Watched { get; init; }

    /// <summary>Where outputs are differentiated with respect to the input; null where that is not wanted.</summary>
    public required ExplainedPlaces? Explained { get; init; }

    /// <summary>What the states of layers that read the input are before the first step.</summary>
    public required IReadOnlyList<Call> Starts { get; init; }

    public required IReadOnlyList<ScheduleSection> Forward { get; init; }

    /// <summary>Between the passes: the loss, and the adjoints of the outputs.</summary>
    public required IReadOnlyList<Call> Loss { get; init; }

    /// <summary>BPTT, with the weight gradients of each chunk of steps right after it, while its adjoints are in the cache.</summary>
    public required IReadOnlyList<ScheduleSection> Backward { get; init; }

    /// <summary>What the calls of shared works do.</summary>
    public IReadOnlyList<SharedWork> Shared => Forward.Concat(Backward).SelectMany(s => s.Calls).OfType<SharedCall>().GroupBy(c => c.Work.Index).Select(g => g.First().Work).OrderBy(w => w.Index).ToList();

    /// <summary>The plan of a training step, for a layout of its memory.</summary>
    public static TrainingPlan Of(BackwardLayout layout, IReadOnlyList<WatchedLayer> watched, int sumCount)
    {
        ForwardLayout forward = layout.Forward;
        List<Op> ops = layout.Units.OfType<Op>().ToList();
        bool isDecoded = layout.Units.Any(u => u.Clock == Clock.Output);
        TrainingSchedule schedule = new(layout, watched);
        List<PlannedInput> inputs = ops.Select(o => o.Given(layout)).OfType<PlannedInput>().ToList();
        PlannedUnit outputs = layout.Units[layout.Units.Count - 1].Sources[0];
        (IReadOnlyList<Call> starts, IReadOnlyList<ScheduleSection> steps) = schedule.Forward();
        return new TrainingPlan
        {
            GroupSize = layout.Rows,
            Course = isDecoded ? TrainingCourse.Decoded : layout.Specification.IsRecomputed ? TrainingCourse.Recomputed : TrainingCourse.Whole,
            Clocks = isDecoded ? [Clock.Input, Clock.Output] : [Clock.Input],
            SumCount = sumCount,
            Layers = layout.Layers,
            ArenaLength = layout.Memory.Length,
            Buffers = layout.Memory.Buffers,
            SumLength = layout.Sums.Length,
            SumBuffers = layout.Sums.Buffers,
            Inputs = inputs,
            Losses = layout.Losses,
            OutputAdjoint = ops.Select(o => o.Adjoint(layout)).OfType<OutputAdjoint>().Single(),
            WeightGradients = layout.WeightGradients,
            Slots = layout.Layers.ToDictionary(l => l.Index, forward.LanesOf),
            Traced = layout.Units.Select(u => u is Op op ? op.Traced(layout) : new TracedRows($"the output of {u.Name}", forward.Values(u), u.Steps, u.Width, u.Clock)).OfType<TracedRows>().ToList(),
            VectorGradients = layout.VectorGradients.Select(v => new PlannedVectorGradient(v.Key, v.Value, InitialStates.RowsOf(layout, v.Key))).ToList(),
            Dropouts = forward.Masks.Select(m => m.Place).ToList(),
            Draws = Masks.Draws(forward).ToList(),
            MaskedAdjoints = Masks.MaskedAdjoints(layout).ToList(),
            States = layout.Carried,
            Watched = watched,
            Explained = layout.Specification.InputGradients ? new ExplainedPlaces(inputs[0].Adjoint!, forward.Values(outputs), layout.Adjoint(outputs)) : null,
            Starts = starts,
            Forward = steps,
            Loss = ops.SelectMany(o => o.BetweenPasses(layout)).ToList(),
            Backward = schedule.Backward(),
        };
    }
}

/// <summary>Where the gradient of an output with respect to the input begins and ends.</summary>
/// <param name="InputAdjoints">The adjoints of what the first layers read.</param>
/// <param name="Outputs">The values of the outputs.</param>
/// <param name="OutputAdjoints">Their adjoints.</param>
internal sealed record ExplainedPlaces(ValueRows InputAdjoints, ValueRows Outputs, ValueRows OutputAdjoints);

/// <summary>How a group of sequences is trained.</summary>
internal enum TrainingCourse
{
    /// <summary>Forward and back over whole sequences.</summary>
    Whole,

    /// <summary>Window by window, the last first: forward once more from a kept state, and back.</summary>
    Recomputed,

    /// <summary>Over whole sequences, with a decoder that is fed targets, or its own outputs.</summary>
    Decoded,
}

/// <summary>The gradient of a vector.</summary>
/// <param name="Sum">Where it is summed over groups.</param>
/// <param name="Rows">What each row gives, where that is known only after all of the backward pass; null where the schedule sums it.</param>
internal sealed record PlannedVectorGradient(PlannedVector Vector, ArenaBuffer Sum, ValueRows? Rows);
