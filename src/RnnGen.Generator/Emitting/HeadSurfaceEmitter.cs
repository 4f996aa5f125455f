using System.Linq;
using RnnGen.Generator.Losses;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes how users read what a loss reads for each target: its parameters, quantiles, and draws.</summary>
internal static class HeadSurfaceEmitter
{
    /// <param name="sequence">The parameter of the input.</param>
    /// <param name="input">What is inherited of its documentation.</param>
    public static void Write(ModelContext context, string sequence, string input)
    {
        LossDefinition loss = context.Model.Loss.Definition;
        string shape = $"{context.OutputShape} × {loss.ValuesPerTarget}";
        if (loss.HasQuantiles)
        {
            WriteValues(context, "PredictQuantiles", sequence, $"[{shape}] values, written: the quantiles {Levels(loss)} of each target", input);
        }

        WriteValues(context, "PredictParameters", sequence, $"[{shape}] values, written: {string.Join(", ", loss.ParameterNames)} of each target", input);
        if (loss.Draws)
        {
            context.Writer.Line().Write($"""
                {input}
                /// <param name="output">[{context.OutputShape}] values, written: a draw for each target.</param>
                /// <inheritdoc cref="{ModelContext.Core}.Sample"/>
                public void Sample({sequence}, {ModelContext.Sys}Span<{context.Number}> output, int seed, int length = SequenceLength) => _rnn.Sample(input, output, seed, length);
                """);
        }
    }

    /// <summary>What a streaming state says of its latest step.</summary>
    public static string OfState(ModelContext context) => OfLatestStep(context, "the latest step says", isOneOfMany: false);

    /// <summary>What one of many streams says of its latest step.</summary>
    public static string OfStreams(ModelContext context) => OfLatestStep(context, "a stream's latest step says", isOneOfMany: true);

    private static string OfLatestStep(ModelContext context, string says, bool isOneOfMany)
    {
        LossDefinition loss = context.Model.Loss.Definition;
        if (!loss.ReadsHead)
        {
            return "";
        }

        string quantiles = !loss.HasQuantiles ? "" : Reading("Quantiles", $"the quantiles {Levels(loss)}");
        return quantiles + Reading("Parameters", string.Join(", ", loss.ParameterNames));

        string Reading(string name, string what) => $$"""


            /// <summary>Reads what {{says}} of each target beside its prediction: {{what}}. It does not allocate.</summary>{{(isOneOfMany ? "\n/// <param name=\"stream\">The stream, from 0.</param>" : "")}}
            /// <param name="values">[{{context.Model.OutputSize}} × {{loss.ValuesPerTarget}}] values, written.</param>
            /// <exception cref="{{ModelContext.Sys}}ArgumentException">{{(isOneOfMany ? "There is no such stream, or the span" : "The span")}} has another length.</exception>
            /// <exception cref="{{ModelContext.Sys}}InvalidOperationException">No step was processed since the {{(isOneOfMany ? "stream" : "state")}} was created, reset or restored.</exception>
            public void Read{{name}}({{(isOneOfMany ? "int stream, " : "")}}{{ModelContext.Sys}}Span<{{context.Number}}> values) => ReadHead({{(isOneOfMany ? "stream, " : "")}}values);
            """;
    }

    private static void WriteValues(ModelContext context, string name, string sequence, string output, string input)
    {
        string number = context.Number;
        context.Writer.Line().Write($$"""
            {{input}}
            /// <param name="output">{{output}}.</param>
            /// <inheritdoc cref="{{ModelContext.Core}}.PredictParameters"/>
            public void {{name}}({{sequence}}, {{ModelContext.Sys}}Span<{{number}}> output, int length = SequenceLength) => _rnn.PredictParameters(input, output, length);

            /// <inheritdoc cref="{{name}}({{ModelContext.Sys}}ReadOnlySpan{{{context.Input}}}, {{ModelContext.Sys}}Span{{{number}}}, int)"/>
            public {{number}}[] {{name}}({{sequence}}, int length = SequenceLength)
            {
                {{number}}[] output = new {{number}}[{{context.Plan.OutputSteps * context.Model.HeadSize}}];
                {{name}}(input, output, length);
                return output;
            }
            """);
    }

    /// <summary>The levels of the quantiles that a loss reads; empty if it reads none.</summary>
    public static string Levels(LossDefinition loss) => string.Join(", ", loss.Numbers.Where(static n => n.Name == LossDefinition.Quantiles).SelectMany(static n => n.Values)
        .Select(static v => v.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
}
