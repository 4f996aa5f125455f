using RnnGen.Generator.Common;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes how users predict: one sequence, a batch, probabilities, classes, labels.</summary>
internal static class PredictionSurfaceEmitter
{
    public static void Write(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        ModelSpecification model = context.Model;
        string number = context.Number;
        int inputLength = model.InputLength;
        string input = context.Input;
        int outputLength = plan.OutputSteps * model.OutputSize;
        string beyond = context.DecodesTokens ? "; steps after the end token are 0" : plan is { OutputSteps: > 1, IsDecoded: false } ? "; steps beyond the length are 0" : "";
        string outputs = model.Loss.Definition.ReadsLogits ? "the logits" : "the outputs";
        context.Writer.Write($$"""
            /// <summary>Computes {{outputs}} of one sequence. It does not allocate, and is safe from many threads at once.</summary>
            /// <param name="input">[length × {{model.InputSize}}] {{context.InputNoun}}.</param>
            /// <param name="output">[{{context.OutputShape}}] values, written{{beyond}}.</param>
            /// <param name="length">Steps of the sequence, from 1 to {{model.SequenceLength}}.</param>
            /// <exception cref="global::System.ArgumentException">A span has another length, or the sequence has too few or many steps.</exception>
            {{ModelContext.Optimized}}
            public void Predict(global::System.ReadOnlySpan<{{context.Input}}> input, global::System.Span<{{number}}> output, int length = SequenceLength)
            {
                {{ModelContext.Runtime}}.Check.SequenceLength(length, SequenceLength);
                {{ModelContext.Runtime}}.Check.Length(input.Length, length * {{model.InputSize}}, nameof(input), length == SequenceLength ? "SequenceLength × InputSize" : "length × InputSize");
                {{ModelContext.Runtime}}.Check.Length(output.Length, {{outputLength}}, nameof(output), "{{OutputLengthShape(plan)}}");{{TokenCheck(context, "input", "default")}}
                RnnPredict(input, output, 1, new global::System.ReadOnlySpan<int>(in length));
            }

            /// <summary>Computes {{outputs}} of one sequence.</summary>
            /// <param name="input">[length × {{model.InputSize}}] {{context.InputNoun}}.</param>
            /// <param name="length">Steps of the sequence, from 1 to {{model.SequenceLength}}.</param>
            /// <returns>[{{context.OutputShape}}] values{{beyond}}.</returns>
            public {{number}}[] Predict(global::System.ReadOnlySpan<{{context.Input}}> input, int length = SequenceLength)
            {
                {{number}}[] output = new {{number}}[{{outputLength}}];
                Predict(input, output, length);
                return output;
            }

            /// <inheritdoc cref="Predict(global::System.ReadOnlySpan{{{input}}}, int)"/>
            public {{number}}[] Predict({{input}}[] input, int length = SequenceLength) => Predict(new global::System.ReadOnlySpan<{{input}}>(input), length);

            /// <summary>Computes {{outputs}} of many sequences. It does not allocate, and is safe from many threads at once.</summary>
            /// <param name="inputs">[count × {{context.InputShape}}] {{context.InputNoun}}.</param>
            /// <param name="outputs">[count × {{context.OutputShape}}] values, written{{beyond}}.</param>
            /// <param name="count">Sequences.</param>
            /// <param name="lengths">[count] numbers of steps from 1 to {{model.SequenceLength}}, or none where all sequences have all steps; inputs beyond them are not read.</param>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            {{ModelContext.Optimized}}
            public void PredictBatch(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.Span<{{number}}> outputs, int count, global::System.ReadOnlySpan<int> lengths = default)
            {
                {{ModelContext.Runtime}}.Check.Count(count, 0);
                {{ModelContext.Runtime}}.Check.Lengths(lengths, count, SequenceLength);
                {{ModelContext.Runtime}}.Check.Length(inputs.Length, (long)count * {{inputLength}}, nameof(inputs), "count × SequenceLength × InputSize");
                {{ModelContext.Runtime}}.Check.Length(outputs.Length, (long)count * {{outputLength}}, nameof(outputs), "count × {{OutputLengthShape(plan)}}");{{TokenCheck(context, "inputs", "lengths")}}
                RnnPredict(inputs, outputs, count, lengths);
            }

            """);
        if (plan.IsDecoded)
        {
            DecoderEmitter.WritePrediction(context);
        }
        else
        {
            WriteGroups(context);
        }

        if (model.Loss.Definition.Targets == LossTargets.Classes)
        {
            WriteClasses(context);
        }

        if (model.Loss.Definition.ReadsLogits)
        {
            WriteProbabilities(context, beyond);
        }

        if (plan.IsCtc)
        {
            WriteLabels(context);
        }
    }

