using System.Collections.Generic;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>
/// The mean of the encoder's outputs, weighted by how well each fits the query: with a product (T. Luong et al. 2015), or with a learned vector over
/// the tanh of a sum (D. Bahdanau et al. 2015).
/// </summary>
internal sealed class Attend : Op
{
    private const string Weights = "attention weights", ScoreRows = "score gradient of each row";

    private readonly PlannedVector? _score;

    /// <param name="keys">What the query is compared with: the memory itself, or keys made of it.</param>
    /// <param name="score">v of an additive score; null where the score is a product.</param>
    public Attend(PlannedUnit query, PlannedUnit memory, PlannedUnit? keys, PlannedVector? score)
        : base("Context", query, memory.Width)
    {
        (_score, Query, Memory, Keys) = (score, query, memory, keys ?? memory);
        Sources = keys is null ? [query, memory] : [query, memory, keys];
    }

    /// <summary>Behind a decoder's last recurrent layer, of h: tanh(W [Σ softmax(score) memory; h] + b).</summary>
    public static IReadOnlyList<PlannedUnit> After(FlowBuilder flow, LayerPlace place, IReadOnlyList<PlannedUnit> values)
    {
        if (place is not { IsLastRecurrent: true, Memory: { } memory } || !flow.Model.Attends)
        {
            return values;
        }

        PlannedUnit h = values[0];
        bool isAdditive = flow.Model.Decoder!.Attention switch
        {
            Attention.Additive => true,
            Attention.Multiplicative => false,
            { } other => throw Choices.Unimplemented(other),
        };
        int size = isAdditive ? h.Width : memory.Width;
        PlannedLayer query = flow.AddLayer(new("Query", t => $"attention.query.{t}", new(isAdditive ? "dense" : "linear", size, Activation.Identity, Initializer.Default), h, Clock.Output));
        PlannedVector? score = null;
        PlannedUnit? keys = null;
        if (isAdditive)
        {
            keys = flow.AddLayer(new("Keys", t => $"attention.key.{t}", new("linear", size, Activation.Identity, Initializer.Default), memory, Clock.Input));
            score = flow.AddVector("attention.score.weight", size, "InputWeight");
        }

        PlannedUnit context = flow.Add(new Attend(query, memory, keys, score));
        LayerSpecification output = new("dense", h.Width, Activation.Tanh, Initializer.Default);
        return [InputFeeding.After(flow, flow.AddLayer(new("Attended", t => $"attention.output.{t}", output, SideBySide.Of(flow, [context, h]), Clock.Output)))];
    }

    private PlannedUnit Query { get; }

    private PlannedUnit Memory { get; }

    private PlannedUnit Keys { get; }

    public override long Parameters => _score?.Length ?? 0;

    public override bool Learns => _score is not null;

    public override bool WritesAllAdjoints => true;

    public override void Reserve(ForwardLayout layout, int lastUse)
    {
        base.Reserve(layout, lastUse);
        layout.Reserve(this, Weights, Weights, Steps, layout.Specification.SequenceLength, lastUse);
    }

    public override IEnumerable<Call> Forward(ForwardLayout layout)
    {
        yield return new AttendSteps(_score, Values(layout, Steps), IsStep: false, RowRange.All) { Note = "attention over the memory" };
    }

    public override void ReserveBackward(BackwardLayout layout)
    {
        if (_score is not null)
        {
            layout.ReserveToTheEnd(this, ScoreRows, ScoreRows, Keys.Width);
        }
    }

    public override IEnumerable<Call> Backward(BackwardLayout layout)
    {
        int scoreRows = _score is null ? 0 : layout[this, ScoreRows].Offset;
        AttendedAdjoints adjoints = new(layout.Adjoint(this), layout.Adjoint(Query), layout.Adjoint(Memory), layout.Adjoint(Keys), scoreRows);
        yield return new BeginAttendAdjoint(_score, Values(layout.Forward, Steps), adjoints) { Note = "the memory's adjoint = 0" };
        yield return new AttendAdjoint(_score, Values(layout.Forward, Steps), adjoints, RowRange.All) { Note = "the adjoints of query and memory" };
        if (_score is not null)
        {
            yield return new SumRows(scoreRows, Keys.Width, Keys.Width, layout.VectorGradients[_score].Offset) { Note = "the score's gradient, over the rows" };
        }
    }

