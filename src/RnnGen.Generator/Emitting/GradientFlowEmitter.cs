using System.Linq;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Calls;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes what a model with <c>GradientFlow</c> has more than others; each piece is empty for those.</summary>
internal static class GradientFlowEmitter
{
    private const string Type = $"{ModelContext.Library}GradientFlow";

    /// <summary>The property. Ends where the next member's documentation goes on.</summary>
    public static string Property(ModelContext context) => !context.Model.GradientFlow ? "" : $$"""
        /// <inheritdoc cref="{{ModelContext.Core}}.Flow"/>
        public {{Type}} GradientFlow => _rnn.Flow!;


        """;

    /// <summary>What the model's core is made with.</summary>
    public static string Construction(ModelContext context) => context.Model.GradientFlow ? $" {{ Flow = {ModelContext.Runtime}.FlowMeasurement.Create(RnnShape.Layout, RnnShape.Watched, {context.Plan.FlowRows}) }}" : "";

    /// <summary>What the schedule's methods declare, and hand on.</summary>
    public static string Declared(ModelContext context) => context.Model.GradientFlow ? $", {Type}? flow, int flowRow" : "";

    public static string Passed(ModelContext context) => context.Model.GradientFlow ? ", flow, flowRow" : "";

    /// <summary>Where adjoints and gates are stored.</summary>
    public static void WritePlaces(ModelContext context)
    {
        if (!context.Model.GradientFlow)
        {
            return;
        }

        const string runtime = ModelContext.Runtime;
        context.Writer.Line().Write("// Where the gates' values are stored after a step of the forward pass, and the states' adjoints before a step of the backward pass.");
        context.Writer.Write($"public static readonly {runtime}.WatchedLayer[] Watched =\n{{");
        foreach (WatchedLayer watched in context.Plan.Training.Watched)
        {
            context.Writer.Write($"    new(\"{watched.Layer.Name}\", {watched.Layer.Plan.Size}, {context.Plan.StepsOf(watched)},");
            context.Writer.Write($"        new {runtime}.WatchedState[] {{ {string.Join(", ", watched.States.Select(State))} }},\n        new {runtime}.WatchedGate[]\n        {{");
            foreach (WatchedGate gate in watched.Gates)
            {
                context.Writer.Write($"            new(\"{gate.Name}\", {ModelContext.Library}GateFunction.{char.ToUpperInvariant(gate.Function.Name[0])}{gate.Function.Name.Substring(1)}, {gate.Offset}, {gate.StepLength}, {gate.BlockLength}, {gate.Row}),");
            }

            context.Writer.Write("        }),");
        }

        context.Writer.Write("};");

        string State(WatchedState state)
        {
            string above = state.OutputAdjoint is { } adjoint ? $", {adjoint.Offset}, {adjoint.StepLength}, {adjoint.Row}" : "";
            return $"new(\"{state.Name}\", {state.Width}, {state.Carry.Offset}, {state.Carry.StepLength / context.Plan.Training.GroupSize}{above})";
        }
    }
}