    private static void WriteGroups(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        string number = context.Number;
        string input = context.Input;
        int inputLength = context.Model.InputLength;
        int outputLength = plan.OutputSteps * context.Model.OutputSize;
        context.Writer.Write($$"""
            {{ModelContext.Optimized}}
            private void RnnPredict(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.Span<{{number}}> outputs, int count, global::System.ReadOnlySpan<int> lengths)
            {
                {{ModelContext.Runtime}}.AlignedBuffer<{{number}}> scratch = _rnnScratch.Rent();
                for (int start = 0; start < count; start += BatchSize)
                {
                    int size = global::System.Math.Min(BatchSize, count - start);
                    global::System.ReadOnlySpan<{{input}}> x = inputs.Slice(start * {{inputLength}});
                    global::System.ReadOnlySpan<int> steps = lengths.IsEmpty ? default : lengths.Slice(start, size);
                    ref {{number}} y = ref global::System.Runtime.InteropServices.MemoryMarshal.GetReference(outputs.Slice(start * {{outputLength}}));
                    switch (_rnnWidth)
                    {
                        case global::RnnGen.VectorWidth.V512: RnnPredict<RnnV512>(x, ref scratch.First, ref y, size, steps); break;
                        case global::RnnGen.VectorWidth.V256: RnnPredict<RnnV256>(x, ref scratch.First, ref y, size, steps); break;
                        case global::RnnGen.VectorWidth.V128: RnnPredict<RnnV128>(x, ref scratch.First, ref y, size, steps); break;
                        default: throw {{ModelContext.NoKernels}};
                    }
                }

                _rnnScratch.Return(scratch);{{(plan.OutputSteps > 1 ? $"\n    {ModelContext.Runtime}.Rows.ClearBeyond(outputs, SequenceLength, lengths);" : "")}}
            }

            {{ModelContext.Optimized}}
            private void RnnPredict<K>(global::System.ReadOnlySpan<{{context.Input}}> inputs, ref {{number}} a, ref {{number}} y, int size, global::System.ReadOnlySpan<int> lengths) where K : struct, IRnnKernels
            {
                ref {{input}} x = ref global::System.Runtime.InteropServices.MemoryMarshal.GetReference(inputs);
                {{PredictRows(context)}}
            }
            """);
    }

