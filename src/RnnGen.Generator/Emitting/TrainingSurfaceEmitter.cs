using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes how users train: losses, gradients, steps, the whole loop, and states that are carried.</summary>
internal static class TrainingSurfaceEmitter
{
    public static void Write(ModelContext context)
    {
        string number = context.Number;
        string target = context.Target;
        string dataset = $"global::RnnGen.SequenceSource<{context.Input}, {target}>";
        string loop = $"<{context.Name}, {number}, {context.Input}, {target}>";
        string doc = $"""
            /// <param name="inputs">[count × {context.InputShape}] {context.InputNoun}.</param>
            /// <param name="targets">[count × {context.TargetShape}] {(context.Plan.TargetsAreClasses ? context.Plan.IsCtc ? $"labels from 1 to {context.Model.OutputSize - 1}, filled up with 0" : $"classes from 0 to {context.Model.OutputSize - 1}" : "values")}{(context.DecodesTokens ? "; each sequence up to its end token, what follows is not read" : context.Model.MaskedTargets ? $"; {(context.Plan.TargetsAreClasses ? "-1" : "NaN")} where there is none, which has no loss" : "")}.</param>
            /// <param name="count">Sequences, at least 1; more than <see cref="BatchSize"/> run in groups.</param>
            """;
        string lengths = $"/// <param name=\"lengths\">[count] numbers of steps from 1 to {context.Model.SequenceLength}, or none where all sequences have all steps; "
            + (context.Plan is { OutputSteps: > 1, IsDecoded: false } ? "steps beyond are not read and have no loss.</param>" : "inputs beyond are not read.</param>");
        string none = context.Plan.CarriesState ? ", null" : "";
        (string Before, string After) applied = GradientFlowEmitter.Update(context, context.Plan.HasFrozen ? "s_rnnLearned" : "default");
        context.Writer.Write($$"""
            /// <summary>Computes the mean loss{{NothingCounted(context, "")}}; nothing changes.</summary>
            {{doc}}
            {{lengths}}
            {{ModelContext.Optimized}}
            public {{number}} ComputeLoss(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count, global::System.ReadOnlySpan<int> lengths = default)
            {
                RnnCheck(inputs, targets, count, lengths);
                {{ModelContext.Turn}}
                return (_rnnTraining ??= new RnnTraining(this)).ComputeLoss(inputs, targets, count, lengths{{none}});
            }

            /// <summary>Computes the mean loss and its gradient by back-propagation through time. It does not allocate after the first call.</summary>
            {{doc}}
            /// <param name="gradients">[{{context.Plan.ParameterCount}}] values, overwritten with the gradient of the mean loss.</param>
            {{lengths}}
            /// <returns>The mean loss{{NothingCounted(context, "; the gradient is 0 then, and no step should be taken with it")}}.</returns>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            /// <exception cref="global::RnnGen.NonFiniteException">The loss or the gradient is not finite; the message says where.</exception>
            {{ModelContext.Optimized}}
            public {{number}} ComputeGradients(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count, global::System.Span<{{number}}> gradients, global::System.ReadOnlySpan<int> lengths = default)
            {
                RnnCheck(inputs, targets, count, lengths);
                {{ModelContext.Runtime}}.Check.Length(gradients.Length, ParameterCount, nameof(gradients), "ParameterCount");
                {{ModelContext.Turn}}
                RnnTraining training = _rnnTraining ??= new RnnTraining(this);
                {{number}} loss = training.ComputeGradients(inputs, targets, count, lengths{{none}});
                training.Gradients.CopyTo(gradients);{{Commit(context, none)}}
                return loss;
            }

            /// <summary>Clips the gradient and updates the parameters.</summary>
            /// <param name="gradients">[{{context.Plan.ParameterCount}}] values.</param>
            /// <param name="optimizer">The rule of the update; it belongs to this model from now on.</param>
            /// <exception cref="global::RnnGen.NonFiniteException">A gradient is not finite, or a parameter or moment would not be after the update; nothing was updated.</exception>
            {{ModelContext.Optimized}}
            public void ApplyGradients(global::System.ReadOnlySpan<{{number}}> gradients, global::RnnGen.Optimizer optimizer)
            {
                global::System.ArgumentNullException.ThrowIfNull(optimizer);
                {{ModelContext.Runtime}}.Check.Length(gradients.Length, ParameterCount, nameof(gradients), "ParameterCount");
                {{ModelContext.Turn}}
                {{applied.Before}}{{ModelContext.Runtime}}.ParameterUpdate.Apply<{{number}}>(optimizer, this, _rnnParameters, gradients, Layout{{(context.Plan.HasFrozen ? ", s_rnnLearned" : "")}});{{applied.After}}
                RnnParametersChanged();
            }

            {{Learned(context)}}/// <summary>One step of training: gradients and update at once. It does not allocate after the first call.</summary>
            {{doc}}
            /// <param name="optimizer">The rule of the update; it belongs to this model from now on.</param>
            {{lengths}}
            /// <returns>The mean loss before the update{{NothingCounted(context, "; nothing is updated then")}}.</returns>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            /// <exception cref="global::RnnGen.NonFiniteException">The loss or the gradient is not finite, or a parameter or moment would not be after the update; nothing was updated.</exception>
            {{ModelContext.Optimized}}
            public {{number}} TrainStep(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count, global::RnnGen.Optimizer optimizer, global::System.ReadOnlySpan<int> lengths = default)
            {
                global::System.ArgumentNullException.ThrowIfNull(optimizer);
                RnnCheck(inputs, targets, count, lengths);
                {{ModelContext.Turn}}
                {{ModelContext.Runtime}}.ParameterUpdate.Check<{{number}}>(optimizer, this);
                RnnTraining training = _rnnTraining ??= new RnnTraining(this);
                {{number}} loss = training.ComputeGradients(inputs, targets, count, lengths{{none}});
                {{Update(context)}}{{Commit(context, none)}}
                RnnParametersChanged();
                return loss;
            }

            /// <summary>Trains: shuffles, steps through batches, validates, and reports each epoch.</summary>
            /// <param name="train">What is learned from.</param>
            /// <param name="validation">What each epoch is measured on, if given.</param>
            /// <param name="options">Epochs, optimiser and so on; by default Adam 1e-3 with clip norm 1, and progress lines.</param>
            /// <param name="cancellationToken">Stops the training after the current step.</param>
            public global::RnnGen.TrainingResult Fit({{dataset}} train, {{dataset}}? validation = null, global::RnnGen.FitOptions? options = null, global::System.Threading.CancellationToken cancellationToken = default) =>
                {{ModelContext.Runtime}}.TrainingLoop.Fit{{loop}}(this, train, validation, options, cancellationToken);

            /// <summary>Measures the model on data.</summary>
            /// <param name="data">The data.</param>{{(context.Plan.CarriesState ? "\n/// <param name=\"carryState\">Whether states are carried from window to window of the data's streams. Default: where the data is cut into streams.</param>" : "")}}
            /// <exception cref="global::RnnGen.NonFiniteException">A loss is not finite; the message names the sequence.</exception>
            public global::RnnGen.Evaluation Evaluate({{dataset}} data{{(context.Plan.CarriesState ? ", bool? carryState = null" : "")}}) =>
                {{ModelContext.Runtime}}.TrainingLoop.Evaluate{{loop}}(this, data{{(context.Plan.CarriesState ? ", carryState" : "")}});

            {{ModelContext.Optimized}}
            private static void RnnCheck(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count, global::System.ReadOnlySpan<int> lengths)
            {
                {{ModelContext.Runtime}}.Check.Count(count, 1);
                {{ModelContext.Runtime}}.Check.Lengths(lengths, count, SequenceLength);
                {{ModelContext.Runtime}}.Check.Length(inputs.Length, (long)count * {{context.Model.InputLength}}, nameof(inputs), "count × SequenceLength × InputSize");
                {{ModelContext.Runtime}}.Check.Length(targets.Length, (long)count * {{context.Plan.TargetLength}}, nameof(targets), "{{TargetLengthShape(context)}}");
                {{TargetCheck(context)}}{{PredictionSurfaceEmitter.TokenCheck(context, "inputs", "lengths")}}
            }
            """);
        if (context.Plan.CarriesState)
        {
            WriteCarriedTraining(context, doc, lengths);
        }
    }

