using System.Collections.Generic;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Calls;

/// <summary>
/// A line of a schedule. What it does is a record of its own with named fields; how it is called follows from them alone, so that no other place
/// knows the order of a call's arguments.
/// </summary>
internal abstract record Call
{
    /// <summary>What it does, for readers of the generated code; empty where its name says so.</summary>
    public string Note { get; init; } = "";

    /// <summary>What must hold for it to have anything to do.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary>Whether it stands for a state that sequences may start from, and is left out where they do.</summary>
    public virtual bool IsStart => false;

    /// <summary>The method that it calls, and with what.</summary>
    public abstract Invocation Invocation { get; }

    /// <summary>The same call under one more condition.</summary>
    public Call Where(bool applies, Condition condition)
    {
        if (!applies)
        {
            return this;
        }

        foreach (Condition other in Conditions)
        {
            if (other == condition)
            {
                return this;
            }
        }

        return this with { Conditions = [.. Conditions, condition] };
    }
}

/// <summary>A call over all steps of an op, of which one alone can be run.</summary>
internal interface ISteppedCall
{
    /// <summary>The call of one step.</summary>
    /// <param name="unit">The op.</param>
    Call Of(PlannedUnit unit, int step);
}

/// <summary>Whose method a call calls.</summary>
internal enum Callee
{
    /// <summary>The runtime's, for all models.</summary>
    Runtime,

    /// <summary>The model's kernels of a vector width.</summary>
    Kernels,

    /// <summary>The model's own.</summary>
    Model,

    /// <summary>That of the steps which threads share.</summary>
    Shared,
}

/// <param name="Method">With its class, where it is the runtime's: <c>Rows.Clear</c>.</param>
internal sealed record Invocation(Callee Callee, string Method, IReadOnlyList<Argument> Arguments)
{
    public static Invocation OfRuntime(string method, params Argument[] arguments) => new(Callee.Runtime, method, arguments);

    /// <summary>All numbers among the arguments.</summary>
    public IEnumerable<int> Numbers => NumbersOf(Arguments);

    private static IEnumerable<int> NumbersOf(IEnumerable<Argument> arguments)
    {
        foreach (Argument argument in arguments)
        {
            IEnumerable<int> numbers = argument switch
            {
                Argument.Number number => [number.Value],
                Argument.Memory { Offset: { } offset } => [offset],
                Argument.Group group => NumbersOf(group.Parts),
                Argument.Made made => NumbersOf(made.Parts),
                _ => [],
            };
            foreach (int number in numbers)
            {
                yield return number;
            }
        }
    }
}

/// <summary>What a condition asks, in the order in which conditions are written.</summary>
internal enum ConditionKind
{
    /// <summary>Whether sequences start from states that are not zero.</summary>
    HaveStates,

    /// <summary>Whether no window follows this one.</summary>
    AreLast,

    /// <summary>Whether the outputs of this window are wanted.</summary>
    HaveOutputs,

    /// <summary>Whether the one sequence has a step.</summary>
    HasStep,

    /// <summary>Whether the one sequence ends in the other of two buffers than the longest one does.</summary>
    EndsInOther,
}

/// <param name="Number">The step, or the remainder of the longest sequence's length by two.</param>
internal readonly record struct Condition(ConditionKind Kind, int Number = 0)
{
    public static Condition HaveStates { get; } = new(ConditionKind.HaveStates);

    public static Condition AreLast { get; } = new(ConditionKind.AreLast);

    public static Condition HaveOutputs { get; } = new(ConditionKind.HaveOutputs);

    public static Condition HasStep(int step) => new(ConditionKind.HasStep, step);
}

/// <summary>The calls that are printed in the methods of one layer: its own, and those of the ops beside it.</summary>
internal sealed record ScheduleSection(PlannedLayer Layer, IReadOnlyList<Call> Calls);
