using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Losses;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes what the output layer's values say of each target: the prediction, what users see in place of the values, and a draw.</summary>
internal static class HeadEmitter
{
    private static readonly string[] s_around = ["a", "head", "to", "kept", "first", "last", "row", "output", "prediction", "values", "targets", "draws", "j", LossParser.FirstChance, LossParser.SecondChance];

    public static void Write(ModelContext context)
    {
        LossProgram program = LossProgram.Create(context.Model.Loss.Definition, context.Model.OutputSize);
        context.Writer.Write($"// ---- What the output layer says ----\n// The loss reads {ModelDocumentation.Count(program.Source.Outputs.Count, "value")} of it for each target.");
        WritePredictions(context, program);
        context.Writer.Line();
        WriteParameters(context, program);
        if (program.Said!.Draw is { } draw)
        {
            context.Writer.Line();
            WriteDraws(context, program, draw);
        }

        if (context.Model.InputGradients)
        {
            context.Writer.Line();
            WriteSlopes(context, program);
        }
    }

    private static void WritePredictions(ModelContext context, LossProgram program)
    {
        SourceWriter writer = context.Writer;
        string number = context.Number;
        int row = RowOf(context), width = context.Model.HeadSize;
        writer.Write(ModelContext.Optimized);
        using (writer.Open($"private static void RnnPredictStep(ref {number} a, int head, int to, int kept, int first, int last)"))
        {
            using (writer.Open("for (int row = first; row < last; row++)"))
            {
                writer.Write($"""
                    ref {number} output = ref {ModelContext.Unsafe}.Add(ref a, head + row * {context.Plan.Head.Plan.OutputRow});
                    ref {number} prediction = ref {ModelContext.Unsafe}.Add(ref a, to + row * {row});
                    """);
                WriteTargets(context, program, "OutputSize", "output", [($"{ModelContext.Unsafe}.Add(ref prediction, j)", program.Said!.Prediction)]);
            }

            writer.Line();
            writer.Write("// The values of one sequence are kept for who asks for them.");
            using (writer.Open("if (kept >= 0)"))
            {
                writer.Write($"{Span("ReadOnlySpan", "head")}.CopyTo({Span("Span", "kept")});");
            }
        }

        string Span(string kind, string offset) => $"{ModelContext.Sys}Runtime.InteropServices.MemoryMarshal.Create{kind}(ref {ModelContext.Unsafe}.Add(ref a, {offset}), {width})";
    }

    private static void WriteParameters(ModelContext context, LossProgram program)
    {
        using (context.Writer.Open($"private static void RnnReadParameters(ref {context.Number} head, ref {context.Number} values, int targets)"))
        {
            IReadOnlyList<int> said = program.Said!.Parameters;
            WriteTargets(context, program, "targets", "head", [.. said.Select((p, i) => ($"{ModelContext.Unsafe}.Add(ref values, {Place(i, said.Count)})", p))]);
        }
    }

    private static void WriteDraws(ModelContext context, LossProgram program, int draw)
    {
        string number = context.Number;
        using (context.Writer.Open($"private static void RnnReadDraws(ref {number} head, ref {number} values, int targets, {ModelContext.Runtime}.HeadDraws draws)"))
        {
            WriteTargets(context, program, "targets", "head", [($"{ModelContext.Unsafe}.Add(ref values, j)", draw)], isDraw: true);
        }
    }

    // For who differentiates predictions with respect to the input.
    private static void WriteSlopes(ModelContext context, LossProgram program)
    {
        string number = context.Number;
        LossSayings said = program.Said!;
        using (context.Writer.Open($"private static void RnnReadPrediction(ref {number} head, ref {number} values, int targets)"))
        {
            WriteTargets(context, program, "targets", "head", [($"{ModelContext.Unsafe}.Add(ref values, j)", said.Prediction)]);
        }

        context.Writer.Line();
        using (context.Writer.Open($"private static void RnnReadSlopes(ref {number} head, ref {number} values, int targets)"))
        {
            WriteTargets(context, program, "targets", "head", [.. said.Slopes.Select((slope, i) => ($"{ModelContext.Unsafe}.Add(ref values, {Place(i, said.Slopes.Count)})", slope))]);
        }
    }

    // A loop over targets: the output layer's values of each, and what is said of them. Draws are made in double, in which a chance near 0 or 1 is neither.
    private static void WriteTargets(ModelContext context, LossProgram program, string targets, string from, IReadOnlyList<(string Place, int Value)> said, bool isDraw = false)
    {
        SourceWriter writer = context.Writer;
        string number = isDraw ? "double" : context.Number;
        LossCode code = new(program, number, s_around);
        using (writer.Open($"for (int j = 0; j < {targets}; j++)"))
        {
            IReadOnlyList<int> outputs = program.Source.Outputs;
            HashSet<int> read = [.. program.Graph.Closure(said.Select(static s => s.Value))];
            for (int i = 0; i < outputs.Count; i++)
            {
                if (read.Contains(outputs[i]))
                {
                    writer.Write($"{number} {code.Declare(outputs[i], program.Graph[outputs[i]].Name)} = {ModelContext.Unsafe}.Add(ref {from}, {Place(i, outputs.Count)});");
                }
            }

            foreach (Node chance in program.Graph.Nodes.Where(n => n.Kind == NodeKind.Input && read.Contains(n.Id) && n.Name is LossParser.FirstChance or LossParser.SecondChance))
            {
                code.Names[chance.Id] = chance.Name;
                writer.Write($"{number} {chance.Name} = draws.Uniform(j, {(chance.Name == LossParser.FirstChance ? 0 : 1)});");
            }

            IReadOnlyList<string> lines = code.OfSayings(said, text => isDraw && number != context.Number ? $"({context.Number})({text})" : text);
            writer.Write(string.Join("\n", lines));
        }
    }

    private static string Place(int value, int count) => count == 1 ? "j" : value == 0 ? $"j * {count}" : $"j * {count} + {value}";

    // From a row of predictions to the next.
    private static int RowOf(ModelContext context) => Planning.Kernels.Scalar.PaddedRow(context.Model.OutputSize, context.Model.Precision);
}
