using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes what a thread trains a group of sequences in: the group's memory, how it is filled, and its way forward and back.</summary>
internal static class TrainedGroupEmitter
{
    public static void Write(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        ModelPlan plan = context.Plan;
        TrainingPlan training = plan.Training;
        string number = context.Number, target = context.Target, type = ModelContext.Group;
        bool isRecomputed = context.Model.IsRecomputed, carries = plan.CarriesState;
        string groups = plan.IsDecoded ? "rows, decoded" : "rows";
        string decodedHere = plan.IsDecoded ? $"\n    {type} decoded = Decoded;" : "";
        string spans = $"global::System.ReadOnlySpan<{context.Input}> inputs, global::System.ReadOnlySpan<{target}> targets, int start, int count, ";
        writer.Write("// A group of sequences: what one thread takes through forward, loss and BPTT.");
        using (writer.Open("private sealed class RnnGroup"))
        {
            writer.Write($$"""
                private readonly RnnTraining _job;
                private readonly {{ModelContext.Runtime}}.AlignedBuffer<{{number}}> _arena = new({{training.ArenaLength}});
                private readonly {{target}}[] _targets = new {{target}}[RnnGroupSize * {{plan.TrainedTargetLength}}];
                private readonly int[] _rows = new int[{{plan.TrainedRowsLength}}];{{TokenFields(context)}}{{DecodedFields(context)}}{{(plan.IsCtc ? $"\nprivate readonly double[] _workspace = new double[{plan.WorkspaceLength}];" : "")}}{{WindowFields(context)}}
                private int _start;

                public RnnGroup(RnnTraining job) => _job = job;

                // The sum of the losses.
                public double Loss { get; private set; }

                public global::System.Span<{{number}}> Arena => _arena.Span;

                public {{type}} Rows => new(_rows, {{context.TrainedSteps}}, RnnGroupSize);

                """);
            if (plan.IsDecoded)
            {
                writer.Write($"public {type} Decoded => new(_decodedRows, OutputLength, RnnGroupSize);\n");
            }

            if (isRecomputed)
            {
                writer.Write($$"""
                    // Takes the group that begins with a sequence.
                    {{ModelContext.Optimized}}
                    public void Begin(int start, int count, global::System.ReadOnlySpan<int> lengths)
                    {
                        _start = start;
                        Loss = 0;
                        {{type}} whole = new(_wholeRows, SequenceLength, RnnGroupSize);
                        int size = global::System.Math.Min(RnnGroupSize, count - start);
                        whole.Fill(lengths.IsEmpty ? default : lengths.Slice(start, size), size);
                    }

                    """);
            }

            writer.Write($$"""
                // Takes {{(isRecomputed ? "one window of the group, which" : "the group that")}} begins with a sequence: rows, inputs and targets.
                {{ModelContext.Optimized}}
                public void Take({{spans}}{{(isRecomputed ? "int window, bool isKept" : "global::System.ReadOnlySpan<int> lengths")}})
                {
                    {{type}} rows = Rows;{{decodedHere}}
                    int size = global::System.Math.Min(RnnGroupSize, count - start);
                    {{(isRecomputed ? FillWindow(context) : "_start = start;\n    Loss = 0;\n    " + FillRows(context) + (carries ? "\n    rows.HaveStates = _job._state is not null;" : ""))}}
                    {{TakeInputs(context)}}
                    {{TakeTargets(context)}}{{TakeFed(context)}}{{Schedule(context)}}
                }

                // Forward, the loss, and back; g: the sum that the group's weight gradients are added to.
                {{ModelContext.Optimized}}
                public void Run<K>(ref {{number}} w, ref {{number}} g) where K : struct, IRnnKernels
                {
                    ref {{number}} a = ref _arena.First;
                    {{type}} rows = Rows;{{decodedHere}}
                    const int first = 0;
                    int last = rows.Count;
                    {{Gather(context)}}{{Masks(context)}}{{(isRecomputed ? StartWindow() : StartRows(context))}}
                    RnnForward<K>(ref w, ref a, {{groups}}, first, last{{GradientFlowEmitter.ForwardArgument(context)}});{{(isRecomputed ? "\n    if (_job._isKept) _keptStates.Save(ref a, s_states, rows, _job._window + 1, first, last);\n    if (!rows.HaveOutputs && (_job._isForwardOnly || _job._isKept)) return;" : "")}}
                    {{(isRecomputed ? "if (rows.HaveOutputs) " : "")}}RnnLoss(ref a, _targets, _job._scale, {{(plan.IsDecoded ? "decoded" : "rows")}}, first, last{{(plan.IsCtc ? ", _workspace" : "")}});{{(carries ? (isRecomputed ? "\n    if (rows.AreLast) " : "\n    ") + $"{ModelContext.Runtime}.CarriedStates.Take(_job._state, ref a, s_states, rows, _start, first, last);" : "")}}
                    {{(isRecomputed ? "if (rows.HaveOutputs) " : "")}}AddLosses();
                    if (_job._isForwardOnly) return;
                    RnnBackward<K>(ref w, ref a, ref g, {{groups}}, first, last{{GradientFlowEmitter.Argument(context)}});{{MaskedAdjoints(context)}}{{(carries ? (isRecomputed ? "\n    if (_job._window == 0) " : "\n    ") + $"{ModelContext.Runtime}.CarriedStates.TakeGradients(_job._state, ref a, s_states, rows, _start, first, last);" : "")}}{{Learned(context)}}
                }

                {{ModelContext.Optimized}}
                private void AddLosses()
                {
                    for (int step = 0; step < {{(plan.IsCtc ? 1 : plan.TrainedOutputSteps)}}; step++)
                    {
                        int live = {{(plan.IsDecoded ? "Decoded.Last(step, Rows.Count)" : plan.Head.RunsAtEnd ? "Rows.Count" : "Rows.Last(step, Rows.Count)")}};
                        for (int row = 0; row < live; row++)
                        {
                            Loss += _arena.Span[{{training.Losses.Offset}} + step * RnnGroupSize + row];
                        }
                    }
                }
                """);
            WriteTables(context);
        }
    }

