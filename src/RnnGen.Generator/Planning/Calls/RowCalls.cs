using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Calls;

/// <summary>Rows become zero.</summary>
internal sealed record ClearRows(int Offset, int Row, RowRange Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime("Rows.Clear", Argument.Arena, Offset, Row, Rows);
}

/// <summary>Rows go to another place.</summary>
/// <param name="Width">Values of a row.</param>
/// <param name="Adds">Whether they are added to what stands there.</param>
internal sealed record CopyRows(int From, int FromRow, int Width, int To, int ToRow, RowRange Rows, bool Adds = false) : Call
{
    /// <summary>The memory that they are read from.</summary>
    public Argument Memory { get; init; } = Argument.Arena;

    public override Invocation Invocation => Invocation.OfRuntime(
        Adds ? "Rows.Add" : "Rows.Copy", Memory, From, FromRow, Width, Argument.Arena, To, ToRow, Rows);
}

/// <summary>The rows of some steps go to other steps.</summary>
/// <param name="Width">Values of a row.</param>
/// <param name="Adds">Whether they are added to what stands there.</param>
internal sealed record CopySteps(ValueRows From, ValueRows To, int Width, int Steps, RowRange Rows, bool Adds) : Call, ISteppedCall
{
    public Call Of(PlannedUnit unit, int step) => this with { From = From.From(step), To = To.From(step), Steps = 1, Rows = Rows.Of(unit, step) };

    public override Invocation Invocation => Invocation.OfRuntime(Adds ? "Rows.AddSteps" : "Rows.CopySteps", Argument.Arena, From, To, Width, Steps, Rows);
}

/// <summary>What all rows give is added to a sum of gradients; threads share it by units and not by rows.</summary>
/// <param name="Sum">Where among the sums.</param>
internal sealed record SumRows(int Offset, int Row, int Width, int Sum) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        "Rows.Sum", Argument.Arena, Offset, Row, Width, Argument.Sums, Sum, new Argument.LiveRows(Clock.Input));
}
