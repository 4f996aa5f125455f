using System.Linq;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes a decoder that predicts: what reads the input, one step, and the methods that decode.</summary>
internal static class DecoderEmitter
{
    public static void Write(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        DecoderPlan decoder = plan.Unrolled!.Decoder!;
        string number = context.Number;
        string input = context.Input;
        string table = context.ReadsTokens ? "ref _model._rnnParameters[0], " : "";
        PlannedTable? fed = plan.Tables.FirstOrDefault(t => t.IsDecoders);
        context.Writer.Write($$"""
            // Decodes sequences: the input is read layer by layer, then a step follows the other, each fed with what the last one gave.
            private sealed class RnnDecoder : {{ModelContext.Runtime}}.SequenceDecoder<{{number}}>
            {
                private static readonly {{ModelContext.Runtime}}.DecoderShape s_shape = new()
                {
                    Rows = {{decoder.Rows}},
                    Steps = OutputLength,
                    OutputSize = {{context.Model.OutputSize}},
                    FedSize = {{context.Model.Decoder!.FeatureSize(context.Model.OutputSize)}},{{(fed is null ? "" : $"\n        Table = {fed.Tensor.Offset},\n        StartToken = {context.Model.Decoder.StartToken},\n        EndToken = {context.Model.Decoder.EndToken},")}}
                    Fed = new({{decoder.Fed.Offset}}, 0, {{decoder.Fed.Row}}),
                    Outputs = new({{decoder.Outputs.Offset}}, 0, {{decoder.Outputs.Row}}),{{(decoder.Weights is { } weights ? $"\n        Weights = new({weights.Offset}, 0, {weights.Row})," : "")}}
                    States = new {{ModelContext.Runtime}}.DecoderState[]
                    {
            {{string.Join("\n", decoder.States.Select(s => $"            new({s.Even.Offset}, {s.Odd.Offset}, {s.Layer.Plan.StateRow(s.Name)}), // {s.Layer.Name} {s.Name}"))}}
                    },
                };

                private readonly {{context.Name}} _model;
                private readonly {{ModelContext.Runtime}}.AlignedBuffer<{{number}}> _arena = new({{plan.ScratchLength}});
                private readonly int[] _rows = new int[{{plan.GroupRowsLength}}];
                private readonly {{input}}[] _sorted = new {{input}}[{{context.Model.BatchSize * context.Model.InputLength}}];

                public RnnDecoder({{context.Name}} model) : base(s_shape) => _model = model;

                protected override global::System.Span<{{number}}> Arena => _arena.Span;

                protected override global::System.ReadOnlySpan<{{number}}> Parameters => _model._rnnParameters;

                protected override {{ModelContext.Group}} Group => new(_rows, SequenceLength, BatchSize);

                // Reads sequences, and puts the decoder's states where it starts.
                {{ModelContext.Optimized}}
                public void Read(global::System.ReadOnlySpan<{{input}}> inputs, int size, global::System.ReadOnlySpan<int> lengths)
                {
                    Group.Fill(lengths, size);
                    Group.Sort<{{input}}>(inputs, {{context.Model.InputLength}}, _sorted);
                    switch (_model._rnnWidth)
                    {
                        case global::RnnGen.VectorWidth.V512: Read<RnnV512>(size); break;
                        case global::RnnGen.VectorWidth.V256: Read<RnnV256>(size); break;
                        case global::RnnGen.VectorWidth.V128: Read<RnnV128>(size); break;
                        default: throw {{ModelContext.NoKernels}};
                    }
                }

                {{ModelContext.Optimized}}
                private void Read<K>(int size) where K : struct, IRnnKernels =>
                    RnnPredictRows<K>(ref _sorted[0], {{table}}ref _model._rnnPacks.First, ref _arena.First, Group, 0, size);

                {{ModelContext.Optimized}}
                protected override void RunStep(int rows, bool isShared, bool isOdd)
                {
                    switch (_model._rnnWidth)
                    {
                        case global::RnnGen.VectorWidth.V512: RunStep<RnnV512>(rows, isShared, isOdd); break;
                        case global::RnnGen.VectorWidth.V256: RunStep<RnnV256>(rows, isShared, isOdd); break;
                        case global::RnnGen.VectorWidth.V128: RunStep<RnnV128>(rows, isShared, isOdd); break;
                        default: throw {{ModelContext.NoKernels}};
                    }
                }

                {{ModelContext.Optimized}}
                private void RunStep<K>(int rows, bool isShared, bool isOdd) where K : struct, IRnnKernels
                {
                    ref {{number}} w = ref _model._rnnPacks.First;
                    ref {{number}} a = ref _arena.First;
                    if (isOdd) RnnDecodeOdd<K>(ref w, ref a, Group, isShared, rows);
                    else RnnDecodeEven<K>(ref w, ref a, Group, isShared, rows);
                }
            }
            """);
    }

