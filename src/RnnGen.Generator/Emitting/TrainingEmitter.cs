using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes the training job: what all groups share, and how they run.</summary>
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
            ? $"{ModelContext.Runtime}.TargetMask.Present(targets, lengths, count, {plan.OutputSteps})"
            : $"(double){steps} * {terms}";
        string traced = plan.IsDecoded ? ", group.Decoded" : "";
        bool carries = plan.CarriesState;
        IReadOnlyList<PlannedTable> sparse = plan.SparseTables;
        string most = plan.GroupsTogether > 0 ? $"{plan.GroupsTogether}" : "_model._rnnThreads";
        string stateDeclared = carries ? $", global::RnnGen.BatchState<{number}>? state" : "";
        string inputsDeclared = $"global::System.ReadOnlySpan<{input}> inputs, global::System.ReadOnlySpan<{target}> targets, int count, global::System.ReadOnlySpan<int> lengths";
        writer.Write($$"""
            // Training: sequences are taken in groups of {{training.GroupSize}}, few enough that most of what they leave for the backward pass is still in the
            // second-level cache there. A thread takes a group through forward, loss and BPTT in memory of its own.
            // {{(training.SumCount == 1
                ? "All groups add their weight gradients to one sum, one after the other."
                : $"Group g adds its weight gradients to sum g mod {training.SumCount}; in the end the sums are added up in their order, so that the bits do not depend on threads.")}}
            private const int RnnGroupSize = {{training.GroupSize}};
            private const int RnnSums = {{training.SumCount}};

            """);
        using (writer.Open($"private sealed class RnnTraining : {ModelContext.Runtime}.ParallelJob"))
        {
            writer.Write($$"""
                private readonly {{context.Name}} _model;
                private readonly RnnGroup?[] _groups = new RnnGroup?[RnnSums];
                private readonly {{ModelContext.Runtime}}.AlignedBuffer<{{number}}> _sums = new(RnnSums * {{training.SumLength}});
                private readonly {{number}}[] _gradients = new {{number}}[ParameterCount];{{TableFields(context)}}
                private {{number}} _scale;
                private bool _isForwardOnly;
                private int _first;
                private int _running;{{(plan.Tables.Any(t => !t.Table.Frozen) ? "\nprivate bool _isScatter;" : "")}}{{(carries ? $"\nprivate global::RnnGen.BatchState<{number}>? _state;" : "")}}{{WindowFields(context)}}{{GradientFlowEmitter.Field(context)}}

                public RnnTraining({{context.Name}} model){{Construction(context)}}

                public global::System.ReadOnlySpan<{{number}}> Gradients => _gradients;

                // What an update changes.
                public global::System.ReadOnlySpan<global::RnnGen.ParameterSegment> Segments => {{(sparse.Count > 0 ? $"{Table(sparse[0])}.Segments" : "s_segments")}};

                private static readonly global::RnnGen.ParameterSegment[] s_segments = { {{dense}} };

                {{ModelContext.Optimized}}
                public {{number}} ComputeLoss({{inputsDeclared}}{{stateDeclared}})
                {
                    _isForwardOnly = true;{{(carries ? "\n    _state = state;" : "")}}
                    double terms = {{sumOfTerms}};
                    _scale = ({{number}})(1 / {{(model.MaskedTargets ? "global::System.Math.Max(1, terms)" : "terms")}});
                    double sum = 0;
                    for (int start = 0; start < count; start += _running * RnnGroupSize)
                    {
                        RunGroups(inputs, targets, start, count, lengths, {{most}});
                        for (int i = 0; i < _running; i++)
                        {
                            sum += Group(i).Loss;
                        }
                    }

                    {{(carries ? $"{ModelContext.Runtime}.CarriedStates.CommitStates(state, count);\n    " : "")}}return ({{number}})(sum / terms);
                }

                {{ModelContext.Optimized}}
                public {{number}} ComputeGradients({{inputsDeclared}}{{stateDeclared}})
                {
                    _isForwardOnly = false;{{(carries ? "\n    _state = state;" : "")}}{{GradientFlowEmitter.Begin(context)}}
                    double terms = {{sumOfTerms}};
                    _scale = ({{number}})(1 / {{(model.MaskedTargets ? "global::System.Math.Max(1, terms)" : "terms")}});
                    int sums = global::System.Math.Min(RnnSums, (count + RnnGroupSize - 1) / RnnGroupSize);
                    _sums.Span.Slice(0, sums * {{training.SumLength}}).Clear();
                    {{(sparse.Count > 0 ? $"{Table(sparse[0])}.Clear<{number}>(_gradients);\n    " : "")}}{{(plan.TiedTable is { } tied ? $"{ModelContext.Runtime}.Rows.Clear(ref _gradients[0], {tied.Tensor.Offset}, {tied.Tensor.Length}, 0, 1); // {tied.Tensor.Name}\n    " : "")}}double sum = 0;
                    for (int start = 0; start < count; start += _running * RnnGroupSize)
                    {
                        RunGroups(inputs, targets, start, count, lengths, {{most}});
                        for (int i = 0; i < _running; i++)
                        {
                            RnnGroup group = Group(i);
                            if (!double.IsFinite(group.Loss))
                            {
                                throw {{(model.IsRecomputed ? "FindWindow(group.Loss, inputs, targets, start + i * RnnGroupSize, count, lengths)" : $"{ModelContext.Runtime}.NonFinite.Loss<{number}>(group.Loss, group.Arena, group.Rows, s_forwardTrace, start + i * RnnGroupSize{traced})")}};
                            }

                            sum += group.Loss;
                        }{{(model.IsRecomputed ? "" : Scatter(context, "        "))}}
                    }

                    ref {{number}} g = ref _sums.First;
                    for (int i = 1; i < sums; i++)
                    {
                        {{ModelContext.Runtime}}.Rows.Add(ref g, i * {{training.SumLength}}, 0, {{training.SumLength}}, ref g, 0, 0, 0, 1);
                    }

                    RnnTakeGradients(ref g, ref _gradients[0]);{{GradientFlowEmitter.Take(context)}}
                    if (!{{ModelContext.Runtime}}.NonFinite.None<{{number}}>(_gradients, Segments))
                    {
                        throw FindNonFinite(inputs, targets, count, lengths);
                    }

                    return ({{number}})(sum / terms);
                }
                {{Commit(context)}}
                // They run again, one after the other, until one shows where.
                private global::RnnGen.NonFiniteException FindNonFinite({{inputsDeclared}})
                {
                    {{GradientFlowEmitter.Pause(context)}}for (int start = 0; start < count; start += RnnGroupSize)
                    {
                        {{(model.IsRecomputed ? "_found = null;\n        _isSearching = true;\n        " : "")}}RunGroups(inputs, targets, start, count, lengths, 1);{{(model.IsRecomputed ? "\n        _isSearching = false;" : "\n        RnnGroup group = Group(0);")}}
                        if ({{(model.IsRecomputed ? "_found" : $"{ModelContext.Runtime}.NonFinite.Gradient<{number}>(group.Arena, group.Rows, s_forwardTrace, s_backwardTrace, start{traced})")}} is { } found)
                        {
                            return found;
                        }
                    }

                    return {{ModelContext.Runtime}}.NonFinite.GradientSum();
                }

                {{ModelContext.Inlined}}
                private RnnGroup Group(int index) => _groups[index] ??= new RnnGroup(this);

                {{(model.IsRecomputed ? Windows(context) : Groups(context))}}

                {{ModelContext.Optimized}}
                protected override void RunPart(int part, int parts)
                {
                    {{(plan.Tables.Any(t => !t.Table.Frozen) ? """
                        if (_isScatter)
                            {
                                for (int i = 0; i < _running; i++)
                                {
                                    Group(i).Scatter(part, parts);
                                }

                                return;
                            }


                        """ + "    " : "")}}switch (_model._rnnWidth)
                    {
                        case global::RnnGen.VectorWidth.V512: RunGroups<RnnV512>(part, parts); break;
                        case global::RnnGen.VectorWidth.V256: RunGroups<RnnV256>(part, parts); break;
                        case global::RnnGen.VectorWidth.V128: RunGroups<RnnV128>(part, parts); break;
                        default: throw {{ModelContext.NoKernels}};
                    }
                }

                {{ModelContext.Optimized}}
                private void RunGroups<K>(int part, int parts) where K : struct, IRnnKernels
                {
                    for (int i = part; i < _running; i += parts)
                    {
                        ref {{number}} g = ref {{ModelContext.Unsafe}}.Add(ref _sums.First, (_first + i) % RnnSums * {{training.SumLength}});
                        Group(i).Run<K>(ref _model._rnnPacks.First, ref g);
                    }
                }

                """);
            TrainedGroupEmitter.Write(context);
            writer.Line();
            TrainedGroupEmitter.WritePlaces(context);
        }

        writer.Line();
        LossEmitter.Write(context);
    }

    /// <summary>Whether a step leaves more than its gradient: the numbers that what is drawn follows from, and states.</summary>
    public static bool Commits(ModelContext context) => context.Plan.Training.Masks.Count > 0 || context.Plan.IsDecoded || context.Plan.CarriesState;

    private static string Commit(ModelContext context) => !Commits(context) ? "" : $$"""

        // What a step leaves for the next, when nothing can fail any more.
        {{ModelContext.Optimized}}
        public void Commit({{(context.Plan.CarriesState ? $"int count, global::RnnGen.BatchState<{context.Number}>? state" : "")}})
        {{{(context.Plan.Training.Masks.Count > 0 ? "\n    _model.DropoutStep++;" : "")}}{{(context.Plan.IsDecoded ? "\n    _model.SamplingStep++;" : "")}}{{(context.Plan.CarriesState ? $"\n    {ModelContext.Runtime}.CarriedStates.CommitGradients(state, count);" : "")}}
        }

        """;

    private static string Table(PlannedTable table) => TrainedGroupEmitter.Table(table);

    private static string WindowFields(ModelContext context) => !context.Model.IsRecomputed ? "" : """

        private int _window;
        private bool _isKept;
        private bool _isSearching;
        private global::RnnGen.NonFiniteException? _found;
        """;

    private static string Groups(ModelContext context) => $$"""
        // Takes some groups, one a thread, forward and back.
        {{ModelContext.Optimized}}
        private void RunGroups({{Spans(context)}}, int most)
        {
            Begin(start, count, most);
            for (int i = 0; i < _running; i++)
            {
                Group(i).Take(inputs, targets, start + i * RnnGroupSize, count, lengths);
            }

            Run(global::System.Math.Min(_model._rnnThreads, _running));
        }

        """ + Begin(context);

    private static string Begin(ModelContext context) => $$"""

        {{ModelContext.Optimized}}
        private void Begin(int start, int count, int most)
        {
            _first = start / RnnGroupSize;
            _running = global::System.Math.Min(global::System.Math.Min(most, RnnSums), (count - start + RnnGroupSize - 1) / RnnGroupSize);
        }
        """;

    private static string Spans(ModelContext context) =>
        $"global::System.ReadOnlySpan<{context.Input}> inputs, global::System.ReadOnlySpan<{context.Target}> targets, int start, int count, global::System.ReadOnlySpan<int> lengths";

    // After the groups' backward pass, while their adjoints are there: what their tokens give to the tables, in the order of the groups.
    private static string Scatter(ModelContext context, string indent)
    {
        string touch = context.Plan.SparseTables.Count == 0 ? "" : $$"""

            for (int i = 0; i < _running; i++)
            {
                Group(i).Touch();
            }

            """;
        string scatter = context.Plan.Tables.All(t => t.Table.Frozen) ? "" : """

            _isScatter = true;
            Run(_model._rnnThreads);
            _isScatter = false;
            """;
        string all = touch + scatter;
        return all.Length == 0 ? "" : "\n" + string.Join("\n", all.Split('\n').Select(l => l.Length == 0 ? "" : indent + l));
    }

    // Forward through the windows, keeping the states between them; then from the last window to the first, forward once more and back.
    private static string Windows(ModelContext context)
    {
        int last = context.Model.SequenceLength / context.Model.RecomputeEvery - 1;
        string nonFinite = $"{ModelContext.Runtime}.NonFinite";
        return $$"""
            // Takes some groups, one a thread, through all windows: forward, keeping the states between the windows; then from the last
            // window to the first, forward once more and back. A loss that is only measured needs the way forward alone.
            {{ModelContext.Optimized}}
            private void RunGroups({{Spans(context)}}, int most)
            {
                Begin(start, count, most);
                for (int i = 0; i < _running; i++)
                {
                    Group(i).Begin(start + i * RnnGroupSize, count, lengths);
                }

                for (int window = 0; window < {{(last == 0 ? "(_isForwardOnly ? 1 : 0)" : $"(_isForwardOnly ? {last + 1} : {last})")}}; window++)
                {
                    RunWindow(inputs, targets, start, count, window, isKept: window < {{last}});
                    if (_isForwardOnly && _isSearching && {{nonFinite}}.Forward<{{context.Number}}>(Group(0).Arena, Group(0).Rows, s_forwardTrace, start, window * RnnWindow, Group(0).Rows.HaveOutputs) is { } found)
                    {
                        throw found;
                    }
                }

                for (int window = {{last}}; window >= 0 && !_isForwardOnly; window--)
                {
                    RunWindow(inputs, targets, start, count, window, isKept: false);
                    if (_isSearching)
                    {
                        _found ??= {{nonFinite}}.Gradient<{{context.Number}}>(Group(0).Arena, Group(0).Rows, s_forwardTrace, s_backwardTrace, start, default, window * RnnWindow, Group(0).Rows.HaveOutputs);
                    }
            {{Scatter(context, "        ").TrimStart('\n')}}
                }
            }

            // Where a loss that is not finite came from, forward in time.
            private global::RnnGen.NonFiniteException FindWindow(double loss, {{Spans(context)}})
            {
                (_isForwardOnly, _isSearching) = (true, true);
                try
                {
                    RunGroups(inputs, targets, start, count, lengths, 1);
                }
                catch (global::RnnGen.NonFiniteException found)
                {
                    return found;
                }
                finally
                {
                    _isSearching = false;
                }

                return {{nonFinite}}.Loss<{{context.Number}}>(loss, Group(0).Arena, Group(0).Rows, global::System.ReadOnlySpan<{{ModelContext.Runtime}}.TracedBuffer>.Empty, start);
            }

            // Takes one window of each running group forward and back.
            {{ModelContext.Optimized}}
            private void RunWindow(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.ReadOnlySpan<{{context.Target}}> targets, int start, int count, int window, bool isKept)
            {
                (_window, _isKept) = (window, isKept);{{GradientFlowEmitter.Window(context)}}
                for (int i = 0; i < _running; i++)
                {
                    Group(i).Take(inputs, targets, start + i * RnnGroupSize, count, window, isKept);
                }

                Run(global::System.Math.Min(_model._rnnThreads, _running));
            }

            """ + Begin(context);
    }

    private static string Construction(ModelContext context) => context.Plan.SparseTables.Count < 2 ? " => _model = model;" : $$"""

            {
                _model = model;
                _fedEmbedding = new({{context.Plan.SparseTables[1].Table.VocabularySize}}, {{context.Plan.SparseTables[1].Table.Size}}, {{context.Plan.SparseTables[1].Tensor.Offset}}, _embedding);
            }
        """;

    private static string TableFields(ModelContext context)
    {
        string type = $"{ModelContext.Runtime}.EmbeddingGradient";
        IReadOnlyList<PlannedTable> tables = context.Plan.SparseTables;

        // The second table's list is the first one's, which a field's initialiser cannot name.
        return string.Concat(tables.Select((t, i) => $"\nprivate readonly {type} {Table(t)}" + (i > 0 ? ";"
            : $" = new({t.Table.VocabularySize}, {t.Table.Size}, {t.Tensor.Offset}, s_segments{(tables.Count > 1 ? $", {tables[1].Table.VocabularySize}" : "")});")));
    }
}
