using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes what a model with named inputs has besides others: their places in the row of a sequence, what fills a row, and how the first layer's values are made of one.</summary>
internal static class InputEmitter
{
    /// <summary>The formula of a row's length.</summary>
    public static string LengthFormula(ModelSpecification model) => $"SequenceLength × InputSize{(model.StaticSize > 0 ? $" + {model.StaticSize}" : "")}";

    /// <summary>The inputs of the layout; none where they have no names.</summary>
    public static IEnumerable<string> Infos(ModelSpecification model)
    {
        int offset = 0;
        InputKind? before = null;
        foreach (DeclaredInput input in model.Columns ?? EquatableArray<DeclaredInput>.Empty)
        {
            if (input.Kind != before)
            {
                (before, offset) = (input.Kind, input.Kind == InputKind.Step ? 0 : model.SequenceLength * model.InputSize);
            }

            string steps = input.Kind == InputKind.Step ? "Step = InputSize, Steps = SequenceLength" : "";
            string categories = input.Table is { } table ? $"Categories = {table.VocabularySize}" : "";
            string properties = string.Join(", ", new[] { steps, categories }.Where(p => p.Length > 0));
            yield return $"new(\"{input.Name}\", {ModelContext.Library}InputKind.{input.Kind}, {offset}, {input.Size}){(properties.Length > 0 ? $" {{ {properties} }}" : "")}";
            offset += input.Size;
        }
    }

    /// <summary>Writes how what the first layer reads is made of a row.</summary>
    public static void WriteShape(ModelContext context, RecordWriter training)
    {
        foreach (PlannedInput input in context.Plan.Training.Inputs.Where(i => i.Columns.Count > 0))
        {
            using (RecordWriter record = training.Nested("Columns", $"{ModelContext.Runtime}.InputShape"))
            {
                record.Add("Step", "InputSize");
                record.Add("Statics", context.Model.SequenceLength * context.Model.InputSize);
                record.Add("StaticSize", context.Model.StaticSize, context.Model.StaticSize > 0);
                record.Add("Width", context.Model.FeatureSize);
                record.AddList("Parts", $"{ModelContext.Runtime}.InputPart", input.Columns.Select(c => (Part(context, c, input.Adjoint), c.Input.Name)), isRequired: true);
            }
        }
    }

    private static string Part(ModelContext context, PlannedColumn column, ValueRows? adjoint)
    {
        string table = "";
        if (column.Table is { } rows)
        {
            ValueRows? own = rows.Table.Frozen || adjoint is null ? null : adjoint with { Offset = adjoint.Offset + column.To };
            table = $", {ShapeEmitter.Table(context.Plan, rows, own)}";
        }

        return $"new({column.From}, {column.To}, {column.Input.Size}, {ModelContext.Library}InputKind.{column.Input.Kind}{table})";
    }

    /// <summary>Writes the method that fills a row.</summary>
    public static void WritePack(ModelContext context)
    {
        ModelSpecification model = context.Model;
        if (model.Columns is null)
        {
            return;
        }

        string span = $"{ModelContext.Sys}ReadOnlySpan<{context.Number}>";
        context.Writer.Line().Write($$"""
            /// <summary>Puts the inputs of a sequence into its flat row [{{context.InputShape}}], whose places <see cref="Layout"/> names in its Inputs. It does not allocate.</summary>
            /// <param name="history">[steps × {{model.InputSize}}] values of up to {{model.SequenceLength}} steps; the rest of the row's steps are cleared.</param>
            /// <param name="statics">[{{model.StaticSize}}] values that are given once.</param>
            /// <param name="row">[{{model.InputLength}}] values, written.</param>
            /// <exception cref="{{ModelContext.Sys}}ArgumentException">A span has another length, or the index of a category is out of range; the message names its column. Nothing is written.</exception>
            public static void Pack({{span}} history, {{span}} statics, {{ModelContext.Sys}}Span<{{context.Number}}> row) => {{ModelContext.Runtime}}.InputRow.Pack(Layout, history, statics, row);
            """);
    }
}
