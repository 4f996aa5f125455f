using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Planning;

/// <summary>From the specification to the plan: layers and their tensors, then memory and schedules.</summary>
internal static class ModelPlanner
{
    /// <summary>Rows of a decoder that predicts, at least: beams of one sequence, or a batch.</summary>
    public const int LeastDecodedRows = 16;

    private static readonly CellTensor s_table = new(CellTensorKind.Weight, "E", "weight", "V", [], new Dictionary<string, double>());

    public static ModelPlan Plan(ModelSpecification specification)
    {
        Stages.Enter(Stage.Planning, specification.Declaration.Name);
        List<PlannedTable> tables = [];
        int parameters = 0;
        AddTable("embedding", specification.Embedding);
        AddTable("decoder.embedding", specification.Decoder?.Embedding);
        UnitPlanner units = new(specification, parameters, specification.TiedEmbedding ? tables[tables.Count - 1].Tensor : null);
        UnitPlanner trained = specification.IsRecomputed ? new(specification.Window, parameters, specification.TiedEmbedding ? tables[tables.Count - 1].Tensor : null) : units;
        int groupSize = TrainingPlanner.GroupSize(specification.BatchSize, units.Units.OfType<PlannedLayer>().Max(l => (long)l.Plan.PackLength) * Scalar.Bytes(specification.Precision));
        TrainingPlanner training = new(specification.Window with { BatchSize = groupSize }, trained.Units, trained.Vectors);
        bool isCausal = specification.IsCausal;
        UnrolledPrediction? unrolled = isCausal ? null : new UnrolledPredictionPlanner(specification, units.Units).Plan();
        return new ModelPlan(
            specification,
            tables,
            units.Units,
            units.Vectors,
            units.PackLength,
            training.Plan(TrainingPlanner.SumCount(specification.BatchSize, groupSize)),
            unrolled,
            isCausal ? PredictionPlanner.Plan(specification, units.Units, specification.BatchSize, specification.SequenceLength, streams: false) : null,
            isCausal ? PredictionPlanner.Plan(specification, units.Units, 1, specification.SequenceLength, streams: false) : null,
            isCausal ? PredictionPlanner.Plan(specification, units.Units, 1, 2, streams: true) : null);

        void AddTable(string name, EmbeddingSpecification? table)
        {
            if (table is not null)
            {
                PlannedTensor tensor = new($"{name}.weight", [table.VocabularySize, table.Size], parameters, "Embedding", s_table, table.Size, table.Frozen);
                tables.Add(new PlannedTable(tables.Count, tensor, table, IsDecoders: name != "embedding"));
                parameters += tensor.Length;
            }
        }
    }
}
