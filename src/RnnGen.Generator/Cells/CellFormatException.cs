namespace RnnGen.Generator.Cells;

/// <summary>What is wrong with equations.</summary>
internal enum CellProblem
{
    /// <summary>A line is neither a declaration nor an equation.</summary>
    Syntax,

    /// <summary>A name that nothing gives.</summary>
    UnknownName,

    /// <summary>A value of another width is needed.</summary>
    Shape,

    /// <summary>Something that nothing reads.</summary>
    Unused,

    /// <summary>A state without an equation for its next value.</summary>
    NoNextValue,

    /// <summary>A value that depends on itself within the step.</summary>
    Cycle,

    /// <summary>A function that gradients do not pass.</summary>
    NoDerivative,

    /// <summary>A name that means something else already.</summary>
    Name,

    /// <summary>What no kernel is written for.</summary>
    NotCompiled,
}

/// <summary>Equations are not well-formed.</summary>
/// <param name="problem">What kind of mistake it is.</param>
/// <param name="start">Where in the text it stands.</param>
/// <param name="length">How many characters it has, at least 0.</param>
/// <param name="message">What to change.</param>
internal sealed class CellFormatException(CellProblem problem, int start, int length, string message) : FormatException(message)
{
    public CellProblem Problem { get; } = problem;

    public int Start { get; } = start;

    public int Length { get; } = length;

    public static CellFormatException At(Expression place, CellProblem problem, string message) => new(problem, place.Start, place.Length, message);
}
