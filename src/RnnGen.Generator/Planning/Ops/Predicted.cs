using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>
/// What the model predicts for each target, where the loss reads several of the output layer's values for it, or behind a link: so whoever reads outputs reads one value for each
/// target. A prediction of one sequence also keeps the output layer's own values of all steps. In training there is none.
/// </summary>
internal sealed class Predicted : Op
{
    private Predicted(ModelSpecification model, PlannedUnit head)
        : base("Predicted", head, model.OutputSize)
    {
        Sources = [head];
    }

    /// <summary>The op; null where the output layer's values are the outputs.</summary>
    public static Op? Of(ModelSpecification model, PlannedUnit head) => model.Loss.Definition.ReadsHead ? new Predicted(model, head) : null;

    private PlannedUnit Head => Sources[0];

    /// <summary>In training nobody reads it.</summary>
    public override bool StandsInItsSource(bool trains) => trains;

    public override void Reserve(ForwardLayout layout, int lastUse)
    {
        base.Reserve(layout, lastUse);
        layout.Kept = Keep(layout.Memory);
    }

    public override ValueRows Values(ForwardLayout layout) => layout.Trains ? layout.Values(Head) : base.Values(layout);

    public override IEnumerable<Call> Forward(ForwardLayout layout)
    {
        if (layout.Trains)
        {
            return [];
        }

        ValueRows from = layout.Values(Head), to = Values(layout);
        return Enumerable.Range(0, Steps).Select(step => new PredictTargets(from.At(step), to.At(step), layout.Kept!.At(step), RowRange.Live(Head, step)) { Note = $"t = {layout.TimeOf(Head, step)}" });
    }

    public override IEnumerable<Call> Backward(BackwardLayout layout) => [];

    public override void ReserveStep(StepLayout layout)
    {
        base.ReserveStep(layout);
        layout.Kept = layout.Mode == StepMode.Single ? Keep(layout.Memory) : null;
    }

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd)
    {
        if (!RunsAtEnd || isEnd)
        {
            int kept = layout.Kept?.At(RunsAtEnd ? 0 : step) ?? PredictTargets.NotKept;
            yield return new PredictTargets(layout.Values(Head, step).Offset, layout.Own(this).Offset, kept, layout.Live(Head, step));
        }
    }

    public override long Lines => 2L * Steps;

    // Until the prediction is over.
    private ArenaBuffer Keep(MemoryPlan memory) => memory.Add("the output layer of one sequence", Steps, Head.Width, 0, int.MaxValue);
}

/// <summary>The predictions of one step, by the model's own method.</summary>
/// <param name="Head">Where row 0 of the output layer is stored.</param>
/// <param name="To">Where row 0 of the predictions goes.</param>
/// <param name="Kept">Where the output layer's values of the first row go; <see cref="NotKept"/> for nowhere.</param>
internal sealed record PredictTargets(int Head, int To, int Kept, RowRange Rows) : Call
{
    public const int NotKept = -1;

    public override Invocation Invocation => new(Callee.Model, "RnnPredictStep", [Argument.Arena, Head, To, Kept, Rows]);
}
