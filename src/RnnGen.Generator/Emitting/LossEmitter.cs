using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes the loss of a group's rows and its adjoints.</summary>
internal static class LossEmitter
{
    private static readonly string[] s_around = ["a", "outputs", "adjoints", "losses", "targets", "offset", "scale", "first", "last", "row", "output", "adjoint", "sum", "j", "target", "weight", "max", "value"];

    public static void Write(ModelContext context)
    {
        LossDefinition loss = context.Model.Loss.Definition;
        string number = context.Number;
        (string workspace, string passed) = loss.Programme is null ? ("", "") : (", double[] workspace", ", workspace");
        context.Writer.Write($"// ---- The loss ----\n// {(loss.Summary.Length == 0 ? "" : loss.Summary + " ")}Each row's sum is kept, and ∂L/∂y written, for every output step.");
        ScheduleEmitter.WriteInParts(
            context,
            "RnnLoss",
            $"ref {number} a, {context.Target}[] targets, {number} scale, {ModelContext.Group} rows, int first, int last{workspace}",
            $"ref a, targets, scale, rows, first, last{passed}",
            generic: false,
            ScheduleEmitter.Lines(context, context.Plan.Training.Loss));
        if (loss.Programme is null)
        {
            context.Writer.Line();
            WriteStep(context, LossProgram.Create(loss, context.Model.OutputSize));
        }
    }

    private static void WriteStep(ModelContext context, LossProgram program)
    {
        SourceWriter writer = context.Writer;
        string number = context.Number;
        int stride = context.Plan.Head.Plan.OutputRow;
        writer.Write(ModelContext.Optimized);
        using (writer.Open($"private static void RnnLossStep(ref {number} a, int outputs, int adjoints, int losses, {context.Target}[] targets, int offset, {number} scale, int first, int last)"))
        using (writer.Open("for (int row = first; row < last; row++)"))
        {
            writer.Write($"""
                ref {number} output = ref {ModelContext.Unsafe}.Add(ref a, outputs + row * {stride});
                ref {number} adjoint = ref {ModelContext.Unsafe}.Add(ref a, adjoints + row * {stride});
                """);
            if (context.Plan.TargetsAreClasses)
            {
                WriteClasses(context, program);
            }
            else
            {
                WriteTargets(context, program);
            }
        }
    }

    // One class for all outputs of a step.
    private static void WriteClasses(ModelContext context, LossProgram program)
    {
        int size = context.Model.OutputSize;
        context.Writer.Write($"int target = targets[row * {context.Plan.TrainedTargetLength} + offset];");
        if (context.DecodesTokens || context.Model.MaskedTargets)
        {
            // A decoded sequence that has ended may come before one that has not; other targets may be missing.
            context.Writer.Write($$"""
                {{(context.DecodesTokens ? "" : "\n// No target, no loss.")}}
                if (target < 0)
                {
                    {{ModelContext.Unsafe}}.Add(ref a, losses + row) = 0;
                    {{ModelContext.Sys}}Runtime.InteropServices.MemoryMarshal.CreateSpan(ref adjoint, {{size}}).Clear();
                    continue;
                }

                """);
        }

        LossCode code = Code(program, context.Number);
        Write(context.Writer, code.OfClasses($"{ModelContext.Unsafe}.Add(ref a, losses + row) =", size));
    }

    // A number for each output, or for each of the values that the loss reads of it.
    private static void WriteTargets(ModelContext context, LossProgram program)
    {
        SourceWriter writer = context.Writer;
        string number = context.Number;
        LossCode code = Code(program, number);
        string[] values = [.. program.Source.Outputs.Select(o => code.Declare(o, program.Graph[o].Name))];
        string[] gradients = [.. values.Select(v => code.Claim("d" + v))];
        writer.Write($"{number} sum = 0;");
        using (writer.Open($"for (int j = 0; j < {context.Model.OutputSize}; j++)"))
        {
            for (int i = 0; i < values.Length; i++)
            {
                writer.Write($"{number} {values[i]} = {ModelContext.Unsafe}.Add(ref output, {Place(i)});");
            }

            writer.Write($"{number} target = targets[row * {context.Plan.TrainedTargetLength} + offset + j];");
            for (int i = 0; i < values.Length; i++)
            {
                writer.Write($"ref {number} {gradients[i]} = ref {ModelContext.Unsafe}.Add(ref adjoint, {Place(i)});");
            }

            if (context.Model.MaskedTargets)
            {
                writer.Line().Write($$"""
                    if ({{number}}.IsNaN(target))
                    {
                        {{string.Join(" = ", gradients)}} = 0; // no target, no loss
                        continue;
                    }

                    """);
            }

            Write(writer, code.OfTarget("sum +=", gradients));
        }

        writer.Line();
        writer.Write($"{ModelContext.Unsafe}.Add(ref a, losses + row) = sum;");

        string Place(int value) => values.Length == 1 ? "j" : value == 0 ? $"j * {values.Length}" : $"j * {values.Length} + {value}";
    }

    /// <summary>The code of a loss in a method that declares <c>target</c> and <c>scale</c>, and what else the schedule has.</summary>
    public static LossCode Code(LossProgram program, string number)
    {
        LossCode code = new(program, number, s_around);
        foreach (Node node in program.Graph.Nodes.Where(n => n.Kind == NodeKind.Input))
        {
            string? name = node.Name switch
            {
                LossParser.Target => "target",
                LossProgram.ScaleName => "scale",
                LossGraph.WeightName => "weight",
                _ => null,
            };
            if (name is not null)
            {
                code.Names[node.Id] = name;
            }
        }

        return code;
    }

    private static void Write(SourceWriter writer, IReadOnlyList<string> lines) => writer.Write(string.Join("\n", lines));
}
