using RnnGen.Generator.Model;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes how users train: losses, gradients, steps, the whole loop, and states that are carried.</summary>
internal static class TrainingSurfaceEmitter
{
    public static void Write(ModelContext context)
    {
        string number = context.Number;
        string spans = $"{ModelContext.Sys}ReadOnlySpan<{context.Input}> inputs, {ModelContext.Sys}ReadOnlySpan<{context.Target}> targets, int count";
        string gradients = $"{ModelContext.Sys}ReadOnlySpan<{number}> gradients";
        string optimizer = $"{ModelContext.Library}Optimizer optimizer";
        string dataset = $"{ModelContext.Library}SequenceSource<{context.Input}, {context.Target}>";
        string loop = $"<{context.Name}, {context.Types}>";
        string reference = "{TSelf, TNumber, TInput, TTarget}";
        bool carries = context.Plan.CarriesState;
        context.Writer.Write("// ---- Training ----\n");
        WriteSteps(context, spans, "", "");
        WriteBatches(context);
        context.Writer.Write($$"""
            /// <inheritdoc/>
            public void ApplyGradients({{gradients}}, {{optimizer}}) => _rnn.ApplyGradients(this, gradients, optimizer);

            """);
        if (context.Plan.Decoder is not null)
        {
            context.Writer.Write($$"""
                /// <inheritdoc/>
                public {{number}} ComputeFreeRunningLoss({{spans}}, {{ModelContext.Sys}}ReadOnlySpan<int> lengths = default) => _rnn.ComputeFreeRunningLoss(this, inputs, targets, count, lengths);

                /// <inheritdoc/>
                public {{number}} ComputeFreeRunningLoss(in {{BatchType(context)}} batch) => _rnn.ComputeFreeRunningLoss(this, batch);

                """);
        }

        if (carries)
        {
            context.Writer.Write($$"""
                /// <inheritdoc cref="{{ModelContext.Core}}.CreateBatchState"/>
                public {{ModelContext.Library}}BatchState<{{number}}> CreateBatchState(int count) => _rnn.CreateBatchState(count);

                """);
            WriteSteps(context, spans, $", {ModelContext.Library}BatchState<{number}> state", ", state");
        }

        context.Writer.Write($$"""
            /// <summary>Trains: shuffles, steps through batches, validates, and reports each epoch.</summary>
            /// <inheritdoc cref="{{ModelContext.Runtime}}.TrainingLoop.Fit{{reference}}"/>
            public {{ModelContext.Library}}TrainingResult Fit({{dataset}} train, {{dataset}}? validation = null, {{ModelContext.Library}}FitOptions? options = null, {{ModelContext.Sys}}Threading.CancellationToken cancellationToken = default) =>
                {{ModelContext.Runtime}}.TrainingLoop.Fit{{loop}}(this, train, validation, options, cancellationToken);

            /// <summary>Measures the model on data.</summary>
            /// <inheritdoc cref="{{ModelContext.Runtime}}.TrainingLoop.Evaluate{{reference}}"/>
            public {{ModelContext.Library}}Evaluation Evaluate({{dataset}} data{{(carries ? ", bool? carryState = null" : "")}}) => {{ModelContext.Runtime}}.TrainingLoop.Evaluate{{loop}}(this, data{{(carries ? ", carryState" : "")}});
            """);
    }

    private static string BatchType(ModelContext context) => $"{ModelContext.Library}TrainingBatch<{context.Input}, {context.Target}>";

    // A loss, a gradient and a step of a batch that may have weights.
    private static void WriteBatches(ModelContext context)
    {
        foreach ((string name, string declared, string argument) in Steps(context))
        {
            context.Writer.Write($"""
                /// <inheritdoc/>
                public {context.Number} {name}(in {BatchType(context)} batch{declared}) => _rnn.{name}(this, batch{argument});

                """);
        }
    }

    // Their names, and what each takes beside the sequences.
    private static (string Name, string Declared, string Argument)[] Steps(ModelContext context) =>
    [
        ("ComputeLoss", "", ""),
        ("ComputeGradients", $", {ModelContext.Sys}Span<{context.Number}> gradients", ", gradients"),
        ("TrainStep", $", {ModelContext.Library}Optimizer optimizer", ", optimizer"),
    ];

    // A loss, a gradient and a step; the same with states, for one window of longer sequences.
    private static void WriteSteps(ModelContext context, string spans, string state, string passed)
    {
        string number = context.Number;
        string lengths = $"{ModelContext.Sys}ReadOnlySpan<int> lengths = default";
        string inherited = $"<inheritdoc cref=\"ComputeLoss({ModelContext.Sys}ReadOnlySpan{{{context.Input}}}, {ModelContext.Sys}ReadOnlySpan{{{context.Target}}}, int, {ModelContext.Sys}ReadOnlySpan{{int}})\" path=\"/param\"/>";
        string kinds = context.Plan.TargetsAreClasses
            ? context.Plan.IsCtc ? $"labels from 1 to {context.Model.OutputSize - 1}, padded with 0" : $"classes from 0 to {context.Model.OutputSize - 1}"
            : "values";
        string missing = context.DecodesTokens ? "; each sequence up to its end token; what follows is not read"
            : context.Model.MaskedTargets ? $"; {(context.Plan.TargetsAreClasses ? "-1" : "NaN")} for a missing target, which has no loss" : "";
        string beyond = context.Model.OutputTiming == OutputTiming.EachStep ? "steps beyond a sequence's length are not read and have no loss" : "inputs beyond a sequence's length are not read";
        string doc = state.Length == 0
            ? $"""
              /// <param name="inputs">[count × {context.InputShape}] {context.InputNoun}.</param>
              /// <param name="targets">[count × {context.TargetShape}] {kinds}{missing}.</param>
              /// <param name="count">Sequences, at least 1; more than <see cref="BatchSize"/> run in groups.</param>
              /// <param name="lengths">[count] numbers of steps from 1 to {context.Model.SequenceLength}, or empty if all sequences have all steps; {beyond}.</param>
              """
            : $"/// {inherited}";
        foreach ((string name, string declared, string argument) in Steps(context))
        {
            context.Writer.Write($"""
                {(name == "ComputeLoss" ? doc : $"/// {inherited}")}
                {Inherited(context, name, state.Length > 0)}
                public {number} {name}({spans}{declared}{state}, {lengths}) => _rnn.{name}(this, inputs, targets, count{argument}{passed}, lengths);

                """);
        }
    }

    // A gradient that starts from states is no member of an interface.
    private static string Inherited(ModelContext context, string name, bool hasState) => name == "ComputeGradients" && hasState
        ? $"/// <inheritdoc cref=\"{ModelContext.Core}.{name}(object, {ModelContext.Sys}ReadOnlySpan{{TInput}}, {ModelContext.Sys}ReadOnlySpan{{TTarget}}, int, {ModelContext.Sys}Span{{TNumber}}, {ModelContext.Library}BatchState{{TNumber}}, {ModelContext.Sys}ReadOnlySpan{{int}})\"/>"
        : "/// <inheritdoc/>";
}
