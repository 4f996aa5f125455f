using RnnGen.Generator.Common;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes how users predict: one sequence, a batch, probabilities, classes, labels, decoded tokens.</summary>
internal static class PredictionSurfaceEmitter
{
    public static void Write(ModelContext context)
    {
        ModelSpecification model = context.Model;
        string sequence = $"{ModelContext.Sys}ReadOnlySpan<{context.Input}> input";
        string reference = $"Predict({ModelContext.Sys}ReadOnlySpan{{{context.Input}}}, {ModelContext.Sys}Span{{{context.Number}}}, int)";
        string input = $"/// <inheritdoc cref=\"{reference}\" path=\"/param\"/>";
        string outputs = model.Loss.Definition.ReadsLogits ? "the logits" : model.Loss.Definition.ReadsHead ? "the predictions" : "the outputs";
        string beyond = model.OutputTiming switch
        {
            OutputTiming.Once or OutputTiming.Decoded => "",
            OutputTiming.EachStep => "; steps beyond the length are 0",
            OutputTiming.UntilEndToken => "; steps after the end token are 0",
            _ => throw Choices.Unimplemented(model.OutputTiming),
        };
        WriteOne(context, sequence, reference, outputs, beyond);
        context.Writer.Line();
        WriteBatch(context, outputs, beyond);
        if (model.Loss.Definition.Targets == LossTargets.Classes)
        {
            WriteClasses(context, sequence, input);
        }

        if (model.Loss.Definition.ReadsLogits)
        {
            WriteProbabilities(context, sequence, input);
        }

        if (model.Loss.Definition.ReadsHead)
        {
            HeadSurfaceEmitter.Write(context, sequence, input);
        }

        if (context.Plan.IsCtc)
        {
            context.Writer.Line().Write($"""
                {input}
                /// <inheritdoc cref="{ModelContext.Core}.PredictLabels"/>
                public int PredictLabels({sequence}, {ModelContext.Sys}Span<int> labels, int length = SequenceLength) => _rnn.PredictLabels(input, labels, length);
                """);
        }

        if (context.DecodesTokens)
        {
            WriteGeneration(context, sequence, input);
        }
    }

    private static void WriteOne(ModelContext context, string sequence, string reference, string outputs, string beyond)
    {
        string number = context.Number, values = $"{ModelContext.Sys}Span<{number}>";
        context.Writer.Write($$"""
            // ---- Prediction ----

            /// <summary>Computes {{outputs}} of one sequence. It does not allocate. Safe to call from many threads at once.</summary>
            /// <param name="input">[{{(context.Model.IsRow ? $"{context.Model.InputLength}" : $"length × {context.Model.InputSize}")}}] {{context.InputNoun}}{{(context.Model.IsRow ? ": a whole row, whatever the length; steps beyond it are not read" : "")}}.</param>
            /// <param name="output">[{{context.OutputShape}}] values, written{{beyond}}.</param>
            /// <param name="length">Steps of the sequence, from 1 to {{context.Model.SequenceLength}}.</param>
            /// <exception cref="{{ModelContext.Sys}}ArgumentException">A span has another length, or the sequence has too few or too many steps.</exception>
            public void Predict({{sequence}}, {{values}} output, int length = SequenceLength) => _rnn.Predict(input, output, length);

            /// <inheritdoc cref="{{reference}}"/>
            /// <returns>[{{context.OutputShape}}] values{{beyond}}.</returns>
            public {{number}}[] Predict({{sequence}}, int length = SequenceLength) => _rnn.Predict(input, length);

            /// <inheritdoc cref="Predict({{ModelContext.Sys}}ReadOnlySpan{{{context.Input}}}, int)"/>
            public {{number}}[] Predict({{context.Input}}[] input, int length = SequenceLength) => _rnn.Predict(input, length);
            """);
    }

