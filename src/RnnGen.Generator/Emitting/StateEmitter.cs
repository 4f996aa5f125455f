using System.Linq;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes the streaming state: one sequence, fed step by step.</summary>
internal static class StateEmitter
{
    public static void Write(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        ModelPlan plan = context.Plan;
        PredictionPlan streaming = plan.Streaming!;
        string number = context.Number;
        string says = plan.OutputSteps == 1
            ? "what the model would say if the sequence ended there"
            : "the step's output";
        int poolLength = streaming.Pool is { } pool ? pool.Unit.Width + 1 : 0;
        int stateLength = streaming.States.Sum(s => s.Layer.Plan.StateSize(s.Name)) + poolLength;
        writer.Write($$"""
            /// <summary>Starts a sequence that is fed step by step. Many states share one set of weights; a state belongs to one thread.</summary>
            public State CreateState() => new(this);

            /// <summary>A sequence that is fed step by step; at each step it gives {{says}}.</summary>
            """);
        using (writer.Open("public sealed class State"))
        {
            writer.Write($$"""
                private readonly {{context.Name}} _model;
                private readonly {{ModelContext.Runtime}}.AlignedBuffer<{{number}}> _arena = new({{streaming.ArenaLength}});
                private bool _isOdd;{{(poolLength > 0 ? "\n    private int _steps;" : "")}}

                internal State({{context.Name}} model)
                {
                    _model = model;
                    Reset();
                }

                /// <summary>Values of a saved state: the hidden (and cell) states of all layers{{(poolLength > 0 ? ", the pooled outputs so far and the number of steps" : "")}}.</summary>
                public const int Length = {{stateLength}};

                /// <summary>Feeds one step. It does not allocate.</summary>
                /// <param name="x">[{{context.Model.InputSize}}] {{context.InputNoun}}.</param>
                /// <param name="y">[{{context.Model.OutputSize}}] values, written.</param>
                /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
                {{ModelContext.Optimized}}
                public void Step(global::System.ReadOnlySpan<{{context.Input}}> x, global::System.Span<{{number}}> y)
                {
                    {{ModelContext.Runtime}}.Check.Length(x.Length, InputSize, nameof(x), "InputSize");
                    {{ModelContext.Runtime}}.Check.Length(y.Length, OutputSize, nameof(y), "OutputSize");
                    {{Input(context)}}
                    switch (_model._rnnWidth)
                    {
                        case global::RnnGen.VectorWidth.V512: Step<RnnV512>(ref input); break;
                        case global::RnnGen.VectorWidth.V256: Step<RnnV256>(ref input); break;
                        case global::RnnGen.VectorWidth.V128: Step<RnnV128>(ref input); break;
                        default: throw {{ModelContext.NoKernels}};
                    }

                    _isOdd = !_isOdd;{{(poolLength > 0 ? "\n        _steps++;" : "")}}
                    ref {{number}} outputs = ref {{ModelContext.Unsafe}}.Add(ref _arena.First, {{streaming.Outputs.Offset}});
                    for (int i = 0; i < y.Length; i++)
                    {
                        y[i] = {{ModelContext.Unsafe}}.Add(ref outputs, i);
                    }
                }{{TokenStep(context)}}

                /// <summary>Begins a new sequence.</summary>
                public void Reset()
                {
                    _arena.Span.Clear();
                    _isOdd = false;{{(poolLength > 0 ? "\n        _steps = 0;" : "")}}{{Learned(context, streaming)}}
                }

                /// <summary>Copies this state to another one of the same model class.</summary>
                /// <param name="target">The other state.</param>
                public void CopyTo(State target)
                {
                    global::System.ArgumentNullException.ThrowIfNull(target);
                    _arena.Span.CopyTo(target._arena.Span);
                    target._isOdd = _isOdd;{{(poolLength > 0 ? "\n        target._steps = _steps;" : "")}}
                }

                /// <summary>Writes the state's values.</summary>
                /// <param name="values">[<see cref="Length"/>] values, written.</param>
                public void Save(global::System.Span<{{number}}> values)
                {
                    {{ModelContext.Runtime}}.Check.Length(values.Length, Length, nameof(values), "State.Length");
                """);
            int offset = 0;
            foreach (PredictionState state in streaming.States)
            {
                writer.Write($"    _arena.Span.Slice({Current(state)}, {state.Layer.Plan.StateSize(state.Name)}).CopyTo(values.Slice({offset})); // {state.Layer.Name} {state.Name}");
                offset += state.Layer.Plan.StateSize(state.Name);
            }

            if (streaming.Pool is { } saved)
            {
                writer.Write($"    _arena.Span.Slice({saved.SoFar.Offset}, {saved.Unit.Width}).CopyTo(values.Slice({offset})); // {saved.Unit.Name}'s outputs so far, and their number\n    values[{stateLength - 1}] = _steps;");
            }

            writer.Write($$"""
                }

                /// <summary>Goes on from values written by <see cref="Save"/>.</summary>
                /// <param name="values">[<see cref="Length"/>] values.</param>
                public void Restore(global::System.ReadOnlySpan<{{number}}> values)
                {
                    {{ModelContext.Runtime}}.Check.Length(values.Length, Length, nameof(values), "State.Length");
                    Reset();
                """);
            offset = 0;
            foreach (PredictionState state in streaming.States)
            {
                writer.Write($"    values.Slice({offset}, {state.Layer.Plan.StateSize(state.Name)}).CopyTo(_arena.Span.Slice({state.Even.Offset})); // {state.Layer.Name} {state.Name}");
                offset += state.Layer.Plan.StateSize(state.Name);
            }

            if (streaming.Pool is { } restored)
            {
                writer.Write($"    values.Slice({offset}, {restored.Unit.Width}).CopyTo(_arena.Span.Slice({restored.SoFar.Offset})); // {restored.Unit.Name}'s outputs so far, and their number\n    _steps = (int)values[{stateLength - 1}];");
            }

            writer.Write($$"""
                }
                """);
            writer.Write(ModelContext.Optimized);
            using (writer.Open($"private void Step<K>(ref {number} x) where K : struct, IRnnKernels"))
            {
                writer.Write($"""
                    ref {number} w = ref _model._rnnPacks.First;
                    ref {number} a = ref _arena.First;
                    """);
                using (writer.Open("if (_isOdd)"))
                {
                    ScheduleEmitter.WriteSteps(context, streaming.Steps[1]);
                }

                using (writer.Open("else"))
                {
                    ScheduleEmitter.WriteSteps(context, streaming.Steps[0]);
                }
            }
        }
    }

