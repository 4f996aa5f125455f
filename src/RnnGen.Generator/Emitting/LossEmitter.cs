using System.Linq;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes the loss of a group's rows and its adjoints.</summary>
internal static class LossEmitter
{
    public static void Write(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        ModelPlan plan = context.Plan;
        TrainingPlan training = plan.Training;
        string number = context.Number;
        int stride = plan.Head.Plan.OutputRow;
        int size = context.Model.OutputSize;

        writer.Write($"// Loss: {LossText.Describe(context.Model.Loss)} Each row's sum is kept, and ∂L/∂y written, for every output step.");
        if (plan.IsCtc)
        {
            string places(ArenaBuffer buffer) => $"new({buffer.Offset}, {buffer.StepLength}, {stride})";
            writer.Write(ModelContext.Optimized);
            writer.Write($"""
                private static void RnnLoss(ref {number} a, int[] targets, {number} scale, {ModelContext.Group} rows, int first, int last, double[] workspace) =>
                    {ModelContext.Runtime}.Ctc.Loss(ref a, {places(training.Outputs)}, {places(training.OutputAdjoints)}, {size}, targets, {context.Model.LabelLength}, {training.Losses.Offset}, scale, workspace, rows, first, last);
                """);
            return;
        }

        ScheduleEmitter.WriteInParts(
            context,
            "RnnLoss",
            $"ref {number} a, {context.Target}[] targets, {number} scale, {ModelContext.Group} rows, int first, int last",
            "ref a, targets, scale, rows, first, last",
            generic: false,
            Enumerable.Range(0, plan.TrainedOutputSteps).Select(step =>
            {
                int time = plan.Head.RunsAtEnd ? context.Model.Window.SequenceLength - 1 : step;
                int targetOffset = plan.TargetsAreClasses ? step : step * size;
                return $"RnnLossStep(ref a, {training.Outputs.At(step)}, {training.OutputAdjoints.At(step)}, {training.Losses.At(step)}, targets, {targetOffset}, scale, first, {(plan.Head.RunsAtEnd ? "last" : $"rows.Last({time}, last)")}); // t = {time}";
            }).ToList());

        writer.Line();
        writer.Write(ModelContext.Optimized);
        using (writer.Open($"private static void RnnLossStep(ref {number} a, int outputs, int adjoints, int losses, {context.Target}[] targets, int offset, {number} scale, int first, int last)"))
        using (writer.Open("for (int row = first; row < last; row++)"))
        {
            writer.Write($"""
                ref {number} output = ref {ModelContext.Unsafe}.Add(ref a, outputs + row * {stride});
                ref {number} adjoint = ref {ModelContext.Unsafe}.Add(ref a, adjoints + row * {stride});
                """);
            if (plan.TargetsAreClasses)
            {
                writer.Write($$"""
                    // log Σ exp(y), and the softmax from the same exponentials; ∂L/∂y = softmax - [class].
                    int target = targets[row * {{plan.TrainedTargetLength}} + offset];{{(context.DecodesTokens || context.Model.MaskedTargets ? Masked(size, context.DecodesTokens) : "")}}
                    {{number}} sum = {{ModelContext.Runtime}}.Rows.ShiftedExp(ref output, ref adjoint, {{size}}, out {{number}} max);
                    {{ModelContext.Unsafe}}.Add(ref a, losses + row) = max + {{number}}.Log(sum) - {{ModelContext.Unsafe}}.Add(ref output, target);
                    for (int j = 0; j < {{size}}; j++)
                    {
                        {{ModelContext.Unsafe}}.Add(ref adjoint, j) *= scale / sum;
                    }

                    {{ModelContext.Unsafe}}.Add(ref adjoint, target) -= scale;
                    """);
            }
            else
            {
                writer.Write($"{number} sum = 0;");
                using (writer.Open($"for (int j = 0; j < {size}; j++)"))
                {
                    writer.Write($"""
                        {number} y = {ModelContext.Unsafe}.Add(ref output, j);
                        {number} target = targets[row * {plan.TrainedTargetLength} + offset + j];
                        ref {number} dy = ref {ModelContext.Unsafe}.Add(ref adjoint, j);{(context.Model.MaskedTargets ? MissingNumber(number) : "")}
                        {LossText.Element(context.Model.Loss, number)}
                        """);
                }

                writer.Line();
                writer.Write($"{ModelContext.Unsafe}.Add(ref a, losses + row) = sum;");
            }
        }
    }

    // A decoded sequence that has ended may stand before one that has not; other targets may be missing.
    private static string Masked(int size, bool isDecoded) => $$"""
        {{(isDecoded ? "" : "\n// No target, no loss.")}}
        if (target < 0)
        {
            {{ModelContext.Unsafe}}.Add(ref a, losses + row) = 0;
            global::System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref adjoint, {{size}}).Clear();
            continue;
        }

        """;

    private static string MissingNumber(string number) => $$"""

        if ({{number}}.IsNaN(target))
        {
            dy = 0; // no target, no loss
            continue;
        }

        """;
}
