using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning;

/// <summary>The bytes that a model allocates, by when it does, as large as a 64-bit runtime makes them. Whoever says how large a model is says it from here.</summary>
/// <param name="Model">With the model: the parameters, and their packs.</param>
/// <param name="Training">At the first gradient, with one thread: the sums of the gradients, the flat gradient, what is kept of each row of an embedding, and a group.</param>
/// <param name="Thread">With each thread after the first that trains.</param>
/// <param name="Prediction">For the largest prediction: the scratch, and for several sequences their rows and, where their lengths differ, their inputs in order.</param>
/// <param name="State">With each state that is fed step by step.</param>
/// <param name="Streams">With as many streams as share an arena.</param>
/// <param name="Block">With each of these states that is given a block of steps.</param>
internal sealed record MemoryAccount(long Model, long Training, long Thread, long Prediction, long State, long Streams, long Block)
{
    public static MemoryAccount Of(ModelPlan plan)
    {
        int number = Scalar.Bytes(plan.Specification.Precision);
        long group = Bytes(Group(plan, number));
        return new MemoryAccount(
            Model: Bytes([new(plan.ParameterCount, number, false), new(plan.PackLength, number, true)]),
            Training: Bytes(Shared(plan, number)) + group,
            Thread: plan.Training.SumCount == 1 ? 0 : group,
            Prediction: Bytes(Predicted(plan, number)),
            State: plan.Streaming is null ? 0 : Bytes([new(plan.Streaming.ArenaLength, number, true), .. Columns(plan, number, 1)]),
            Streams: plan.Streams is null ? 0 : Bytes([.. Streamed(plan, plan.Streams, number), .. Columns(plan, number, PredictionPlanner.StreamRows)]),
            Block: plan.Block is null ? 0 : Bytes([new(plan.Block.ArenaLength, number, true), .. Columns(plan, number, PredictionPlanner.BlockSteps).Take(1)]));
    }

    /// <summary>Bytes of the weights, as often as a step of a stream reads them, or the prediction of a sequence where a model does not stream.</summary>
    public static long WeightsRead(PlanLayout layout) =>
        layout.Flow.Units.OfType<PlannedLayer>().Sum(l => (layout.Stream is not null ? 1L : l.Steps) * l.MatrixBytes);

    private static long Bytes(IEnumerable<HeapArray> arrays) => arrays.Sum(a => a.Bytes);

    // What a group is trained in: the arena, the rows, the copies of the group's targets and tokens.
    private static IEnumerable<HeapArray> Group(ModelPlan plan, int number)
    {
        TrainingPlan training = plan.Training;
        yield return new(training.ArenaLength, number, true);
        yield return new(plan.TrainedRowsLength, sizeof(int), false);
        if (plan.Specification.IsRecomputed)
        {
            yield return new(plan.WholeRowsLength, sizeof(int), false);
            yield return new(plan.KeptStatesLength, number, false);
        }

        yield return new((long)training.GroupSize * plan.TrainedTargetLength, plan.TargetsAreClasses ? sizeof(int) : number, false);
        if (plan.IsCtc)
        {
            yield return new(plan.WorkspaceLength, sizeof(double), false);
        }

        if (training.Course == TrainingCourse.Decoded)
        {
            yield return new(plan.DecodedRowsLength, sizeof(int), false);
            yield return new(training.GroupSize, sizeof(long), false);
            yield return new(training.GroupSize, sizeof(int), false);
        }

        if (plan.Tables.Count > 0)
        {
            yield return new(plan.Tables.Count, sizeof(long), false);
        }

        foreach (PlannedTable table in plan.Tables)
        {
            yield return new((long)training.GroupSize * (table.IsDecoders ? plan.OutputSteps : plan.Specification.Window.SequenceLength), sizeof(int), false);
        }
    }

