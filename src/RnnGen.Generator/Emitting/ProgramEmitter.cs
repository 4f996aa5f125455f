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

/// <summary>Writes the model's program: by which members the runtime calls the schedule, the loss and the packing, at one vector width.</summary>
internal static class ProgramEmitter
{
    public static void Write(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        ModelPlan plan = context.Plan;
        string number = context.Number, group = ModelContext.Group;
        string groups = context.TrainedRows;
        string table = context.ReadsTokens ? "ref p, " : "";
        string flow = context.Model.GradientFlow ? ", measured.Flow, measured.Row" : "";
        string declared = $"{group} rows, {group} decoded, int last";
        string measured = $"{ModelContext.Runtime}.MeasuredRows measured, {ModelContext.Runtime}.SharedSteps? shared";
        string program = $"{ModelContext.Runtime}.ModelProgram<{context.Types}>";
        string sequences = $"ref {context.Input} x, ref {number} p, ref {number} w, ref {number} a, ref {number} y";
        writer.Write("// How the runtime calls the model's schedule, loss and packing, at one vector width.");
        using (writer.Open($"private sealed class RnnProgram<K> : {program} where K : struct, IRnnKernels"))
        {
            writer.Write($"""
                public override void Initialize({ModelContext.Sys}Span<{number}> parameters, int seed) => RnnInitialize(parameters, seed);

                """);
            Member(context, $"void Pack(ref {number} p, ref {number} w, int first, int last)", "RnnPack(ref p, ref w, first, last)");
            Member(context, $"void PackRest(ref {number} p, ref {number} w)", "RnnPackRest(ref p, ref w)");
            if (plan.PacksToPredict)
            {
                Member(context, $"void PackToPredict(ref {number} p, ref {number} w)", "RnnPackToPredict(ref p, ref w)");
            }

            Member(context, $"void TakeGradients(ref {number} sums, ref {number} g, int first, int last)", "RnnTakeGradients(ref sums, ref g, first, last)");
            WriteTargets(context);
            WriteCalls(context, $"void Drop(ref {number} a, in {ModelContext.Runtime}.DropoutDraw draw, {declared})", plan.Training.Draws);
            WriteCalls(context, $"void DropAdjoints(ref {number} a, {declared})", plan.Training.MaskedAdjoints);
            Member(context, $"void Start(ref {number} w, ref {number} a, int last)", "RnnStart(ref w, ref a, 0, last)");
            Member(context, $"void Forward(ref {number} w, ref {number} a, {declared}, {measured})", $"RnnForward<K>(ref w, ref a, {groups}, 0, last{flow}{context.SharedPassed})");
            Member(context, $"void Loss(ref {number} a, {context.Target}[] targets, {number} scale, {group} rows, int last, double[] workspace)", $"RnnLoss(ref a, targets, scale, rows, 0, last{(plan.IsCtc ? ", workspace" : "")})");
            Member(context, $"void Backward(ref {number} w, ref {number} a, ref {number} g, {declared}, {measured})", $"RnnBackward<K>(ref w, ref a, ref g, {groups}, 0, last{flow}{context.SharedPassed})");
            if (plan.Training.Shared.Count > 0)
            {
                Member(context, $"void Share({ModelContext.Runtime}.SharedWork work, ref {number} w, ref {number} a, ref {number} g, {group} rows, {group} decoded)", $"RnnShare<K>(work, ref w, ref a, ref g, {groups})");
            }

            if (plan.Single is not null)
            {
                Member(context, $"void PredictOne({sequences}, int steps)", $"RnnPredictOne<K>(ref x, {table}ref w, ref a, ref y, steps)");
            }

            if (plan.PredictsBatches)
            {
                Member(context, $"void PredictRows({sequences}, {group} rows, int last)", $"RnnPredictRows<K>(ref x, {table}ref w, ref a, {(plan.Decoder is null ? "ref y, " : "")}rows, 0, last)");
            }

            if (plan.Decoder is not null)
            {
                foreach (string parity in new[] { "Even", "Odd" })
                {
                    Member(context, $"void Decode{parity}(ref {number} w, ref {number} a, {group} rows, bool isShared, int last)", $"RnnDecode{parity}<K>(ref w, ref a, rows, isShared, last)");
                }
            }

            if (plan.Streaming is { } streaming)
            {
                Member(context, $"void Stream(ref {number} x, ref {number} w, ref {number} a, bool isOdd, int steps)", $"RnnStream<K>(ref x, ref w, ref a, isOdd{(streaming.Pool is null ? "" : ", steps")})");
            }

            if (plan.Streams is { } streams)
            {
                Member(context, $"void Streams({sequences}, {ModelContext.Runtime}.StreamedRows rows)",
                    $"RnnStreams<K>(ref x, {table}ref w, ref a, ref y, rows.IsOdd{(streams.Pool is null ? "" : ", rows.Rows")}, 0, rows.Count)");
            }

            if (plan.Block is not null)
            {
                Member(context, $"void Block(ref {context.Input} x, ref {number} p, ref {number} w, ref {number} a, int before, int said, int steps)", $"RnnBlock<K>(ref x, {table}ref w, ref a, before, said, steps)");
            }

            WriteReading(context);
            WriteParts(context);
            writer.Write($$"""
                public override {{program}} At({{ModelContext.Library}}VectorWidth width) => width switch
                {
                {{string.Concat(VectorTarget.All.Select(t => $"    {ModelContext.Library}VectorWidth.{t.Name} => new RnnProgram<Rnn{t.Name}>(),\n"))}}    _ => throw new {{ModelContext.Sys}}InvalidOperationException("There are no kernels of this vector width."),
                };
                """);
        }
    }

