using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;

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
        string groups = plan.IsDecoded ? "rows, decoded" : "rows";
        string groupsDeclared = plan.IsDecoded ? $"{ModelContext.Group} rows, {ModelContext.Group} decoded" : $"{ModelContext.Group} rows";
        string rows = $"ref w, ref a, {groups}, first, last";
        string rowsDeclared = $"ref {number} w, ref {number} a, {groupsDeclared}, int first, int last";

        writer.Write($$"""
            // ---- The schedule ----
            // w: packed weights; a: the arena; first, last: the rows (sequences) of the group. Rows stand
            // longest first, so those that are live at a step come first: up to rows.Last(step, last).{{(plan.IsDecoded ? "\n// The steps of the decoded sequences have live rows of their own, decoded.Last(step, last)." : "")}}
            // The other numbers are offsets into the arena and strides; each line is one kernel at one time step.

            // The training arena, by offset:
            """);
        WriteBuffers(writer, plan.Training.Buffers);
        writer.Write("\n// A sum of gradients, by offset:");
        WriteBuffers(writer, plan.Training.SumBuffers);

        writer.Line();
        writer.Write("// What the states of the layers that read the input are before their first step.");
        WriteInParts(context, "RnnStart", $"ref {number} w, ref {number} a, int first, int last", "ref w, ref a, first, last", generic: false,
            plan.Training.Starts.Select(c => Line(context, c, Call(context, c, "a", "first", "last"))).ToList());
        writer.Write("""

            // Forward, layer by layer. Arguments: source, its row stride, lanes, their block stride, states and output.
            """);
        WriteTrainingPart(context, "RnnForward", rowsDeclared + GradientFlowEmitter.Declared(context), rows + GradientFlowEmitter.Passed(context), plan.Training.Forward);
        writer.Line();
        writer.Write("""
            // Back-propagation through time: the same list reversed. From a layer's output adjoints to its pre-activations', to the previous state's, to the layer below.
            // The weight gradients come after every chunk of steps, whose adjoints are still in the cache; g: the sum that they are added to.
            """);
        WriteTrainingPart(context, "RnnBackward", $"ref {number} w, ref {number} a, ref {number} g, {groupsDeclared}, int first, int last{GradientFlowEmitter.Declared(context)}",
            $"ref w, ref a, ref g, {groups}, first, last{GradientFlowEmitter.Passed(context)}", plan.Training.Backward);
        writer.Line();
        if (plan.Unrolled is { } unrolled)
        {
            WriteUnrolledPrediction(context, unrolled);
            writer.Line();
            WriteKernels(context);
            return;
        }

        writer.Write($"// Prediction of one sequence, step by step; x: the sequence, y: its outputs, steps: its length{(context.ReadsTokens ? ", p: the parameters" : "")}.");
        WritePrediction(context, plan.Single!, "RnnPredictOne", ", int steps", ", steps", isOne: true);
        if (plan.PredictsBatches)
        {
            writer.Line();
            writer.Write("// Prediction of several sequences at once.");
            WritePrediction(context, plan.Prediction!, "RnnPredictRows", $", {ModelContext.Group} rows, int first, int last", ", rows, first, last", isOne: false);
        }

        writer.Line();
        WriteKernels(context);
    }

    // Layer by layer: what is read before the last step of a layer below is known is not there yet.
    private static void WriteUnrolledPrediction(ModelContext context, UnrolledPrediction prediction)
    {
        ModelPlan plan = context.Plan;
        SourceWriter writer = context.Writer;
        string number = context.Number;
        string table = context.ReadsTokens ? $"ref {number} p, " : "";
        string passed = context.ReadsTokens ? "ref p, " : "";
        List<string> lines = [];
        if (prediction.Embedded is { } embedded)
        {
            for (int step = 0; step < context.Model.SequenceLength; step++)
            {
                lines.Add($"{ModelContext.Runtime}.EmbeddingGradient.Gather(ref {ModelContext.Unsafe}.Add(ref x, {step}), SequenceLength, ref p, {context.Model.FeatureSize}, ref a, {embedded.At(step)}, {embedded.Row}, first, rows.Last({step}, last)); // t = {step}");
            }
        }

        string input = prediction.Embedded is null ? "x" : "a";
        lines.AddRange(prediction.Forward.Select(c => Line(context, c, Call(context, c, input, "first", "last"))));
        if (prediction.Outputs is { } outputs)
        {
            lines.AddRange(Enumerable.Range(0, plan.OutputSteps).Select(step =>
                $"{ModelContext.Runtime}.Rows.Copy(ref a, {outputs.At(step)}, {outputs.Row}, OutputSize, ref y, {step * context.Model.OutputSize}, {plan.OutputSteps * context.Model.OutputSize}, rows, first, {(plan.Head.RunsAtEnd ? "last" : $"rows.Last({step}, last)")});"));
        }

        if (prediction.Decoder is { } started)
        {
            lines.AddRange(started.States.Select((s, i) =>
                $"{ModelContext.Runtime}.Rows.Copy(ref a, {started.Starts[i].Offset}, {started.Starts[i].Row}, {s.Layer.Plan.StateSize(s.Name)}, ref a, {s.Even.Offset}, {s.Layer.Plan.StateRow(s.Name)}, first, last); // {s.Layer.Name} {s.Name} before its first step"));
        }

        string output = prediction.Outputs is null ? "" : $"ref {number} y, ";
        string passedOutput = prediction.Outputs is null ? "" : "ref y, ";
        writer.Write($"// Prediction, layer by layer, of rows of sequences; x: the sequences{(prediction.Outputs is null ? "" : ", y: their outputs")}{(context.ReadsTokens ? ", p: the parameters" : "")}.");
        WriteInParts(context, "RnnPredictRows", $"ref {context.Input} x, {table}ref {number} w, ref {number} a, {output}{ModelContext.Group} rows, int first, int last",
            $"ref x, {passed}ref w, ref a, {passedOutput}rows, first, last", generic: true, lines);
        if (prediction.Decoder is not { } decoder)
        {
            return;
        }

        foreach ((string name, IReadOnlyList<KernelCall> calls) in new[] { ("RnnDecodeEven", decoder.Steps[0]), ("RnnDecodeOdd", decoder.Steps[1]) })
        {
            writer.Line();
            writer.Write(name == "RnnDecodeEven"
                ? "// One step of the decoder for the first so many rows, of sequences or of beams that share the first row's memory; states alternate between two buffers."
                : "// The same with the buffers the other way round.");
            WriteMethod(context, name, $"ref {number} w, ref {number} a, {ModelContext.Group} rows, bool isShared, int last", generic: true,
                calls.Select(c => Call(context, c, "a", "0", "last", decodes: true)).ToList());
        }
    }

    private static string Line(ModelContext context, KernelCall call, string text) => $"{text} // {(call.Note.Length > 0 ? call.Note : $"t = {call.Time}")}";

    private static void WritePrediction(
        ModelContext context, PredictionPlan prediction, string name, string parameters, string arguments, bool isOne)
    {
        (string first, string last) = isOne ? ("0", "1") : ("first", "last");
        ModelPlan plan = context.Plan;
        string number = context.Number;
        int outputLength = plan.OutputSteps * context.Model.OutputSize;
        List<string> lines = prediction.States
            .Select(s => (s.Layer.Initials.TryGetValue(s.Name, out PlannedVector? learned)
                ? $"{ModelContext.Runtime}.Rows.Fill(ref {ModelContext.Unsafe}.Add(ref w, {learned.Pack}), ref a"
                : $"{ModelContext.Runtime}.Rows.Clear(ref a") + $", {s.Even.Offset}, {s.Layer.Plan.StateRow(s.Name)}, {first}, {last}); // {s.Layer.Name} {s.Name}")
            .ToList();
        for (int t = 0; t < prediction.Steps.Count; t++)
        {
            int step = t;
            lines.AddRange(prediction.Steps[t].Select(c => $"{Guard(step, c.Layer)}{(isOne ? CallOfOne(context, c) : Call(context, c, Input(context, c), first, last))} // t = {step}"));
            int outputStep = t - (prediction.Steps.Count - plan.OutputSteps);
            if (outputStep >= 0)
            {
                string rows = isOne ? "0, 1" : $"rows, first, {(plan.Head.RunsAtEnd ? "last" : $"rows.Last({step}, last)")}";
                lines.Add($"{Guard(step, plan.Head)}{ModelContext.Runtime}.Rows.Copy(ref a, {prediction.Outputs.Offset}, {plan.Head.Plan.OutputRow}, OutputSize, ref y, {outputStep * context.Model.OutputSize}, {outputLength}, {rows});");
            }
        }

        // The embedding's table is the first of the parameters.
        string table = context.ReadsTokens ? $"ref {number} p, " : "";
        string passed = context.ReadsTokens ? "ref p, " : "";
        WriteInParts(context, name, $"ref {context.Input} x, {table}ref {number} w, ref {number} a, ref {number} y{parameters}", $"ref x, {passed}ref w, ref a, ref y{arguments}", generic: true, lines);

        // One sequence may end before a step.
        string Guard(int step, PlannedLayer layer) => isOne && step > 0 && !layer.RunsAtEnd ? $"if (steps > {step}) " : "";
    }

    // What the first layer reads: the sequence itself, or an embedding's rows, gathered for several sequences, in place for one.
    private static string Input(ModelContext context, KernelCall call) =>
        context.Model.Embedding is not { } embedding || call.Layer.Source is not null ? "x"
        : call.IsStep ? $"{ModelContext.Unsafe}.Add(ref p, {ModelContext.Unsafe}.Add(ref x, {call.Time}) * {embedding.Size})"
        : "a";

    // One sequence: no row but the first, and the parity of its length tells which buffer has the last state.
    private static string CallOfOne(ModelContext context, KernelCall call) => call.Kind switch
    {
        KernelKind.PoolStep => PoolStep(context, call, call.Time == 0 ? "true" : "false", "0", "1"),
        KernelKind.PoolEnd => PoolEnd(call, "steps"),
        KernelKind.KeepLastOfTwo => $"if (steps % 2 != {context.Model.SequenceLength % 2}) {ModelContext.Runtime}.Rows.Copy(ref a, {call.Arguments[0]}, {call.Arguments[2]}, {call.Arguments[2]}, ref a, {call.Arguments[1]}, {call.Arguments[2]}, 0, 1);",
        _ => Call(context, call, Input(context, call), "0", "1"),
    };

    /// <summary>Writes one line per call.</summary>
    /// <param name="stepsBefore">The number of steps that the sequence has had, where outputs are pooled.</param>
    public static void WriteSteps(ModelContext context, IEnumerable<KernelCall> calls, string stepsBefore)
    {
        foreach (KernelCall call in calls)
        {
            context.Writer.Write(call.Kind switch
            {
                KernelKind.PoolStep => PoolStep(context, call, $"{stepsBefore} == 0", "0", "1"),
                KernelKind.PoolEnd => PoolEnd(call, $"{stepsBefore} + 1"),
                _ => Call(context, call, "x", "0", "1"),
            });
        }
    }

    private static string PoolStep(ModelContext context, KernelCall call, string isFirst, string first, string last) =>
        $"{ModelContext.Runtime}.Pool.{Pooled(context)}Step(ref a, {SourceWriter.Join(call.Arguments.Select(a => $"{a}"))}, {isFirst}, {first}, {last});";

    private static string Pooled(ModelContext context) => context.Model.Pooling switch
    {
        Pooling.Last => "Last",
        Pooling.Mean => "Mean",
        Pooling.Max => "Max",
        _ => throw Choices.Unimplemented(context.Model.Pooling),
    };

    // Of one sequence by its length, or of several rows.
    private static string PoolEnd(KernelCall call, string whose) =>
        $"{ModelContext.Runtime}.Pool.MeanEnd(ref a, {SourceWriter.Join(call.Arguments.Select(a => $"{a}"))}, {whose});";

    /// <summary>Writes lines as one method, or as several and one that calls them.</summary>
    public static void WriteInParts(
        ModelContext context, string name, string parameters, string arguments, bool generic, IReadOnlyList<string> lines)
    {
        string type = generic ? "<K>" : "";
        List<IReadOnlyList<string>> parts = [];
        for (int i = 0; i < lines.Count; i += CallsPerMethod)
        {
            parts.Add(lines.Skip(i).Take(CallsPerMethod).ToList());
        }

        if (parts.Count <= 1)
        {
            WriteMethod(context, name, parameters, generic, lines);
            return;
        }

        WriteMethod(context, name, parameters, generic, Enumerable.Range(0, parts.Count).Select(i => $"{name}{i}{type}({arguments});").ToList());
        for (int i = 0; i < parts.Count; i++)
        {
            context.Writer.Line();
            WriteMethod(context, $"{name}{i}", parameters, generic, parts[i]);
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
    private static void WriteTrainingPart(
        ModelContext context, string name, string parameters, string arguments, IEnumerable<KernelCall> calls)
    {
        List<IGrouping<int, KernelCall>> layers = calls.GroupBy(c => c.Layer.Index).ToList();
        WriteMethod(context, name, parameters, true, layers.Select(l => $"{name}{l.First().Layer.Name}<K>({arguments});").ToList());
        foreach (IGrouping<int, KernelCall> layer in layers)
        {
            context.Writer.Line();
            WriteInParts(context, $"{name}{layer.First().Layer.Name}", parameters, arguments, true,
                layer.Select(c => $"{Condition(c)}{Call(context, c, "a", "first", "last")} // {(c.Note.Length > 0 ? c.Note : $"t = {c.Time}")}").ToList());
        }
    }

    // A state before the first step matters where it is not zero.
    private static string Condition(KernelCall call)
    {
        List<string> conditions = [];
        AddIf(call.NeedsStates, "rows.HaveStates");
        AddIf(call.NeedsEnd, "rows.AreLast");
        AddIf(call.NeedsOutputs, "rows.HaveOutputs");
        return conditions.Count == 0 ? "" : $"if ({string.Join(" && ", conditions)}) ";

        void AddIf(bool holds, string condition)
        {
            if (holds)
            {
                conditions.Add(condition);
            }
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

    // A decoder's step that predicts runs all its rows.
    private static string Call(ModelContext context, KernelCall call, string input, string first, string last, bool decodes = false)
    {
        string arguments = SourceWriter.Join(call.Arguments.Select(a => $"{a}"));
        string source = call.Layer.Source is null ? input : "a";
        string live = decodes || call.Layer.RunsAtEnd ? last : $"{GroupOf(call.Layer.Clock)}.Last({call.Time}, {last})";
        string rows = $"{ModelContext.Runtime}.Rows";
        return call.Kind switch
        {
            KernelKind.Clear => $"{rows}.Clear(ref a, {arguments}, {first}, {last});",
            KernelKind.Initial => $"{rows}.Fill(ref {ModelContext.Unsafe}.Add(ref w, {call.Arguments[0]}), ref a, {SourceWriter.Join(call.Arguments.Skip(1).Select(a => $"{a}"))}, {first}, {last});",
            KernelKind.Gather => $"{ModelContext.Runtime}.EmbeddingGradient.Gather(ref {ModelContext.Unsafe}.Add(ref x, {call.Time}), SequenceLength, ref p, {context.Model.FeatureSize}, ref a, {arguments}, {first}, {live});",
            KernelKind.Start => $"{rows}.Copy(ref a, {SourceWriter.Join(call.Arguments.Take(3).Select(a => $"{a}"))}, ref a, {SourceWriter.Join(call.Arguments.Skip(3).Select(a => $"{a}"))}, {first}, {last});",
            KernelKind.Begin => $"{rows}.Begin({(call.Pack is { } learned ? $"ref {ModelContext.Unsafe}.Add(ref w, {learned}), " : "")}ref a, {arguments}, {call.Time}, SequenceLength, rows, {first}, {last});",
            KernelKind.Carry => $"{rows}.{(call.IsFirst ? "Copy" : "Add")}(ref a, {SourceWriter.Join(call.Arguments.Take(3).Select(a => $"{a}"))}, ref a, {SourceWriter.Join(call.Arguments.Skip(3).Select(a => $"{a}"))}, {first}, {last});",
            KernelKind.Add => $"{rows}.Add(ref a, {call.Arguments[0]}, {call.Arguments[2]}, {call.Arguments[2]}, ref a, {call.Arguments[1]}, {call.Arguments[2]}, {first}, {live});",
            KernelKind.Concat or KernelKind.Split => $"{rows}.{(call.IsFirst ? "CopySteps" : "AddSteps")}(ref a, {arguments}, {(call.When == Clock.End ? $"{first}, {last}" : $"{GroupOf(call.When)}, {first}, {last}")});",
            KernelKind.Norm => $"{ModelContext.Runtime}.LayerNormalization.Forward(ref a, {Vector(call.Joint!.Gain!)}, {Vector(call.Joint.Shift!)}, {arguments}, {(call.When == Clock.End ? "" : $"{GroupOf(call.When)}, ")}{first}, {last});",
            KernelKind.NormAdjoint => $"{ModelContext.Runtime}.LayerNormalization.Backward(ref a, {Vector(call.Joint!.Gain!)}, {arguments}, {(call.IsFirst ? "true" : "false")}, {(call.When == Clock.End ? "" : $"{GroupOf(call.When)}, ")}{first}, {last});",
            KernelKind.Dropout => $"{ModelContext.Runtime}.Dropout.{(call.IsFirst ? "Copy" : "Add")}(ref a, {arguments}, {(call.When == Clock.End ? "" : $"{GroupOf(call.When)}, ")}{first}, {last});",
            KernelKind.DropState => $"{ModelContext.Runtime}.Dropout.{(call.IsFirst ? "Copy" : "Add")}(ref a, {arguments}, {first}, {live});",
            KernelKind.Attend => $"{ModelContext.Runtime}.Attention.{(decodes ? "Step" : "Forward")}(ref a, {Score(context, call)}, new({Places(call, 0, 5)}, {SourceWriter.Join(call.Arguments.Skip(15).Select(a => $"{a}"))}), rows, {(decodes ? "isShared" : "decoded")}, {first}, {last});",
            KernelKind.AttendAdjoint => $"{ModelContext.Runtime}.Attention.Backward(ref a, {Score(context, call)}, new({Places(call, 0, 5)}, {SourceWriter.Join(call.Arguments.Skip(15).Take(3).Select(a => $"{a}"))}), new({Places(call, 18, 4)}, {call.Arguments[30]}), rows, decoded, {first}, {last});",
            KernelKind.Watch or KernelKind.Count => $"flow?.{call.Kind}(ref a, {arguments}, {first}, {live}, flowRow);",
            KernelKind.SumRows => $"{rows}.Sum(ref a, {SourceWriter.Join(call.Arguments.Take(3).Select(a => $"{a}"))}, ref g, {call.Arguments[3]}, rows);",
            KernelKind.Pool => $"{ModelContext.Runtime}.Pool.{Pooled(context)}(ref a, {arguments}, rows, {first}, {last});",
            KernelKind.PoolAdjoint => $"{ModelContext.Runtime}.Pool.{Pooled(context)}Adjoint(ref a, {arguments}, rows, {first}, {last});",
            KernelKind.PoolStep => PoolStep(context, call, call.Time == 0 ? "true" : "false", first, live),
            KernelKind.PoolEnd => PoolEnd(call, $"rows, {first}, {last}"),
            KernelKind.KeepLastOfTwo => $"{rows}.KeepLastOfTwo(ref a, {arguments}, SequenceLength, rows, {first}, {last});",
            KernelKind.KeepLast => $"{rows}.KeepLast(ref a, {arguments}, {context.TrainedSteps}, rows, {first}, {last});",
            KernelKind.Forward or KernelKind.Predict => $"K.{Name(call)}(ref {source}, ref w, ref a, {arguments}, {first}, {live});",
            KernelKind.Step or KernelKind.Stream or KernelKind.Dot => $"K.{Name(call)}(ref {source}, ref w, ref a, {arguments});",
            KernelKind.Backward => $"K.{Name(call)}({(call.Layer.Plan.BackwardReadsPacks ? "ref w, " : "")}{(call.Layer.Plan.BackwardAddsGradients ? "ref g, " : "")}ref a, {arguments}, {first}, {live});",
            KernelKind.Adjoint => $"K.{Name(call)}(ref w, ref a, {arguments}, {first}, {live});",
            KernelKind.WeightGradient or KernelKind.BiasGradient => $"K.{Name(call)}(ref a, ref g, {arguments}, ref {GroupOf(call.Layer.Clock)}.LiveFrom({(call.Layer.RunsAtEnd ? context.TrainedSteps : $"{call.Time}")}));",
            _ => throw Choices.Unimplemented(call.Kind),
        };
    }

    // The rows by which a unit's steps are live.
    private static string GroupOf(Clock clock) => clock == Clock.Output ? "decoded" : "rows";

    private static string Places(KernelCall call, int start, int count) => SourceWriter.Join(
        Enumerable.Range(0, count).Select(i => $"new({SourceWriter.Join(call.Arguments.Skip(start + 3 * i).Take(3).Select(a => $"{a}"))})"));

    private static string Vector(PlannedVector vector) => $"ref {ModelContext.Unsafe}.Add(ref w, {vector.Pack})";

    // The vector of an additive score; a product has none.
    private static string Score(ModelContext context, KernelCall call) =>
        call.Joint!.Score is { } score ? Vector(score) : $"ref {ModelContext.Unsafe}.NullRef<{context.Number}>()";

    private static string Name(KernelCall call) => call.Layer.Name + (call.Kind == KernelKind.Predict ? "Predict" : KernelName(call));

    private static string KernelName(KernelCall call) => call.Kind switch
    {
        KernelKind.Forward or KernelKind.Predict => KernelEmitter.ForwardKernel,
        KernelKind.Step => KernelEmitter.StepKernel,
        KernelKind.Stream => KernelEmitter.StreamKernel,
        KernelKind.Dot => KernelEmitter.DotKernel,
        KernelKind.Backward => KernelEmitter.BackwardKernel,
        KernelKind.Adjoint => KernelEmitter.AdjointKernel(call.Source!),
        KernelKind.WeightGradient => KernelEmitter.GradientKernel(call.Source!),
        KernelKind.BiasGradient => KernelEmitter.BiasGradientKernel,
        _ => throw Choices.Unimplemented(call.Kind),
    };

    private static void WriteKernels(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        List<KernelMethod> kernels = context.Plan.Training.Forward
            .Concat(context.Plan.Training.Backward)
            .Concat(context.Plan.Streaming?.Steps[0] ?? [])
            .Concat(context.Plan.Single?.Steps.SelectMany(s => s) ?? [])
            .Concat(context.Plan.Unrolled?.Forward ?? [])
            .Concat(context.Plan.Unrolled?.Decoder?.Steps[0] ?? [])
            .Concat(context.Plan is { PredictsBatches: true, Prediction: { } prediction } ? prediction.Steps.SelectMany(s => s).Where(c => c.Kind == KernelKind.Predict) : [])
            .Where(c => c.IsKernel)
            .Select(c => new KernelMethod(c.Layer.Index, Name(c), c.Layer.Plan.Shape, Parameters(context, c), $"{KernelName(c)}({Arguments(c)})"))
            .Distinct()
            .OrderBy(m => m.Layer)
            .ToList();
        if (kernels.GroupBy(m => m.Name).FirstOrDefault(g => g.Count() > 1) is { } unlike)
        {
            throw new InvalidOperationException($"Calls of {unlike.Key} are not alike: {string.Join("; ", unlike.Select(m => m.Call))}.");
        }

        writer.Write("// What the schedule calls, once for each vector width; the kernels stand in files of their own.");
        using (writer.Open("private interface IRnnKernels"))
        {
            foreach (KernelMethod kernel in kernels)
            {
                writer.Write($"static abstract void {kernel.Name}({kernel.Parameters});");
            }
        }

        foreach (VectorTarget target in VectorTarget.All)
        {
            writer.Line();
            using (writer.Open($"private readonly struct Rnn{target.Name} : IRnnKernels"))
            {
                for (int i = 0; i < kernels.Count; i++)
                {
                    KernelMethod kernel = kernels[i];
                    if (i > 0)
                    {
                        writer.Line();
                    }

                    writer.Write($"""
                        {ModelContext.Inlined}
                        public static void {kernel.Name}({kernel.Parameters}) =>
                            {ModelContext.KernelClass(kernel.Shape, target)}.{kernel.Call};
                        """);
                }
            }
        }
    }

    // All that the method of a kernel is printed from, so that the calls of one name are seen to share one text.
    private sealed record KernelMethod(int Layer, string Name, LayerShape Shape, string Parameters, string Call);

    private static string Parameters(ModelContext context, KernelCall kernel)
    {
        string number = context.Number;
        List<string> parameters = [];
        if (kernel.IsStep || kernel.Kind is KernelKind.Forward or KernelKind.Predict)
        {
            parameters.Add($"ref {number} x");
        }

        if (kernel.IsStep || kernel.Kind is KernelKind.Forward or KernelKind.Predict or KernelKind.Adjoint || (kernel.Kind == KernelKind.Backward && kernel.Layer.Plan.BackwardReadsPacks))
        {
            parameters.Add($"ref {number} w");
        }

        if (kernel.Kind == KernelKind.Backward && kernel.Layer.Plan.BackwardAddsGradients)
        {
            parameters.Add($"ref {number} g");
        }

        parameters.Add($"ref {number} a");
        if (kernel.IsGradient)
        {
            parameters.Add($"ref {number} g");
        }

        parameters.AddRange(Names(kernel).Select(n => $"int {n}"));
        if (!kernel.IsStep)
        {
            parameters.Add(kernel.IsGradient ? "ref int live" : "int first, int last");
        }

        return SourceWriter.Join(parameters);
    }

    private static string Arguments(KernelCall kernel)
    {
        IReadOnlyList<string> names = Names(kernel);
        LayerPlan plan = kernel.Layer.Plan;
        return kernel.Kind switch
        {
            KernelKind.Forward or KernelKind.Predict =>
                $"ref x, {names[0]}, {names[1]}, ref w, {kernel.Pack}, ref a, {SourceWriter.Join(names.Skip(2))}, first, last, {(kernel.Kind == KernelKind.Predict ? "true" : "false")}",
            KernelKind.Step or KernelKind.Stream or KernelKind.Dot => $"ref x, {names[0]}, ref w, {kernel.Pack}, ref a, {SourceWriter.Join(names.Skip(1))}",
            KernelKind.Backward =>
                $"{(plan.BackwardReadsPacks ? $"ref w, {kernel.Layer.Pack}, {string.Concat(plan.MadeSources.Select(s => $"{kernel.Layer.ReversePacks[s.Name]}, "))}" : "")}{(plan.BackwardAddsGradients ? "ref g, gradient, " : "")}ref a, {SourceWriter.Join(names.Where(n => n != "gradient"))}, first, last",
            KernelKind.Adjoint => $"ref w, {kernel.Pack}, ref a, {SourceWriter.Join(names)}, first, last",
            KernelKind.WeightGradient or KernelKind.BiasGradient => $"ref a, ref g, {SourceWriter.Join(names)}, ref live",
            _ => throw Choices.Unimplemented(kernel.Kind),
        };
    }

    // The kernels' parameters, in the order of the calls' arguments.
    private static IReadOnlyList<string> Names(KernelCall kernel)
    {
        LayerPlan plan = kernel.Layer.Plan;
        return kernel.Kind switch
        {
            KernelKind.Forward or KernelKind.Predict => ["source", "sourceRow", "lanes", "blockStride", .. plan.ForwardBuffers.Select(PointwiseEmitter.ParameterOf)],
            KernelKind.Step when !plan.StepsInRegisters => ["source", "lanes", .. plan.StepBuffers.Select(PointwiseEmitter.ParameterOf)],
            KernelKind.Stream when plan.StreamsToAndFro => ["source", "lanes", .. plan.StepBuffers.Select(PointwiseEmitter.ParameterOf), "turn"],
            KernelKind.Dot => ["source", "transposed", .. plan.StepBuffers.Select(PointwiseEmitter.ParameterOf)],
            KernelKind.Step or KernelKind.Stream => ["source", .. plan.StepBuffers.Select(PointwiseEmitter.ParameterOf)],
            KernelKind.Backward when plan.BackwardAddsGradients => ["gradient", "lanes", "blockStride", .. plan.BackwardBuffers.Select(PointwiseEmitter.ParameterOf)],
            KernelKind.Backward => ["lanes", "blockStride", .. plan.BackwardBuffers.Select(PointwiseEmitter.ParameterOf)],
            KernelKind.Adjoint => ["lanes", "blockStride", "target"],
            KernelKind.WeightGradient => ["source", "sourceStep", "sourceRow", "lanes", "laneStep", "blockStride", "gradient", "steps"],
            KernelKind.BiasGradient => ["lanes", "laneStep", "blockStride", "gradient", "steps"],
            _ => throw Choices.Unimplemented(kernel.Kind),
        };
    }
}