    // The same with states: one window of a longer sequence.
    private static void WriteCarriedTraining(ModelContext context, string doc, string lengths)
    {
        string number = context.Number;
        string spans = $"global::System.ReadOnlySpan<{context.Input}> inputs, global::System.ReadOnlySpan<{context.Target}> targets, int count";
        string state = $"global::RnnGen.BatchState<{number}> state, global::System.ReadOnlySpan<int> lengths = default";
        const string stateDoc = """
            /// <param name="state">What the sequences start from; then what they ended in.</param>
            """;
        const string check = """
            RnnCheck(inputs, targets, count, lengths);
                RnnGen.Runtime.Check.State(state, count, RnnStateLength);
            """;
        string checks = check.Replace("RnnGen.Runtime", ModelContext.Runtime);
        context.Writer.Line().Write($$"""
            private const int RnnStateLength = {{context.Plan.Training.States.Sum(s => s.Layer.Plan.StateSize(s.State))}};{{(context.Model.IsRecomputed ? $"\n\nprivate const int RnnWindow = {context.Model.RecomputeEvery}; // steps between two kept states" : "")}}

            /// <summary>Creates the states of sequences that begin anew, for windows of sequences longer than <see cref="SequenceLength"/>, or to give states.</summary>
            /// <param name="count">Sequences, at least 1.</param>
            public global::RnnGen.BatchState<{{number}}> CreateBatchState(int count) => new(count, RnnStateLength);

            /// <summary>Computes the mean loss of sequences that start from states{{NothingCounted(context, "")}}; only the states change.</summary>
            {{doc}}
            {{stateDoc}}
            {{lengths}}
            {{ModelContext.Optimized}}
            public {{number}} ComputeLoss({{spans}}, {{state}})
            {
                {{checks}}
                {{ModelContext.Turn}}
                return (_rnnTraining ??= new RnnTraining(this)).ComputeLoss(inputs, targets, count, lengths, state);
            }

            /// <summary>Computes the mean loss and its gradient for sequences that start from states: truncated back-propagation through time. It does not allocate after the first call.</summary>
            {{doc}}
            /// <param name="gradients">[{{context.Plan.ParameterCount}}] values, overwritten with the gradient of the mean loss.</param>
            {{stateDoc}}
            {{lengths}}
            /// <returns>The mean loss{{NothingCounted(context, "; the gradient is 0 then, and no step should be taken with it")}}.</returns>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            /// <exception cref="global::RnnGen.NonFiniteException">The loss or the gradient is not finite; the message says where. The states did not change.</exception>
            {{ModelContext.Optimized}}
            public {{number}} ComputeGradients({{spans}}, global::System.Span<{{number}}> gradients, {{state}})
            {
                {{checks}}
                {{ModelContext.Runtime}}.Check.Length(gradients.Length, ParameterCount, nameof(gradients), "ParameterCount");
                {{ModelContext.Turn}}
                RnnTraining training = _rnnTraining ??= new RnnTraining(this);
                {{number}} loss = training.ComputeGradients(inputs, targets, count, lengths, state);
                training.Gradients.CopyTo(gradients);{{Commit(context, ", state")}}
                return loss;
            }

            /// <summary>One step of truncated back-propagation through time: gradients and update at once. It does not allocate after the first call.</summary>
            {{doc}}
            /// <param name="optimizer">The rule of the update; it belongs to this model from now on.</param>
            {{stateDoc}}
            {{lengths}}
            /// <returns>The mean loss before the update{{NothingCounted(context, "; nothing is updated then")}}.</returns>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            /// <exception cref="global::RnnGen.NonFiniteException">The loss or the gradient is not finite, or a parameter or moment would not be after the update; nothing was updated, and the states did not change.</exception>
            {{ModelContext.Optimized}}
            public {{number}} TrainStep({{spans}}, global::RnnGen.Optimizer optimizer, {{state}})
            {
                global::System.ArgumentNullException.ThrowIfNull(optimizer);
                {{checks}}
                {{ModelContext.Turn}}
                {{ModelContext.Runtime}}.ParameterUpdate.Check<{{number}}>(optimizer, this);
                RnnTraining training = _rnnTraining ??= new RnnTraining(this);
                {{number}} loss = training.ComputeGradients(inputs, targets, count, lengths, state);
                {{Update(context)}}{{Commit(context, ", state")}}
                RnnParametersChanged();
                return loss;
            }
            """);
    }

