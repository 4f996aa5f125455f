using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>What a decoder reads: what it is fed, and behind it what is known of the step in advance. It is fed: in training the targets of the step before or its own outputs, when it predicts its outputs. The runtime puts it there, embedded where it is tokens.</summary>
internal sealed class FedOutputs(ModelSpecification model, DecoderSpecification decoder, PlannedTable? table)
    : InputRows("Fed", Clock.Output, decoder.Length, decoder.FedSize(model.OutputSize) + model.KnownWidth, table)
{
    /// <summary>None where nothing is decoded.</summary>
    public static Op? Of(ModelSpecification model, IReadOnlyList<PlannedTable> tables) =>
        model.Decoder is { } decoder ? new FedOutputs(model, decoder, tables.FirstOrDefault(t => t is { IsDecoders: true, Input: null })) { Columns = InputColumns.Known(model, decoder, tables) } : null;

    protected override (string Values, string Adjoint, string Traced) Said => ("what the decoder is fed", "fed token's adjoint", "what the decoder is fed");

    protected override (string Values, string Table) Places => ("Fed", "FedTable");

    public override UnitNotes? Documentation => Columns.Count == 0 ? base.Documentation : InputColumns.KnownNotes(decoder.FedSize(model.OutputSize), Table, Columns);

    public override void ReserveStep(StepLayout layout)
    {
        int row = RowOf(layout.Specification);
        layout.Fed = new FedRows(new(layout.Reserve(this, UnitBuffers.Values, Said.Values, row).Offset, 0, row), decoder.FedSize(model.OutputSize), Table);
    }

    public override ValueRows StepValues(StepLayout layout, int step) => layout.Fed!.Values;
}