    private static void WriteProbabilities(ModelContext context, string beyond)
    {
        ModelPlan plan = context.Plan;
        ModelSpecification model = context.Model;
        string number = context.Number;
        string input = context.Input;
        int outputLength = plan.OutputSteps * model.OutputSize;
        string clearProbabilities = plan is { OutputSteps: > 1, IsDecoded: false } ? $"\n    {ModelContext.Runtime}.Rows.ClearBeyond(output, SequenceLength, new global::System.ReadOnlySpan<int>(in length));" : "";
        string function = model.Loss.Definition.Probability switch
        {
            LossProbability.Softmax => $"Softmax<{number}>(output, {model.OutputSize})",
            LossProbability.Sigmoid => $"Sigmoid<{number}>(output)",
            _ => throw Choices.Unimplemented(model.Loss.Definition.Probability),
        };
        context.Writer.Line().Write($$"""
                /// <summary>Computes the probabilities of one sequence: the {{model.Loss.Definition.Probability.ToString().ToLowerInvariant()}} of the logits. It does not allocate.</summary>
                /// <param name="input">[length × {{model.InputSize}}] {{context.InputNoun}}.</param>
                /// <param name="output">[{{context.OutputShape}}] values, written{{beyond}}.</param>
                /// <param name="length">Steps of the sequence, from 1 to {{model.SequenceLength}}.</param>
                /// <exception cref="global::System.ArgumentException">A span has another length, or the sequence has too few or many steps.</exception>
                /// <exception cref="global::RnnGen.NonFiniteException">A logit is NaN{{(model.Loss.Definition.Probability == LossProbability.Sigmoid ? "" : " or infinite")}}, so that there are no probabilities.</exception>
                public void PredictProbabilities(global::System.ReadOnlySpan<{{context.Input}}> input, global::System.Span<{{number}}> output, int length = SequenceLength)
                {
                    Predict(input, output, length);
                    {{ModelContext.Runtime}}.Logits.{{function}};{{clearProbabilities}}
                }

                /// <inheritdoc cref="PredictProbabilities(global::System.ReadOnlySpan{{{input}}}, global::System.Span{{{number}}}, int)"/>
                public {{number}}[] PredictProbabilities(global::System.ReadOnlySpan<{{context.Input}}> input, int length = SequenceLength)
                {
                    {{number}}[] output = new {{number}}[{{outputLength}}];
                    PredictProbabilities(input, output, length);
                    return output;
                }
                """);
    }

    private static string PredictRows(ModelContext context)
    {
        string table = context.ReadsTokens ? "ref _rnnParameters[0], " : "";
        string one = $"RnnPredictOne<K>(ref x, {table}ref _rnnPacks.First, ref a, ref y, lengths.IsEmpty ? SequenceLength : lengths[0]);";
        int inputLength = context.Model.InputLength;
        string single = context.Plan.Unrolled is not null ? "" : $$"""
              if (size == 1)
                  {
                      {{one}}
                      return;
                  }


              """ + "    ";
        return !context.Plan.PredictsBatches
            ? one
            : $$"""
              {{single}}{{ModelContext.Runtime}}.AlignedBuffer<int> memory = _rnnRows.Rent();
                  {{ModelContext.Group}} rows = new(memory.Span, SequenceLength, BatchSize);
                  rows.Fill(lengths, size);
                  if (lengths.IsEmpty)
                  {
                      RnnPredictRows<K>(ref x, {{table}}ref _rnnPacks.First, ref a, ref y, rows, 0, size);
                  }
                  else
                  {
                      {{ModelContext.Runtime}}.AlignedBuffer<{{context.Input}}> sorted = _rnnSorted.Rent();
                      rows.Sort(inputs, {{inputLength}}, sorted.Span);
                      RnnPredictRows<K>(ref sorted.First, {{table}}ref _rnnPacks.First, ref a, ref y, rows, 0, size);
                      _rnnSorted.Return(sorted);
                  }

                  _rnnRows.Return(memory);
              """;
    }

    public static string TokenCheck(ModelContext context, string name, string lengths) => context.Model.Embedding is { } embedding
        ? $"\n    {ModelContext.Runtime}.Check.Tokens({name}, {embedding.VocabularySize}, nameof({name}), {lengths}, SequenceLength);"
        : "";

