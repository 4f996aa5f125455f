using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes the model's shape: what the classes of the runtime, which are the same behind every model, know of this one.</summary>
internal static class ShapeEmitter
{
    public static void Write(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        writer.Write("// ---- The shape ----\n// What the runtime knows of the model: lengths, and offsets and strides in its memory.");
        using (writer.Open("private static class RnnShape"))
        {
            WriteLayout(context);
            writer.Line();
            WriteTraining(context);
            writer.Line();
            WriteModel(context);
            if (context.Plan.Decoder is { } decoder)
            {
                writer.Line();
                DecoderEmitter.WriteShape(context, decoder);
            }

            GradientFlowEmitter.WritePlaces(context);
        }
    }

    private static void WriteLayout(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        ModelSpecification model = context.Model;
        using (RecordWriter record = Open(context, $"{ModelContext.Library}ModelLayout Layout"))
        {
            record.Add("ModelName", $"\"{context.Name.TrimStart('@')}\"");
            record.Add("Declaration", $"\"{context.Declaration}\"");
            record.Add("Specification", $"\"\"\"{SpecificationJson.Of(model)}\"\"\"");
            record.Add("Details", $"\"{context.Details}\"", context.Details.Length > 0);
            record.AddList("Parameters", $"{ModelContext.Library}ParameterInfo", plan.Tensors.Select(t =>
                ($"new(\"{t.Name}\", new[] {{ {string.Join(", ", t.Shape)} }}, {t.Offset}, {t.Length}, {ModelContext.Library}ParameterKind.{t.Kind}){(t.IsFrozen ? " { IsFrozen = true }" : "")}", "")));
            record.Add("ParameterCount", "ParameterCount");
            record.Add("SequenceLength", "SequenceLength");
            record.Add("OutputSteps", plan.OutputSteps);
            record.Add("InputLength", model.InputLength);
            record.Add("InputStep", "InputSize");
            record.Add("TargetLength", plan.TargetLength);
            record.Add("OutputLength", plan.OutputSteps * model.OutputSize);
            record.Add("ClassCount", model.OutputSize, plan.TargetsAreClasses);
            record.Add("LabelLength", model.LabelLength, plan.IsCtc);
            record.Add("IsBinary", "true", model.Loss.Definition.Targets == LossTargets.Probabilities);
            record.Add("MaskedTargets", "true", model.MaskedTargets);
            record.Add("IsDecoded", "true", plan.Decoder is not null);
            record.Add("EndToken", model.Decoder?.EndToken, context.DecodesTokens);
            record.Add("VocabularySize", model.Embedding?.VocabularySize, model.Embedding is not null);
            record.Add("BatchSize", "BatchSize");
            record.Add("ModelMemory", plan.Memory.Model);
            record.Add("TrainingMemory", plan.Memory.Training);
            record.Add("ThreadMemory", plan.Memory.Thread, plan.Memory.Thread > 0);
            record.Add("PredictionMemory", plan.Memory.Prediction);
            record.Add("StateMemory", plan.Memory.State, plan.Streaming is not null);
            record.Add("ForwardFlops", plan.ForwardFlops);
        }
    }

