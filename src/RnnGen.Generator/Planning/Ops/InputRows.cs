using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>What is given at each step and no unit makes: numbers as they are, or the rows of a table that tokens name. Training has it in the arena, where dropout masks it.</summary>
/// <param name="table">The table; null where numbers are given.</param>
internal abstract class InputRows(string name, Clock clock, int steps, int width, PlannedTable? table) : Op(name, clock, steps, width)
{
    private const string Mask = "mask";

    public PlannedTable? Table => table;

    /// <summary>The inputs that it is made of, where a sequence's row has columns.</summary>
    protected IReadOnlyList<PlannedColumn> Columns { get; init; } = [];

    public override bool Learns => table is { Table.Frozen: false } || Columns.Any(c => c.Table is { Table.Frozen: false });

    /// <summary>What its buffer and its adjoint are called, for readers of the generated code; and what it is when a number in it is not finite.</summary>
    protected abstract (string Values, string Adjoint, string Traced) Said { get; }

    /// <summary>The properties of the runtime's shape that say where it is stored, and of its table.</summary>
    protected abstract (string Values, string Table) Places { get; }

    public override void Reserve(ForwardLayout layout, int lastUse)
    {
        layout.Reserve(this, UnitBuffers.Values, Said.Values, Steps, RowOf(layout.Specification), lastUse);

        // One mask for all layers that read it.
        PlannedLayer? reader = layout.Units.OfType<PlannedLayer>().FirstOrDefault(l => l.Source == this && l.Declared!.Dropout > 0);
        if (layout.Trains && reader is not null)
        {
            layout.ReserveMask(this, Mask, new(reader.Name, reader.Declared!.Dropout), $"{reader.Name}'s input", Width, isInPlace: true);
        }
    }

    public override ValueRows Values(ForwardLayout layout) => layout.Own(this) with { Row = RowOf(layout.Specification) };

    public override IEnumerable<Call> Forward(ForwardLayout layout) => [];

    /// <summary>Its adjoint lasts until all rows have been taken through, for the table's gradient.</summary>
    public override void ReserveAdjoint(BackwardLayout layout)
    {
    }

    public override void ReserveBackward(BackwardLayout layout)
    {
        if (Learns)
        {
            layout.ReserveAdjoint(this, Said.Adjoint, BackwardLayout.End(layout.Units));
        }
    }

    public override IEnumerable<Call> Backward(BackwardLayout layout) => [];

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd) => [];

    public override PlannedInput Given(BackwardLayout layout) => new(Places.Values, Places.Table, Values(layout.Forward), table, Learns ? layout.Adjoint(this) : null) { Columns = Columns };

    public override TracedRows Traced(BackwardLayout layout) => new(Said.Traced, Values(layout.Forward), Steps, Width, Clock);

    public override UnitNotes? Documentation => table is null ? null : EmbeddingTables.Notes(table);

    public override SummaryLine? Summary => table is null ? null : EmbeddingTables.Summary(table, Steps);

    public override long Lines => table is null ? 0 : Steps;

    public override long PredictedLines => Lines;

    /// <summary>Width of a row of its copy.</summary>
    protected int RowOf(ModelSpecification model) => Scalar.InputRow(Width, model.Precision);
}
