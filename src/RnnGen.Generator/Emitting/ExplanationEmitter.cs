using RnnGen.Generator.Model;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes how users differentiate outputs with respect to the input, in a model with <c>InputGradients</c>.</summary>
internal static class ExplanationEmitter
{
    public static void Write(ModelContext context)
    {
        string input = $"{ModelContext.Sys}ReadOnlySpan<{context.Input}> input", numbers = $"{ModelContext.Sys}Span<{context.Number}>";
        bool isEach = context.Model.OutputTiming == OutputTiming.EachStep;
        (string declared, string passed) = isEach ? ("int output, int step", "output, step") : ("int output", "output, 0");
        string chosen = $"/// <param name=\"output\">The output, from 0 to {context.Model.OutputSize - 1}{(context.Model.Loss.Definition.ReadsLogits ? "; its logit is differentiated" : "")}.</param>"
            + (isEach ? "\n/// <param name=\"step\">The output's time step, from 0 to <paramref name=\"length\"/> - 1.</param>" : "");
        string given = context.Model.IsRow ? $"{context.Model.InputLength}" : $"length × {context.Model.InputSize}";
        string read = $"/// <param name=\"input\">[{given}] {context.InputNoun}{(context.Model.IsRow ? ": a whole row, whatever the length" : "")}.</param>";
        string length = $"/// <param name=\"length\">Steps of the sequence, from 1 to {context.Model.SequenceLength}.</param>";
        bool isNamed = context.Model.Columns is not null;
        string attributed = context.ReadsTokens ? "[length] values, one for each token" : $"[{given}] values, one for each {(isNamed ? "element of the input" : "input value")}";
        string baseline = context.ReadsTokens ? "tokens, or empty for embeddings of 0" : isNamed ? $"{context.InputNoun}, or empty for 0 and embeddings of 0" : "values, or empty for 0";
        context.Writer.Write($"""
            // ---- Gradients with respect to the input ----

            {read}
            /// <param name="gradients">[length × {context.Model.FeatureSize}] values, overwritten: the derivatives with respect to each {(context.ReadsTokens ? "value of each token's embedding" : isNamed ? "value that the first layer reads: of the columns of a step, and behind them of what is given once" : "input value")}.</param>
            {chosen}
            {length}
            /// <inheritdoc cref="{ModelContext.Core}.ComputeInputGradients"/>
            public {context.Number} ComputeInputGradients({input}, {numbers} gradients, {declared}, int length = SequenceLength) => _rnn.ComputeInputGradients(input, gradients, {passed}, length);

            {read}
            /// <param name="attributions">{attributed}, overwritten.</param>
            {chosen}
            /// <param name="baseline">[{given}] {baseline}: the input that says nothing.</param>
            /// <param name="points">Points between baseline and input at which the gradient is computed, from 1 to 1,000.</param>
            {length}
            /// <inheritdoc cref="{ModelContext.Core}.ComputeIntegratedGradients"/>
            public {ModelContext.Library}Attribution ComputeIntegratedGradients({input}, {numbers} attributions, {declared}, {ModelContext.Sys}ReadOnlySpan<{context.Input}> baseline = default, int points = 50, int length = SequenceLength) =>
                _rnn.ComputeIntegratedGradients(input, attributions, {passed}, baseline, points, length);
            """);
    }
}