    private static void Member(ModelContext context, string header, string call) => context.Writer.Write($"{ModelContext.Optimized}\npublic override {header} => {call};\n");

    // What is read of the output layer, where the loss reads several of its values for each target, or behind a link.
    private static void WriteReading(ModelContext context)
    {
        LossDefinition loss = context.Model.Loss.Definition;
        if (!loss.ReadsHead)
        {
            return;
        }

        string number = context.Number, reading = $"{ModelContext.Runtime}.HeadReading";
        using (context.Writer.Open($"public override void Read({reading} reading, ref {number} head, ref {number} values, int targets, {ModelContext.Runtime}.HeadDraws draws)"))
        {
            context.Writer.Write($$"""
                switch (reading)
                {
                    case {{reading}}.Parameters: RnnReadParameters(ref head, ref values, targets); break;
                {{(loss.Draws ? $"    case {reading}.Draw: RnnReadDraws(ref head, ref values, targets, draws); break;\n" : "")}}{{(context.Model.InputGradients ? $"    case {reading}.Prediction: RnnReadPrediction(ref head, ref values, targets); break;\n    case {reading}.Slopes: RnnReadSlopes(ref head, ref values, targets); break;\n" : "")}}    default: throw new {{ModelContext.Sys}}NotSupportedException();
                }
                """);
        }

        context.Writer.Line();
    }

    // What a model's job and tables are, where they are not those of most.
    private static void WriteParts(ModelContext context)
    {
        string job = context.Plan.Training.Course switch
        {
            TrainingCourse.Whole => "",
            TrainingCourse.Recomputed => "RecomputingJob",
            TrainingCourse.Decoded => "DecodedJob",
            _ => throw Choices.Unimplemented(context.Plan.Training.Course),
        };
        if (job.Length > 0)
        {
            context.Writer.Write($"public override {ModelContext.Runtime}.TrainingJob<{context.Types}> CreateJob({ModelContext.Runtime}.ModelCore<{context.Types}> core) => new {ModelContext.Runtime}.{job}<{context.Types}>(core);\n");
        }

        if (context.Plan.Tables.Count > 0)
        {
            context.Writer.Write($"public override {ModelContext.Runtime}.TokenTables<{context.Number}>? CreateTables({ModelContext.Runtime}.TrainingShape shape) => new(shape);\n");
        }
    }

    private static void WriteTargets(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        string targets = $"{ModelContext.Sys}ReadOnlySpan<{context.Target}> targets", lengths = $"{ModelContext.Sys}ReadOnlySpan<int> lengths";
        if (TargetCheck(context) is { Length: > 0 } check)
        {
            Member(context, $"void Check({targets}, {lengths})", check);
        }

        // Terms of the loss at a step: classes count one, numbers OutputSize; many to one has one step.
        int terms = plan.TargetsAreClasses ? 1 : context.Model.OutputSize;
        string steps = plan.IsCtc ? "count" : context.Model.OutputTiming switch
        {
            OutputTiming.Once => "count",
            OutputTiming.EachStep => $"{ModelContext.Runtime}.Rows.Steps(lengths, count, SequenceLength)",
            OutputTiming.Decoded => "count * OutputLength",
            OutputTiming.UntilEndToken => $"{ModelContext.Runtime}.Decoding.Steps(targets, count, OutputLength, EndToken)",
            _ => throw Choices.Unimplemented(context.Model.OutputTiming),
        };
        string sum = context.Model.MaskedTargets
            ? $"{ModelContext.Runtime}.TargetMask.Present(targets, lengths, count, {plan.OutputSteps})"
            : $"(double){steps} * {terms}";
        Member(context, $"double Terms({targets}, int count, {lengths})", sum);
    }

    // A member of several calls; none where there is nothing to do.
    private static void WriteCalls(ModelContext context, string header, IReadOnlyList<Call> calls)
    {
        if (calls.Count == 0)
        {
            return;
        }

        CallPrinter printer = new(context);
        context.Writer.Write(ModelContext.Optimized);
        using (context.Writer.Open($"public override {header}"))
        {
            foreach (Call call in calls)
            {
                context.Writer.Write(printer.Line(call));
            }
        }

        context.Writer.Line();
    }

    private static string TargetCheck(ModelContext context)
    {
        string check = $"{ModelContext.Runtime}.Check";
        string live = context.Model.OutputTiming == OutputTiming.EachStep ? ", lengths, SequenceLength" : "";
        string missing = context.Model.MaskedTargets ? ", mayBeMissing: true" : "";
        string infeasible = context.Model.InfeasibleLabels switch
        {
            InfeasibleLabels.Throw => "",
            InfeasibleLabels.Zero => ", mayBeInfeasible: true",
            _ => throw Choices.Unimplemented(context.Model.InfeasibleLabels),
        };
        return context.Model.Loss.Definition.Targets switch
        {
            LossTargets.Labels => $"{check}.Labels(targets, OutputSize, {context.Model.LabelLength}, lengths, SequenceLength{infeasible})",
            LossTargets.Classes when context.DecodesTokens => $"{check}.Decoded(targets, OutputSize, OutputLength, EndToken)",
            LossTargets.Classes => $"{check}.Classes(targets, OutputSize{live}{missing})",
            LossTargets.Probabilities => $"{check}.Probabilities<{context.Number}>(targets{live}{missing})",
            LossTargets.Numbers => context.Model.Loss.Definition.TargetsAreCounts ? $"{check}.Counts<{context.Number}>(targets{live})" : "",
            _ => throw Choices.Unimplemented(context.Model.Loss.Definition.Targets),
        };
    }
}
