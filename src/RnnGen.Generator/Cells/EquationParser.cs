using System.Collections.Generic;
using System.Linq;

namespace RnnGen.Generator.Cells;

/// <summary>What a cell's equations may name: x, states, parameters, numbers and values.</summary>
/// <param name="tensors">The parameters, their blocks known.</param>
/// <param name="numbers">The hyper-parameters.</param>
/// <param name="given">All names that a line defines, and where.</param>
internal sealed class CellScope(IReadOnlyList<CellTensor> tensors, IReadOnlyDictionary<string, double> numbers, IReadOnlyDictionary<string, CellToken> given) : EquationScope(numbers, given)
{
    public override IReadOnlyList<CellTensor> Tensors => tensors;

    /// <summary>Whether f has been called, which the layer's declaration names.</summary>
    public bool CallsActivation { get; private set; }

    public override string Functions => CellNames.Functions;

    public override IReadOnlyList<int>? OperandCounts(string function) => CellNames.OperandsOf(function) is { } count ? [count] : null;

    public override string Unknown(string name) =>
        name.EndsWith("'", StringComparison.Ordinal) ? $"no equation defines {name}, the next value of a state {name.TrimEnd('\'')}"
        : char.IsUpper(name[0]) ? $"'{name}' is not a matrix of the cell; W and U need no declaration, others do: weight {Split(name).Symbol}"
        : $"'{name}' is neither a value of an earlier line, nor a state (which has an equation {name}' = …), nor a parameter (b and d need no declaration, others do: vector {Split(name).Symbol})";

    public override string TooEarly(string name, bool isItself) => isItself
        ? $"'{name}' depends on itself; its value at the previous step would be a state"
        : $"'{name}' is defined by a later line; put that line first, or make it a state and read its value at the previous step";

    public override void Call(string function) => CallsActivation |= function == "f";

    /// <summary>The equation whose block of a parameter is meant where none is named: <c>f</c> in the line for f, <c>c</c> in that for c'.</summary>
    public static string GateOf(CellToken name) => name.Text.TrimEnd('\'');

    /// <summary>A parameter's symbol, and the equation whose block of it is named: <c>W_f</c>.</summary>
    public static (string Symbol, string? Gate) Split(string name)
    {
        int at = name.IndexOf('_');
        return at <= 0 ? (name, null) : (name.Substring(0, at), name.Substring(at + 1));
    }
}

/// <summary>
/// Reads one equation. After a mistake in a name reading continues; a mistake in the syntax of the line ends it.
/// </summary>
internal sealed class EquationParser(string text, IReadOnlyList<CellToken> tokens, EquationScope scope)
{
    // Parentheses, signs, matrices and functions within each other. What reads and translates expressions calls itself as often.
    private const int MostNested = 100;

    private readonly CellLine _line = new(tokens, 2);
    private readonly string _gate = CellScope.GateOf(tokens[0]);
    private readonly List<CellMistake> _mistakes = [];
    private int _nested;

    /// <exception cref="CellFormatException">The line's mistakes.</exception>
    public CellEquation Parse()
    {
        Expression? expression = null;
        try
        {
            expression = ParseSum();
            _line.ExpectEnd();
        }
        catch (CellFormatException) when (_mistakes.Count > 0)
        {
            // The rest of a line that has been misread already.
        }

        if (_mistakes.Count > 0)
        {
            throw new CellFormatException(_mistakes);
        }

        return new CellEquation(tokens[0].Text, expression!, Written());
    }

    // In one line, whatever stood between its parts: comments, and what ends a line of C#.
    private string Written()
    {
        System.Text.StringBuilder written = new(tokens[0].Text);
        for (int i = 1; i < tokens.Count; i++)
        {
            string between = text.Substring(tokens[i - 1].End, tokens[i].Start - tokens[i - 1].End);
            written.Append(between.All(static c => c == ' ') ? between : " ").Append(tokens[i].Text);
        }

        return written.ToString();
    }

    private Expression ParseSum()
    {
        Expression left = ParseTerm();
        while (_line.Peek() is "+" or "-")
        {
            CellToken sign = _line.Next();
            left = Mark(new Expression.Binary(sign.Text[0], left, ParseTerm()), sign);
        }

        return left;
    }

    private Expression ParseTerm()
    {
        Expression left = ParseFactor();
        while (_line.Peek() is "*" or "×" or "/" or "÷")
        {
            CellToken sign = _line.Next();
            left = Mark(new Expression.Binary(sign.Text is "*" or "×" ? '*' : '/', left, ParseFactor()), sign);
        }

        return left;
    }

    private Expression ParseFactor()
    {
        CellToken token = _line.Next();
        if (++_nested > MostNested)
        {
            throw CellLine.Error(CellProblem.Syntax, token, $"this is nested more than {MostNested} deep; move a part of it to a line of its own: name = …");
        }

        Expression factor = ParseFactor(token);
        _nested--;
        return factor;
    }