    // What all threads that train share.
    private static IEnumerable<HeapArray> Shared(ModelPlan plan, int number)
    {
        TrainingPlan training = plan.Training;
        yield return new(training.SumCount * training.SumLength, number, true);
        yield return new(plan.ParameterCount, number, false);

        // The tree of sums: the leaves that have groups, their first groups, what is added to what; a number of each leaf; and the groups of as many threads.
        int leaves = plan.Specification.GradientSums;
        yield return new(leaves, sizeof(int), false);
        yield return new(leaves + 1, sizeof(int), false);
        yield return new(leaves, 2 * sizeof(int), false);
        yield return new(leaves, sizeof(double), false);
        yield return new(leaves, sizeof(long), false);

        // The squares of the gradient's blocks.
        yield return new(plan.DenseSegments.Count + 256, sizeof(double), false);
        if (plan.Specification.GradientFlow)
        {
            yield return new(((plan.FlowRows + 3L) / 4 + 1) * training.Watched.Sum(w => plan.StepsOf(w) * w.States.Count), sizeof(double), false);
            yield return new(3L * plan.FlowRows * training.Watched.Sum(w => w.Gates.Count), sizeof(long), false);
            yield return new(training.Watched.Sum(w => w.Gates.Count(g => g.CanDie) * w.Layer.Plan.Size), sizeof(bool), false);
            yield return new(plan.ParameterCount, number, false);
            yield return new(plan.FlowRows, sizeof(int), false);
        }

        foreach (HeapArray array in plan.Tables.Where(t => !t.Table.Frozen).SelectMany(t => Table(plan, t, number)))
        {
            yield return array;
        }

        if (plan.Tables.Count > 0)
        {
            yield return new(plan.Tables.Count, sizeof(long), false);
        }

        IReadOnlyList<PlannedTable> sparse = plan.SparseTables;
        if (sparse.Count > 0)
        {
            yield return new(plan.DenseSegments.Count + sparse.Sum(t => (long)t.Table.VocabularySize), 2 * sizeof(int), false);
        }
    }

    // What the leaves keep of a table that is learned: for each sum the place of every row, the rows that tokens name, and their sums.
    private static IEnumerable<HeapArray> Table(ModelPlan plan, PlannedTable table, int number)
    {
        int leaves = plan.Specification.GradientSums, sums = plan.Training.SumCount, rows = table.Table.VocabularySize;
        long groups = (plan.Specification.BatchSize + plan.Training.GroupSize - 1) / plan.Training.GroupSize;
        long tokens = (long)plan.Training.GroupSize * (table.IsDecoders ? plan.OutputSteps : plan.Specification.SequenceLength);
        for (int array = 0; array < 3; array++)
        {
            yield return new(leaves, sizeof(long), false);
        }

        yield return new(leaves, sizeof(int), false);

        // The sums that have a group more than others, and these.
        foreach ((long count, long each) in new[] { (groups % sums, groups / sums + 1), (sums - groups % sums, groups / sums) })
        {
            long named = System.Math.Min(rows, tokens * each);
            for (long sum = 0; sum < count; sum++)
            {
                yield return new(rows, sizeof(int), false);
                yield return new(named, sizeof(int), false);
                yield return new(named * table.Table.Size, number, false);
            }
        }
    }

    // What the first layer reads of some streams or steps, and what is given once, where inputs have columns.
    private static IEnumerable<HeapArray> Columns(ModelPlan plan, int number, int rows)
    {
        if (plan.Specification.Columns is not null)
        {
            yield return new((long)rows * plan.Specification.FeatureSize, number, false);
            if (plan.Specification.StaticSize > 0)
            {
                yield return new((long)rows * plan.Specification.StaticSize, number, false);
            }
        }
    }

    // The arena, how many steps each stream has had where outputs are pooled, and whether it has had one where the output layer is read.
    private static IEnumerable<HeapArray> Streamed(ModelPlan plan, PredictionPlan streams, int number)
    {
        yield return new(streams.ArenaLength, number, true);
        if (streams.Pool is not null)
        {
            yield return new(2 + 2 * PredictionPlanner.StreamRows, sizeof(int), false);
        }

        if (plan.Specification.Loss.Definition.ReadsHead)
        {
            yield return new(PredictionPlanner.StreamRows, sizeof(bool), false);
        }
    }

    private static IEnumerable<HeapArray> Predicted(ModelPlan plan, int number)
    {
        yield return new(plan.ScratchLength, number, true);
        if (plan.PredictsBatches)
        {
            yield return new(plan.GroupRowsLength, sizeof(int), plan.Decoder is null);
        }

        if (plan.PredictsBatches || plan.Specification.Columns is not null)
        {
            yield return new(plan.Specification.BatchSize * plan.Specification.ReadLength, plan.Embedding is null ? number : sizeof(int), plan.Decoder is null);
        }

        if (plan.Decoder is { } decoder)
        {
            yield return new(decoder.Rows, sizeof(int), false);
            yield return new(decoder.Rows, sizeof(bool), false);
            if (plan.Specification.KnownSize > 0)
            {
                yield return new((long)plan.Specification.BatchSize * plan.OutputSteps * plan.Specification.KnownSize, number, false);
            }
        }
    }
}
