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
    /// <summary>Rows of a decoder that predicts, at least: beams of one sequence, or a batch.</summary>
    public const int MinimumDecodedRows = 16;

    /// <param name="after">Told after each pass of its name and of how to print what it made; null where nobody asks.</param>
    public static ModelPlan Plan(ModelSpecification model, Action<string, Func<string>>? after = null)
    {
        Stages.Enter(Stage.Planning, model.Declaration.Name);

        // Tables of embeddings come first among the parameters, since tokens name rows of them where they stand.
        IReadOnlyList<PlannedTable> tables = EmbeddingTables.Plan(model);
        after?.Invoke("tables", () => PlanText.Of(tables));

        // The data flow: declared layers become layers with kernels and the ops around them; parameters and packs get their places.
        DataFlow flow = DataFlow.Plan(model, tables);
        after?.Invoke("flow", () => PlanText.Of(flow.Units));

        // A window: where training computes steps again, it sees the steps between two kept states, and all that follows is laid out for these.
        DataFlow window = model.IsRecomputed ? DataFlow.Plan(model.Window, tables) : flow;

        // Groups: as many sequences at once as leave in the cache what the backward pass reads, and sums enough for the threads that take them.
        int group = TrainingGroups.GroupSize(model.BatchSize, flow.LargestPack * Scalar.Bytes(model.Precision));

        // Memory of the forward pass: training keeps every step of every value, since the backward pass reads it.
        ForwardLayout forward = new(model.Window with { BatchSize = group }, window.Units, group, trains: true, _ => BackwardLayout.End(window.Units));

        // Memory of the backward pass: an adjoint lives from its first writer to its own unit, so that a stack's adjoints share their places.
        BackwardLayout backward = new(forward, window.Vectors);
        after?.Invoke("training memory", () => PlanText.Of(backward.Memory.Buffers) + PlanText.Of(backward.Sums.Buffers));

        // What is watched: states and gates of layers that learn, in a model that shows how its gradient flows.
        IReadOnlyList<WatchedLayer> watched = WatchedLayer.Of(backward);

        // The schedule of training: one list of calls in order, and the same reversed.
        TrainingPlan training = TrainingPlan.Of(backward, watched, TrainingGroups.SumCount(model.BatchSize, group));
        after?.Invoke("training schedule", () => PlanText.Of(training));

        // Prediction: step by step where a step depends on earlier ones only; layer by layer where it depends on later ones, and a decoder's steps behind it.
        UnrolledPrediction? unrolled = model.IsCausal ? null : UnrolledPredictionPlanner.Plan(model, flow.Units);
        PredictionPlan? single = model.IsCausal ? PredictionPlanner.Plan(model, flow.Units, StepMode.Single) : null;
        PredictionPlan? batch = model.IsCausal && model.BatchSize > 1 ? PredictionPlanner.Plan(model, flow.Units, StepMode.Batch) : single;
        PredictionPlan? stream = model.IsCausal ? PredictionPlanner.Plan(model, flow.Units, StepMode.Stream) : null;
        ModelPlan plan = new()
        {
            Specification = model,
            Tables = tables,
            Units = flow.Units,
            Vectors = flow.Vectors,
            PackLength = flow.PackLength,
            Training = training,
            Unrolled = unrolled,
            Prediction = batch,
            Single = single,
            Streaming = stream,
        };
        after?.Invoke("prediction", () => PlanText.OfPrediction(plan));

        // The account: what all of that takes, in bytes. Documentation, summary, advice and limits quote it.
        plan = plan with { Memory = MemoryAccount.Of(plan) };
        after?.Invoke("memory", () => PlanText.Of(plan.Memory));
        return plan;
    }
}
