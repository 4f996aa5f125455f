using System.Collections.Generic;
using System.Globalization;

namespace RnnGen.Generator.Cells;

/// <summary>One line of equations, read from front to back.</summary>
internal sealed class CellLine(IReadOnlyList<CellToken> tokens, int position)
{
    private static readonly CellToken s_none = new("", 0);

    private int _position = position;

    public CellToken First => tokens[0];

    public CellToken Following() => _position < tokens.Count ? tokens[_position] : s_none;

    public string? Peek() => _position < tokens.Count ? tokens[_position].Text : null;

    public CellToken Next() => _position < tokens.Count ? tokens[_position++] : throw Error(CellProblem.Syntax, End(), "the line ends too early");

    public CellToken NextName()
    {
        CellToken token = Next();
        return token.IsName ? token : throw Error(CellProblem.Syntax, token, $"expected a name, found '{token.Text}'");
    }

    public bool Accept(string token)
    {
        bool found = Peek() == token;
        _position += found ? 1 : 0;
        return found;
    }

    public void Expect(string token)
    {
        if (Accept(token))
        {
            return;
        }

        throw IsComparison(Peek()) ? NoComparison()
            : Error(CellProblem.Syntax, _position < tokens.Count ? Following() : End(), $"expected '{token}', found {(Peek() is { } found ? $"'{found}'" : "the end of the line")}{(Following().IsName ? "; values are multiplied by '*'" : "")}");
    }

    public void ExpectEnd()
    {
        if (Peek() is { } token)
        {
            throw IsComparison(token) ? NoComparison() : Error(CellProblem.Syntax, Following(), $"unexpected '{token}'; values are multiplied by '*'");
        }
    }

    public double ReadSigned()
    {
        double sign = Accept("-") ? -1 : 1;
        return sign * ReadNumber(Next());
    }

    public static double ReadNumber(CellToken token) =>
        NumberProblem(token.Text, out double value) is { } problem ? throw Error(CellProblem.Syntax, token, $"'{token.Text}' is {problem}") : value;

    /// <summary>Reads a number of equations, and says what it is where it is none: its size is up to 1e30, and it is 0 only where it is written so.</summary>
    public static string? NumberProblem(string text, out double value) =>
        !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) || !(Math.Abs(value) <= 1e30) ? "not a number of a size up to 1e30"
        : value == 0 && HasDigit(text) ? "too small for a number of type double, and would be 0"
        : null;

    // Whether a digit in front of the exponent is not 0.
    private static bool HasDigit(string text) => text.Split('e', 'E')[0].IndexOfAny(['1', '2', '3', '4', '5', '6', '7', '8', '9']) >= 0;

    public static bool IsComparison(string? token) => token is "<" or ">" or "<=" or ">=";

    public CellFormatException NoComparison() => Error(CellProblem.NoDerivative, Following(),
        "a comparison has no derivative that a gradient could pass, and is the first operand of select(a > b, then, otherwise) only");

    public static CellFormatException Error(CellProblem problem, CellToken place, string message) => new(problem, place.Start, place.Length, message);

    // The last character.
    private CellToken End() => new(tokens[tokens.Count - 1].Text.Substring(tokens[tokens.Count - 1].Length - 1), tokens[tokens.Count - 1].End - 1);
}