    private Expression ParseFactor(CellToken token)
    {
        if (token.Text == "-")
        {
            return Mark(new Expression.Negation(ParseFactor()), token);
        }

        if (token.Text == "(")
        {
            Expression inner = ParseSum();
            _line.Expect(")");
            return inner;
        }

        if (token.Text.Length > 0 && char.IsDigit(token.Text[0]))
        {
            return Mark(new Expression.Number(CellLine.ReadNumber(token)), token);
        }

        if (!token.IsName)
        {
            throw CellLine.Error(CellProblem.Syntax, token, token.Text is "<" or ">" ? "a comparison is the first operand of select(a > b, then, otherwise)" : $"expected a value, found '{token.Text}'");
        }

        return ParseName(token);
    }

    private Expression ParseName(CellToken token)
    {
        string name = token.Text;
        if (scope.Known.Contains(name))
        {
            scope.Read.Add(name);
            if (_line.Peek() == "(" && name != "x")
            {
                throw CellLine.Error(CellProblem.Syntax, _line.Following(), $"'{name}' is a value, not a function; write {name} * (…) for a product");
            }

            return Mark(scope.Numbers.TryGetValue(name, out double number) ? new Expression.Number(number) : new Expression.Name(name), token);
        }

        if (scope.Given.ContainsKey(name))
        {
            bool isItself = CellScope.GateOf(token) == _gate && name.EndsWith("'", StringComparison.Ordinal) == _line.First.Text.EndsWith("'", StringComparison.Ordinal);
            return Note(CellProblem.Cycle, token, scope.TooEarly(name, isItself));
        }

        (string symbol, string? gate) = CellScope.Split(name);
        if (scope.Tensors.FirstOrDefault(t => t.Symbol == symbol) is { } tensor)
        {
            int block = tensor.BlockOf(gate ?? _gate);
            return Mark(tensor.Kind == CellTensorKind.Weight ? new Expression.Product(tensor, block, ParseFactor()) : new Expression.Parameter(tensor, block), token);
        }

        if (_line.Peek() == "(")
        {
            return ParseCall(token);
        }

        Expression unknown = Note(CellProblem.UnknownName, token, scope.Unknown(name));
        return char.IsUpper(name[0]) && _line.Peek() is not null ? ParseFactor() : unknown;
    }

    private Expression ParseCall(CellToken function)
    {
        _line.Expect("(");
        if (function.Text == "select")
        {
            Expression left = ParseSum();
            CellToken sign = _line.Next();
            if (!CellLine.IsComparison(sign.Text))
            {
                throw CellLine.Error(CellProblem.Syntax, sign.Length > 0 ? sign : function, "select takes a comparison first: select(a > b, then, otherwise)");
            }

            Expression right = ParseSum();
            _line.Expect(",");
            Expression then = ParseSum();
            _line.Expect(",");
            Expression otherwise = ParseSum();
            _line.Expect(")");
            return Mark(sign.Text switch
            {
                ">" => new Expression.Select(left, right, then, otherwise),
                "<" => new Expression.Select(right, left, then, otherwise),
                ">=" => new Expression.Select(right, left, otherwise, then),
                _ => (Expression)new Expression.Select(left, right, otherwise, then),
            }, function);
        }

        List<Expression> operands = [ParseSum()];
        while (_line.Accept(","))
        {
            operands.Add(ParseSum());
        }

        if (CellLine.IsComparison(_line.Peek()))
        {
            throw _line.NoComparison();
        }

        _line.Expect(")");
        IReadOnlyList<int>? counts = scope.OperandCounts(function.Text);
        if (counts is null)
        {
            return CellNames.HasNoDerivative(function.Text)
                ? Note(CellProblem.NoDerivative, function, $"{function.Text} has no derivative that gradients can use: it is 0 almost everywhere")
                : Note(CellProblem.UnknownName, function, $"there is no function '{function.Text}'; the functions are {scope.Functions}");
        }

        if (!counts.Contains(operands.Count))
        {
            return Note(CellProblem.Syntax, function, $"{function.Text} takes {string.Join(" or ", counts)} value{(counts[counts.Count - 1] == 1 ? "" : "s")}, not {operands.Count}");
        }

        scope.Call(function.Text);
        return Mark(new Expression.Call(function.Text, operands), function);
    }

    // A mistake after which the line can be read on, with any value in its place.
    private Expression Note(CellProblem problem, CellToken place, string message)
    {
        _mistakes.Add(new CellMistake(problem, place.Start, place.Length, message));
        return new Expression.Number(0);
    }

    private static Expression Mark(Expression expression, CellToken token) => expression with { Start = token.Start, Length = token.Length };
}
