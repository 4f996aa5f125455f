using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// Writes the unrolled schedules, over an interface of the model's kernels that each vector width implements.
/// Long schedules are split into methods, so that none comes near the JIT's limits.
/// </summary>
internal static class ScheduleEmitter
{
    private const int CallsPerMethod = 64;

    public static void Write(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        SourceWriter writer = context.Writer;
        string number = context.Number;
        (string groups, string groupsDeclared) = (context.TrainedRows, context.TrainedRowsDeclared);
        string rows = $"ref w, ref a, {groups}, first, last";
        string rowsDeclared = $"ref {number} w, ref {number} a, {groupsDeclared}, int first, int last";

        writer.Write($$"""
            // ---- The schedule ----
            // w: packed weights; a: the arena; first, last: the rows (sequences) of the group. Rows are
            // sorted longest first, so those that are live at a step come first: up to rows.Last(step, last).{{(plan.Training.Course == TrainingCourse.Decoded ? "\n// The steps of the decoded sequences have live rows of their own, decoded.Last(step, last)." : "")}}
            // The other numbers are offsets into the arena and strides; each line is one kernel at one time step.

            // The training arena, by offset:
            """);
        WriteBuffers(writer, plan.Training.Buffers);
        writer.Write("\n// A sum of gradients, by offset:");
        WriteBuffers(writer, plan.Training.SumBuffers);

        writer.Line();
        writer.Write("// The states of the layers that read the input, before their first step.");
        WriteInParts(context, "RnnStart", $"ref {number} w, ref {number} a, int first, int last", "ref w, ref a, first, last", generic: false,
            Lines(context, plan.Training.Starts));
        writer.Write("""

            // Forward, layer by layer. Arguments: source, its row stride, lanes, their block stride, states and output.
            """);
        WriteTrainingPart(context, "RnnForward", rowsDeclared + GradientFlowEmitter.Declared(context) + context.SharedDeclared, rows + GradientFlowEmitter.Passed(context) + context.SharedPassed, plan.Training.Forward);
        writer.Line();
        writer.Write("""
            // Back-propagation through time: the same list reversed. From a layer's output adjoints to its pre-activations', to the previous state's, to the layer below.
            // The weight gradients come after every chunk of steps, whose adjoints are still in the cache; g: the sum that they are added to.
            """);
        WriteTrainingPart(context, "RnnBackward", $"ref {number} w, ref {number} a, ref {number} g, {groupsDeclared}, int first, int last{GradientFlowEmitter.Declared(context)}{context.SharedDeclared}",
            $"ref w, ref a, ref g, {groups}, first, last{GradientFlowEmitter.Passed(context)}{context.SharedPassed}", plan.Training.Backward);
        WriteShared(context);
        writer.Line();
        if (plan.Unrolled is { } unrolled)
        {
            WriteUnrolledPrediction(context, unrolled);
            return;
        }

        if (plan.Single is { } single)
        {
            writer.Write($"// Prediction of one sequence, step by step; x: the sequence, y: its outputs, steps: its length{(context.ReadsTokens ? ", p: the parameters" : "")}.");
            WritePrediction(context, single, "RnnPredictOne", ", int steps", ", steps");
            writer.Line();
        }

        if (plan.PredictsBatches)
        {
            writer.Write("// Prediction of several sequences at once.");
            WritePrediction(context, plan.Prediction!, "RnnPredictRows", $", {ModelContext.Group} rows, int first, int last", ", rows, first, last");
            writer.Line();
        }

        if (plan.Streaming is { } streaming)
        {
            WriteStream(context, streaming);
            writer.Line();
            StreamsEmitter.WriteSchedule(context, plan.Streams!);
        }

        if (plan.Block is { } block)
        {
            writer.Line();
            WriteBlock(context, block);
        }
    }