    /// <summary>Writes predictions that start from the states of a batch: each sequence is fed step by step.</summary>
    public static void WriteCarried(ModelContext context)
    {
        string number = context.Number;
        bool isLast = context.Plan.OutputSteps == 1;
        int output = context.Model.OutputSize;
        context.Writer.Write($$"""
            /// <summary>Computes the outputs of sequences that start from states, step by step; only the states change. It is there for measuring what was trained with carried states.</summary>
            /// <param name="inputs">[count × {{context.InputShape}}] {{context.InputNoun}}.</param>
            /// <param name="outputs">[count × {{context.OutputShape}}] values, overwritten{{(isLast ? "" : "; 0 at steps beyond a sequence's length")}}.</param>
            /// <param name="count">Sequences, at least 1.</param>
            /// <param name="state">What the sequences start from; then what they ended in.</param>
            /// <param name="lengths">[count] numbers of steps from 1 to {{context.Model.SequenceLength}}, or none where all sequences have all steps.</param>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            public void PredictBatch(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.Span<{{number}}> outputs, int count, global::RnnGen.BatchState<{{number}}> state, global::System.ReadOnlySpan<int> lengths = default)
            {
                {{ModelContext.Runtime}}.Check.Count(count, 1);
                {{ModelContext.Runtime}}.Check.Lengths(lengths, count, SequenceLength);
                {{ModelContext.Runtime}}.Check.Length(inputs.Length, (long)count * Layout.InputLength, nameof(inputs), "count × SequenceLength × InputSize");
                {{ModelContext.Runtime}}.Check.Length(outputs.Length, (long)count * Layout.OutputLength, nameof(outputs), "count × Layout.OutputLength");{{PredictionSurfaceEmitter.TokenCheck(context, "inputs", "lengths")}}
                {{ModelContext.Runtime}}.Check.State(state, count, RnnStateLength);
                State stream = CreateState();
                {{number}}[] values = new {{number}}[State.Length];
                outputs.Clear();
                for (int i = 0; i < count; i++)
                {
                    stream.Reset();
                    if (state.IsCarried(i))
                    {
                        global::System.Array.Clear(values);
                        state[i].CopyTo(values);
                        stream.Restore(values);
                    }

                    global::System.ReadOnlySpan<{{context.Input}}> input = inputs.Slice(i * Layout.InputLength, Layout.InputLength);
                    int steps = lengths.IsEmpty ? SequenceLength : lengths[i];
                    for (int t = 0; t < steps; t++)
                    {
                        stream.Step(input.Slice(t * InputSize, InputSize), outputs.Slice({{(isLast ? $"i * {output}" : $"i * Layout.OutputLength + t * {output}")}}, {{output}}));
                    }

                    stream.Save(values);
                    state.Set(i, new global::System.ReadOnlySpan<{{number}}>(values, 0, RnnStateLength));
                }
            }
            """);
    }

    // A token's row is read where it stands in the parameters, of which the table is the first.
    private static string Input(ModelContext context) => context.Model.Embedding is { } embedding
        ? $"""
            {ModelContext.Runtime}.Check.Tokens(x, {embedding.VocabularySize}, nameof(x));
                ref {context.Number} input = ref _model._rnnParameters[x[0] * {embedding.Size}];
            """
        : $"ref {context.Number} input = ref global::System.Runtime.InteropServices.MemoryMarshal.GetReference(x);";

    private static string TokenStep(ModelContext context) => !context.ReadsTokens ? "" : $$"""


        /// <summary>Feeds one token. It does not allocate.</summary>
        /// <param name="x">The token.</param>
        /// <param name="y">[{{context.Model.OutputSize}}] values, written.</param>
        /// <exception cref="global::System.ArgumentException">The token is not of the vocabulary, or the span has another length.</exception>
        public void Step(int x, global::System.Span<{{context.Number}}> y) => Step(new global::System.ReadOnlySpan<int>(in x), y);
        """;

    private static string Learned(ModelContext context, PredictionPlan streaming) => string.Concat(streaming.States
        .Where(s => s.Layer.Initials.ContainsKey(s.Name))
        .Select(s => $"\n    {ModelContext.Runtime}.Rows.Fill(ref {ModelContext.Unsafe}.Add(ref _model._rnnPacks.First, {s.Layer.Initials[s.Name].Pack}), ref _arena.First, {s.Even.Offset}, {s.Layer.Plan.StateRow(s.Name)}, 0, 1); // {s.Layer.Name} {s.Name}"));

    private static string Current(PredictionState state) =>
        state.Even == state.Odd ? $"{state.Even.Offset}" : $"_isOdd ? {state.Odd.Offset} : {state.Even.Offset}";
}
