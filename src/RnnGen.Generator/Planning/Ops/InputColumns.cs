using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>The inputs that have names: where each is stored in the row of a sequence, and in what the first layer reads. The runtime makes the one of the other.</summary>
internal static class InputColumns
{
    /// <summary>Their places in what the first layer reads; none where a step is the same numbers, or a token.</summary>
    /// <param name="tables">The model's tables.</param>
    public static IReadOnlyList<PlannedColumn> Plan(ModelSpecification model, IReadOnlyList<PlannedTable> tables) => Plan(model, kind => kind != InputKind.Known, 0, tables);

    /// <summary>The places of those that the decoder reads, behind what it is fed.</summary>
    /// <param name="tables">The model's tables.</param>
    public static IReadOnlyList<PlannedColumn> Known(ModelSpecification model, DecoderSpecification decoder, IReadOnlyList<PlannedTable> tables) =>
        Plan(model, kind => kind == InputKind.Known, decoder.FedSize(model.OutputSize), tables);

    private static IReadOnlyList<PlannedColumn> Plan(ModelSpecification model, Func<InputKind, bool> isRead, int to, IReadOnlyList<PlannedTable> tables)
    {
        List<PlannedColumn> columns = [];
        Dictionary<InputKind, int> next = [];
        foreach (DeclaredInput input in (model.Columns ?? Common.EquatableArray<DeclaredInput>.Empty).Where(i => isRead(i.Kind)))
        {
            next.TryGetValue(input.Kind, out int from);
            columns.Add(new PlannedColumn(input, from, to, tables.FirstOrDefault(t => t.Input == input)));
            next[input.Kind] = from + input.Size;
            to += input.Width;
        }

        return columns;
    }

    /// <summary>What the model's documentation says of what a decoder reads.</summary>
    /// <param name="fed">Values that it is fed.</param>
    /// <param name="table">The table of the tokens that it is fed; null where it is fed numbers.</param>
    public static UnitNotes KnownNotes(int fed, PlannedTable? table, IReadOnlyList<PlannedColumn> columns) => new(
        $"What the decoder reads: {fed} that it is fed and {columns.Sum(c => c.Input.Size)} that are known → {fed + columns.Sum(c => c.Input.Width)}, {Parameters(columns) + (table?.Tensor.Length ?? 0)} parameters.",
        [.. table is null ? [] : EmbeddingTables.Notes(table).Lines, .. columns.Select(Line)]);

    /// <summary>What the model's documentation says of them.</summary>
    public static UnitNotes Notes(ModelSpecification model, IReadOnlyList<PlannedColumn> columns) => new(
        $"Inputs: {model.InputSize} a step{(model.StaticSize > 0 ? $" and {model.StaticSize} once" : "")} → {columns.Sum(c => c.Input.Width)}, {Parameters(columns)} parameters, read at every step.",
        columns.Select(Line).ToList());

    /// <summary>Their line in the model's table of layers.</summary>
    public static SummaryLine Summary(ModelSpecification model, IReadOnlyList<PlannedColumn> columns) =>
        new("Inputs", model.InputSize + model.StaticSize, columns.Sum(c => c.Input.Width), Parameters(columns), model.SequenceLength);

    private static long Parameters(IReadOnlyList<PlannedColumn> columns) => columns.Sum(c => (long)(c.Table?.Tensor.Length ?? 0));

    private static string Line(PlannedColumn column)
    {
        string values = $"x[{column.To}{(column.Input.Width > 1 ? $"..{column.To + column.Input.Width - 1}" : "")}] = {column.Input.Name}";
        string source = column.Table is { } table ? $", row of {table.Tensor.Name} [{table.Table.VocabularySize}, {table.Table.Size}] that the category names" : "";
        return values + source + (column.Input.Kind == InputKind.Static ? ", given once" : "");
    }
}
