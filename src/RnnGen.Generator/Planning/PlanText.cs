using System.Collections.Generic;
using System.Linq;
using System.Text;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning;

/// <summary>What the passes make, as text: for tests, and for whoever looks for a fault between a declaration and its code.</summary>
internal static class PlanText
{
    public static string Of(IReadOnlyList<PlannedTable> tables) => Lines(tables.Select(t => $"{t.Tensor.Name} [{string.Join(", ", t.Tensor.Shape)}] at {t.Tensor.Offset}"));

    public static string Of(IReadOnlyList<PlannedUnit> units) => Lines(units.Select(u =>
        $"{u.Index}: {u.Name} ({u.GetType().Name}), {Count(u.Width, "value")} at {Count(u.Steps, "step")}{Reads(u)}{(u.IsTrained ? ", trained" : "")}{(u.IsStateful ? ", stateful" : "")}"));

    public static string Of(IReadOnlyList<ArenaBuffer> buffers) => Lines(buffers.OrderBy(b => b.Offset).Select(b => $"{b.Offset}: {b.Name}, {b.Steps} × {b.StepLength}"));

    public static string Of(TrainingPlan plan) =>
        $"draws\n{Of(plan.Draws)}starts\n{Of(plan.Starts)}forward\n{Of(plan.Forward)}loss\n{Of(plan.Loss)}backward\n{Of(plan.Backward)}masked adjoints\n{Of(plan.MaskedAdjoints)}";

    public static string OfPrediction(ModelPlan plan)
    {
        StringBuilder text = new();
        Add("layer by layer", plan.Unrolled?.Forward);
        Add("decoder, even", plan.Unrolled?.Decoder?.Steps[0]);
        Add("decoder, odd", plan.Unrolled?.Decoder?.Steps[1]);
        Add("one sequence", Calls(plan.Single));
        Add("batch", plan.PredictsBatches ? Calls(plan.Prediction) : null);
        Add("stream", Calls(plan.Streaming));
        Add("streams", Calls(plan.Streams));
        Add("block", plan.Block?.Steps[0]);
        return text.ToString();

        void Add(string title, IEnumerable<Call>? calls)
        {
            if (calls is not null)
            {
                text.Append(title).Append('\n').Append(Of(calls));
            }
        }

        static IEnumerable<Call>? Calls(PredictionPlan? prediction) => prediction?.Starts.Concat(prediction.Steps.SelectMany(s => s));
    }

    public static string Of(MemoryAccount memory) =>
        Lines([$"model {memory.Model}", $"training {memory.Training}", $"thread {memory.Thread}", $"prediction {memory.Prediction}", $"state {memory.State}", $"streams {memory.Streams}", $"block {memory.Block}"]);

    /// <summary>A call in one line: what must hold, the method with its arguments, and the note.</summary>
    public static string Of(Call call)
    {
        string conditions = string.Concat(call.Conditions.Select(c => $"if {c.Kind}{(c.Number == 0 ? "" : $" {c.Number}")}: "));
        IEnumerable<string> arguments = call is KernelCall kernel ? kernel.Arguments.Select(a => a.Value is Argument.Number ? $"{a.Name} {Of(a.Value)}" : Of(a.Value)) : call.Invocation.Arguments.Select(Of);
        string shared = call is SharedCall share ? string.Concat(share.Work.Calls.Select(c => $"\n        {Of(c)}")) : "";
        return $"{conditions}{call.Invocation.Method}({string.Join(", ", arguments)}){(call.Note.Length == 0 ? "" : $" — {call.Note}")}{shared}";
    }

    private static string Of(IReadOnlyList<ScheduleSection> sections) => string.Concat(sections.Select(s => $"  {s.Layer.Name}\n{Of(s.Calls)}"));

    private static string Of(IEnumerable<Call> calls) => Lines(calls.Select(c => $"    {Of(c)}"));

    private static string Of(Argument argument) => argument switch
    {
        Argument.Number number => $"{number.Value}",
        Argument.Real real => Argument.Real.TextOf(real.Value),
        Argument.Flag flag => $"{flag.Value}",
        Argument.Rate rate => $"rate {rate.Mask}",
        Argument.Name name => $"{name.Value}",
        Argument.Memory memory => $"{memory.Store}{(memory.Offset is { } offset ? $"[{offset}]" : "")}",
        Argument.Nothing => "none",
        Argument.TokenRow token => $"row of token {token.Step}",
        Argument.Rows rows => $"{(rows.Range.Group is { } group ? $"{group}: " : "")}{rows.Range.Set}{(rows.Range.Set == RowSet.Live ? $" at {rows.Range.LiveBy} {rows.Range.Step}" : "")}",
        Argument.LiveRows live => $"{live.Clock}",
        Argument.LiveFrom live => $"{live.Clock} from {(live.Step is { } step ? $"{step}" : "the end")}",
        Argument.AtSharedStep at => $"{at.Offset} + {at.StepLength} a step",
        Argument.SharedCount => "steps",
        Argument.SharedLive live => $"{live.Clock} from the first",
        Argument.SharedPart => "part",
        Argument.Group group => string.Join(", ", group.Parts.Select(Of)),
        Argument.Made made => $"({string.Join(", ", made.Parts.Select(Of))})",
        _ => throw new InvalidOperationException($"{argument.GetType().Name} has no text."),
    };

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    private static string Reads(PlannedUnit unit) => unit.Reads.Any() ? $" of {string.Join("; ", unit.Reads.Select(r => r.Name))}" : "";

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(l => l + "\n"));
}
