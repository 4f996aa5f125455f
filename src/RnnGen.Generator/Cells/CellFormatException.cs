using System.Collections.Generic;

namespace RnnGen.Generator.Cells;

/// <summary>What is wrong with equations.</summary>
internal enum CellProblem
{
    /// <summary>A line is neither a declaration nor an equation.</summary>
    Syntax,

    /// <summary>A name that nothing defines.</summary>
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

    /// <summary>A name that is already in use.</summary>
    Name,

    /// <summary>What no kernel is written for.</summary>
    NotCompiled,
}

/// <summary>A mistake in equations.</summary>
/// <param name="Problem">What kind of mistake it is.</param>
/// <param name="Start">Where it starts in the text.</param>
/// <param name="Length">How many characters it has, at least 0.</param>
/// <param name="Message">What to change.</param>
internal sealed record CellMistake(CellProblem Problem, int Start, int Length, string Message);

/// <summary>Equations are not well-formed.</summary>
/// <param name="mistakes">At least one, in the order of the text.</param>
internal sealed class CellFormatException(IReadOnlyList<CellMistake> mistakes) : FormatException(mistakes[0].Message)
{
    /// <summary>A single mistake.</summary>
    public CellFormatException(CellProblem problem, int start, int length, string message)
        : this([new CellMistake(problem, start, length, message)])
    {
    }

    public IReadOnlyList<CellMistake> Mistakes { get; } = mistakes;

    /// <summary>The first one.</summary>
    public CellMistake First => Mistakes[0];

    public static CellFormatException At(Expression place, CellProblem problem, string message) => new(problem, place.Start, place.Length, message);
}