    public override void ReserveStep(StepLayout layout)
    {
        base.ReserveStep(layout);
        int steps = layout.Specification.SequenceLength;
        layout.AttentionWeights = new(layout.Reserve(this, Weights, Weights, steps).Offset, 0, steps);
    }

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd)
    {
        AttendedValues values = new(
            layout.Values(Query, step) with { StepLength = 0 }, layout.Values(Memory, step), layout.Values(Keys, step), layout.AttentionWeights!, layout.Own(this), new AttendedSizes(Memory.Width, Keys.Width, 1));
        yield return new AttendSteps(_score, values, IsStep: true, layout.All);
    }

    public override string Clause => ", and attends to all steps of the input";

    public override UnitNotes Documentation => _score is null
        ? $"Context: Σ softmax(q · e) e over the memory e, {Width} values."
        : $"Context: Σ softmax(v · tanh(q + k)) e over the memory e, {Width} values; v = {_score.Tensor.Name} [{_score.Length}].";

    private AttendedValues Values(ForwardLayout layout, int steps)
    {
        ArenaBuffer weights = layout[this, Weights];
        return new(
            layout.Values(Query), layout.Values(Memory), layout.Values(Keys), new(weights.Offset, weights.StepLength, layout.Specification.SequenceLength), layout.Values(this), new AttendedSizes(Memory.Width, Keys.Width, steps));
    }
}

/// <summary>Where the values of an attention are stored, and its sizes.</summary>
internal sealed record AttendedValues(ValueRows Query, ValueRows Memory, ValueRows Keys, ValueRows Weights, ValueRows Context, AttendedSizes Sizes)
{
    public Argument AsArgument => new Argument.Made([Place(Query), Place(Memory), Place(Keys), Place(Weights), Place(Context), Sizes.MemoryWidth, Sizes.KeysWidth, Sizes.Steps]);

    /// <summary>Those of one step of the query.</summary>
    public AttendedValues Of(int step) => this with { Query = Query.From(step), Weights = Weights.From(step), Context = Context.From(step), Sizes = Sizes with { Steps = 1 } };

    public static Argument Place(ValueRows rows) => new Argument.Made([rows]);
}

/// <param name="Steps">Steps of the query.</param>
internal readonly record struct AttendedSizes(int MemoryWidth, int KeysWidth, int Steps);

/// <summary>Where the adjoints of an attention are stored.</summary>
/// <param name="ScoreRows">Where each row's part of the score's gradient goes.</param>
internal sealed record AttendedAdjoints(ValueRows Context, ValueRows Query, ValueRows Memory, ValueRows Keys, int ScoreRows)
{
    /// <summary>Those of one step of the query.</summary>
    public AttendedAdjoints Of(int step) => this with { Query = Query.From(step), Context = Context.From(step) };

    public Argument AsArgument => new Argument.Made(
        [AttendedValues.Place(Context), AttendedValues.Place(Query), AttendedValues.Place(Memory), AttendedValues.Place(Keys), ScoreRows]);
}

/// <summary>The weighted mean of the memory.</summary>
/// <param name="IsStep">Whether it is one step of rows that predict, and that may share the first one's memory.</param>
internal sealed record AttendSteps(PlannedVector? Score, AttendedValues Values, bool IsStep, RowRange Rows) : Call, ISteppedCall
{
    public Call Of(PlannedUnit unit, int step) => this with { Values = Values.Of(step), Rows = Rows.Of(unit, step) };

    public override Invocation Invocation => Invocation.OfRuntime(
        IsStep ? "Attention.Step" : "Attention.Forward", Argument.Arena, Score ?? Argument.None, Values.AsArgument, new Argument.LiveRows(Clock.Input),
        IsStep ? Named.IsShared : new Argument.LiveRows(Clock.Output), Rows);
}

/// <summary>The adjoints of memory and keys become zero.</summary>
internal sealed record BeginAttendAdjoint(PlannedVector? Score, AttendedValues Values, AttendedAdjoints Adjoints) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        "Attention.Begin", Argument.Arena, Score ?? Argument.None, Values.AsArgument, Adjoints.AsArgument, new Argument.LiveRows(Clock.Input), RowRange.All);
}

/// <summary>The adjoint of the weighted mean becomes that of the query, and is added to those of memory and keys.</summary>
internal sealed record AttendAdjoint(PlannedVector? Score, AttendedValues Values, AttendedAdjoints Adjoints, RowRange Rows) : Call, ISteppedCall
{
    public Call Of(PlannedUnit unit, int step) => this with { Values = Values.Of(step), Adjoints = Adjoints.Of(step), Rows = Rows.Of(unit, step) };

    public override Invocation Invocation => Invocation.OfRuntime(
        "Attention.Backward", Argument.Arena, Score ?? Argument.None, Values.AsArgument, Adjoints.AsArgument, new Argument.LiveRows(Clock.Input), new Argument.LiveRows(Clock.Output), Rows);
}
