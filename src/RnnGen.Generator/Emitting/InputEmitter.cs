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
    public static string LengthFormula(ModelSpecification model) => $"SequenceLength × InputSize{(model.StaticSize > 0 ? $" + {model.StaticSize}" : "")}{(model.KnownSize > 0 ? $" + OutputLength × {model.KnownSize}" : "")}";

    /// <summary>The inputs of the layout; none where they have no names.</summary>
    public static IEnumerable<string> Infos(ModelSpecification model)
    {
        int offset = 0;
        InputKind? before = null;
        foreach (DeclaredInput input in model.Columns ?? EquatableArray<DeclaredInput>.Empty)
        {
            if (input.Kind != before)
            {
                (before, offset) = (input.Kind, StartOf(model, input.Kind));
            }

            string steps = input.Kind switch
            {
                InputKind.Step => "Step = InputSize, Steps = SequenceLength",
                InputKind.Static => "",
                InputKind.Known => $"Step = {model.KnownSize}, Steps = OutputLength",
                _ => throw Choices.Unimplemented(input.Kind),
            };
            string categories = input.Table is { } table ? $"Categories = {table.VocabularySize}" : "";
            string properties = string.Join(", ", new[] { steps, categories }.Where(p => p.Length > 0));
            yield return $"new(\"{input.Name}\", {ModelContext.Library}InputKind.{input.Kind}, {offset}, {input.Size}){(properties.Length > 0 ? $" {{ {properties} }}" : "")}";
            offset += input.Size;
        }
    }

    // Where the inputs of a kind begin in a row.
    private static int StartOf(ModelSpecification model, InputKind kind) => kind switch
    {
        InputKind.Step => 0,
        InputKind.Static => model.SequenceLength * model.InputSize,
        InputKind.Known => model.SequenceLength * model.InputSize + model.StaticSize,
        _ => throw Choices.Unimplemented(kind),
    };

    /// <summary>Writes how what the first layers read is made of a row.</summary>
    public static void WriteShape(ModelContext context, RecordWriter training)
    {
        ModelSpecification model = context.Model;
        if (model.Columns is null)
        {
            return;
        }

        using (RecordWriter record = training.Nested("Columns", $"{ModelContext.Runtime}.InputShape"))
        {
            record.Add("Step", "InputSize");
            record.Add("Statics", StartOf(model, InputKind.Static));
            record.Add("StaticSize", model.StaticSize, model.StaticSize > 0);
            record.Add("Width", model.FeatureSize);
            record.Add("Known", StartOf(model, InputKind.Known), model.KnownSize > 0);
            record.Add("KnownSize", model.KnownSize, model.KnownSize > 0);
            record.Add("KnownWidth", model.KnownWidth, model.KnownSize > 0);
            record.AddList("Parts", $"{ModelContext.Runtime}.InputPart", context.Plan.Training.Inputs.SelectMany(i => i.Columns.Select(c => (Part(context, c, i.Adjoint), c.Input.Name))), isRequired: true);
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
        string known = model.KnownSize == 0 ? "" : $"\n/// <param name=\"known\">[{model.Decoder!.Length} × {model.KnownSize}] values that are known for the decoded steps.</param>";
        (string declared, string passed) = model.KnownSize == 0 ? ("", "default") : ($"{span} known, ", "known");
        context.Writer.Line().Write($$"""
            /// <summary>Puts the inputs of a sequence into its flat row [{{context.InputShape}}], whose places <see cref="Layout"/> names in its Inputs. It does not allocate.</summary>
            /// <param name="history">[steps × {{model.InputSize}}] values of up to {{model.SequenceLength}} steps; the rest of the row's steps are cleared.</param>
            /// <param name="statics">[{{model.StaticSize}}] values that are given once.</param>{{known}}
            /// <param name="row">[{{model.InputLength}}] values, written.</param>
            /// <exception cref="{{ModelContext.Sys}}ArgumentException">A span has another length, or the index of a category is out of range; the message names its column. Nothing is written.</exception>
            public static void Pack({{span}} history, {{span}} statics, {{declared}}{{ModelContext.Sys}}Span<{{context.Number}}> row) => {{ModelContext.Runtime}}.InputRow.Pack(Layout, history, statics, {{passed}}, row);
            """);
    }
}
