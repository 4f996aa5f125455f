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
        string input = context.Input;
        string dense = string.Join(", ", plan.DenseSegments.Select(d => $"new({d.Offset}, {d.Length})"));

        // Terms of the loss at a step: classes count one, numbers OutputSize; many to one has one step.
        int terms = plan.TargetsAreClasses ? 1 : model.OutputSize;
        string steps = context.DecodesTokens ? $"{ModelContext.Runtime}.Decoding.Steps(targets, count, OutputLength, EndToken)"
            : plan.IsCtc ? "count"
            : plan.IsDecoded ? "count * OutputLength"
            : plan.Head.RunsAtEnd || plan.OutputSteps == 1 ? "count" : $"{ModelContext.Runtime}.Rows.Steps(lengths, count, SequenceLength)";
        string sumOfTerms = model.MaskedTargets
            ? $"global::System.Math.Max(1, {ModelContext.Runtime}.TargetMask.Present(targets, lengths, count, {plan.OutputSteps}))"
            : $"(double){steps} * {terms}";
        string groups = plan.IsDecoded ? "rows, decoded" : "rows";
        string decodedHere = plan.IsDecoded ? $"\n    {ModelContext.Group} decoded = Decoded;" : "";
        string traced = plan.IsDecoded ? ", Decoded" : "";
        bool carries = plan.CarriesState;
        IReadOnlyList<PlannedTable> sparse = plan.SparseTables;
        string stateDeclared = carries ? $", global::RnnGen.BatchState<{number}>? state" : "";
        writer.Write($$"""
            // Training: one arena, and two phases a group of sequences. In the first each thread takes rows through
            // forward, loss and BPTT; in the second each takes blocks of units through the weight gradients. One thread
            // alone does both in one go. Gradients are summed over steps and rows in one order, so that the bits do not
            // depend on the number of threads.
            """);
        using (writer.Open($"private sealed class RnnTraining : {ModelContext.Runtime}.ParallelJob"))
        {
            writer.Write($$"""
                private readonly {{context.Name}} _model;
                private readonly {{ModelContext.Runtime}}.AlignedBuffer<{{number}}> _arena = new({{training.ArenaLength}});
                private readonly {{target}}[] _targets = new {{target}}[BatchSize * {{plan.TrainedTargetLength}}];
                private readonly {{number}}[] _gradients = new {{number}}[ParameterCount];{{TokenFields(context)}}
                private readonly int[] _rows = new int[{{plan.TrainedRowsLength}}];{{DecodedFields(context)}}{{(plan.IsCtc ? $"\n    private readonly double[] _workspace = new double[{plan.WorkspaceLength}];" : "")}}
                private {{number}} _scale;
                private bool _isForwardOnly;
                private bool _isGradientPhase;{{(training.Masks.Count > 0 || carries ? "\nprivate int _start;" : "")}}{{(carries ? $"\nprivate global::RnnGen.BatchState<{number}>? _state;" : "")}}{{CheckpointFields(context)}}{{GradientFlowEmitter.Field(context)}}

                public RnnTraining({{context.Name}} model){{Construction(context)}}

                private {{ModelContext.Group}} Rows => new(_rows, {{context.TrainedSteps}}, BatchSize);{{(plan.IsDecoded ? $"\n\n    private {ModelContext.Group} Decoded => new(_decodedRows, OutputLength, BatchSize);" : "")}}

                public global::System.ReadOnlySpan<{{number}}> Gradients => _gradients;

                // What an update changes.
                public global::System.ReadOnlySpan<global::RnnGen.ParameterSegment> Segments => {{(sparse.Count > 0 ? $"{Table(sparse[0])}.Segments" : "s_segments")}};

                private static readonly global::RnnGen.ParameterSegment[] s_segments = { {{dense}} };

                {{ModelContext.Optimized}}
                public {{number}} ComputeLoss(global::System.ReadOnlySpan<{{input}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count, global::System.ReadOnlySpan<int> lengths{{stateDeclared}})
                {
                    _isForwardOnly = true;{{(carries ? "\n    _state = state;" : "")}}
                    double terms = {{sumOfTerms}};
                    _scale = ({{number}})(1 / terms);
                    double sum = 0;
                    for (int start = 0; start < count; start += BatchSize)
                    {
                        sum += RunRows(inputs, targets, start, count, lengths);
                    }

                    {{(carries ? "state?.Commit(count);\n    " : "")}}return ({{number}})(sum / terms);
                }

                {{ModelContext.Optimized}}
                public {{number}} ComputeGradients(global::System.ReadOnlySpan<{{input}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count, global::System.ReadOnlySpan<int> lengths{{stateDeclared}})
                {
                    _isForwardOnly = false;{{(carries ? "\n    _state = state;" : "")}}{{GradientFlowEmitter.Begin(context)}}
                    double terms = {{sumOfTerms}};
                    _scale = ({{number}})(1 / terms);
                    ref {{number}} a = ref _arena.First;
                """);
            foreach (PlannedLayer layer in plan.Layers.Where(l => !l.IsFrozen))
            {
                writer.Write($"    {ModelContext.Runtime}.Rows.Clear(ref a, {training.WeightGradients[layer.Index].Offset}, {layer.Plan.PackLength}, 0, 1); // {layer.Name} weight gradient");
            }

            foreach (PlannedVectorGradient vector in training.VectorGradients)
            {
                writer.Write($"    {ModelContext.Runtime}.Rows.Clear(ref a, {vector.Sum.Offset}, {vector.Sum.StepLength}, 0, 1); // gradient of {vector.Vector.Tensor.Name}");
            }

            writer.Write($$"""
                    {{(sparse.Count > 0 ? $"{Table(sparse[0])}.Clear<{number}>(_gradients);\n    " : "")}}{{(plan.TiedTable is { } tied ? $"{ModelContext.Runtime}.Rows.Clear(ref _gradients[0], {tied.Tensor.Offset}, {tied.Tensor.Length}, 0, 1); // {tied.Tensor.Name}\n    " : "")}}double sum = 0;
                    for (int start = 0; start < count; start += BatchSize)
                    {
                        double loss = RunRows(inputs, targets, start, count, lengths);
                        if (!double.IsFinite(loss))
                        {
                            throw {{(model.IsCheckpointed ? "FindWindow(loss, inputs, targets, start, count, lengths)" : $"{ModelContext.Runtime}.NonFinite.Loss<{number}>(loss, _arena.Span, Rows, s_forwardTrace{traced})")}};
                        }

                        sum += loss;{{(model.IsCheckpointed ? "" : Sum(context))}}
                    }

                    RnnTakeGradients(ref a, ref _gradients[0]);{{GradientFlowEmitter.Take(context)}}
                    if (!{{ModelContext.Runtime}}.NonFinite.None<{{number}}>(_gradients, Segments))
                    {
                        throw FindNonFinite(inputs, targets, count, lengths);
                    }{{(training.Masks.Count > 0 ? "\n\n    _model.DropoutStep++;" : "")}}{{(plan.IsDecoded ? "\n    _model.SamplingStep++;" : "")}}{{(carries ? "\n\n    state?.Commit(count);" : "")}}

                    return ({{number}})(sum / terms);
                }

                // The arena holds one group: they run again until one shows where.
                private global::RnnGen.NonFiniteException FindNonFinite(global::System.ReadOnlySpan<{{input}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count, global::System.ReadOnlySpan<int> lengths)
                {
                    {{GradientFlowEmitter.Pause(context)}}for (int start = 0; start < count; start += BatchSize)
                    {
                        {{(model.IsCheckpointed ? "_found = null;\n        _isSearching = true;\n        " : "")}}RunRows(inputs, targets, start, count, lengths);{{(model.IsCheckpointed ? "\n        _isSearching = false;" : "")}}
                        if ({{(model.IsCheckpointed ? "_found" : $"{ModelContext.Runtime}.NonFinite.Gradient<{number}>(_arena.Span, Rows, s_forwardTrace, s_backwardTrace{traced})")}} is { } found)
                        {
                            return found;
                        }
                    }

                    return {{ModelContext.Runtime}}.NonFinite.GradientSum();
                }

                {{(model.IsCheckpointed ? Windows(context) : "// Takes one group through the first phase and returns the sum of its losses.")}}
                {{ModelContext.Optimized}}
                private double {{(model.IsCheckpointed ? "RunWindow" : "RunRows")}}(global::System.ReadOnlySpan<{{input}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int start, int count, {{(model.IsCheckpointed ? "int window, bool isKept" : "global::System.ReadOnlySpan<int> lengths")}})
                {
                    {{ModelContext.Group}} rows = Rows;{{decodedHere}}
                    int size = global::System.Math.Min(BatchSize, count - start);{{(training.Masks.Count > 0 || carries ? "\n    _start = start;" : "")}}
                    {{(model.IsCheckpointed ? FillWindow(context) : FillRows(context) + (carries ? "\n    rows.HaveStates = _state is not null;" : ""))}}
                    {{TakeInputs(context)}}
                    {{TakeTargets(context)}}{{TakeFed(context)}}{{Schedule(context)}}
                    _isGradientPhase = false;
                    Run(_model._rnnThreads);{{(model.IsCheckpointed ? "\n    if (!rows.HaveOutputs) return 0;" : "")}}
                    double sum = 0;
                    for (int step = 0; step < {{(plan.IsCtc ? 1 : plan.TrainedOutputSteps)}}; step++)
                    {
                        int live = {{(plan.IsDecoded ? "decoded.Last(step, size)" : plan.Head.RunsAtEnd ? "size" : "rows.Last(step, size)")}};
                        for (int row = 0; row < live; row++)
                        {
                            sum += _arena.Span[{{training.Losses.Offset}} + step * BatchSize + row];
                        }
                    }

                    return sum;
                }

                {{ModelContext.Optimized}}
                protected override void RunPart(int part, int parts)
                {
                    switch (_model._rnnWidth)
                    {
                        case global::RnnGen.VectorWidth.V512: RunPart<RnnV512>(part, parts); break;
                        case global::RnnGen.VectorWidth.V256: RunPart<RnnV256>(part, parts); break;
                        default: RunPart<RnnV128>(part, parts); break;
                    }
                }

                {{ModelContext.Optimized}}
                private void RunPart<K>(int part, int parts) where K : struct, IRnnKernels
                {
                    ref {{number}} a = ref _arena.First;
                    ref {{number}} w = ref _model._rnnPacks.First;
                    {{ModelContext.Group}} rows = Rows;{{decodedHere}}
                    if (_isGradientPhase)
                    {
                        if (parts > 1) RnnGradients<K>(ref a, {{groups}}, part, parts);{{Learned(context)}}{{Scatter(context)}}
                        return;
                    }

                    (int first, int last) = {{ModelContext.Runtime}}.Rows.Share(rows.Count, 4, part, parts);
                    {{Gather(context)}}{{Masks(context)}}{{(model.IsCheckpointed ? StartWindow(context) : StartRows(context))}}
                    RnnForward<K>(ref w, ref a, {{groups}}, first, last{{GradientFlowEmitter.ForwardArgument(context)}});{{(model.IsCheckpointed ? "\n    if (_isKept) _checkpoints.Save(ref a, s_states, rows, _window + 1, first, last);\n    if (!rows.HaveOutputs && (_isForwardOnly || _isKept)) return;" : "")}}
                    {{(model.IsCheckpointed ? "if (rows.HaveOutputs) " : "")}}RnnLoss(ref a, _targets, _scale, {{(plan.IsDecoded ? "decoded" : "rows")}}, first, last{{(plan.IsCtc ? ", _workspace" : "")}});{{(carries ? (model.IsCheckpointed ? "\n    if (rows.AreLast) " : "\n    ") + "_state?.Take(ref a, s_states, rows, _start, first, last);" : "")}}
                    if (!_isForwardOnly)
                    {
                        RnnBackward<K>(ref w, ref a, {{groups}}, first, last, parts == 1{{GradientFlowEmitter.Argument(context)}});{{MaskedAdjoints(context)}}{{(carries ? (model.IsCheckpointed ? "\n        if (_window == 0) " : "\n        ") + "_state?.TakeGradients(ref a, s_states, rows, _start, first, last);" : "")}}
                    }
                }

                """);
            WriteTraces(context);
            if (carries)
            {
                WriteCarriedPlaces(context);
            }
        }

        writer.Line();
        WriteLoss(context);
    }

    private static void WriteCarriedPlaces(ModelContext context)
    {
        context.Writer.Write("\n// Where the states stand that sequences start from, and end in.\nprivate static readonly global::RnnGen.CarriedPlace[] s_states =\n{");
        foreach (CarriedState state in context.Plan.Training.States)
        {
            context.Writer.Write($"    new({state.Values.Offset}, {state.Values.StepLength}, {state.Values.Row}, {state.Adjoint.Offset}, {state.Layer.Plan.Size}), // {state.Layer.Name} {state.State}");
        }

        context.Writer.Write("};");
    }

    // The gradients of learned states, when every thread has come to the first step.
    private static string Learned(ModelContext context) => string.Concat(context.Plan.Training.VectorGradients.Where(v => v.Rows is not null).Select(v =>
        $"\n        {(context.Model.IsCheckpointed ? "if (_window == 0) " : "")}{ModelContext.Runtime}.Rows.Sum(ref a, {v.Rows!.Offset}, {v.Rows.Row}, {v.Vector.Length}, {v.Sum.Offset}, rows, part, parts); // {v.Vector.Tensor.Name}"));

    private static string CheckpointFields(ModelContext context) => !context.Model.IsCheckpointed ? "" : $"""

        private readonly int[] _wholeRows = new int[{context.Plan.GroupRowsLength}];
        private readonly {ModelContext.Runtime}.Checkpoints<{context.Number}> _checkpoints = new({context.Model.SequenceLength / context.Model.CheckpointEvery}, BatchSize, {context.Plan.CarriedLength});
        private int _window;
        private bool _isKept;
        private bool _isSearching;
        private global::RnnGen.NonFiniteException? _found;
        """;

    // After a group's first phase: its tokens, and the second phase.
    private static string Sum(ModelContext context) => string.Concat(context.Plan.SparseTables.Select(t => $"\n        {Table(t)}.Touch({Tokens(context, t)});"))
        + "\n        _isGradientPhase = true;\n        Run(_model._rnnThreads);";

    // Forward through the windows, keeping the states between them; then from the last window to the first, forward once more and back.
    private static string Windows(ModelContext context)
    {
        string spans = $"global::System.ReadOnlySpan<{context.Input}> inputs, global::System.ReadOnlySpan<{context.Target}> targets, int start, int count, global::System.ReadOnlySpan<int> lengths";
        int last = context.Model.SequenceLength / context.Model.CheckpointEvery - 1;
        string nonFinite = $"{ModelContext.Runtime}.NonFinite";
        return $$"""
            // Takes one group through all windows and returns the sum of its losses: forward, keeping the states between the windows; then
            // from the last window to the first, forward once more and back. A loss that is only measured needs the way forward alone.
            {{ModelContext.Optimized}}
            private double RunRows({{spans}})
            {
                {{ModelContext.Group}} whole = new(_wholeRows, SequenceLength, BatchSize);
                int size = global::System.Math.Min(BatchSize, count - start);
                whole.Fill(lengths.IsEmpty ? default : lengths.Slice(start, size), size);
                double sum = 0;
                for (int window = 0; window < {{(last == 0 ? "(_isForwardOnly ? 1 : 0)" : $"(_isForwardOnly ? {last + 1} : {last})")}}; window++)
                {
                    sum += RunWindow(inputs, targets, start, count, window, isKept: window < {{last}});
                    if (_isForwardOnly && _isSearching && {{nonFinite}}.Forward<{{context.Number}}>(_arena.Span, Rows, s_forwardTrace, window * RnnWindow, Rows.HaveOutputs) is { } found)
                    {
                        throw found;
                    }
                }

                for (int window = {{last}}; window >= 0 && !_isForwardOnly; window--)
                {
                    sum += RunWindow(inputs, targets, start, count, window, isKept: false);
                    if (_isSearching)
                    {
                        _found ??= {{nonFinite}}.Gradient<{{context.Number}}>(_arena.Span, Rows, s_forwardTrace, s_backwardTrace, default, window * RnnWindow, Rows.HaveOutputs);
                    }
            {{Sum(context).TrimStart('\n')}}
                }

                return sum;
            }

            // Where a loss that is not finite came from, forward in time.
            private global::RnnGen.NonFiniteException FindWindow(double loss, {{spans}})
            {
                (_isForwardOnly, _isSearching) = (true, true);
                try
                {
                    RunRows(inputs, targets, start, count, lengths);
                }
                catch (global::RnnGen.NonFiniteException found)
                {
                    return found;
                }
                finally
                {
                    _isSearching = false;
                }

                return {{nonFinite}}.Loss<{{context.Number}}>(loss, _arena.Span, Rows, global::System.ReadOnlySpan<{{ModelContext.Runtime}}.TracedBuffer>.Empty);
            }

            // Takes one window of a group through the first phase and returns the sum of its losses.
            """;
    }

    // Rows stand in the order of the whole sequences; lengths are those of the window.
    private static string FillWindow(ModelContext context)
    {
        int last = context.Model.SequenceLength / context.Model.CheckpointEvery - 1;
        string outputs = context.Plan.Head.RunsAtEnd ? $"window == {last}" : "!isKept || _isForwardOnly";
        return $"""
            (_window, _isKept) = (window, isKept);
                rows.FillWindow(new {ModelContext.Group}(_wholeRows, SequenceLength, BatchSize), window * RnnWindow);
                rows.HaveStates = window > 0 || _state is not null;
                rows.AreLast = window == {last};
                rows.HaveOutputs = {outputs};{GradientFlowEmitter.Window(context)}
            """;
    }

    private static string StartRows(ModelContext context) =>
        "RnnStart(ref w, ref a, first, last);" + (context.Plan.CarriesState ? "\n    _state?.Load(ref a, s_states, rows, _start, first, last);" : "");

    private static string StartWindow(ModelContext context) => $$"""
        if (_window > 0)
            {
                _checkpoints.Load(ref a, s_states, _window, first, last);
            }
            else
            {
                RnnStart(ref w, ref a, first, last);
                _state?.Load(ref a, s_states, rows, _start, first, last);
            }

        """;

    private static string TakeTargets(ModelContext context)
    {
        int whole = context.Plan.TargetLength, trained = context.Plan.TrainedTargetLength;
        return whole == trained
            ? $"rows.Sort(targets.Slice(start * {whole}, size * {whole}), {whole}, _targets);"
            : $"rows.Sort(targets.Slice(start * {whole} + window * {trained}), {whole}, {trained}, _targets);";
    }

    private static string Construction(ModelContext context) => context.Plan.SparseTables.Count < 2 ? " => _model = model;" : $$"""

            {
                _model = model;
                _fedEmbedding = new({{context.Plan.SparseTables[1].Table.VocabularySize}}, {{context.Plan.SparseTables[1].Table.Size}}, {{context.Plan.SparseTables[1].Tensor.Offset}}, _embedding);
            }
        """;

    private static string Table(PlannedTable table) => table.IsDecoders ? "_fedEmbedding" : "_embedding";

    // A table's tokens, their live rows, and steps.
    private static string Tokens(ModelContext context, PlannedTable table) => table.IsDecoders ? "_fedTokens, Decoded, OutputLength" : $"_tokens, Rows, {context.TrainedSteps}";

    private static string TokenFields(ModelContext context)
    {
        string type = $"{ModelContext.Runtime}.EmbeddingGradient";
        IReadOnlyList<PlannedTable> tables = context.Plan.SparseTables;
        return string.Concat(context.Plan.Tables.Select(t =>
        {
            bool isSecond = tables.Count > 1 && t == tables[1];
            string rest = isSecond ? Table(tables[0])
                : tables.Count > 1 ? $"s_segments, {tables[1].Table.VocabularySize}" : "s_segments";
            string field = $"private readonly {type} {Table(t)}";
            string tokens = $"private readonly int[] {(t.IsDecoders ? "_fedTokens" : "_tokens")} = new int[BatchSize * {(t.IsDecoders ? "OutputLength" : context.TrainedSteps)}];";

            // The second table's list is the first one's, which a field's initialiser cannot name.
            return !tables.Contains(t) ? $"\n\n    {tokens}" : isSecond
                ? $"\n\n    {tokens}\n    {field};"
                : $"\n\n    {tokens}\n    {field} = new({t.Table.VocabularySize}, {t.Table.Size}, {t.Tensor.Offset}, {rest});";
        }));
    }

    private static string DecodedFields(ModelContext context) => !context.Plan.IsDecoded ? "" : $"""

            private readonly int[] _decodedRows = new int[{context.Plan.DecodedRowsLength}];
            private readonly int[] _decodedLengths = new int[BatchSize];
            private readonly long[] _order = new long[BatchSize];
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

                if (_model.ScheduledSampling > 0 && !_isForwardOnly)
                {
                    _chosen ??= new {{context.Target}}[_targets.Length];
                    _targetsInOrder ??= new {{context.Target}}[_targets.Length];
                    RnnDecoder decoder = _model._rnnDecoders.Rent() ?? new RnnDecoder(_model);
                    decoder.Read(inputs.Slice(start * {{input}}, size * {{input}}), size, lengths.IsEmpty ? default : lengths.Slice(start, size));
                    decoder.Schedule(targets.Slice(start * {{target}}, size * {{target}}), _chosen, _model.ScheduledSampling, _model.SamplingSeed, _model.SamplingStep, start);
                    _model._rnnDecoders.Return(decoder);
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
        if (context.Model.IsCheckpointed)
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
                    {{ModelContext.Runtime}}.EmbeddingGradient.Gather(ref {{(t.IsDecoders ? "_fedTokens" : "_tokens")}}[step], {{steps}}, ref _model._rnnParameters[{{t.Tensor.Offset}}], {{t.Table.Size}}, ref a, {{buffer.Offset}} + step * {{buffer.StepLength}}, {{row}}, first, {{(t.IsDecoders ? "decoded" : "rows")}}.Last(step, last));
                }

            """ + "\n    ";
    }));

    // What is left out: drawn for each sequence, and nothing where a loss is only measured.
    private static string Masks(ModelContext context) => string.Concat(context.Plan.Training.Masks.Select(m =>
    {
        string rate = m.Rate.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        string draw = $"{ModelContext.Runtime}.Dropout.Draw(ref a, {m.Mask.Offset}, {m.Mask.StepLength / context.Model.BatchSize}, {m.Width}, _isForwardOnly ? 0 : {rate}, _model.DropoutSeed, _model.DropoutStep, {m.Index}, _start, rows, first, last);\n    ";
        return draw + (m.InPlace is { } reader ? InPlace(context, m, reader, isAdjoint: false) + "\n    " : "");
    }));

    private static string MaskedAdjoints(ModelContext context) => string.Concat(context.Plan.Training.Masks
        .Where(m => m.InPlace is { Plan.Shape.NeedsInputAdjoint: true })
        .Select(m => "\n        " + InPlace(context, m, m.InPlace!, isAdjoint: true)));

    private static string InPlace(ModelContext context, PlannedMask mask, PlannedLayer reader, bool isAdjoint)
    {
        TrainingPlan training = context.Plan.Training;
        bool isFed = reader.Clock == Clock.Output;
        ArenaBuffer buffer = isAdjoint ? (isFed ? training.FedAdjoints : training.InputAdjoints)! : isFed ? training.Fed! : training.Inputs;
        int row = isAdjoint ? reader.Plan.InputRowStride : isFed ? training.FedRow : training.InputRow;
        string values = $"{buffer.Offset}, {buffer.StepLength}, {row}";
        return $"{ModelContext.Runtime}.Dropout.Copy(ref a, {values}, {values}, {mask.Mask.Offset}, {mask.Mask.StepLength / context.Model.BatchSize}, {mask.Width}, {buffer.Steps}, {(isFed ? "decoded" : "rows")}, first, last);";
    }

    private static string Scatter(ModelContext context) => string.Concat(context.Plan.Tables.Where(t => !t.Table.Frozen).Select(t =>
    {
        ArenaBuffer adjoints = (t.IsDecoders ? context.Plan.Training.FedAdjoints : context.Plan.Training.InputAdjoints)!;
        PlannedLayer reader = context.Plan.Layers.First(l => l.Source is null && (l.Clock == Clock.Output) == t.IsDecoders);
        string rows = t.IsDecoders ? "_fedTokens, decoded, OutputLength" : $"_tokens, rows, {context.TrainedSteps}";
        string scatter = t == context.Plan.TiedTable
            ? $"{ModelContext.Runtime}.EmbeddingGradient.Scatter({t.Tensor.Offset}, {t.Table.Size}, "
            : $"{Table(t)}.Scatter(";
        return $"\n        {scatter}{rows}, ref a, {adjoints.Offset}, {adjoints.StepLength}, {reader.Plan.InputRowStride}, ref _gradients[0], part, parts);";
    }));

    // Where to look for the first value that is not finite.
    private static void WriteTraces(ModelContext context)
    {
        string type = $"{ModelContext.Runtime}.TracedBuffer";
        TrainingPlan training = context.Plan.Training;
        int length = context.Model.Window.SequenceLength;
        int rows = context.Model.BatchSize;
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
            forward.Add($"new(\"the output of {layer.Name}\", {output.At(layer.FirstOutput)}, {firstTime}, {layer.Steps}, {output.StepLength}, 1, 0, {plan.RowStride}, {plan.Size}{atEnd})");
            for (int lane = layer.IsTrained ? plan.Lanes - 1 : -1; lane >= 0; lane--)
            {
                backward.Insert(0, $"new(\"∂L/∂a{plan.LaneName(lane)} of {layer.Name}\", {slots.Offset + lane * plan.Block}, {firstTime}, {layer.Steps}, {slots.StepLength}, {plan.Blocks}, {rows * plan.SlotRow}, {plan.SlotRow}, {Math.Min(plan.Block, plan.Size)}{atEnd})");
            }
        }

        context.Writer.Write($"private static readonly {type}[] s_forwardTrace =\n{{");
        forward.ForEach(f => context.Writer.Write($"    {f},"));
        context.Writer.Write($"}};\n\nprivate static readonly {type}[] s_backwardTrace =\n{{");
        backward.ForEach(b => context.Writer.Write($"    {b},"));
        context.Writer.Write("};");
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

    private static void WriteLoss(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        ModelPlan plan = context.Plan;
        TrainingPlan training = plan.Training;
        string number = context.Number;
        int stride = plan.Head.Plan.RowStride;
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
}
