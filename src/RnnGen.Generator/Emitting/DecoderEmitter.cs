using System.Linq;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes the shape of a decoder that predicts.</summary>
internal static class DecoderEmitter
{
    public static void WriteShape(ModelContext context, DecoderPlan decoder)
    {
        (ValueRows fed, int width, PlannedTable? table) = decoder.Fed;
        using (RecordWriter record = ShapeEmitter.Open(context, $"{ModelContext.Runtime}.DecoderShape Decoder"))
        {
            record.Add("Rows", decoder.Rows);
            record.Add("Steps", "OutputLength");
            record.Add("OutputSize", "OutputSize");
            record.Add("FedSize", width);
            record.Add("Table", table?.Tensor.Offset, table is not null);
            record.Add("StartToken", "StartToken", table is not null);
            record.Add("EndToken", "EndToken", table is not null);
            record.Add("Fed", $"new({fed.Offset}, 0, {fed.Row})");
            record.Add("Outputs", $"new({decoder.Outputs.Offset}, 0, {decoder.Outputs.Row})");
            bool readsHead = context.Model.Loss.Definition.ReadsHead;
            record.Add("Head", $"new({decoder.Head.Offset}, 0, {decoder.Head.Row})", readsHead);
            record.Add("HeadSize", context.Model.HeadSize, readsHead);
            record.Add("Weights", $"new({decoder.Weights?.Offset}, 0, {decoder.Weights?.Row})", decoder.Weights is not null);
            record.AddList("States", $"{ModelContext.Runtime}.DecoderState", decoder.States.Select(s =>
                ($"new({s.Even.Offset}, {s.Odd.Offset}, {s.Row})", $"{s.Unit.Name} {s.Name}")), isRequired: true);
        }
    }
}