    /// <summary>The methods that decode, behind the checks of the surface.</summary>
    public static void WritePrediction(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        string number = context.Number;
        string input = context.Input;
        int inputLength = context.Model.InputLength;
        int outputLength = plan.OutputSteps * context.Model.OutputSize;
        context.Writer.Write($$"""
            {{ModelContext.Optimized}}
            private void RnnPredict(global::System.ReadOnlySpan<{{input}}> inputs, global::System.Span<{{number}}> outputs, int count, global::System.ReadOnlySpan<int> lengths)
            {
                RnnDecoder decoder = _rnnDecoders.Rent() ?? new RnnDecoder(this);
                for (int start = 0; start < count; start += BatchSize)
                {
                    // One sequence may be given without what is beyond its length.
                    int size = global::System.Math.Min(BatchSize, count - start);
                    global::System.ReadOnlySpan<{{input}}> group = inputs.Slice(start * {{inputLength}}, count == 1 ? inputs.Length : size * {{inputLength}});
                    decoder.Read(group, size, lengths.IsEmpty ? default : lengths.Slice(start, size));
                    decoder.Predict(outputs.Slice(start * {{outputLength}}, size * {{outputLength}}), start);
                }

                _rnnDecoders.Return(decoder);
            }
            """);
        if (!context.DecodesTokens)
        {
            return;
        }

        string check = context.Model.Embedding is { } embedding ? $"\n    {ModelContext.Runtime}.Check.Tokens(input, {embedding.VocabularySize}, nameof(input));" : "";
        bool attends = plan.Unrolled!.Decoder!.Weights is not null;
        string checks = $"""
            {ModelContext.Runtime}.Check.SequenceLength(length, SequenceLength);
                {ModelContext.Runtime}.Check.Length(input.Length, length * {context.Model.InputSize}, nameof(input), length == SequenceLength ? "SequenceLength × InputSize" : "length × InputSize");
                {ModelContext.Runtime}.Check.AtLeast(tokens.Length, {plan.OutputSteps}, nameof(tokens), "OutputLength");{check}
            """;
        context.Writer.Line().Write($$"""
            /// <summary>Decodes one sequence of tokens. After the first call with the same kind of options it does not allocate; it is safe from many threads at once.</summary>
            /// <param name="input">[length × {{context.Model.InputSize}}] {{context.InputNoun}}.</param>
            /// <param name="tokens">Receives the tokens; at least {{plan.OutputSteps}} (OutputLength) elements.</param>
            /// <param name="options">How tokens are chosen; by default the most probable one at each step.</param>
            /// <param name="length">Steps of the input, from 1 to {{context.Model.SequenceLength}}.</param>
            /// <returns>The number of tokens; the end token is not among them.</returns>
            /// <exception cref="global::System.ArgumentException">A span has another length, or the options ask for too many beams.</exception>
            /// <exception cref="global::RnnGen.NonFiniteException">A logit is NaN or infinite, so that no token is the most probable.</exception>
            {{ModelContext.Optimized}}
            public int Generate(global::System.ReadOnlySpan<{{input}}> input, global::System.Span<int> tokens, global::RnnGen.DecodingOptions? options = null, int length = SequenceLength)
            {
                {{checks}}
                return RnnGenerate(input, tokens, options ?? global::RnnGen.DecodingOptions.Greedy, default, length);
            }

            {{ModelContext.Optimized}}
            private int RnnGenerate(global::System.ReadOnlySpan<{{input}}> input, global::System.Span<int> tokens, global::RnnGen.DecodingOptions options, global::System.Span<{{number}}> weights, int length)
            {
                RnnDecoder decoder = _rnnDecoders.Rent() ?? new RnnDecoder(this);
                decoder.Read(input, 1, new global::System.ReadOnlySpan<int>(in length));
                int count = decoder.Generate(tokens, options, weights);
                _rnnDecoders.Return(decoder);
                return count;
            }
            """);
        if (attends)
        {
            context.Writer.Line().Write($$"""
                /// <summary>Decodes one sequence of tokens, the most probable one at each step, and gives the attention of each step over the input.</summary>
                /// <param name="input">[length × {{context.Model.InputSize}}] {{context.InputNoun}}.</param>
                /// <param name="tokens">Receives the tokens; at least {{plan.OutputSteps}} (OutputLength) elements.</param>
                /// <param name="attention">[{{plan.OutputSteps}} × {{context.Model.SequenceLength}}] weights, written for each token: they sum to 1 over the input's steps.</param>
                /// <param name="length">Steps of the input, from 1 to {{context.Model.SequenceLength}}.</param>
                /// <returns>The number of tokens; the end token is not among them.</returns>
                /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
                /// <exception cref="global::RnnGen.NonFiniteException">A logit is NaN or infinite, so that no token is the most probable.</exception>
                public int GenerateWithAttention(global::System.ReadOnlySpan<{{input}}> input, global::System.Span<int> tokens, global::System.Span<{{number}}> attention, int length = SequenceLength)
                {
                    {{checks}}
                    {{ModelContext.Runtime}}.Check.Length(attention.Length, {{plan.OutputSteps * context.Model.SequenceLength}}, nameof(attention), "OutputLength × SequenceLength");
                    attention.Clear();
                    return RnnGenerate(input, tokens, global::RnnGen.DecodingOptions.Greedy, attention, length);
                }
                """);
        }
    }
}