    private static void WriteClasses(ModelContext context)
    {
        string number = context.Number;
        int outputLength = context.Plan.OutputSteps * context.Model.OutputSize;
        context.Writer.Line();
        if (context.Plan.OutputSteps == 1)
        {
            context.Writer.Write($$"""
                /// <summary>The most probable class of one sequence. It does not allocate.</summary>
                /// <param name="input">[length × {{context.Model.InputSize}}] {{context.InputNoun}}.</param>
                /// <param name="length">Steps of the sequence, from 1 to {{context.Model.SequenceLength}}.</param>
                /// <returns>The class, from 0.</returns>
                /// <exception cref="global::RnnGen.NonFiniteException">A logit is NaN or infinite, so that no class is the most probable.</exception>
                public int PredictClass(global::System.ReadOnlySpan<{{context.Input}}> input, int length = SequenceLength)
                {
                    int result = 0;
                    PredictClasses(input, new global::System.Span<int>(ref result), length);
                    return result;
                }

                """);
        }

        context.Writer.Write($$"""
            /// <summary>The most probable class of each output step of one sequence. It does not allocate.</summary>
            /// <param name="input">[length × {{context.Model.InputSize}}] {{context.InputNoun}}.</param>
            /// <param name="classes">[{{context.Plan.OutputSteps}}] classes from 0, written{{(context.Plan is { OutputSteps: > 1, IsDecoded: false } ? "; 0 at steps beyond the length" : "")}}.</param>
            /// <param name="length">Steps of the sequence, from 1 to {{context.Model.SequenceLength}}.</param>
            /// <exception cref="global::System.ArgumentException">A span has another length, or the sequence has too few or many steps.</exception>
            /// <exception cref="global::RnnGen.NonFiniteException">A logit is NaN or infinite, so that no class is the most probable.</exception>
            public void PredictClasses(global::System.ReadOnlySpan<{{context.Input}}> input, global::System.Span<int> classes, int length = SequenceLength)
            {
                {{ModelContext.Runtime}}.Check.Length(classes.Length, {{context.Plan.OutputSteps}}, nameof(classes), "output steps");
                {{ModelContext.Runtime}}.AlignedBuffer<{{number}}> logits = _rnnLogits.Rent();
                Predict(input, logits.Span, length);
                {{ModelContext.Runtime}}.Logits.Classes<{{number}}>(logits.Span, {{context.Model.OutputSize}}, classes);
                _rnnLogits.Return(logits);
            }

            private readonly {{ModelContext.Runtime}}.ScratchPool<{{number}}> _rnnLogits = new({{outputLength}});
            """);
    }

    private static void WriteLabels(ModelContext context)
    {
        string number = context.Number;
        int outputLength = context.Plan.OutputSteps * context.Model.OutputSize;
        context.Writer.Line().Write($$"""
            /// <summary>The labels of one sequence, from the most probable class of each step; a <see cref="global::RnnGen.CtcBeamSearch"/> over the logits finds better ones. It does not allocate.</summary>
            /// <param name="input">[length × {{context.Model.InputSize}}] {{context.InputNoun}}.</param>
            /// <param name="labels">Receives the labels; at least one element a step.</param>
            /// <param name="length">Steps of the sequence, from 1 to {{context.Model.SequenceLength}}.</param>
            /// <returns>The number of labels.</returns>
            /// <exception cref="global::RnnGen.NonFiniteException">A logit is NaN or infinite, so that no class is the most probable.</exception>
            public int PredictLabels(global::System.ReadOnlySpan<{{context.Input}}> input, global::System.Span<int> labels, int length = SequenceLength)
            {
                {{ModelContext.Runtime}}.AlignedBuffer<{{number}}> logits = _rnnLogits.Rent();
                Predict(input, logits.Span, length);
                int count = global::RnnGen.CtcDecoder.Greedy<{{number}}>(logits.Span.Slice(0, length * OutputSize), OutputSize, labels);
                _rnnLogits.Return(logits);
                return count;
            }

            private readonly {{ModelContext.Runtime}}.ScratchPool<{{number}}> _rnnLogits = new({{outputLength}});
            """);
    }

    private static string OutputLengthShape(ModelPlan plan) => plan.IsDecoded ? "OutputLength × OutputSize" : plan.OutputSteps == 1 ? "OutputSize" : "SequenceLength × OutputSize";
}