    private static void WriteTraining(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        TrainingPlan training = plan.Training;
        using (RecordWriter record = Open(context, $"{ModelContext.Runtime}.TrainingShape Training"))
        {
            record.Add("GroupSize", training.GroupSize);
            record.Add("Sums", training.SumCount);
            record.Add("SumLength", training.SumLength);
            record.Add("ArenaLength", training.ArenaLength);
            record.Add("Steps", context.Model.Window.SequenceLength);
            record.Add("TargetLength", plan.TrainedTargetLength);
            record.Add("GroupsTogether", plan.GroupsTogether, plan.GroupsTogether > 0);
            record.Add("WorkspaceLength", plan.WorkspaceLength, plan.IsCtc);
            record.Add("Inputs", $"new({training.Inputs.Offset}, {training.Inputs.StepLength}, {training.InputRow})");
            record.Add("Fed", $"new({training.Fed?.Offset}, {training.Fed?.StepLength}, {training.FedRow})", training.Fed is not null);
            record.Add("Losses", training.Losses.Offset);
            record.Add("LossSteps", plan.IsCtc ? 1 : plan.TrainedOutputSteps);
            record.Add("LossAtEnd", "true", plan.Head.RunsAtEnd);
            record.Add("DecodedSteps", plan.OutputSteps, training.Course == TrainingCourse.Decoded);
            record.Add("Segments", Segments(plan.DenseSegments));
            foreach (PlannedTable table in plan.Tables)
            {
                record.Add(table.IsDecoders ? "FedTable" : "Table", Table(plan, table));
            }

            record.AddList("States", $"{ModelContext.Runtime}.CarriedPlace", training.States.Select(s =>
                ($"new({s.Values.Offset}, {s.Values.StepLength}, {s.Values.Row}, {s.Adjoint.Offset}, {s.Layer.Plan.StateSize(s.State)})", $"{s.Layer.Name} {s.State}")));
            record.AddList("Learned", $"{ModelContext.Runtime}.SummedRows", training.VectorGradients.Where(v => v.Rows is not null).Select(v =>
                ($"new({v.Rows!.Offset}, {v.Rows.Row}, {v.Vector.Length}, {v.Sum.Offset})", v.Vector.Tensor.Name)));
            record.Add("FlowRows", plan.FlowRows, context.Model.GradientFlow);
            (List<string> forward, List<string> backward) = Traces(context);
            record.AddList("Forward", $"{ModelContext.Runtime}.TracedBuffer", forward.Select(f => (f, "")));
            record.AddList("Backward", $"{ModelContext.Runtime}.TracedBuffer", backward.Select(f => (f, "")), isRequired: true);
        }
    }

    private static void WriteModel(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        using (RecordWriter record = Open(context, $"{ModelContext.Runtime}.ModelShape Model"))
        {
            record.Add("Layout", "Layout");
            record.Add("Training", "Training");
            record.Add("PackLength", plan.PackLength);
            record.Add("ScratchLength", plan.ScratchLength);
            record.Add("OutputSize", "OutputSize");
            record.Add("PredictsOne", "false", plan.Unrolled is not null);
            record.Add("OutputName", $"\"{(context.OutputSteps is { } steps ? $"{steps} × " : "")}OutputSize\"");
            record.Add("TargetName", $"\"{TargetLengthShape(context)}\"");
            record.Add("StateLength", plan.CarriedLength, plan.CarriesState);
            record.Add("Learned", Segments(plan.LearnedSegments), plan.HasFrozen);
            if (plan.Streaming is { } streaming)
            {
                WriteStream(record, streaming);
            }
        }
    }

    private static void WriteStream(RecordWriter model, PredictionPlan streaming)
    {
        using (RecordWriter record = model.Nested("Stream", $"{ModelContext.Runtime}.StreamShape"))
        {
            record.Add("ArenaLength", streaming.ArenaLength);
            record.Add("Outputs", streaming.Outputs.Offset);
            record.Add("Length", "State.Length");
            record.AddList("States", $"{ModelContext.Runtime}.StreamedState", streaming.States.Select(s =>
                ($"new({s.Even.Offset}, {s.Odd.Offset}, {s.Layer.Plan.StateSize(s.Name)}{(s.Layer.Initials.TryGetValue(s.Name, out PlannedVector? learned) ? $", {learned.Pack}" : "")})", $"{s.Layer.Name} {s.Name}")), isRequired: true);
            record.Add("Pool", streaming.Pool?.SoFar.Offset, streaming.Pool is not null);
            record.Add("PoolWidth", streaming.Pool?.Unit.Width, streaming.Pool is not null);
        }
    }

    /// <summary>Opens a field that is a record of the runtime.</summary>
    public static RecordWriter Open(ModelContext context, string field) => new(context.Writer, $"public static readonly {field} = new()", "};");

