using System.Globalization;

namespace RnnGen.Generator.Tests.Cells.Judging;

/// <summary>What an equation says, as docs/cells.md writes it. Every operator and function is a <see cref="Call"/>.</summary>
internal abstract record Expression
{
    public sealed record Constant(double Value) : Expression;

    /// <summary>A name, with what stands behind its underscore as the gate's name where it is a parameter.</summary>
    public sealed record Name(string Text, bool HasPrime) : Expression;

    public sealed record Product(string Matrix, Expression Operand) : Expression;

    public sealed record Call(string Function, IReadOnlyList<Expression> Operands) : Expression;
}

/// <summary>A line that computes something.</summary>
internal sealed record Equation(string Name, bool HasPrime, Expression Value);

/// <summary>A declared matrix, bias or vector: its name in files, and the width of its rows (H where empty).</summary>
internal sealed record Declared(string Name, string Kind, string Width, string FileName);

/// <summary>The lines of a cell's text, read after the grammar of docs/cells.md and nothing else.</summary>
internal sealed class CellText
{
    private readonly List<string> _tokens = [];
    private int _at;

    public CellText(string text)
    {
        foreach (List<string> line in Lines(text))
        {
            _tokens.Clear();
            _tokens.AddRange(line);
            _tokens.Add("");
            _at = 0;
            Line();
            Expect("");
        }
    }

    public List<Equation> Equations { get; } = [];

    /// <summary>W, U, b and d need no declaration.</summary>
    public List<Declared> Parameters { get; } =
    [
        new("W", "weight", "", "weight_ih"), new("U", "weight", "", "weight_hh"), new("b", "bias", "", "bias_ih"), new("d", "bias", "", "bias_hh"),
    ];

    public Dictionary<string, double> Numbers { get; } = [];

    public Dictionary<string, int> Widths { get; } = [];

    public Dictionary<string, double> Starts { get; } = [];

    /// <summary>States in the declared order, with their widths.</summary>
    public Dictionary<string, string> States { get; } = [];

    public string? Output { get; private set; }

    private string Next => _tokens[_at];

    // A line that ends within parentheses goes on; ; ends one early; # begins a comment.
    private static IEnumerable<List<string>> Lines(string text)
    {
        List<string> line = [];
        int depth = 0;
        foreach (string physical in text.Split('\n'))
        {
            foreach (string token in Tokens(physical.Split('#')[0]))
            {
                if (token == ";")
                {
                    yield return line;
                    line = [];
                    continue;
                }

                depth += token == "(" ? 1 : token == ")" ? -1 : 0;
                line.Add(token);
            }

            if (depth == 0)
            {
                yield return line;
                line = [];
            }
        }
    }

    private static IEnumerable<string> Tokens(string line)
    {
        for (int at = 0; at < line.Length;)
        {
            int end = at + 1;
            if (char.IsWhiteSpace(line[at]))
            {
                at++;
                continue;
            }

            if (char.IsAsciiLetter(line[at]))
            {
                while (end < line.Length && (char.IsAsciiLetterOrDigit(line[end]) || line[end] == '_'))
                {
                    end++;
                }
            }
            else if (char.IsAsciiDigit(line[at]))
            {
                while (end < line.Length && (char.IsAsciiDigit(line[end]) || line[end] is '.' or 'e' or 'E' || (line[end] is '-' or '+' && line[end - 1] is 'e' or 'E')))
                {
                    end++;
                }
            }
            else if (line[at] is '<' or '>' && end < line.Length && line[end] == '=')
            {
                end++;
            }

            yield return line[at..end] switch { "×" => "*", "÷" => "/", string token => token };
            at = end;
        }
    }

    private void Line()
    {
        string first = Next;
        bool isEquation = _tokens.Count > 2 && (_tokens[1] == "=" || _tokens[1] == "'");
        if (first.Length == 0)
        {
            return;
        }

        _at++;
        if (isEquation)
        {
            bool prime = Accept("'");
            Expect("=");
            Equations.Add(new(first, prime, Sum()));
            return;
        }

        do
        {
            Declare(first);
        }
        while (Accept(","));
    }

    private void Declare(string kind)
    {
        string name = Take();
        switch (kind)
        {
            case "state":
                States.Add(name, Of());
                break;
            case "weight" or "bias" or "vector":
                string width = Of();
                Parameters.RemoveAll(p => p.Name == name);
                Parameters.Add(new(name, kind, width, Accept("=") ? Take() : name));
                break;
            case "width":
                Expect("=");
                Widths.Add(name, (int)Value());
                break;
            case "number":
                Expect("=");
                Numbers.Add(name, Value());
                break;
            case "start":
                Expect("=");
                Starts.Add(name, Value());
                break;
            case "output":
                Output = name + (Accept("'") ? "'" : "");
                break;
            case "cell":
                break;
            default:
                throw new FormatException($"'{kind}' is no line of the grammar.");
        }
    }

    private string Of()
    {
        if (!Accept("["))
        {
            return "";
        }

        string width = Take();
        Expect("]");
        return width;
    }

    private double Value() => Accept("-") ? -Number(Take()) : Number(Take());

    private Expression Sum()
    {
        Expression left = Term();
        while (Next is "+" or "-")
        {
            left = new Expression.Call(Take(), [left, Term()]);
        }

        return left;
    }

    private Expression Term()
    {
        Expression left = Factor();
        while (Next is "*" or "/")
        {
            left = new Expression.Call(Take(), [left, Factor()]);
        }

        return left;
    }

    private Expression Factor()
    {
        string token = Take();
        if (token == "-")
        {
            return new Expression.Call("negate", [Factor()]);
        }

        if (token == "(")
        {
            Expression inner = Sum();
            Expect(")");
            return inner;
        }

        if (char.IsAsciiDigit(token[0]))
        {
            return new Expression.Constant(Number(token));
        }

        if (char.IsAsciiLetterUpper(token[0]))
        {
            return new Expression.Product(token, Factor());
        }

        if (!Accept("("))
        {
            return new Expression.Name(token, Accept("'"));
        }

        List<Expression> operands = [Sum()];
        string function = token == "select" ? "select" + Take() : token;
        if (token == "select")
        {
            operands.Add(Sum());
        }

        while (Accept(","))
        {
            operands.Add(Sum());
        }

        Expect(")");
        return new Expression.Call(function, operands);
    }

    private static double Number(string token) => double.Parse(token, CultureInfo.InvariantCulture);

    private string Take() => _tokens[_at++];

    private bool Accept(string token)
    {
        bool found = Next == token && token.Length > 0;
        _at += found ? 1 : 0;
        return found;
    }

    private void Expect(string token)
    {
        if (Next != token)
        {
            throw new FormatException($"'{token}' instead of '{Next}' in {string.Join(" ", _tokens)}");
        }

        _at++;
    }
}
