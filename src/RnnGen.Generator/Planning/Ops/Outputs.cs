using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>The output layer's values, or what is predicted of them, go to the caller of a prediction. Those of one stream and of a decoder are read in place.</summary>
internal sealed class Outputs : Op
{
    private Outputs(PlannedUnit source)
        : base("Outputs", source, source.Width)
    {
        Sources = [source];
    }

    public static Op Of(PlannedUnit source) => new Outputs(source);

    public override bool GoesToTheCaller => true;

    private PlannedUnit Source => Sources[0];

    public override bool StandsInItsSource(bool trains) => true;

    public override ValueRows Values(ForwardLayout layout) => layout.Values(Source);

    public override IEnumerable<Call> Forward(ForwardLayout layout)
    {
        if (layout.Trains)
        {
            return [];
        }

        ValueRows values = Values(layout);
        return Enumerable.Range(0, Steps).Select(step => Copy(layout.Specification, values.At(step), values.Row, step, RowRange.Live(Source, step) with { Group = Clock.Input }));
    }

    public override IEnumerable<Call> Backward(BackwardLayout layout) => [];

    public override ValueRows StepValues(StepLayout layout, int step) => layout.Values(Source, step);

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd)
    {
        if (layout.Mode == StepMode.Streams)
        {
            ValueRows streamed = StepValues(layout, step);
            yield return new CopyOutputs(streamed.Offset, streamed.Row, 0, layout.Specification.OutputSize, layout.All);
            yield break;
        }

        int output = RunsAtEnd ? 0 : step;
        if (layout.Mode is StepMode.Batch or StepMode.Single && (!RunsAtEnd || isEnd))
        {
            ValueRows values = StepValues(layout, step);
            yield return Copy(layout.Specification, values.Offset, values.Row, output, layout.IsOne ? layout.All : layout.Live(Source, step) with { Group = Clock.Input });
        }
    }

    /// <summary>Those of a batch, and of one sequence.</summary>
    public override long Lines => 2L * Steps;

    private static CopyOutputs Copy(ModelSpecification model, int from, int fromRow, int output, RowRange rows) =>
        new(from, fromRow, output * model.OutputSize, model.OutputSteps * model.OutputSize, rows);
}

/// <summary>The output layer's values of one step go to the caller.</summary>
/// <param name="To">Where in a sequence's outputs.</param>
/// <param name="ToRow">Values of a sequence's outputs.</param>
internal sealed record CopyOutputs(int From, int FromRow, int To, int ToRow, RowRange Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        "Rows.Copy", Argument.Arena, From, FromRow, Named.OutputSize, new Argument.Memory(Store.Outputs), To, ToRow, Rows);
}
