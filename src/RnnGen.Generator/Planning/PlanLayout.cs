using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning;

/// <summary>A model's data flow, and where all that it keeps is stored: what a plan has besides its schedules. Its lengths are exact even where nothing so large can be made.</summary>
internal sealed record PlanLayout
{
    public required ModelSpecification Model { get; init; }

    public required DataFlow Flow { get; init; }

    /// <summary>The arena of a group that is trained, forward and back, and one sum of the gradients.</summary>
    public required BackwardLayout Training { get; init; }

    /// <summary>Sums of the gradients: one for each leaf of the tree that has groups in a usual step.</summary>
    public required int SumCount { get; init; }

    /// <summary>Prediction layer by layer; null where it goes step by step.</summary>
    public required UnrolledPredictionPlanner? Unrolled { get; init; }

    /// <summary>One sequence, step by step; null where it is predicted as a block.</summary>
    public required PredictionPlanner? Single { get; init; }

    /// <summary>A batch of sequences, step by step; null where there is never more than one.</summary>
    public required PredictionPlanner? Batch { get; init; }

    /// <summary>A sequence that is fed step by step.</summary>
    public required PredictionPlanner? Stream { get; init; }

    /// <summary>Many sequences that are fed step by step, all at once.</summary>
    public required PredictionPlanner? Streams { get; init; }

    /// <summary>Several steps of one sequence at once; null where that is not faster than one after the other.</summary>
    public required PredictionPlanner? Block { get; init; }

    /// <summary>Whether one sequence is predicted as a block: where every layer reads ahead, whose sums are those of a batch.</summary>
    public static bool PredictsInBlocks(DataFlow flow) => flow.Units.OfType<PlannedLayer>().Where(l => l.Plan.States.Count > 0).Select(l => l.Plan.ReadsAhead).DefaultIfEmpty(false).All(r => r);

    /// <summary>The longest of its buffers that are no weights.</summary>
    public long LongestBuffer => new[]
    {
        Training.Memory.Length, SumCount * Training.Sums.Length, Unrolled?.Length ?? 0, Single?.Length ?? 0, Batch?.Length ?? 0, Stream?.Length ?? 0, Streams?.Length ?? 0, Block?.Length ?? 0,
        WorkspaceLength, KeptStatesLength, WatchedLayer.Of(Training).Sum(w => (FlowRows / 4 + 2L) * StepsOf(w) * w.States.Count),
    }.Max();

    /// <summary>Values of one sequence's states that are kept between two windows, or go from one sequence to the next.</summary>
    public long CarriedLength => Training.Carried.Sum(s => (long)s.Size);

    /// <summary>Values of the states that training keeps.</summary>
    public long KeptStatesLength => Model.IsRecomputed ? (long)Model.SequenceLength / Model.RecomputeEvery * Training.Rows * CarriedLength : 0;

    /// <summary>Numbers that a loss over labels works with.</summary>
    public long WorkspaceLength => Model.Loss.Definition.Targets != LossTargets.Labels ? 0
        : Training.Rows * (Model.SequenceLength * (2L * Model.LabelLength + 2) + 2 * (2L * Model.LabelLength + 1));

    /// <summary>Rows that what is measured of the gradient is kept for: a group of each leaf of the tree of sums.</summary>
    public int FlowRows => Model.GradientSums * Training.Rows;

    /// <summary>Steps of a layer in the whole sequence, of which a window may be trained at once.</summary>
    public int StepsOf(WatchedLayer watched) => Model.IsRecomputed && !watched.Layer.RunsAtEnd ? Model.SequenceLength : watched.Layer.Steps;
}