    /// <summary>Where to look for the first value that is not finite, and where the states stand that sequences start from.</summary>
    public static void WritePlaces(ModelContext context)
    {
        WriteTraces(context);
        if (context.Plan.CarriesState)
        {
            WriteCarriedPlaces(context);
        }
    }

    /// <summary>The name of the field of a table's gradient.</summary>
    public static string Table(PlannedTable table) => table.IsDecoders ? "_fedEmbedding" : "_embedding";

    // What the group's tokens give to their tables.
    private static void WriteTables(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        List<PlannedTable> trained = plan.Tables.Where(t => !t.Table.Frozen).ToList();
        if (plan.SparseTables.Count > 0)
        {
            context.Writer.Line().Write($"// Notes the tokens of the group.\n{ModelContext.Optimized}");
            using (context.Writer.Open("public void Touch()"))
            {
                foreach (PlannedTable table in plan.SparseTables)
                {
                    context.Writer.Write($"_job.{Table(table)}.Touch({(table.IsDecoders ? "_fedTokens, Decoded, OutputLength" : $"_tokens, Rows, {context.TrainedSteps}")});");
                }
            }
        }

        if (trained.Count > 0)
        {
            context.Writer.Line().Write($"// Adds the adjoints of embedded tokens to their rows of the flat gradient, one of several threads its share of the rows.\n{ModelContext.Optimized}");
            using (context.Writer.Open("public void Scatter(int part, int parts)"))
            {
                context.Writer.Write($"ref {context.Number} a = ref _arena.First;");
                foreach (PlannedTable table in trained)
                {
                    ArenaBuffer adjoints = (table.IsDecoders ? plan.Training.FedAdjoints : plan.Training.InputAdjoints)!;
                    PlannedLayer reader = plan.Layers.First(l => l.Source is null && (l.Clock == Clock.Output) == table.IsDecoders);
                    string tokens = table.IsDecoders ? "_fedTokens, Decoded, OutputLength" : $"_tokens, Rows, {context.TrainedSteps}";
                    string scatter = table == plan.TiedTable
                        ? $"{ModelContext.Runtime}.EmbeddingGradient.Scatter({table.Tensor.Offset}, {table.Table.Size}, "
                        : $"_job.{Table(table)}.Scatter(";
                    context.Writer.Write($"{scatter}{tokens}, ref a, {adjoints.Offset}, {adjoints.StepLength}, {reader.Plan.InputRowStride}, ref _job._gradients[0], part, parts);");
                }
            }
        }
    }