    private static void WriteBatch(ModelContext context, string outputs, string beyond)
    {
        string number = context.Number;
        string batch = $"{ModelContext.Sys}ReadOnlySpan<{context.Input}> inputs, {ModelContext.Sys}Span<{number}> outputs", lengths = $"{ModelContext.Sys}ReadOnlySpan<int> lengths = default";
        context.Writer.Write($$"""
            /// <summary>Computes {{outputs}} of many sequences. It does not allocate. Safe to call from many threads at once.</summary>
            /// <param name="inputs">[count × {{context.InputShape}}] {{context.InputNoun}}.</param>
            /// <param name="outputs">[count × {{context.OutputShape}}] values, overwritten{{beyond}}.</param>
            /// <param name="count">Sequences.</param>
            /// <param name="lengths">[count] numbers of steps from 1 to {{context.Model.SequenceLength}}, or empty if all sequences have all steps; inputs beyond a sequence's length are not read.</param>
            /// <exception cref="{{ModelContext.Sys}}ArgumentException">A span has another length.</exception>
            public void PredictBatch({{batch}}, int count, {{lengths}}) => _rnn.PredictBatch(inputs, outputs, count, lengths);
            """);
        if (context.Plan is { CarriesState: true, Streaming: not null })
        {
            context.Writer.Line().Write($$"""
                /// <inheritdoc cref="PredictBatch({{ModelContext.Sys}}ReadOnlySpan{{{context.Input}}}, {{ModelContext.Sys}}Span{{{number}}}, int, {{ModelContext.Sys}}ReadOnlySpan{int})" path="/param"/>
                /// <inheritdoc/>
                public void PredictBatch({{batch}}, int count, {{ModelContext.Library}}BatchState<{{number}}> state, {{lengths}}) => _rnn.PredictBatch(CreateState(), inputs, outputs, count, state, lengths);
                """);
        }
    }

    private static void WriteProbabilities(ModelContext context, string sequence, string input)
    {
        string link = context.Model.Loss.Definition.Probability switch
        {
            LossProbability.Softmax => "PredictSoftmax",
            LossProbability.Sigmoid => "PredictSigmoid",
            _ => throw Choices.Unimplemented(context.Model.Loss.Definition.Probability),
        };
        string number = context.Number;
        context.Writer.Line().Write($$"""
            {{input}}
            /// <inheritdoc cref="{{ModelContext.Core}}.{{link}}"/>
            public void PredictProbabilities({{sequence}}, {{ModelContext.Sys}}Span<{{number}}> output, int length = SequenceLength) => _rnn.{{link}}(input, output, length);

            /// <inheritdoc cref="PredictProbabilities({{ModelContext.Sys}}ReadOnlySpan{{{context.Input}}}, {{ModelContext.Sys}}Span{{{number}}}, int)"/>
            public {{number}}[] PredictProbabilities({{sequence}}, int length = SequenceLength)
            {
                {{number}}[] output = new {{number}}[{{context.Plan.OutputSteps * context.Model.OutputSize}}];
                PredictProbabilities(input, output, length);
                return output;
            }
            """);
    }

    private static void WriteClasses(ModelContext context, string sequence, string input)
    {
        if (context.Plan.OutputSteps == 1)
        {
            context.Writer.Line().Write($"""
                {input}
                /// <inheritdoc cref="{ModelContext.Core}.PredictClass"/>
                public int PredictClass({sequence}, int length = SequenceLength) => _rnn.PredictClass(input, length);
                """);
        }

        context.Writer.Line().Write($"""
            {input}
            /// <inheritdoc cref="{ModelContext.Core}.PredictClasses"/>
            public void PredictClasses({sequence}, {ModelContext.Sys}Span<int> classes, int length = SequenceLength) => _rnn.PredictClasses(input, classes, length);
            """);
    }

    private static void WriteGeneration(ModelContext context, string sequence, string input)
    {
        string core = $"{ModelContext.Runtime}.DecodingCore{{TNumber, TInput, TTarget}}";
        string declared = $"{sequence}, {ModelContext.Sys}Span<int> tokens";
        context.Writer.Line().Write($"""
            {input}
            /// <inheritdoc cref="{core}.Generate"/>
            public int Generate({declared}, {ModelContext.Library}DecodingOptions? options = null, int length = SequenceLength) => _rnn.Generate(input, tokens, options, length);
            """);
        if (context.Plan.Decoder!.Weights is not null)
        {
            string attention = $"/// <param name=\"attention\">[{context.Plan.OutputSteps} × {context.Model.SequenceLength}] weights, written for each token: they sum to 1 over the input's steps.</param>";
            string looked = $"{core}.GenerateWithAttention({ModelContext.Sys}ReadOnlySpan{{TInput}}, {ModelContext.Sys}Span{{int}}, {ModelContext.Sys}Span{{TNumber}}";
            context.Writer.Line().Write($"""
                {input}
                {attention}
                /// <inheritdoc cref="{looked}, int)"/>
                public int GenerateWithAttention({declared}, {ModelContext.Sys}Span<{context.Number}> attention, int length = SequenceLength) => _rnn.GenerateWithAttention(input, tokens, attention, length);

                {input}
                {attention}
                /// <inheritdoc cref="{looked}, {ModelContext.Library}DecodingOptions, int)"/>
                public int GenerateWithAttention({declared}, {ModelContext.Sys}Span<{context.Number}> attention, {ModelContext.Library}DecodingOptions options, int length = SequenceLength) =>
                    _rnn.GenerateWithAttention(input, tokens, attention, options, length);
                """);
        }
    }
}
