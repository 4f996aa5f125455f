using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes the page on the model: what it computes, equations, shapes, parameters, memory.</summary>
internal static class ModelDocumentation
{
    public static void Write(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        ModelPlan plan = context.Plan;
        ModelSpecification model = context.Model;
        string input = model.Embedding is { } embedding
            ? $"{Count(model.SequenceLength, "token")} out of {embedding.VocabularySize}"
            : $"{Count(model.SequenceLength, "step")} of {Count(model.InputSize, "feature")}";
        string outputs = Count(model.OutputSize, "output");
        string steps = model.Architecture switch
        {
            Architecture.ManyToOne => $"Reads a sequence of {input} and has {outputs} after the final step",
            Architecture.ManyToMany => $"Reads a sequence of {input} and has {outputs} at every step",
            Architecture.OneToMany => $"Reads {Count(model.InputSize, "value")} and decodes up to {Count(model.OutputSteps, "step")} of {outputs}; each step reads the output of the previous one",
            Architecture.EncoderDecoder => $"Reads a sequence of {input} and decodes another of up to {Count(model.OutputSteps, "step")} of {outputs}; each step reads the output of the previous one",
            _ => throw Choices.Unimplemented(model.Architecture),
        };
        writer.Write($"""
            /// <remarks>
            /// <para>{steps}{string.Concat(plan.Units.OfType<Op>().Select(op => op.Clause))}.{(Weights(model) is { } weights ? $" {weights}." : "")}</para>
            /// <para>
            /// {plan.ParameterCount} parameters, {plan.ForwardFlops} floating-point operations in the matrix products of one sequence,
            /// {ModelContext.Memory(plan.Memory.Model)} of memory, {ModelContext.Memory(plan.Memory.Training)} more to train {Count(plan.Training.GroupSize, "sequence")} at once,
            /// {ModelContext.Memory(plan.Memory.Thread)} for each further thread, {ModelContext.Memory(plan.Memory.Prediction)} more to predict{(plan.Streaming is null ? "" : $",\n/// {ModelContext.Memory(plan.Memory.State)} for each streaming state")}.
            /// </para>
            """);
        foreach (PlannedUnit unit in plan.Units)
        {
            if (unit is PlannedLayer layer)
            {
                WriteLayer(writer, layer);
            }
            else if (unit is Op { Documentation: { } notes })
            {
                string lines = notes.Lines.Count == 0 ? "" : $"\n/// <code>\n{string.Join("\n", notes.Lines.Select(n => "/// " + Escape(n)))}\n/// </code>";
                writer.Write($"/// <para>{Escape(notes.Text)}</para>{lines}");
            }
        }

        writer.Write("""
            /// <para>
            /// Training runs the schedule below: forward layer by layer and step by step, the loss, the same list in
            /// reverse, then each layer's weight gradient over chunks of steps. Everything is unrolled through time;
            /// all sizes except the number of rows (sequences) in use are constants.
            /// </para>
            /// </remarks>
            """);
    }

    /// <summary>The table that <c>Summary()</c> returns.</summary>
    public static string Summary(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        List<string[]> rows = [["layer", "input", "output", "parameters", "runs"]];
        foreach (PlannedUnit unit in plan.Units)
        {
            if (unit is PlannedLayer layer)
            {
                rows.Add(
                [
                    $"{layer.Name}: {ModelContext.Describe(layer)}",
                    $"{layer.Plan.InputSize}",
                    $"{layer.Plan.OutputSize}",
                    $"{layer.Tensors.Sum(t => t.Length)}",
                    Runs(layer.Steps),
                ]);
            }
            else if (unit is Op { Summary: { } line })
            {
                rows.Add([line.Title, $"{line.Inputs}", $"{line.Outputs}", $"{line.Parameters}", Runs(line.Steps)]);
            }
        }

        static string Runs(int steps) => Count(steps, "step");

        int[] widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        IEnumerable<string> lines = rows.Select(r => string.Join("  ", r.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))));
        return string.Join("\n",
        [
            $"{context.Name.TrimStart('@')}: {context.Declaration}",
            .. lines,
            .. Weights(context.Model) is { } weights ? (string[])[weights] : [],
            $"parameters {plan.ParameterCount}; forward {plan.ForwardFlops} FLOPs a sequence",
            $"memory: {ModelContext.Memory(plan.Memory.Model)}; {ModelContext.Memory(plan.Memory.Training)} more to train, {ModelContext.Memory(plan.Memory.Thread)} for each further thread, {ModelContext.Memory(plan.Memory.Prediction)} more to predict{(plan.Streaming is null ? "" : $", {ModelContext.Memory(plan.Memory.State)} for each state")}",
        ]);
    }

    // What predictions multiply by, where that is not what training does.
    private static string? Weights(ModelSpecification model) => model.PredictionWeights switch
    {
        WeightFormat.Float => null,
        WeightFormat.Int8 => "Predictions read weights of 8 bits",
        WeightFormat.BFloat16 => "Predictions read weights in bfloat16",
        _ => throw Choices.Unimplemented(model.PredictionWeights),
    };

    public static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    private static void WriteLayer(SourceWriter writer, PlannedLayer layer)
    {
        LayerPlan plan = layer.Plan;
        string runs = (layer.Steps > 1 ? "at every step" : "once") + (layer.IsReverse ? ", from the last to the first" : layer.Clock == Clock.Output ? " of what is decoded" : "");
        writer.Write($"""
            /// <para>{layer.Name}: {ModelContext.Describe(layer)}, {plan.InputSize} → {plan.OutputSize}, {layer.Tensors.Sum(t => t.Length)} parameters, runs {runs}.</para>
            /// <code>
            """);
        foreach (string equation in plan.Equations)
        {
            writer.Write($"/// {Escape(equation)}");
        }

        if (plan.Definition.IsRecurrent && plan.Shape.HasReverse)
        {
            writer.Write("/// backward pass, with ∂v for ∂L/∂v and a for pre-activations:");
            foreach (string equation in DerivedEquations.Of(plan))
            {
                writer.Write($"/// {Escape(equation)}");
            }
        }

        foreach (PlannedTensor tensor in layer.Tensors)
        {
            string gates = tensor.Tensor.Gates.Count == 0 ? "" : $", gates {string.Join(", ", tensor.Tensor.Gates)}";
            writer.Write($"/// {tensor.Tensor.Symbol} = {tensor.Name} [{string.Join(", ", tensor.Shape)}]{gates}");
        }

        if (layer.RecurrentDropout > 0)
        {
            writer.Write($"/// training leaves out {layer.RecurrentDropout.ToString("P0", System.Globalization.CultureInfo.InvariantCulture)} of the states that U is multiplied by, one draw for all steps of a sequence");
        }

        foreach (KeyValuePair<string, PlannedVector> initial in layer.Initials)
        {
            writer.Write($"/// {plan.WrittenName(initial.Key)} before the first step = {initial.Value.Tensor.Name} [{initial.Value.Length}]");
        }

        writer.Write("/// </code>");
    }

    public static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;");
}