    private static string TokenFields(ModelContext context) => string.Concat(context.Plan.Tables.Select(t =>
        $"\nprivate readonly int[] {(t.IsDecoders ? "_fedTokens" : "_tokens")} = new int[RnnGroupSize * {(t.IsDecoders ? "OutputLength" : context.TrainedSteps)}];"));

    private static string WindowFields(ModelContext context) => !context.Model.IsRecomputed ? "" : $"""

        private readonly int[] _wholeRows = new int[{context.Plan.WholeRowsLength}];
        private readonly {ModelContext.Runtime}.KeptStates<{context.Number}> _keptStates = new({context.Model.SequenceLength / context.Model.RecomputeEvery}, RnnGroupSize, {context.Plan.CarriedLength});
        """;

    private static string DecodedFields(ModelContext context) => !context.Plan.IsDecoded ? "" : $"""

        private readonly int[] _decodedRows = new int[{context.Plan.DecodedRowsLength}];
        private readonly int[] _decodedLengths = new int[RnnGroupSize];
        private readonly long[] _order = new long[RnnGroupSize];
        private {context.Target}[]? _chosen;
        private {context.Target}[]? _targetsInOrder;
        """;

    private static string FillRows(ModelContext context)
    {
        const string lengths = "lengths.IsEmpty ? default : lengths.Slice(start, size)";
        string decoding = $"{ModelContext.Runtime}.Decoding";
        return !context.Plan.IsDecoded ? $"rows.Fill({lengths}, size);"
            : (context.DecodesTokens
                ? $"{decoding}.Lengths(targets.Slice(start * OutputLength, size * OutputLength), OutputLength, EndToken, _decodedLengths);"
                : "global::System.Array.Fill(_decodedLengths, OutputLength);")
              + $"\n    rows.Fill({lengths}, global::System.MemoryExtensions.AsSpan(_decodedLengths, 0, size), decoded, _order);";
    }

    // Rows stand in the order of the whole sequences; lengths are those of the window.
    private static string FillWindow(ModelContext context)
    {
        int last = context.Model.SequenceLength / context.Model.RecomputeEvery - 1;
        string outputs = context.Plan.Head.RunsAtEnd ? $"window == {last}" : "!isKept || _job._isForwardOnly";
        return $"""
            rows.FillWindow(new {ModelContext.Group}(_wholeRows, SequenceLength, RnnGroupSize), window * RnnWindow);
                rows.HaveStates = window > 0 || _job._state is not null;
                rows.AreLast = window == {last};
                rows.HaveOutputs = {outputs};
            """;
    }

    private static string StartRows(ModelContext context) =>
        "RnnStart(ref w, ref a, first, last);" + (context.Plan.CarriesState ? $"\n    {ModelContext.Runtime}.CarriedStates.Load(_job._state, ref a, s_states, rows, _start, first, last);" : "");

    private static string StartWindow() => $$"""
        if (_job._window > 0)
            {
                _keptStates.Load(ref a, s_states, _job._window, first, last);
            }
            else
            {
                RnnStart(ref w, ref a, first, last);
                {{ModelContext.Runtime}}.CarriedStates.Load(_job._state, ref a, s_states, rows, _start, first, last);
            }

        """;

    private static string TakeTargets(ModelContext context)
    {
        int whole = context.Plan.TargetLength, trained = context.Plan.TrainedTargetLength;
        return whole == trained
            ? $"rows.Sort(targets.Slice(start * {whole}, size * {whole}), {whole}, _targets);"
            : $"rows.Sort(targets.Slice(start * {whole} + window * {trained}), {whole}, {trained}, _targets);";
    }