    private static string Segments(IReadOnlyList<(int Offset, int Length)> segments) =>
        $"new {ModelContext.Library}ParameterSegment[] {{ {string.Join(", ", segments.Select(s => $"new({s.Offset}, {s.Length})"))} }}";

    private static string Table(ModelPlan plan, PlannedTable table)
    {
        string kind = table.Table.Frozen ? "Frozen" : table == plan.TiedTable ? "Tied" : "Sparse";
        string adjoints = "";
        if (!table.Table.Frozen)
        {
            ArenaBuffer buffer = (table.IsDecoders ? plan.Training.FedAdjoints : plan.Training.InputAdjoints)!;
            PlannedLayer reader = plan.Layers.First(l => l.Source is null && (l.Clock == Clock.Output) == table.IsDecoders);
            adjoints = $", new({buffer.Offset}, {buffer.StepLength}, {reader.Plan.InputRowStride})";
        }

        return $"new({table.Tensor.Offset}, {table.Table.VocabularySize}, {table.Table.Size}, {ModelContext.Runtime}.TableKind.{kind}{adjoints}) /* {table.Tensor.Name} */";
    }

    private static string TargetLengthShape(ModelContext context) =>
        "count" + (context.Plan.IsCtc ? " × LabelLength" : context.OutputSteps is { } steps ? $" × {steps}" : "") + (context.Plan.TargetsAreClasses ? "" : " × OutputSize");

    // Where to look for the first value that is not finite.
    private static (List<string> Forward, List<string> Backward) Traces(ModelContext context)
    {
        TrainingPlan training = context.Plan.Training;
        int length = context.Model.Window.SequenceLength;
        int rows = training.GroupSize;
        List<string> forward = [$"new(\"{(context.ReadsTokens ? "the embedding" : "the input")}\", {training.Inputs.Offset}, 0, {length}, {training.Inputs.StepLength}, 1, 0, {training.InputRow}, {context.Model.FeatureSize})"];
        List<string> backward = [];
        if (training.Fed is { } fed)
        {
            forward.Add($"new(\"what the decoder is fed\", {fed.Offset}, 0, {fed.Steps}, {fed.StepLength}, 1, 0, {training.FedRow}, {context.Model.Decoder!.FeatureSize(context.Model.OutputSize)}, IsDecoded: true)");
        }

        foreach (PlannedLayer layer in training.Forward.Select(c => c.Layer).Distinct().OrderBy(l => l.Index))
        {
            LayerPlan plan = layer.Plan;
            string atEnd = layer.RunsAtEnd ? ", true" : layer.Clock == Clock.Output ? ", IsDecoded: true" : "";
            int firstTime = layer.RunsAtEnd ? length - 1 : 0;
            ArenaBuffer output = training.OutputOf(layer);
            ArenaBuffer slots = training.Slots[layer.Index];
            forward.Add($"new(\"the output of {layer.Name}\", {output.At(layer.FirstOutput)}, {firstTime}, {layer.Steps}, {output.StepLength}, 1, 0, {plan.OutputRow}, {plan.OutputSize}{atEnd})");
            for (int lane = layer.IsTrained ? plan.Lanes - 1 : -1; lane >= 0; lane--)
            {
                backward.Insert(0, $"new(\"∂L/∂a{plan.LaneName(lane)} of {layer.Name}\", {slots.Offset + lane * plan.Block}, {firstTime}, {layer.Steps}, {slots.StepLength}, {plan.BlocksOf(plan.PanelSize(lane))}, {rows * plan.SlotRow}, {plan.SlotRow}, {Math.Min(plan.Block, plan.PanelSize(lane))}{atEnd})");
            }
        }

        PlannedLayer head = context.Plan.Head;
        forward.Add($"new(\"the distance to the targets\", {training.Losses.Offset}, {(head.RunsAtEnd ? length - 1 : 0)}, {(context.Plan.IsCtc ? 1 : training.Losses.Steps)}, {rows}, 1, 0, 1, 1{(head.RunsAtEnd ? ", true" : head.Clock == Clock.Output ? ", IsDecoded: true" : "")})");
        return (forward, backward);
    }
}
