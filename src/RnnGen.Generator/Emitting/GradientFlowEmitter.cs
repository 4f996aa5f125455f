using System.Linq;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Calls;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes what a model with <c>GradientFlow</c> has more than others; each piece is empty for those.</summary>
internal static class GradientFlowEmitter
{
    private const string Type = "global::RnnGen.GradientFlow", Measurement = $"{ModelContext.Runtime}.FlowMeasurement";

    /// <summary>The interface, after those that the model has anyway.</summary>
    public static string Interface(ModelContext context) => context.Model.GradientFlow ? ", global::RnnGen.IGradientFlowModel" : "";

    /// <summary>The property. Ends where the next member's documentation goes on.</summary>
    public static string Property(ModelContext context) => !context.Model.GradientFlow ? "" : $$"""
        /// <summary>How the gradient of the latest step flowed: the norms of the states' adjoints over time, of parameters and updates, and what the gates did.</summary>
        public {{Type}} GradientFlow { get; } = {{Measurement}}.Create(Layout, s_rnnWatched, {{context.Plan.FlowRows}});


        """;

    /// <summary>What a clone takes over.</summary>
    public static string Cloned(ModelContext context) => context.Model.GradientFlow ? ", GradientFlow = { IsEnabled = GradientFlow.IsEnabled }" : "";

    /// <summary>Around an update of some segments.</summary>
    public static (string Before, string After) Update(ModelContext context, string segments) => !context.Model.GradientFlow ? ("", "")
        : ($"{Measurement}.BeginUpdate<{context.Number}>(GradientFlow, _rnnParameters, {segments});\n    ", $"\n    {Measurement}.EndUpdate<{context.Number}>(GradientFlow, _rnnParameters, {segments});");

    /// <summary>The training job's field: what is measured, or null.</summary>
    public static string Field(ModelContext context) => context.Model.GradientFlow ? $"\nprivate {Type}? _flow;" : "";

    /// <summary>At the beginning of a gradient.</summary>
    public static string Begin(ModelContext context) => context.Model.GradientFlow ? $"\n    _flow = {Measurement}.Begin<{context.Number}>(_model.GradientFlow);" : "";

    /// <summary>When the flat gradient is there.</summary>
    public static string Take(ModelContext context) => context.Model.GradientFlow ? $"\n    {Measurement}.TakeGradients<{context.Number}>(_flow, _gradients, Segments);" : "";

    /// <summary>Where the groups run again only to find a value.</summary>
    public static string Pause(ModelContext context) => context.Model.GradientFlow ? "_flow = null;\n    " : "";

    /// <summary>At the beginning of a window between two kept states.</summary>
    public static string Window(ModelContext context) => context.Model.GradientFlow ? $"\n    {Measurement}.BeginWindow(_flow, window * RnnWindow);" : "";

    /// <summary>What the schedule's methods declare, and hand on.</summary>
    public static string Declared(ModelContext context) => context.Model.GradientFlow ? $", {Type}? flow, int flowRow" : "";

    public static string Passed(ModelContext context) => context.Model.GradientFlow ? ", flow, flowRow" : "";

    /// <summary>What the way forward is given; nothing where it is only for the loss, or for the states between windows.</summary>
    public static string ForwardArgument(ModelContext context) => !context.Model.GradientFlow ? "" : $", _job._isForwardOnly{(context.Model.IsRecomputed ? " || _job._isKept" : "")} ? null : _job._flow, {Row(context)}";

    /// <summary>What the backward pass is given.</summary>
    public static string Argument(ModelContext context) => context.Model.GradientFlow ? $", _job._flow, {Row(context)}" : "";

    // Where the group's rows stand among those that are measured apart.
    private static string Row(ModelContext context) => $"_start / RnnGroupSize % {context.Plan.FlowRows / context.Plan.Training.GroupSize} * RnnGroupSize";

    /// <summary>Where adjoints and gates stand.</summary>
    public static void WritePlaces(ModelContext context)
    {
        if (!context.Model.GradientFlow)
        {
            return;
        }

        const string runtime = ModelContext.Runtime;
        context.Writer.Line().Write("// Where the gates' values stand after a step forward, and the states' adjoints before a step back.");
        context.Writer.Write($"private static readonly {runtime}.WatchedLayer[] s_rnnWatched =\n{{");
        foreach (WatchedLayer watched in context.Plan.Training.Watched)
        {
            context.Writer.Write($"    new(\"{watched.Layer.Name}\", {watched.Layer.Plan.Size}, {context.Plan.StepsOf(watched)},");
            context.Writer.Write($"        new {runtime}.WatchedState[] {{ {string.Join(", ", watched.States.Select(State))} }},\n        new {runtime}.WatchedGate[]\n        {{");
            foreach (WatchedGate gate in watched.Gates)
            {
                context.Writer.Write($"            new(\"{gate.Name}\", global::RnnGen.GateFunction.{char.ToUpperInvariant(gate.Function.Name[0])}{gate.Function.Name.Substring(1)}, {gate.Offset}, {gate.StepLength}, {gate.BlockLength}, {gate.Row}),");
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
