using System.Collections.Generic;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>The outputs of all steps become one: each unit's last, mean or maximum.</summary>
internal sealed class Pooled : Op
{
    private const string SoFar = "so far";

    private readonly Pooling _pooling;

    public Pooled(PlannedUnit source, Pooling pooling)
        : base("Pooled", Clock.End, 1, source.Width)
    {
        (_pooling, Sources) = (pooling, [source]);
    }

    public static IReadOnlyList<PlannedUnit> After(FlowBuilder flow, LayerPlace place, IReadOnlyList<PlannedUnit> values) =>
        place.PoolsSteps ? [flow.Add(new Pooled(values[0], flow.Model.Pooling))] : values;

    private PlannedUnit Source => Sources[0];

    public override IEnumerable<Call> Forward(ForwardLayout layout)
    {
        yield return new Pool(_pooling, layout.Values(Source), layout.Values(this).Offset) { Note = $"{Source.Name}'s outputs, pooled over the steps" };
    }

    public override IEnumerable<Call> Backward(BackwardLayout layout)
    {
        yield return new PoolAdjoint(
            _pooling, layout.Forward.Values(Source), layout.Forward.Values(this).Offset, layout.Adjoint(Source), layout.Adjoint(this).Offset)
        {
            Note = "∂L/∂output of each step from the pooled outputs'",
        };
    }

    /// <summary>What is kept of the steps so far, and the mean beside their sum.</summary>
    public override void ReserveStep(StepLayout layout)
    {
        PlannedUnit pooled = Source.Predicted;
        if (layout.Mode == StepMode.Block)
        {
            layout.Pool = new PlannedPool(pooled, layout.Add($"{pooled.Name} outputs so far", 1, layout.RowOf(this)), layout.Reserve(this, SoFar, $"{pooled.Name} pooled", layout.RowOf(this)));
            return;
        }

        ArenaBuffer soFar = layout.Reserve(this, SoFar, $"{pooled.Name} outputs so far", layout.RowOf(this));
        ArenaBuffer result = IsMean ? layout.Add($"{pooled.Name} pooled", layout.RowOf(this)) : soFar;
        layout.Pool = new PlannedPool(pooled, soFar, result);
    }

    public override ValueRows StepValues(StepLayout layout, int step) => new(layout.Pool!.Pooled.Offset, 0, layout.RowOf(this));

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd)
    {
        int row = layout.RowOf(this);
        if (layout.Mode == StepMode.Block)
        {
            yield return new PoolBlock(_pooling, layout.Values(Source, step).Offset, layout.Pool!.SoFar.Offset, layout.Pool.Pooled.Offset, row);
            yield break;
        }

        (Argument? isFirst, RowRange rows) = layout.Mode switch
        {
            StepMode.Batch or StepMode.Single => (step == 0, layout.Live(Source, step)),
            StepMode.Stream => (Named.IsFirstStep, layout.All),
            StepMode.Streams => ((Argument?)null, RowRange.OverSteps(Clock.Input)),
            _ => throw Choices.Unimplemented(layout.Mode),
        };
        yield return layout.AtStep(new PoolStep(_pooling, layout.Values(Source, step).Offset, layout.Pool!.SoFar.Offset, row, isFirst, rows), step);
        if (isEnd && IsMean)
        {
            yield return new PoolEnd(layout.Pool.SoFar.Offset, layout.Pool.Pooled.Offset, row, layout.Mode switch
            {
                StepMode.Batch or StepMode.Streams => RowRange.OverSteps(Clock.Input),
                StepMode.Single => Named.Length,
                StepMode.Stream => Named.StepsSoFar,
                _ => throw Choices.Unimplemented(layout.Mode),
            });
        }
    }

    /// <summary>The last outputs are what a sequence ends in without a word.</summary>
    public override string Clause => _pooling switch
    {
        Pooling.Last => "",
        Pooling.Mean => ", from each unit's mean over the steps",
        Pooling.Max => ", from each unit's maximum over the steps",
        _ => throw Choices.Unimplemented(_pooling),
    };

    private bool IsMean => _pooling == Pooling.Mean;
}

/// <summary>The outputs of all steps become one.</summary>
internal sealed record Pool(Pooling Pooling, ValueRows Values, int Pooled) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime($"Pool.{MethodOf(Pooling)}", Argument.Arena, Values, Pooled, RowRange.OverSteps(Clock.Input));

    /// <summary>What the runtime's methods for a pooling begin with.</summary>
    public static string MethodOf(Pooling pooling) => pooling switch
    {
        Pooling.Last => "Last",
        Pooling.Mean => "Mean",
        Pooling.Max => "Max",
        _ => throw Choices.Unimplemented(pooling),
    };
}

/// <summary>The adjoint of the pooled output becomes those of all steps' outputs.</summary>
internal sealed record PoolAdjoint(Pooling Pooling, ValueRows Values, int Pooled, ValueRows Adjoints, int PooledAdjoint) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        $"Pool.{Pool.MethodOf(Pooling)}Adjoint", Argument.Arena, Values, Pooled, Adjoints.Offset, Adjoints.StepLength, PooledAdjoint, RowRange.OverSteps(Clock.Input));
}

/// <summary>One step's output is added to those before.</summary>
/// <param name="IsFirst">Whether there are none before; null where the rows know it, each of itself.</param>
internal sealed record PoolStep(Pooling Pooling, int Value, int SoFar, int Row, Argument? IsFirst, RowRange Rows) : Call
{
    public override Invocation Invocation => IsFirst is null
        ? Invocation.OfRuntime($"Pool.{Pool.MethodOf(Pooling)}Step", Argument.Arena, Value, SoFar, Row, Rows)
        : Invocation.OfRuntime($"Pool.{Pool.MethodOf(Pooling)}Step", Argument.Arena, Value, SoFar, Row, IsFirst, Rows);
}

/// <summary>The outputs of a block's steps are added to those before, one after the other, and each step has its pooled outputs.</summary>
/// <param name="Values">Where the first step's outputs are stored.</param>
/// <param name="SoFar">Where those of the steps before are stored, pooled but for a mean's division.</param>
/// <param name="Pooled">Where the first step's pooled outputs go.</param>
internal sealed record PoolBlock(Pooling Pooling, int Values, int SoFar, int Pooled, int Row) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime($"Pool.{Pool.MethodOf(Pooling)}Block", Argument.Arena, Values, SoFar, Pooled, Row, Named.StepsBefore, RowRange.Steps);
}

/// <summary>The sum of a sequence's outputs becomes their mean.</summary>
/// <param name="Count">Their number, or the rows with theirs.</param>
internal sealed record PoolEnd(int SoFar, int Pooled, int Row, Argument Count) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime("Pool.MeanEnd", Argument.Arena, SoFar, Pooled, Row, Count);
}
