using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Calls;

/// <summary>Which rows a call runs over.</summary>
internal enum RowSet
{
    /// <summary>All rows that the method was given.</summary>
    All,

    /// <summary>Those of them that are live at a step.</summary>
    Live,

    /// <summary>The only row there is.</summary>
    One,

    /// <summary>Those from the first to the one that the method was given.</summary>
    Leading,

    /// <summary>The steps of a block.</summary>
    Steps,

    /// <summary>Those of them at which a model that says one thing at the end is asked what it would say.</summary>
    Said,
}

/// <summary>The rows that a call runs over.</summary>
/// <param name="LiveBy">By which steps rows are live, where only <see cref="RowSet.Live"/> ones count.</param>
/// <param name="Step">The step at which they are.</param>
/// <param name="Group">The steps by which the callee looks up itself which rows are live; null where it does not.</param>
internal readonly record struct RowRange(RowSet Set, Clock LiveBy = Clock.Input, int Step = 0, Clock? Group = null)
{
    public static RowRange All { get; } = new(RowSet.All);

    public static RowRange One { get; } = new(RowSet.One);

    public static RowRange Leading { get; } = new(RowSet.Leading);

    public static RowRange Steps { get; } = new(RowSet.Steps);

    public static RowRange Said { get; } = new(RowSet.Said);

    /// <summary>The rows that are live at a unit's step; at the end all are.</summary>
    public static RowRange Live(PlannedUnit unit, int step) => unit.RunsAtEnd ? All : new(RowSet.Live, unit.Clock, step);

    /// <summary>The rows of one step of a call over several: they are the live ones, so that the callee finds all of them live.</summary>
    public RowRange Of(PlannedUnit unit, int step) => Live(unit, step) with { Group = Group };

    /// <summary>All rows, with the steps at which each is live; what runs at the end needs none.</summary>
    public static RowRange OverSteps(Clock clock) => clock == Clock.End ? All : All with { Group = clock };
}
