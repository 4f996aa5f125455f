using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>The loss of each row between the passes, and ∂L/∂y for every output step: by a method that is written from the loss's equations, or by a class of the runtime.</summary>
internal sealed class Loss : Op
{
    private readonly ModelSpecification _model;

    private Loss(ModelSpecification model, PlannedUnit head)
        : base("Loss", head, 1)
    {
        (_model, Sources) = (model, [head]);
    }

    public static Op Of(ModelSpecification model, PlannedUnit head) => new Loss(model, head);

    private LossDefinition Definition => _model.Loss.Definition;

    private PlannedUnit Head => Sources[0];

    /// <summary>When the model predicts there is none.</summary>
    public override bool StandsInItsSource(bool trains) => !trains;

    public override void Reserve(ForwardLayout layout, int lastUse)
    {
    }

    public override IEnumerable<Call> Forward(ForwardLayout layout) => [];

    /// <summary>It is what adjoints begin with.</summary>
    public override void ReserveAdjoint(BackwardLayout layout)
    {
    }

    public override void ReserveBackward(BackwardLayout layout) => layout.Losses = layout.Memory.Add("losses", Steps, layout.Rows, 0, int.MaxValue);

    public override IEnumerable<Call> BetweenPasses(BackwardLayout layout)
    {
        ValueRows outputs = layout.Forward.Values(Head), adjoints = layout.Adjoint(Head);
        return Definition.Programme is { } programme
            ? [new LossOfSequences(programme, new(outputs, adjoints, layout.Losses.Offset), _model.OutputSize, _model.LabelLength)]
            : Enumerable.Range(0, Steps).Select(step => new LossOfStep(
                new(outputs with { Offset = outputs.At(step) }, adjoints with { Offset = adjoints.At(step) }, layout.Losses.At(step)),
                Definition.TargetsAreClasses ? step : step * _model.OutputSize,
                RunsAtEnd ? RowRange.All : new RowRange(RowSet.Live, Clock.Input, step)) { Note = $"t = {layout.Forward.TimeOf(Head, step)}" });
    }

    public override OutputAdjoint? Adjoint(BackwardLayout layout) => new(layout.Adjoint(Head), Head.Width);

    public override IEnumerable<Call> Backward(BackwardLayout layout) => [];

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd) => [];

    public override TracedRows Traced(BackwardLayout layout) =>
        new("the distance to the targets", new(layout.Losses.Offset, layout.Rows, 1), Definition.Targets == LossTargets.Labels ? 1 : Steps, 1, Clock);

    public override UnitNotes Documentation => new($"Loss: {_model.Loss.Name}. {Definition.Summary}".TrimEnd(), LossNotes.Of(Definition, _model.OutputSize));

    public override long Lines => Steps;

    public override long PredictedLines => 0;
}

/// <summary>Where a loss reads outputs, and writes adjoints and losses.</summary>
internal sealed record LossPlaces(ValueRows Outputs, ValueRows Adjoints, int Losses);

/// <summary>The loss of one step, by the model's own method.</summary>
/// <param name="Target">Where in a row's targets the step's begin.</param>
internal sealed record LossOfStep(LossPlaces Places, int Target, RowRange Rows) : Call
{
    public override Invocation Invocation => new(
        Callee.Model, "RnnLossStep", [Argument.Arena, Places.Outputs.Offset, Places.Adjoints.Offset, Places.Losses, Named.Targets, Target, Named.Scale, Rows]);
}

/// <summary>The loss of whole sequences, by a class of the runtime.</summary>
/// <param name="Programme">The class.</param>
internal sealed record LossOfSequences(string Programme, LossPlaces Places, int Classes, int LabelLength) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        $"{Programme}.Loss", Argument.Arena, new Argument.Made([Places.Outputs]), new Argument.Made([Places.Adjoints]), Classes, Named.Targets, LabelLength, Places.Losses, Named.Scale, Named.Workspace,
        RowRange.OverSteps(Clock.Input));
}
