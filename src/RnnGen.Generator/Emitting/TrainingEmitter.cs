using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Planning;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes the training job: its memory, its phases, and the loss.</summary>
internal static class TrainingEmitter
{
    public static void Write(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        ModelPlan plan = context.Plan;
        ModelSpecification model = context.Model;
        TrainingPlan training = plan.Training;
        string number = context.Number;
        string target = context.Target;
        int inputLength = model.SequenceLength * model.InputSize;

        // Targets of a row: classes count one a step, numbers OutputSize a step.
        int terms = plan.TargetsAreClasses ? plan.OutputSteps : plan.OutputSteps * model.OutputSize;
        writer.Write($$"""
            // Training: one arena, and two phases a group of sequences. In the first each thread takes rows through
            // forward, loss and BPTT; in the second each takes blocks of units through the weight gradients, summed
            // over steps and rows in one order, so that the bits do not depend on the number of threads.
            """);
        using (writer.Open($"private sealed class RnnTraining : {ModelContext.Runtime}.ParallelJob"))
        {
            writer.Write($$"""
                private readonly {{context.Name}} _model;
                private readonly {{ModelContext.Runtime}}.AlignedBuffer<{{number}}> _arena = new({{training.ArenaLength}});
                private readonly {{target}}[] _targets = new {{target}}[BatchSize * {{plan.TargetLength}}];
                private readonly {{number}}[] _gradients = new {{number}}[ParameterCount];
                private int _rows;
                private {{number}} _scale;
                private bool _isForwardOnly;
                private bool _isGradientPhase;

                public RnnTraining({{context.Name}} model) => _model = model;

                public global::System.ReadOnlySpan<{{number}}> Gradients => _gradients;

                public {{number}} ComputeLoss(global::System.ReadOnlySpan<{{number}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count)
                {
                    _isForwardOnly = true;
                    double sum = 0;
                    for (int start = 0; start < count; start += BatchSize)
                    {
                        sum += RunRows(inputs, targets, start, count);
                    }

                    return ({{number}})(sum / ((double)count * {{terms}}));
                }

                public {{number}} ComputeGradients(global::System.ReadOnlySpan<{{number}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count)
                {
                    _isForwardOnly = false;
                    ref {{number}} a = ref _arena.First;
                """);
            foreach (PlannedLayer layer in plan.Layers)
            {
                writer.Write($"    {ModelContext.Runtime}.Rows.Clear(ref a, {training.WeightGradients[layer.Index].Offset}, {layer.Plan.PackLength}, 0, 1); // {layer.Name} weight gradient");
            }

            writer.Write($$"""
                    double sum = 0;
                    for (int start = 0; start < count; start += BatchSize)
                    {
                        double loss = RunRows(inputs, targets, start, count);
                        if (!double.IsFinite(loss))
                        {
                            throw {{ModelContext.Runtime}}.NonFinite.Loss<{{number}}>(loss, _arena.Span, _rows, s_forwardTrace);
                        }

                        sum += loss;
                        _isGradientPhase = true;
                        Run(_model._rnnThreads);
                    }

                    RnnTakeGradients(ref a, ref _gradients[0]);
                    if (!{{ModelContext.Runtime}}.NonFinite.None<{{number}}>(_gradients))
                    {
                        throw FindNonFinite(inputs, targets, count);
                    }

                    return ({{number}})(sum / ((double)count * {{terms}}));
                }

                // The arena holds one group: they run again until one shows where.
                private global::RnnGen.NonFiniteException FindNonFinite(global::System.ReadOnlySpan<{{number}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count)
                {
                    for (int start = 0; start < count; start += BatchSize)
                    {
                        RunRows(inputs, targets, start, count);
                        if ({{ModelContext.Runtime}}.NonFinite.Gradient<{{number}}>(_arena.Span, _rows, s_forwardTrace, s_backwardTrace) is { } found)
                        {
                            return found;
                        }
                    }

                    return {{ModelContext.Runtime}}.NonFinite.GradientSum();
                }

                // Takes one group through the first phase and returns the sum of its losses.
                private double RunRows(global::System.ReadOnlySpan<{{number}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int start, int count)
                {
                    _rows = global::System.Math.Min(BatchSize, count - start);
                    _scale = ({{number}})(1 / ((double)count * {{terms}}));
                    {{ModelContext.Runtime}}.Rows.ByStep(inputs.Slice(start * {{inputLength}}, _rows * {{inputLength}}), SequenceLength, InputSize, ref _arena.First, {{training.Inputs.Offset}}, {{training.Inputs.StepLength}}, {{training.InputRow}});
                    targets.Slice(start * {{plan.TargetLength}}, _rows * {{plan.TargetLength}}).CopyTo(_targets);
                    _isGradientPhase = false;
                    Run(_model._rnnThreads);
                    double sum = 0;
                    for (int step = 0; step < {{plan.OutputSteps}}; step++)
                    {
                        for (int row = 0; row < _rows; row++)
                        {
                            sum += _arena.Span[{{training.Losses.Offset}} + step * BatchSize + row];
                        }
                    }

                    return sum;
                }

                protected override void RunPart(int part, int parts)
                {
                    switch (_model._rnnWidth)
                    {
                        case global::RnnGen.VectorWidth.V512: RunPart<RnnV512>(part, parts); break;
                        case global::RnnGen.VectorWidth.V256: RunPart<RnnV256>(part, parts); break;
                        default: RunPart<RnnV128>(part, parts); break;
                    }
                }

                private void RunPart<K>(int part, int parts) where K : struct, IRnnKernels
                {
                    ref {{number}} a = ref _arena.First;
                    ref {{number}} w = ref _model._rnnPacks.First;
                    if (_isGradientPhase)
                    {
                        RnnGradients<K>(ref a, _rows, part, parts);
                        return;
                    }

                    (int first, int last) = {{ModelContext.Runtime}}.Rows.Share(_rows, 4, part, parts);
                    RnnForward<K>(ref w, ref a, first, last);
                    RnnLoss(ref a, _targets, _scale, first, last);
                    if (!_isForwardOnly)
                    {
                        RnnBackward<K>(ref w, ref a, first, last);
                    }
                }

                """);
            WriteTraces(context);
        }

        writer.Line();
        WriteLoss(context);
    }

