using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>The model's input: a sequence, or one vector. Prediction reads it where the caller has it, and the rows of a table where it is stored, unless several sequences go through a step at once.</summary>
internal sealed class InputSequence(ModelSpecification model, PlannedTable? table)
    : InputRows("Input", Clock.Input, model.SequenceLength, model.FeatureSize, table)
{
    public static Op Of(ModelSpecification model, IReadOnlyList<PlannedTable> tables) =>
        new InputSequence(model, tables.FirstOrDefault(t => t is { IsDecoders: false, Input: null })) { Columns = InputColumns.Plan(model, tables) };

    protected override (string Values, string Adjoint, string Traced) Said => ("inputs", "input adjoint", Table is null ? "the input" : "the embedding");

    protected override (string Values, string Table) Places => ("Inputs", "Table");

    /// <summary>Its table learns, or what is computed from it is differentiated with respect to it.</summary>
    public override bool Learns => base.Learns || model.InputGradients;

    public override bool StandsInItsSource(bool trains) => !trains && Table is null;

    public override ValueRows Values(ForwardLayout layout) => StandsInItsSource(layout.Trains) ? new(0, Width, SequenceRow) : base.Values(layout);

    public override Argument MemoryOf(ForwardLayout layout) => StandsInItsSource(layout.Trains) ? new Argument.Memory(Store.Input) : Argument.Arena;

    /// <summary>Layer by layer the rows of all tokens are gathered first.</summary>
    public override IEnumerable<Call> Forward(ForwardLayout layout) => layout.Trains || Table is null ? []
        : Enumerable.Range(0, Steps).Select(step => Gather(Values(layout).At(step), RowOf(layout.Specification), step) with { Note = $"t = {step}" });

    public override void ReserveStep(StepLayout layout)
    {
        if (Gathers(layout))
        {
            layout.Reserve(this, UnitBuffers.Values, "embedded tokens", RowOf(layout.Specification));
        }
    }

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd) => !Gathers(layout) ? []
        : layout.Mode is StepMode.Streams or StepMode.Block ? [new GatherTokens(0, 1, Width, layout.Own(this).Offset, RowOf(layout.Specification), layout.All)]
        : [Gather(layout.Own(this).Offset, RowOf(layout.Specification), step)];

    /// <summary>A step of the sequence itself, or its row of the table: gathered for several sequences or the steps of a block, in place for one. Streams and blocks are given either at each step.</summary>
    public override SourceRows StepSource(StepLayout layout, int step)
    {
        int row = RowOf(layout.Specification);
        return Gathers(layout) ? new SourceRows(Argument.Arena, layout.Own(this).Offset, row)
            : layout.IsStreamed || layout.Mode == StepMode.Block ? new SourceRows(new Argument.Memory(Store.Input), 0, Width)
            : Table is null ? new SourceRows(new Argument.Memory(Store.Input), step * Width, SequenceRow)
            : new SourceRows(new Argument.TokenRow(step, Table.Table.Size), 0, row);
    }

    public override UnitNotes? Documentation => Columns.Count == 0 ? base.Documentation : InputColumns.Notes(model, Columns);

    public override SummaryLine? Summary => Columns.Count == 0 ? base.Summary : InputColumns.Summary(model, Columns);

    // From a sequence to the next: prediction is given what is made of columns.
    private int SequenceRow => Steps * Width;

    // Whether the rows of several sequences' or steps' tokens are put side by side.
    private bool Gathers(StepLayout layout) => Table is not null && layout.Mode is (StepMode.Batch or StepMode.Streams or StepMode.Block);

    private Call Gather(int to, int row, int step) => new GatherTokens(step, Named.SequenceLength, Width, to, row, new RowRange(RowSet.Live, Clock.Input, step));
}