    // Teacher forcing: the decoder is fed what it should have given at the step before.
    private static string TakeFed(ModelContext context)
    {
        TrainingPlan training = context.Plan.Training;
        string decoding = $"\n    {ModelContext.Runtime}.Decoding";
        return training.Fed is not { } fed ? ""
            : context.DecodesTokens ? $"{decoding}.Feed(_targets, decoded, OutputLength, StartToken, _fedTokens);"
            : $"{decoding}.Feed<{context.Number}>(_targets, size, OutputLength, OutputSize, ref _arena.First, {fed.Offset}, {fed.StepLength}, {training.FedRow});";
    }

    // Scheduled sampling: the decoder runs first, and what it gave takes the place of some of what it should have given.
    private static string Schedule(ModelContext context)
    {
        if (!context.Plan.IsDecoded)
        {
            return "";
        }

        TrainingPlan training = context.Plan.Training;
        int input = context.Model.InputLength, target = context.Plan.TargetLength;
        string decoding = $"{ModelContext.Runtime}.Decoding";
        string feed = context.DecodesTokens
            ? $"{decoding}.Feed(_targetsInOrder, size, OutputLength, StartToken, _fedTokens);"
            : $"{decoding}.Feed<{context.Number}>(_targetsInOrder, size, OutputLength, OutputSize, ref _arena.First, {training.Fed!.Offset}, {training.Fed.StepLength}, {training.FedRow});";
        return $$"""

                if (_job._model.ScheduledSampling > 0 && !_job._isForwardOnly)
                {
                    _chosen ??= new {{context.Target}}[_targets.Length];
                    _targetsInOrder ??= new {{context.Target}}[_targets.Length];
                    RnnDecoder decoder = _job._model._rnnDecoders.Rent() ?? new RnnDecoder(_job._model);
                    decoder.Read(inputs.Slice(start * {{input}}, size * {{input}}), size, lengths.IsEmpty ? default : lengths.Slice(start, size));
                    decoder.Schedule(targets.Slice(start * {{target}}, size * {{target}}), _chosen, _job._model.ScheduledSampling, _job._model.SamplingSeed, _job._model.SamplingStep, start);
                    _job._model._rnnDecoders.Return(decoder);
                    decoded.Sort<{{context.Target}}>(_chosen, {{target}}, _targetsInOrder);
                    {{feed}}
                }
            """;
    }

    // One group's inputs: numbers go to their steps in the arena; tokens are kept, and each thread looks its rows up.
    private static string TakeInputs(ModelContext context)
    {
        TrainingPlan training = context.Plan.Training;
        int length = context.Model.InputLength;
        if (context.Model.IsRecomputed)
        {
            string from = $"inputs.Slice(start * {length} + window * {context.Model.Window.InputLength})";
            return context.ReadsTokens
                ? $"rows.Sort({from}, SequenceLength, RnnWindow, _tokens);"
                : $"{ModelContext.Runtime}.Rows.ByStep({from}, rows, SequenceLength, InputSize, ref _arena.First, {training.Inputs.Offset}, {training.Inputs.StepLength}, {training.InputRow});";
        }

        string group = $"inputs.Slice(start * {length}, size * {length})";
        return context.ReadsTokens
            ? $"rows.Sort({group}, SequenceLength, _tokens);"
            : $"{ModelContext.Runtime}.Rows.ByStep({group}, rows, SequenceLength, InputSize, ref _arena.First, {training.Inputs.Offset}, {training.Inputs.StepLength}, {training.InputRow});";
    }

    private static string Gather(ModelContext context) => string.Concat(context.Plan.Tables.Select(t =>
    {
        TrainingPlan training = context.Plan.Training;
        (ArenaBuffer buffer, int row) = t.IsDecoders ? (training.Fed!, training.FedRow) : (training.Inputs, training.InputRow);
        string steps = t.IsDecoders ? "OutputLength" : context.TrainedSteps;
        return $$"""
            for (int step = 0; step < {{steps}}; step++)
                {
                    {{ModelContext.Runtime}}.EmbeddingGradient.Gather(ref {{(t.IsDecoders ? "_fedTokens" : "_tokens")}}[step], {{steps}}, ref _job._model._rnnParameters[{{t.Tensor.Offset}}], {{t.Table.Size}}, ref a, {{buffer.Offset}} + step * {{buffer.StepLength}}, {{row}}, first, {{(t.IsDecoders ? "decoded" : "rows")}}.Last(step, last));
                }

            """ + "\n    ";
    }));