    // Where to look for the first value that is not finite.
    private static void WriteTraces(ModelContext context)
    {
        string type = $"{ModelContext.Runtime}.TracedBuffer";
        TrainingPlan training = context.Plan.Training;
        int length = context.Model.SequenceLength;
        int rows = context.Model.BatchSize;
        List<string> forward = [$"new(\"the input\", {training.Inputs.Offset}, 0, {length}, {training.Inputs.StepLength}, 1, 0, {training.InputRow}, {context.Model.InputSize})"];
        List<string> backward = [];
        foreach (PlannedLayer layer in context.Plan.Layers)
        {
            LayerPlan plan = layer.Plan;
            int firstTime = length - layer.Steps;
            ArenaBuffer output = training.OutputOf(layer);
            ArenaBuffer slots = training.Slots[layer.Index];
            forward.Add($"new(\"the output of {layer.Name}\", {output.At(layer.OutputState is null ? 0 : 1)}, {firstTime}, {layer.Steps}, {output.StepLength}, 1, 0, {plan.RowStride}, {plan.Size})");
            for (int lane = plan.Lanes - 1; lane >= 0; lane--)
            {
                backward.Insert(0, $"new(\"∂L/∂a{plan.LaneName(lane)} of {layer.Name}\", {slots.Offset + lane * plan.Block}, {firstTime}, {layer.Steps}, {slots.StepLength}, {plan.Blocks}, {rows * plan.SlotRow}, {plan.SlotRow}, {Math.Min(plan.Block, plan.Size)})");
            }
        }

        context.Writer.Write($"private static readonly {type}[] s_forwardTrace =\n{{");
        forward.ForEach(f => context.Writer.Write($"    {f},"));
        context.Writer.Write($"}};\n\nprivate static readonly {type}[] s_backwardTrace =\n{{");
        backward.ForEach(b => context.Writer.Write($"    {b},"));
        context.Writer.Write("};");
    }

    private static void WriteLoss(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        ModelPlan plan = context.Plan;
        TrainingPlan training = plan.Training;
        string number = context.Number;
        int stride = plan.Head.Plan.RowStride;
        int size = context.Model.OutputSize;

        writer.Write($"// Loss: {LossText.Describe(context.Model.Loss)} Each row's sum is kept, and ∂L/∂y written, for every output step.");
        ScheduleEmitter.WriteInParts(
            context,
            "RnnLoss",
            $"ref {number} a, {context.Target}[] targets, {number} scale, int first, int last",
            "ref a, targets, scale, first, last",
            generic: false,
            Enumerable.Range(0, plan.OutputSteps).Select(step =>
            {
                int time = context.Model.SequenceLength - plan.OutputSteps + step;
                int targetOffset = plan.TargetsAreClasses ? step : step * size;
                return $"RnnLossStep(ref a, {training.Outputs.At(step)}, {training.OutputAdjoints.At(step)}, {training.Losses.At(step)}, targets, {targetOffset}, scale, first, last); // t = {time}";
            }).ToList());

        writer.Line();
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
                    int target = targets[row * {{plan.TargetLength}} + offset];
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
                        {number} target = targets[row * {plan.TargetLength} + offset + j];
                        ref {number} dy = ref {ModelContext.Unsafe}.Add(ref adjoint, j);
                        {LossText.Element(context.Model.Loss, number)}
                        """);
                }

                writer.Line();
                writer.Write($"{ModelContext.Unsafe}.Add(ref a, losses + row) = sum;");
            }
        }
    }
}
