using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using RnnGen.Generator.Common;
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
        writer.Write("// ---- The shape ----\n// What the runtime knows about the model: lengths, and offsets and strides in its memory.");
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
            record.AddList("Inputs", $"{ModelContext.Library}InputInfo", InputEmitter.Infos(model).Select(i => (i, "")));
            record.Add("ParameterCount", "ParameterCount");
            record.Add("SequenceLength", "SequenceLength");
            record.Add("OutputSteps", plan.OutputSteps);
            record.Add("InputLength", model.InputLength);
            record.Add("InputStep", "InputSize");
            record.Add("TargetLength", plan.TargetLength);
            record.Add("OutputLength", plan.OutputSteps * model.OutputSize);
            record.Add("HeadSize", model.HeadSize, model.HeadSize != model.OutputSize);
            record.Add("Quantiles", $"new[] {{ {HeadSurfaceEmitter.Levels(model.Loss.Definition)} }}", model.Loss.Definition.HasQuantiles);
            record.Add("ClassCount", model.OutputSize, plan.TargetsAreClasses);
            record.Add("LabelLength", model.LabelLength, plan.IsCtc);
            record.Add("InfeasibleLabels", $"{ModelContext.Library}InfeasibleLabels.{model.InfeasibleLabels}", model.InfeasibleLabels != InfeasibleLabels.Throw);
            record.Add("IsBinary", "true", model.Loss.Definition.Targets == LossTargets.Probabilities);
            record.Add("AreCounts", "true", model.Loss.Definition.TargetsAreCounts);
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
            record.Add("StreamsMemory", plan.Memory.Streams, plan.Streams is not null);
            record.Add("BlockMemory", plan.Memory.Block, plan.Block is not null);
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
            record.Add("Sums", context.Model.GradientSums);
            record.Add("SumLength", training.SumLength);
            record.Add("ArenaLength", training.ArenaLength);
            record.Add("Steps", context.Model.Window.SequenceLength);
            record.Add("TargetLength", plan.TrainedTargetLength);
            record.Add("WorkspaceLength", plan.WorkspaceLength, plan.IsCtc);
            foreach (PlannedInput input in training.Inputs)
            {
                record.Add(input.Place, Rows(input.Values));
            }

            record.Add("Losses", training.Losses.Offset);
            record.Add("LossSteps", plan.IsCtc ? 1 : plan.TrainedOutputSteps);
            record.Add("LossAtEnd", "true", plan.Head.RunsAtEnd);
            record.Add("OutputAdjoints", Rows(training.OutputAdjoint.Values));
            record.Add("OutputWidth", training.OutputAdjoint.Width);
            record.Add("DecodedSteps", plan.OutputSteps, training.Course == TrainingCourse.Decoded);
            record.Add("Segments", Segments(plan.DenseSegments));
            foreach (PlannedInput input in training.Inputs.Where(i => i.Table is not null))
            {
                record.Add(input.TablePlace, Table(plan, input.Table!, input.Adjoint));
            }

            InputEmitter.WriteShape(context, record);
            record.AddList("States", $"{ModelContext.Runtime}.CarriedPlace", training.States.Select(s =>
                ($"new({s.Values.Offset}, {s.Values.StepLength}, {s.Values.Row}, {s.Adjoint.Offset}, {s.Size}){Carried(s)}", $"{s.Unit.Name} {s.State}")));
            record.AddList("Learned", $"{ModelContext.Runtime}.SummedRows", training.VectorGradients.Where(v => v.Rows is not null).Select(v =>
                ($"new({v.Rows!.Offset}, {v.Rows.Row}, {v.Vector.Length}, {v.Sum.Offset})", v.Vector.Tensor.Name)));
            if (training.Explained is { } explained)
            {
                record.Add("Explained", $"new({Rows(explained.InputAdjoints)}, {Rows(explained.Outputs)}, {Rows(explained.OutputAdjoints)}, {context.Model.FeatureSize})");
            }

            record.Add("SharesSteps", "true", training.Shared.Count > 0);
            (IEnumerable<string> forward, IEnumerable<string> backward) = Traces(context);
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
            if (context.Model.Loss.Definition.ReadsHead)
            {
                using RecordWriter head = record.Nested("Head", $"{ModelContext.Runtime}.HeadShape");
                head.Add("Size", context.Model.HeadSize);
                head.Add("Draws", "true", context.Model.Loss.Definition.Draws);
                head.Add("Name", $"\"{StepsOf(context)}Layout.HeadSize\"");
                head.Add("Kept", plan.KeptHead, plan.KeptHead is not null);
            }

            record.Add("PredictsOne", "false", plan.Single is null);
            record.Add("InputName", $"\"{InputEmitter.LengthFormula(context.Model)}\"", context.Model.IsRow);
            record.Add("OutputName", $"\"{StepsOf(context)}OutputSize\"");
            record.Add("TargetName", $"\"{TargetLengthShape(context)}\"");
            record.Add("StateLength", plan.CarriedLength, plan.CarriesState);
            record.Add("Learned", Segments(plan.LearnedSegments), plan.HasFrozen);
            record.AddList("Dropouts", $"{ModelContext.Library}DropoutPlace", plan.Training.Dropouts.Select(d => ($"new(\"{d.Name}\", {d.Rate.ToString("R", CultureInfo.InvariantCulture)})", "")));
            if (plan.Streaming is { } streaming)
            {
                WriteStream(record, plan, streaming);
                StreamsEmitter.WriteShape(record, plan);
            }
        }
    }

    private static void WriteStream(RecordWriter model, ModelPlan plan, PredictionPlan streaming)
    {
        using (RecordWriter record = model.Nested("Stream", $"{ModelContext.Runtime}.StreamShape"))
        {
            record.Add("ArenaLength", streaming.ArenaLength);
            record.Add("Outputs", streaming.Outputs.Offset);
            record.Add("Head", streaming.Head.Offset, plan.Specification.Loss.Definition.ReadsHead);
            record.Add("Length", "State.Length");
            record.AddList("States", $"{ModelContext.Runtime}.StreamedState", streaming.States.Select(s =>
                ($"new({s.Even.Offset}, {s.Odd.Offset}, {s.Size}{StateDetails(s)}", $"{s.Unit.Name} {s.Name}")), isRequired: true);
            record.Add("Pool", streaming.Pool?.SoFar.Offset, streaming.Pool is not null);
            record.Add("PoolWidth", streaming.Pool?.Unit.Width, streaming.Pool is not null);
            if (plan.Block is { } block)
            {
                WriteBlock(record, plan, block);
            }
        }
    }

    private static void WriteBlock(RecordWriter stream, ModelPlan plan, PredictionPlan block)
    {
        using (RecordWriter record = stream.Nested("Block", $"{ModelContext.Runtime}.BlockShape"))
        {
            record.Add("ArenaLength", block.ArenaLength);
            record.Add("Steps", PredictionPlanner.BlockSteps);
            record.Add("Outputs", $"new({block.Outputs.Offset}, {block.Outputs.Row}, 0)");
            record.Add("Head", $"new({block.Head.Offset}, {block.Head.Row}, 0)", plan.Specification.Loss.Definition.ReadsHead);
            record.AddList("States", $"{ModelContext.Runtime}.BlockState", block.States.Select(s =>
                ($"new({s.Even.Offset}, {s.BlockStep}){(s.Slot > 0 ? $" {{ Past = {s.Size} }}" : "")}", $"{s.Unit.Name} {s.Name}")), isRequired: true);
            record.Add("Pool", block.Pool?.SoFar.Offset, block.Pool is not null);
            record.Add("Sequences", plan.SequencesInBlocks, plan.PredictsInBlocks);
        }
    }

    // Where past steps of a convolution are stored otherwise than a state is.
    private static string Carried(CarriedState state)
    {
        List<string> details = [];
        Add("AdjointRow", state.Adjoint.Row, state.Values.Row);
        Add("Phases", state.Values.Phases, 1);
        Add("PhaseLength", state.Values.PhaseLength, 0);
        Add("First", state.First, 0);
        return details.Count == 0 ? "" : $" {{ {string.Join(", ", details)} }}";

        void Add(string name, int value, int usual)
        {
            if (value != usual)
            {
                details.Add($"{name} = {value}");
            }
        }
    }

    /// <summary>What a streamed state has beside its place: what it starts from, or that it is a ring; with the parenthesis that closes the constructor's arguments.</summary>
    public static string StateDetails(PredictionState state) => state.Initial is { } learned ? $", {learned.Pack})" : state.Slot > 0 ? $") {{ Slot = {state.Slot} }}" : ")";

    /// <summary>Opens a field that is a record of the runtime.</summary>
    public static RecordWriter Open(ModelContext context, string field) => new(context.Writer, $"public static readonly {field} = new()", "};");

    private static string Segments(IReadOnlyList<(int Offset, int Length)> segments) =>
        $"new {ModelContext.Library}ParameterSegment[] {{ {string.Join(", ", segments.Select(s => $"new({s.Offset}, {s.Length})"))} }}";

    /// <summary>Where values of every step and row are stored.</summary>
    public static string Rows(ValueRows rows) => $"new({rows.Offset}, {rows.StepLength}, {rows.Row})";

    /// <summary>A table in training.</summary>
    /// <param name="adjoint">Where the adjoints of its rows are stored; null where it does not learn.</param>
    public static string Table(ModelPlan plan, PlannedTable table, ValueRows? adjoint)
    {
        string kind = table.Table.Frozen ? "Frozen" : table == plan.TiedTable ? "Tied" : "Sparse";
        string adjoints = adjoint is null ? "" : $", {Rows(adjoint)}";
        return $"new({table.Tensor.Offset}, {table.Table.VocabularySize}, {table.Table.Size}, {ModelContext.Runtime}.TableKind.{kind}{adjoints}) /* {table.Tensor.Name} */";
    }

    // What a formula of outputs begins with.
    private static string StepsOf(ModelContext context) => context.OutputSteps is { } steps ? $"{steps} × " : "";

    private static string TargetLengthShape(ModelContext context) =>
        "count" + (context.Plan.IsCtc ? " × LabelLength" : context.OutputSteps is { } steps ? $" × {steps}" : "") + (context.Plan.TargetsAreClasses ? "" : " × OutputSize");

    // Where to look for the first value that is not finite.
    private static (IEnumerable<string> Forward, IEnumerable<string> Backward) Traces(ModelContext context)
    {
        TrainingPlan training = context.Plan.Training;
        return (
            training.Traced.Select(t => $"new(\"{t.Name}\", {t.Values.Offset}, {FirstTime(t.Clock)}, {t.Steps}, {t.Values.StepLength}, 1, 0, {t.Values.Row}, {t.Width}{Timing(t.Clock)})"),
            training.Layers.Reverse().Where(l => l.IsTrained).SelectMany(l => Enumerable.Range(0, l.Plan.Lanes).Select(lane => Lane(l, lane))));

        string Lane(PlannedLayer layer, int lane)
        {
            LayerPlan plan = layer.Plan;
            LaneRows slots = training.Slots[layer.Index];
            return $"new(\"∂L/∂a{plan.LaneName(lane)} of {layer.Name}\", {slots.Offset + lane * plan.Block}, {FirstTime(layer.Clock)}, {layer.Steps}, {slots.StepLength}, {plan.BlocksOf(plan.PanelSize(lane))}, {slots.BlockStride}, {plan.SlotRow}, {Math.Min(plan.Block, plan.PanelSize(lane))}{Timing(layer.Clock)})";
        }

        int FirstTime(Clock clock) => clock == Clock.End ? context.Model.Window.SequenceLength - 1 : 0;

        static string Timing(Clock clock) => clock switch
        {
            Clock.Input => "",
            Clock.End => ", true",
            Clock.Output => ", IsDecoded: true",
            _ => throw Choices.Unimplemented(clock),
        };
    }
}