    // Where targets may be missing, a batch without any has no loss, and nothing to learn from.
    private static string Update(ModelContext context)
    {
        (string before, string after) = GradientFlowEmitter.Update(context, "training.Segments");
        string update = $"{before}{ModelContext.Runtime}.ParameterUpdate.Apply<{context.Number}>(optimizer, this, _rnnParameters, training.Gradients, Layout, training.Segments);{after}";
        return !context.Model.MaskedTargets ? update : $$"""
            if (!{{context.Number}}.IsNaN(loss))
                {
                    {{update.Replace("\n", "\n    ")}}
                }
            """;
    }

    private static string NothingCounted(ModelContext context, string then) => context.Model.MaskedTargets ? ", NaN where no target is there" + then : "";

    // After the last thing that can fail.
    private static string Commit(ModelContext context, string state) => !TrainingEmitter.Commits(context) ? ""
        : $"\n    training.Commit({(state.Length == 0 ? "" : "count" + state)});";

    // Ends where the next member's documentation goes on.
    private static string Learned(ModelContext context) => !context.Plan.HasFrozen ? "" : $$"""
        // All parameters but those of frozen layers.
        private static readonly global::RnnGen.ParameterSegment[] s_rnnLearned = { {{string.Join(", ", context.Plan.LearnedSegments.Select(s => $"new({s.Offset}, {s.Length})"))}} };


        """;

