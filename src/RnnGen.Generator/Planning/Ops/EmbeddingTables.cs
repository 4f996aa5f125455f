using System.Collections.Generic;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>The tables in which tokens are looked up: of the input's, and of those that a decoder is fed.</summary>
internal static class EmbeddingTables
{
    private static readonly CellTensor s_table = new(CellTensorKind.Weight, "E", "weight", "V", [], new Dictionary<string, double>());

    /// <summary>A model's tables, at the front of its parameters.</summary>
    public static IReadOnlyList<PlannedTable> Plan(ModelSpecification model)
    {
        List<PlannedTable> tables = [];
        int offset = 0;
        Add("embedding", model.Embedding);
        Add("decoder.embedding", model.Decoder?.Embedding);
        return tables;

        void Add(string name, EmbeddingSpecification? table)
        {
            if (table is not null)
            {
                PlannedTensor tensor = new($"{name}.weight", [table.VocabularySize, table.Size], offset, "Embedding", s_table, table.Size, table.Frozen);
                tables.Add(new PlannedTable(tables.Count, tensor, table, IsDecoders: name != "embedding"));
                offset += tensor.Length;
            }
        }
    }
}
