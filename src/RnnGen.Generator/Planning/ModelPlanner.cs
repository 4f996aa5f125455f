using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Planning;

/// <summary>
/// The compiler between a model's specification and its text: all its passes, in their order. Each gives a record that the next ones read and none
/// changes; <see cref="PlanText"/> prints what there is after any of them.
/// </summary>
internal static class ModelPlanner
{
    /// <param name="after">Told after each pass of its name and of how to print what it made; null where nobody asks.</param>
    public static ModelPlan Plan(ModelSpecification model, Action<string, Func<string>>? after = null) => Schedule(LayOut(model, after), after);

    /// <summary>The passes up to memory: what a model consists of, and where all of it is stored.</summary>
    public static PlanLayout LayOut(ModelSpecification model, Action<string, Func<string>>? after = null)
    {
        Stages.Enter(Stage.Planning, model.Declaration.Name);

        // Tables of embeddings come first among the parameters, since tokens name their rows.
        IReadOnlyList<PlannedTable> tables = EmbeddingTables.Plan(model);
        after?.Invoke("tables", () => PlanText.Of(tables));

        // The data flow: declared layers become layers with kernels and the ops around them; parameters and packs get their places.
        DataFlow flow = DataFlow.Plan(model, tables);
        after?.Invoke("flow", () => PlanText.Of(flow.Units));

        // A window: where training computes steps again, it sees the steps between two kept states, and all that follows is laid out for these.
        DataFlow window = model.IsRecomputed ? DataFlow.Plan(model.Window, tables) : flow;

        // Groups: as many sequences at once as leave in the cache what the backward pass reads, and a sum for each leaf of the tree that adds their gradients up.
        int group = TrainingGroups.GroupSize(model.BatchSize, flow.LargestPack * Scalar.Bytes(model.Precision));

        // Memory of the forward pass: training keeps every step of every value, since the backward pass reads it.
        ForwardLayout forward = new(model.Window with { BatchSize = group }, window.Units, group, trains: true, _ => BackwardLayout.End(window.Units));

        // Memory of the backward pass: an adjoint lives from its first writer to its own unit, so that a stack's adjoints share their places.
        BackwardLayout backward = new(forward, window.Vectors, TrainingGroups.ChunkSteps(group));
        after?.Invoke("training memory", () => PlanText.Of(backward.Memory.Buffers) + PlanText.Of(backward.Sums.Buffers));

        // Memory of prediction: one step where a step depends on earlier ones only; layer by layer where it depends on later ones, and a decoder's step behind it.
        bool isCausal = model.IsCausal;
        return new PlanLayout
        {
            Model = model,
            Flow = flow,
            Training = backward,
            SumCount = TrainingGroups.SumCount(model.BatchSize, group, model.GradientSums),
            Unrolled = isCausal ? null : new UnrolledPredictionPlanner(model, flow.Units),
            Single = isCausal && !PlanLayout.PredictsInBlocks(flow) ? new PredictionPlanner(model, flow.Units, StepMode.Single) : null,
            Batch = isCausal && model.BatchSize > 1 ? new PredictionPlanner(model, flow.Units, StepMode.Batch) : null,
            Stream = isCausal ? new PredictionPlanner(model, flow.Units, StepMode.Stream) : null,
            Streams = isCausal ? new PredictionPlanner(model, flow.Units, StepMode.Streams) : null,
            Block = isCausal && flow.Units.Any(u => u is PlannedLayer { Plan.ReadsAhead: true } or Op { ReadsAhead: true }) ? new PredictionPlanner(model, flow.Units, StepMode.Block) : null,
        };
    }

    /// <summary>The passes after memory: what is called, in which order.</summary>
    public static ModelPlan Schedule(PlanLayout layout, Action<string, Func<string>>? after = null)
    {
        // What is watched: states and gates of layers that learn, in a model that shows how its gradient flows.
        IReadOnlyList<WatchedLayer> watched = WatchedLayer.Of(layout.Training);

        // The schedule of training: one list of calls in order, and the same reversed.
        TrainingPlan training = TrainingPlan.Of(layout.Training, watched, layout.SumCount);
        after?.Invoke("training schedule", () => PlanText.Of(training));

        // The schedules of prediction: every step is written out, but a stream's and a decoder's, which are an even and an odd one, and those of a block, which are computed at once.
        PredictionPlan? single = layout.Single?.Schedule();
        ModelPlan plan = new()
        {
            Specification = layout.Model,
            Layout = layout,
            PackLength = checked((int)layout.Flow.PackLength),
            Training = training,
            Unrolled = layout.Unrolled?.Schedule(),
            Prediction = layout.Batch?.Schedule() ?? single,
            Single = single,
            Streaming = layout.Stream?.Schedule(),
            Streams = layout.Streams?.Schedule(),
            Block = layout.Block?.Schedule(),
        };
        after?.Invoke("prediction", () => PlanText.OfPrediction(plan));

        // The account: what all of that takes, in bytes. Documentation, summary and advice quote it.
        plan = plan with { Memory = MemoryAccount.Of(plan) };
        after?.Invoke("memory", () => PlanText.Of(plan.Memory));
        return plan;
    }
}
