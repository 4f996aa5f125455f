using System.Collections.Generic;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>The tables in which tokens are looked up: of the input's, and of those that a decoder is fed.</summary>
internal static class EmbeddingTables
{
    private static readonly CellTensor s_table = new(CellTensorKind.Weight, "E", "weight", "V", [], new Dictionary<string, double>());

    /// <summary>A model's tables, at the front of its parameters.</summary>
    public static IReadOnlyList<PlannedTable> Plan(ModelSpecification model)
    {
        List<PlannedTable> tables = [];
        long offset = 0;
        Add("embedding", model.Embedding);
        foreach (DeclaredInput input in model.Columns ?? EquatableArray<DeclaredInput>.Empty)
        {
            Add($"{(input.Kind == InputKind.Known ? "decoder." : "")}embedding.{input.Name}", input.Table, input);
        }

        Add("decoder.embedding", model.Decoder?.Embedding);
        return tables;

        void Add(string name, EmbeddingSpecification? table, DeclaredInput? input = null)
        {
            if (table is not null)
            {
                PlannedTensor tensor = new($"{name}.weight", [table.VocabularySize, table.Size], Saturated.ToInt(offset), "Embedding", s_table, table.Size) { IsFrozen = table.Frozen };
                tables.Add(new PlannedTable(tables.Count, tensor, table, IsDecoders: name.StartsWith("decoder.", StringComparison.Ordinal)) { Input = input });
                offset += tensor.Count;
            }
        }
    }

    /// <summary>What the model's documentation says of a table.</summary>
    public static UnitNotes Notes(PlannedTable table) => new(
        $"{(table.IsDecoders ? "The decoder's " : "")}{table.Table.Declared}, 1 token → {table.Table.Size}, {table.Tensor.Length} parameters, runs at every step.",
        ["x = row of E that the token names", $"E = {table.Tensor.Name} [{table.Table.VocabularySize}, {table.Table.Size}]"]);

    /// <summary>Its line in the model's table of layers.</summary>
    public static SummaryLine Summary(PlannedTable table, int steps) => new(table.Table.Declared, 1, table.Table.Size, table.Tensor.Length, steps);
}

/// <summary>The rows of a table that the tokens of one step name, or those of several steps of one sequence.</summary>
/// <param name="TokenRow">From a row's token to the next row's.</param>
internal sealed record GatherTokens(int Step, Argument TokenRow, int Size, int Offset, int Row, RowRange Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        "EmbeddingRows.Gather", new Argument.Memory(Store.Input, Step), TokenRow, new Argument.Memory(Store.Parameters), Size, Argument.Arena, Offset, Row, Rows);
}