    private static void WriteBlock(ModelContext context, PredictionPlan block)
    {
        string number = context.Number;
        (string table, string passed) = context.ReadsTokens ? ($"ref {number} p, ", "ref p, ") : ("", "");
        context.Writer.Write($"// The steps of a block{(context.Plan.PredictsInBlocks ? ", or of the one sequence that is predicted" : "")}, unit by unit; x: the block{(context.ReadsTokens ? ", p: the parameters" : "")}, before: steps before it, said: the first step at which the output at the end is wanted.");
        WriteInParts(context, "RnnBlock", $"ref {context.Input} x, {table}ref {number} w, ref {number} a, int before, int said, int steps", $"ref x, {passed}ref w, ref a, before, said, steps", generic: true,
            Lines(context, block.Steps[0]));
    }

    // What the schedule calls by shared.Run.
    private static void WriteShared(ModelContext context)
    {
        if (context.Plan.Training.Shared.Count == 0)
        {
            return;
        }

        SourceWriter writer = context.Writer;
        string number = context.Number;
        writer.Line();
        writer.Write("// What shared.Run does of layers that take many steps at once: a part of it, at the steps from work.From up to work.To. Threads without sequences of their own take parts too.");
        writer.Write(ModelContext.Optimized);
        using (writer.Open($"private static void RnnShare<K>({ModelContext.Runtime}.SharedWork work, ref {number} w, ref {number} a, ref {number} g, {context.TrainedRowsDeclared}) where K : struct, IRnnKernels"))
        using (writer.Open("switch (work.Work)"))
        {
            foreach (SharedWork work in context.Plan.Training.Shared)
            {
                writer.Write($"case {work.Index}: // {work.Title}");
                WriteSteps(context, work.Calls);
                writer.Write("break;");
            }

            writer.Write($"default: throw new {ModelContext.Sys}InvalidOperationException(\"There is no such work.\");");
        }
    }

    private static void WriteStream(ModelContext context, PredictionPlan streaming)
    {
        string number = context.Number;
        context.Writer.Write($"// One step of a streamed sequence; states alternate between two buffers.{(streaming.Pool is null ? "" : " steps: the number of earlier steps.")}");
        context.Writer.Write(ModelContext.Optimized);
        using (context.Writer.Open($"private static void RnnStream<K>(ref {number} x, ref {number} w, ref {number} a, bool isOdd{(streaming.Pool is null ? "" : ", int steps")}) where K : struct, IRnnKernels"))
        {
            using (context.Writer.Open("if (isOdd)"))
            {
                WriteSteps(context, streaming.Steps[1]);
            }

            using (context.Writer.Open("else"))
            {
                WriteSteps(context, streaming.Steps[0]);
            }
        }
    }

    // Layer by layer: what is read before the last step of a layer below is known is not there yet.
    private static void WriteUnrolledPrediction(ModelContext context, UnrolledPrediction prediction)
    {
        ModelPlan plan = context.Plan;
        SourceWriter writer = context.Writer;
        string number = context.Number;
        string table = context.ReadsTokens ? $"ref {number} p, " : "";
        string passed = context.ReadsTokens ? "ref p, " : "";
        string output = prediction.Decoder is not null ? "" : $"ref {number} y, ";
        string passedOutput = prediction.Decoder is not null ? "" : "ref y, ";
        writer.Write($"// Prediction, layer by layer, of rows of sequences; x: the sequences{(prediction.Decoder is not null ? "" : ", y: their outputs")}{(context.ReadsTokens ? ", p: the parameters" : "")}.");
        WriteInParts(context, "RnnPredictRows", $"ref {context.Input} x, {table}ref {number} w, ref {number} a, {output}{ModelContext.Group} rows, int first, int last",
            $"ref x, {passed}ref w, ref a, {passedOutput}rows, first, last", generic: true, Lines(context, prediction.Forward));
        if (prediction.Decoder is not { } decoder)
        {
            return;
        }

        foreach ((string name, IReadOnlyList<Call> calls) in new[] { ("RnnDecodeEven", decoder.Steps[0]), ("RnnDecodeOdd", decoder.Steps[1]) })
        {
            writer.Line();
            writer.Write(name == "RnnDecodeEven"
                ? "// One step of the decoder for the first rows, of sequences or of beams that share the first row's memory; states alternate between two buffers."
                : "// The same with the buffers the other way round.");
            WriteMethod(context, name, $"ref {number} w, ref {number} a, {ModelContext.Group} rows, bool isShared, int last", generic: true,
                Lines(context, calls));
        }
    }

