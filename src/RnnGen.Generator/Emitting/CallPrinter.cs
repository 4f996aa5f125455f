using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Emitting;

/// <summary>How a schedule's calls are written in C#. It knows kinds of arguments, and no call by name.</summary>
internal sealed class CallPrinter(ModelContext context)
{
    /// <summary>A call as a line of a method.</summary>
    public string Line(Call call) => $"{Conditions(call)}{Text(call.Invocation)};{(call.Note.Length == 0 ? "" : $" // {call.Note}")}";

    private string Text(Invocation invocation)
    {
        string callee = invocation.Callee switch
        {
            Callee.Runtime => $"{ModelContext.Runtime}.",
            Callee.Kernels => "K.",
            Callee.Model => "",
            Callee.Shared => "shared!.",
            _ => throw Choices.Unimplemented(invocation.Callee),
        };
        return $"{callee}{invocation.Method}({Join(invocation.Arguments)})";
    }

    private string Join(IEnumerable<Argument> arguments) => SourceWriter.Join(arguments.Select(Text));

    private string Text(Argument argument) => argument switch
    {
        Argument.Number number => number.Value.ToString(CultureInfo.InvariantCulture),
        Argument.Real real => Argument.Real.TextOf(real.Value),
        Argument.Flag flag => flag.Value ? "true" : "false",
        Argument.Rate rate => $"draw.Rate({rate.Mask})",
        Argument.Name name => Text(name.Value),
        Argument.Memory { Offset: { } offset } memory => $"ref {ModelContext.Unsafe}.Add(ref {Text(memory.Store)}, {offset})",
        Argument.Memory memory => $"ref {Text(memory.Store)}",
        Argument.Nothing => $"ref {ModelContext.Unsafe}.NullRef<{context.Number}>()",
        Argument.TokenRow token => $"ref {ModelContext.Unsafe}.Add(ref p, {ModelContext.Unsafe}.Add(ref x, {token.Step}) * {token.Size})",
        Argument.Rows rows => Text(rows.Range),
        Argument.LiveRows live => Group(live.Clock),
        Argument.LiveFrom { Step: { } step } live => $"ref {Group(live.Clock)}.LiveFrom({step})",
        Argument.LiveFrom live => $"ref {Group(live.Clock)}.LiveFrom({context.TrainedSteps})",
        Argument.AtSharedStep { StepLength: 0 } at => $"{at.Offset}",
        Argument.AtSharedStep at => $"{at.Offset} + work.From * {at.StepLength}",
        Argument.SharedCount => "work.To - work.From",
        Argument.SharedLive live => $"ref {Group(live.Clock)}.LiveFrom(work.From)",
        Argument.SharedPart => "work.Part, work.Parts",
        Argument.Group group => Join(group.Parts),
        Argument.Made made => $"new({Join(made.Parts)})",
        _ => throw new InvalidOperationException($"{argument.GetType().Name} is not written in C#."),
    };

    private string Text(Named name) => name switch
    {
        Named.SequenceLength => "SequenceLength",
        Named.OutputSize => "OutputSize",
        Named.TrainedSteps => context.TrainedSteps,
        Named.Length => "steps",
        Named.IsShared => "isShared",
        Named.Flow => "flow",
        Named.FlowRow => "flowRow",
        Named.Targets => "targets",
        Named.Scale => "scale",
        Named.Workspace => "workspace",
        Named.DrawSeed => "draw.Seed",
        Named.DrawStep => "draw.Step",
        Named.DrawStart => "draw.Start",
        Named.IsFirstStep => "steps == 0",
        Named.StepsSoFar => "steps + 1",
        Named.StepsBefore => "before",
        _ => throw Choices.Unimplemented(name),
    };

    private static string Text(Store store) => store switch
    {
        Store.Input => "x",
        Store.Parameters => "p",
        Store.Packs => "w",
        Store.Arena => "a",
        Store.Sums => "g",
        Store.Outputs => "y",
        _ => throw Choices.Unimplemented(store),
    };

    private static string Text(RowRange range)
    {
        string rows = range.Set switch
        {
            RowSet.All => "first, last",
            RowSet.Live => $"first, {Group(range.LiveBy)}.Last({range.Step}, last)",
            RowSet.One => "0, 1",
            RowSet.Leading => "0, last",
            RowSet.Steps => "0, steps",
            RowSet.Said => "said, steps",
            _ => throw Choices.Unimplemented(range.Set),
        };
        return range.Group is { } group ? $"{Group(group)}, {rows}" : rows;
    }

    /// <summary>The rows by which a unit's steps are live.</summary>
    public static string Group(Clock clock) => clock switch
    {
        Clock.Input or Clock.End => "rows",
        Clock.Output => "decoded",
        _ => throw Choices.Unimplemented(clock),
    };

    private static string Conditions(Call call)
    {
        if (call.Conditions.Count == 0)
        {
            return "";
        }

        return $"if ({string.Join(" && ", call.Conditions.OrderBy(c => c.Kind).Select(c => c.Kind switch
        {
            ConditionKind.HaveStates => "rows.HaveStates",
            ConditionKind.AreLast => "rows.AreLast",
            ConditionKind.HaveOutputs => "rows.HaveOutputs",
            ConditionKind.HasStep => $"steps > {c.Number}",
            ConditionKind.EndsInOther => $"steps % 2 != {c.Number}",
            _ => throw Choices.Unimplemented(c.Kind),
        }))}) ";
    }
}