    private static string TargetLengthShape(ModelContext context) =>
        "count" + (context.Plan.IsCtc ? " × LabelLength" : context.Plan.IsDecoded ? " × OutputLength" : context.Plan.OutputSteps == 1 ? "" : " × SequenceLength") + (context.Plan.TargetsAreClasses ? "" : " × OutputSize");

    private static string LiveTargets(ModelContext context) => context.Plan is { OutputSteps: > 1, IsDecoded: false } ? ", lengths, SequenceLength" : "";

    private static string Missing(ModelContext context) => context.Model.MaskedTargets ? ", mayBeMissing: true" : "";

    private static string TargetCheck(ModelContext context) => context.Model.Loss.Definition.Targets switch
    {
        LossTargets.Labels => $"{ModelContext.Runtime}.Check.Labels(targets, OutputSize, {context.Model.LabelLength}, lengths, SequenceLength);",
        LossTargets.Classes when context.Plan.IsDecoded => $"{ModelContext.Runtime}.Check.Decoded(targets, OutputSize, OutputLength, EndToken);",
        LossTargets.Classes => $"{ModelContext.Runtime}.Check.Classes(targets, OutputSize{LiveTargets(context)}{Missing(context)});",
        LossTargets.Probabilities => $"{ModelContext.Runtime}.Check.Probabilities<{context.Number}>(targets{LiveTargets(context)}{Missing(context)});",
        LossTargets.Numbers => "",
        _ => throw Choices.Unimplemented(context.Model.Loss.Definition.Targets),
    };
}