    private static void WritePrediction(
        ModelContext context, PredictionPlan prediction, string name, string parameters, string arguments)
    {
        // The embedding's table is the first of the parameters.
        string number = context.Number;
        string table = context.ReadsTokens ? $"ref {number} p, " : "";
        string passed = context.ReadsTokens ? "ref p, " : "";
        WriteInParts(context, name, $"ref {context.Input} x, {table}ref {number} w, ref {number} a, ref {number} y{parameters}", $"ref x, {passed}ref w, ref a, ref y{arguments}", generic: true,
            Lines(context, prediction.Starts.Concat(prediction.Steps.SelectMany(s => s))));
    }

    /// <summary>Calls as the lines of a method.</summary>
    public static IReadOnlyList<string> Lines(ModelContext context, IEnumerable<Call> calls)
    {
        CallPrinter printer = new(context);
        return calls.Select(printer.Line).ToList();
    }

    /// <summary>Writes one line per call.</summary>
    public static void WriteSteps(ModelContext context, IEnumerable<Call> calls)
    {
        foreach (string line in Lines(context, calls))
        {
            context.Writer.Write(line);
        }
    }

    /// <summary>Writes lines as one method, or as several and one that calls them. The number of a part stands before the unit, whose own name may end with one and never begins with one.</summary>
    /// <param name="unit">What the method's name ends with.</param>
    public static void WriteInParts(
        ModelContext context, string name, string parameters, string arguments, bool generic, IReadOnlyList<string> lines, string unit = "")
    {
        string type = generic ? "<K>" : "";
        List<IReadOnlyList<string>> parts = [];
        for (int i = 0; i < lines.Count; i += CallsPerMethod)
        {
            parts.Add(lines.Skip(i).Take(CallsPerMethod).ToList());
        }

        if (parts.Count <= 1)
        {
            WriteMethod(context, name + unit, parameters, generic, lines);
            return;
        }

        WriteMethod(context, name + unit, parameters, generic, Enumerable.Range(0, parts.Count).Select(i => $"{name}{i}{unit}{type}({arguments});").ToList());
        for (int i = 0; i < parts.Count; i++)
        {
            context.Writer.Line();
            WriteMethod(context, $"{name}{i}{unit}", parameters, generic, parts[i]);
        }
    }

    private static void WriteBuffers(SourceWriter writer, IEnumerable<ArenaBuffer> buffers)
    {
        foreach (ArenaBuffer buffer in buffers.OrderBy(b => b.Offset))
        {
            string steps = buffer.Steps == 1 ? "" : $", {buffer.Steps} steps of {buffer.StepLength}";
            writer.Write($"//   {buffer.Offset,10}  {buffer.Name}{steps}");
        }
    }

    // A method per layer, or several where the layer has many calls.
    private static void WriteTrainingPart(ModelContext context, string name, string parameters, string arguments, IReadOnlyList<ScheduleSection> sections)
    {
        WriteMethod(context, name, parameters, true, sections.Select(s => $"{name}{s.Layer.Name}<K>({arguments});").ToList());
        foreach (ScheduleSection section in sections)
        {
            context.Writer.Line();
            WriteInParts(context, name, parameters, arguments, true, Lines(context, section.Calls), section.Layer.Name);
        }
    }

    private static void WriteMethod(ModelContext context, string name, string parameters, bool generic, IReadOnlyList<string> lines)
    {
        string header = generic ? $"private static void {name}<K>({parameters}) where K : struct, IRnnKernels" : $"private static void {name}({parameters})";
        context.Writer.Write(ModelContext.Optimized);
        using (context.Writer.Open(header))
        {
            foreach (string line in lines)
            {
                context.Writer.Write(line);
            }
        }
    }
}