    // What is left out: drawn for each sequence, and nothing where a loss is only measured.
    private static string Masks(ModelContext context) => string.Concat(context.Plan.Training.Masks.Select(m =>
    {
        string rate = m.Rate.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        string draw = $"{ModelContext.Runtime}.Dropout.Draw(ref a, {m.Mask.Offset}, {m.Mask.StepLength / context.Plan.Training.GroupSize}, {m.Width}, _job._isForwardOnly ? 0 : {rate}, _job._model.DropoutSeed, _job._model.DropoutStep, {m.Index}, _start, rows, first, last);\n    ";
        return draw + (m.InPlace is { } reader ? InPlace(context, m, reader, isAdjoint: false) + "\n    " : "");
    }));

    private static string MaskedAdjoints(ModelContext context) => string.Concat(context.Plan.Training.Masks
        .Where(m => m.InPlace is { Plan.Shape.NeedsInputAdjoint: true })
        .Select(m => "\n    " + InPlace(context, m, m.InPlace!, isAdjoint: true)));

    private static string InPlace(ModelContext context, PlannedMask mask, PlannedLayer reader, bool isAdjoint)
    {
        TrainingPlan training = context.Plan.Training;
        bool isFed = reader.Clock == Clock.Output;
        ArenaBuffer buffer = isAdjoint ? (isFed ? training.FedAdjoints : training.InputAdjoints)! : isFed ? training.Fed! : training.Inputs;
        int row = isAdjoint ? reader.Plan.InputRowStride : isFed ? training.FedRow : training.InputRow;
        string values = $"{buffer.Offset}, {buffer.StepLength}, {row}";
        return $"{ModelContext.Runtime}.Dropout.Copy(ref a, {values}, {values}, {mask.Mask.Offset}, {mask.Mask.StepLength / training.GroupSize}, {mask.Width}, {buffer.Steps}, {(isFed ? "decoded" : "rows")}, first, last);";
    }

    // The gradients of learned states, when the group has come back to the first step.
    private static string Learned(ModelContext context) => string.Concat(context.Plan.Training.VectorGradients.Where(v => v.Rows is not null).Select(v =>
        $"\n    {(context.Model.IsRecomputed ? "if (_job._window == 0) " : "")}{ModelContext.Runtime}.Rows.Sum(ref a, {v.Rows!.Offset}, {v.Rows.Row}, {v.Vector.Length}, ref g, {v.Sum.Offset}, rows); // {v.Vector.Tensor.Name}"));

    // Where to look for the first value that is not finite.
    private static void WriteTraces(ModelContext context)
    {
        string type = $"{ModelContext.Runtime}.TracedBuffer";
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
        context.Writer.Write($"private static readonly {type}[] s_forwardTrace =\n{{");
        forward.ForEach(f => context.Writer.Write($"    {f},"));
        context.Writer.Write($"}};\n\nprivate static readonly {type}[] s_backwardTrace =\n{{");
        backward.ForEach(b => context.Writer.Write($"    {b},"));
        context.Writer.Write("};");
    }

    private static void WriteCarriedPlaces(ModelContext context)
    {
        context.Writer.Write("\n// Where the states stand that sequences start from, and end in.\nprivate static readonly global::RnnGen.Runtime.CarriedPlace[] s_states =\n{");
        foreach (CarriedState state in context.Plan.Training.States)
        {
            context.Writer.Write($"    new({state.Values.Offset}, {state.Values.StepLength}, {state.Values.Row}, {state.Adjoint.Offset}, {state.Layer.Plan.StateSize(state.State)}), // {state.Layer.Name} {state.State}");
        }

        context.Writer.Write("};");
    }
}
