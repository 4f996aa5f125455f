using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using RnnGen.Generator.Parsing;

namespace RnnGen.Generator.Cells;

/// <summary>
/// Reads equations in the notation of the papers, where a matrix next to a value is their product, and what little is to be
/// declared about them: the grammar stands in <c>docs/cells.md</c>.
/// </summary>
internal sealed class CellParser
{
    private static readonly CellToken s_none = new("", 0);

    // The parameters that need no declaration, with PyTorch's names.
    private static readonly (CellTensorKind Kind, string Symbol, string TensorName)[] s_usual =
    [
        (CellTensorKind.Weight, "W", "weight_ih"), (CellTensorKind.Weight, "U", "weight_hh"), (CellTensorKind.Bias, "b", "bias_ih"), (CellTensorKind.Bias, "d", "bias_hh"),
    ];

    private readonly string _text;
    private readonly List<CellState> _states = [];
    private readonly List<CellTensor> _tensors = [];
    private readonly Dictionary<string, CellToken> _declared = [];
    private readonly Dictionary<string, double> _numbers = [];
    private readonly List<IReadOnlyList<CellToken>> _equationLines = [];
    private readonly List<IReadOnlyList<CellToken>> _startLines = [];
    private readonly Dictionary<string, CellToken> _given = [];
    private readonly HashSet<string> _known = ["x"];
    private readonly HashSet<string> _read = [];
    private string _name;
    private CellToken _output = s_none;
    private string _gate = "";
    private bool _hasActivation;

    private IReadOnlyList<CellToken> _line = [];
    private int _position;

    private CellParser(string text, string name) => (_text, _name) = (text, name);

    /// <param name="text">The equations.</param>
    /// <param name="name">The cell's name where the text has none.</param>
    /// <param name="numbers">Hyper-parameters in place of those in the text.</param>
    /// <exception cref="CellFormatException">The text is not well-formed.</exception>
    public static CellDefinition Parse(string text, string name = "Cell", EquatableArray<CellNumber>? numbers = null) =>
        new CellParser(text, name).Parse(numbers ?? EquatableArray<CellNumber>.Empty);

    private CellDefinition Parse(EquatableArray<CellNumber> numbers)
    {
        foreach (IReadOnlyList<CellToken> line in CellTokens.Lines(_text))
        {
            (_line, _position) = (line, 0);
            if (line.Count > 1 && line[1].Text == "=")
            {
                _equationLines.Add(line);
            }
            else
            {
                ParseDeclaration();
            }
        }

        foreach (CellNumber number in numbers)
        {
            _numbers[number.Name] = _numbers.ContainsKey(number.Name) ? number.Value
                : throw new CellFormatException(CellProblem.UnknownName, 0, 0, $"the layer gives '{number.Name}', and no line says 'number {number.Name} = …'");
        }

        foreach (IReadOnlyList<CellToken> line in _equationLines)
        {
            Give(line[0]);
        }

        AddUsual();
        StackGates();
        ParseStarts();
        List<CellEquation> equations = _equationLines.Select(ParseEquation).ToList();
        CheckStates();
        string output = FindOutput();
        CheckUse(output);
        return new CellDefinition(_name, _states, _tensors, equations, output, [.. _numbers.Select(n => new CellNumber(n.Key, n.Value))], _hasActivation);
    }

    // ---- Declarations ----

    private void ParseDeclaration()
    {
        CellToken first = Next();
        switch (first.Text)
        {
            case "cell": _name = NextName().Text; break;
            case "output": _output = NextName(); break;
            case "state": ParseList(ParseState); break;
            case "weight": ParseList(() => ParseTensor(CellTensorKind.Weight)); break;
            case "bias": ParseList(() => ParseTensor(CellTensorKind.Bias)); break;
            case "vector": ParseList(() => ParseTensor(CellTensorKind.Vector)); break;
            case "number": ParseList(ParseNumber); break;
            case "start":
                _startLines.Add(_line);
                return;
            default:
                throw Error(CellProblem.Syntax, first, $"'{first.Text}' begins neither an equation (name = …) nor a declaration (state, weight, bias, vector, number, start, output)");
        }

        ExpectEnd();
    }

    private void ParseList(Action parseItem)
    {
        parseItem();
        while (Accept(","))
        {
            parseItem();
        }
    }

    private void ParseState()
    {
        CellToken name = NextName();
        AddState(name, ParseWidth() ?? "H");
    }

    private void AddState(CellToken name, string width, CellToken? written = null)
    {
        CheckName(name);
        if (CellNames.IsTakenByKernels(name.Text) || _states.Any(s => CellNames.AreAlike(s.Name, name.Text)))
        {
            throw Error(CellProblem.Name, written ?? name, $"the generated code uses '{name.Text}' for something else; give the state another name");
        }

        Declare(name);
        _states.Add(new CellState(name.Text, width));
        _known.Add(name.Text);
    }

    private string? ParseWidth()
    {
        if (!Accept("["))
        {
            return null;
        }

        string width = NextName().Text;
        Expect("]");
        return width;
    }

    private void ParseTensor(CellTensorKind kind)
    {
        CellToken symbol = NextName();
        bool isUpper = char.IsUpper(symbol.Text[0]);
        if (symbol.Text.Contains('_') || symbol.Text.Contains('\''))
        {
            throw Error(CellProblem.Name, symbol, $"what follows '_' names the equation whose part of '{symbol.Text.Split('_')[0]}' is meant; declare '{symbol.Text.Split('_', '\'')[0]}'");
        }

        if (isUpper != (kind == CellTensorKind.Weight))
        {
            throw Error(CellProblem.Name, symbol, kind == CellTensorKind.Weight
                ? $"'{symbol.Text}' is a matrix, and its name begins with a capital letter"
                : $"'{symbol.Text}' has one value a unit, and its name begins with a small letter");
        }

        Declare(symbol);
        string? width = ParseWidth();
        string name = Accept("=") ? NextName().Text : symbol.Text;
        if (_tensors.Any(t => t.TensorName == name))
        {
            throw Error(CellProblem.Name, symbol, $"another parameter is called '{name}' in files");
        }

        _tensors.Add(new CellTensor(kind, symbol.Text, name, width ?? "H", [], new Dictionary<string, double>()));
    }

    private void ParseNumber()
    {
        CellToken name = NextName();
        CheckName(name);
        Declare(name);
        Expect("=");
        _numbers[name.Text] = ReadSigned();
        _known.Add(name.Text);
    }

    private static void CheckName(CellToken name)
    {
        if (name.Text == "x" || char.IsUpper(name.Text[0]) || name.Text.Contains('\''))
        {
            throw Error(CellProblem.Name, name, name.Text == "x" ? "x is the step's input" : $"'{name.Text}': the name of a state or a number begins with a small letter and has no prime");
        }
    }

    private void Declare(CellToken name)
    {
        if (_declared.ContainsKey(name.Text) || name.Text == "x")
        {
            throw Error(CellProblem.Name, name, $"'{name.Text}' means something else already");
        }

        _declared.Add(name.Text, name);
    }

    // A name on the left: a value of the step, or with a prime a state's next one, which makes it a state.
    private void Give(CellToken name)
    {
        if (!name.IsName || char.IsUpper(name.Text[0]))
        {
            throw Error(CellProblem.Name, name, name.IsName ? $"'{name.Text}' is a value, and its name begins with a small letter" : $"expected a name, found '{name.Text}'");
        }

        string plain = name.Text.TrimEnd('\'');
        bool isNext = plain.Length < name.Text.Length;
        if (_given.ContainsKey(name.Text))
        {
            throw Error(CellProblem.Name, name, $"'{name.Text}' is given twice; a name means one thing");
        }

        if (plain.Contains('\'') || name.Text.Length > plain.Length + 1)
        {
            throw Error(CellProblem.Name, name, $"'{name.Text}': a prime stands once, at the end, and makes a state's next value");
        }

        if (!isNext && (name.Text == "x" || _declared.ContainsKey(name.Text)))
        {
            throw Error(CellProblem.Name, name, _states.Any(s => s.Name == name.Text) ? $"'{name.Text}' is a state; its next value is {name.Text}'" : $"'{name.Text}' means something else already");
        }

        if (isNext && _states.All(s => s.Name != plain))
        {
            if (_given.ContainsKey(plain))
            {
                throw Error(CellProblem.Name, name, $"'{plain}' is a value of the step, and so no state");
            }

            AddState(name with { Text = plain }, "H", name);
        }

        _given.Add(name.Text, name);
    }

    // W, U, b and d need no declaration, unless they mean something else. h is the first state.
    private void AddUsual()
    {
        int position = 0;
        foreach ((CellTensorKind kind, string symbol, string tensorName) in s_usual)
        {
            if (_declared.ContainsKey(symbol) || _given.ContainsKey(symbol) || _tensors.Any(t => t.TensorName == tensorName))
            {
                continue;
            }

            _tensors.Insert(position++, new CellTensor(kind, symbol, tensorName, "H", [], new Dictionary<string, double>()));
        }

        List<CellTensor> ordered = _tensors.OrderBy(t => t.Kind).ToList();
        _tensors.Clear();
        _tensors.AddRange(ordered);
        if (_states.FindIndex(s => s.Name == "h") is > 0 and var at && !IsListed("h"))
        {
            CellState h = _states[at];
            _states.RemoveAt(at);
            _states.Insert(0, h);
        }
    }

    // Whether a 'state' line gives the order.
    private bool IsListed(string state) => !_given.TryGetValue(state + "'", out CellToken given) || given.Start != _declared[state].Start;

    // The blocks of each parameter, in the order in which equations use them; those that none uses go.
    private void StackGates()
    {
        Dictionary<string, List<string>> gates = [];
        foreach (IReadOnlyList<CellToken> line in _equationLines)
        {
            string own = GateOf(line[0]);
            foreach (CellToken token in line.Skip(2).Where(t => t.IsName && !_given.ContainsKey(t.Text)))
            {
                (string symbol, string? suffix) = Split(token.Text);
                if (_tensors.Any(t => t.Symbol == symbol))
                {
                    if (!gates.TryGetValue(symbol, out List<string>? list))
                    {
                        gates[symbol] = list = [];
                    }

                    if (!list.Contains(suffix ?? own))
                    {
                        list.Add(suffix ?? own);
                    }
                }
            }
        }

        for (int i = _tensors.Count - 1; i >= 0; i--)
        {
            CellTensor tensor = _tensors[i];
            if (gates.TryGetValue(tensor.Symbol, out List<string>? list))
            {
                _tensors[i] = tensor with { Gates = list.Count == 1 ? [] : list };
            }
            else if (_declared.TryGetValue(tensor.Symbol, out CellToken declaration))
            {
                throw Error(CellProblem.Unused, declaration, $"no equation uses '{tensor.Symbol}'");
            }
            else
            {
                _tensors.RemoveAt(i);
            }
        }
    }

    private static string GateOf(CellToken name) => name.Text.TrimEnd('\'');

    private static (string Symbol, string? Gate) Split(string name)
    {
        int at = name.IndexOf('_');
        return at <= 0 ? (name, null) : (name.Substring(0, at), name.Substring(at + 1));
    }

    private void ParseStarts()
    {
        foreach (IReadOnlyList<CellToken> line in _startLines)
        {
            (_line, _position) = (line, 1);
            CellToken name = NextName();
            (string symbol, string? gate) = Split(name.Text);
            int index = _tensors.FindIndex(t => t.Symbol == symbol);
            if (index < 0)
            {
                throw Error(CellProblem.UnknownName, name, $"'start' takes a parameter, and '{name.Text}' is none");
            }

            if (gate is not null && _tensors[index].Gates.Count > 0 && !_tensors[index].Gates.Contains(gate))
            {
                throw Error(CellProblem.UnknownName, name, $"the equation for '{gate}' does not use '{symbol}'");
            }

            Expect("=");
            Dictionary<string, double> starts = _tensors[index].Starts.ToDictionary(s => s.Key, s => s.Value);
            starts[_tensors[index].Gates.Count == 0 ? "" : gate ?? ""] = ReadSigned();
            ExpectEnd();
            _tensors[index] = _tensors[index] with { Starts = starts };
        }
    }

    // ---- Equations ----

    private CellEquation ParseEquation(IReadOnlyList<CellToken> line)
    {
        (_line, _position, _gate) = (line, 2, GateOf(line[0]));
        Expression expression = ParseSum();
        ExpectEnd();
        _known.Add(line[0].Text);
        string text = _text.Substring(line[0].Start, line[line.Count - 1].End - line[0].Start);
        return new CellEquation(line[0].Text, expression, System.Text.RegularExpressions.Regex.Replace(text, @"\s*[\r\n]\s*", " "));
    }

    private Expression ParseSum()
    {
        Expression left = ParseTerm();
        while (Peek() is "+" or "-")
        {
            CellToken sign = Next();
            left = Mark(new Expression.Binary(sign.Text[0], left, ParseTerm()), sign);
        }

        return left;
    }

    private Expression ParseTerm()
    {
        Expression left = ParseFactor();
        while (Peek() is "*" or "×" or "/" or "÷")
        {
            CellToken sign = Next();
            left = Mark(new Expression.Binary(sign.Text is "*" or "×" ? '*' : '/', left, ParseFactor()), sign);
        }

        return left;
    }

    private Expression ParseFactor()
    {
        CellToken token = Next();
        if (token.Text == "-")
        {
            return Mark(new Expression.Negation(ParseFactor()), token);
        }

        if (token.Text == "(")
        {
            Expression inner = ParseSum();
            Expect(")");
            return inner;
        }

        if (token.Text.Length > 0 && char.IsDigit(token.Text[0]))
        {
            return Mark(new Expression.Number(ReadNumber(token)), token);
        }

        if (!token.IsName)
        {
            throw Error(CellProblem.Syntax, token, token.Text is "<" or ">" ? "a comparison is the first operand of select(a > b, then, otherwise)" : $"expected a value, found '{token.Text}'");
        }

        return ParseName(token);
    }

    private Expression ParseName(CellToken token)
    {
        string name = token.Text;
        if (_known.Contains(name))
        {
            _read.Add(name);
            if (Peek() == "(" && name != "x")
            {
                throw Error(CellProblem.Syntax, Following(), $"'{name}' is a value and no function; write {name} * (…) for a product");
            }

            return Mark(_numbers.TryGetValue(name, out double number) ? new Expression.Number(number) : new Expression.Name(name), token);
        }

        if (_given.ContainsKey(name))
        {
            throw Error(CellProblem.Cycle, token, GateOf(token) == _gate && name.EndsWith("'", StringComparison.Ordinal) == _line[0].Text.EndsWith("'", StringComparison.Ordinal)
                ? $"'{name}' depends on itself; what it was at the step before is a state"
                : $"'{name}' is given by a later line; put that line first, or make it a state and read its value of the step before");
        }

        (string symbol, string? gate) = Split(name);
        if (_tensors.FirstOrDefault(t => t.Symbol == symbol) is { } tensor)
        {
            int block = tensor.BlockOf(gate ?? _gate);
            return Mark(tensor.Kind == CellTensorKind.Weight ? new Expression.Product(tensor, block, ParseFactor()) : new Expression.Parameter(tensor, block), token);
        }

        if (Peek() == "(")
        {
            return ParseCall(token);
        }

        string plain = name.TrimEnd('\'');
        throw Error(CellProblem.UnknownName, token,
            name.EndsWith("'", StringComparison.Ordinal) ? $"no equation gives {name}, the next value of a state {plain}"
            : char.IsUpper(name[0]) ? $"'{name}' is no matrix of the cell; W and U need no declaration, others do: weight {symbol}"
            : $"'{name}' is neither a value of an earlier line, nor a state (which has an equation {plain}' = …), nor a parameter (b and d need no declaration, others do: vector {symbol})");
    }

    private Expression ParseCall(CellToken function)
    {
        Expect("(");
        if (function.Text == "select")
        {
            Expression left = ParseSum();
            CellToken sign = Next();
            if (sign.Text is not (">" or "<" or ">=" or "<="))
            {
                throw Error(CellProblem.Syntax, sign.Length > 0 ? sign : function, "select takes a comparison first: select(a > b, then, otherwise)");
            }

            Expression right = ParseSum();
            Expect(",");
            Expression then = ParseSum();
            Expect(",");
            Expression otherwise = ParseSum();
            Expect(")");
            return Mark(sign.Text switch
            {
                ">" => new Expression.Select(left, right, then, otherwise),
                "<" => new Expression.Select(right, left, then, otherwise),
                ">=" => new Expression.Select(right, left, otherwise, then),
                _ => (Expression)new Expression.Select(left, right, otherwise, then),
            }, function);
        }

        List<Expression> operands = [ParseSum()];
        while (Accept(","))
        {
            operands.Add(ParseSum());
        }

        if (Peek() is "<" or ">" or "<=" or ">=")
        {
            throw NoComparison();
        }

        Expect(")");
        int? count = CellNames.OperandsOf(function.Text);
        if (count is null)
        {
            throw CellNames.HasNoDerivative(function.Text)
                ? Error(CellProblem.NoDerivative, function, $"{function.Text} has no derivative that a gradient could pass: it is 0 almost everywhere")
                : Error(CellProblem.UnknownName, function, $"there is no function '{function.Text}'; there are {CellNames.Functions}");
        }

        if (count != operands.Count)
        {
            throw Error(CellProblem.Syntax, function, $"{function.Text} takes {count} value{(count == 1 ? "" : "s")}, and here are {operands.Count}");
        }

        _hasActivation |= function.Text == "f";
        return Mark(new Expression.Call(function.Text, operands), function);
    }

    // ---- What must hold of the whole ----

    private void CheckStates()
    {
        foreach (CellState state in _states.Where(s => !_given.ContainsKey(s.Name + "'")))
        {
            throw Error(CellProblem.NoNextValue, _declared[state.Name], $"no equation gives {state.Name}', the next value of the state {state.Name}");
        }

        if (_equationLines.Count == 0)
        {
            throw new CellFormatException(CellProblem.Syntax, 0, 0, "there is no equation; a cell has one for each value of its step, such as h' = tanh(W x + U h + b)");
        }
    }

    private string FindOutput()
    {
        if (_output.Length > 0)
        {
            return _given.ContainsKey(_output.Text) ? _output.Text : throw Error(CellProblem.UnknownName, _output, $"no equation gives the output {_output.Text}");
        }

        return _given.ContainsKey("h'") ? "h'" : _equationLines[_equationLines.Count - 1][0].Text;
    }

    private void CheckUse(string output)
    {
        foreach (KeyValuePair<string, CellToken> value in _given)
        {
            if (!value.Key.EndsWith("'", StringComparison.Ordinal) && value.Key != output && !_read.Contains(value.Key))
            {
                throw Error(CellProblem.Unused, value.Value, $"nothing reads '{value.Key}'; use it, remove it, or make it the output: output {value.Key}");
            }
        }

        foreach (string number in _numbers.Keys.Where(n => !_read.Contains(n)))
        {
            throw Error(CellProblem.Unused, _declared[number], $"no equation uses '{number}'");
        }
    }

    // ---- Tokens ----

    private double ReadSigned()
    {
        double sign = Accept("-") ? -1 : 1;
        return sign * ReadNumber(Next());
    }

    private static double ReadNumber(CellToken token) =>
        double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && Math.Abs(value) <= 1e30
            ? value
            : throw Error(CellProblem.Syntax, token, $"'{token.Text}' is not a number of a size up to 1e30");

    private static Expression Mark(Expression expression, CellToken token) => expression with { Start = token.Start, Length = token.Length };

    private CellToken Following() => _position < _line.Count ? _line[_position] : s_none;

    private string? Peek() => _position < _line.Count ? _line[_position].Text : null;

    private CellToken Next() => _position < _line.Count ? _line[_position++] : throw Error(CellProblem.Syntax, EndOfLine(), "the line ends too early");

    private CellToken NextName()
    {
        CellToken token = Next();
        return token.IsName ? token : throw Error(CellProblem.Syntax, token, $"expected a name, found '{token.Text}'");
    }

    private bool Accept(string token)
    {
        bool found = Peek() == token;
        _position += found ? 1 : 0;
        return found;
    }

    private void Expect(string token)
    {
        if (Accept(token))
        {
            return;
        }

        throw Peek() is "<" or ">" or "<=" or ">=" ? NoComparison()
            : Error(CellProblem.Syntax, _position < _line.Count ? Following() : EndOfLine(), $"expected '{token}', found {(Peek() is { } found ? $"'{found}'" : "the end of the line")}{(Following().IsName ? "; values are multiplied by '*'" : "")}");
    }

    private void ExpectEnd()
    {
        if (Peek() is { } token)
        {
            throw token is "<" or ">" or "<=" or ">=" ? NoComparison()
                : Error(CellProblem.Syntax, Following(), $"unexpected '{token}'; values are multiplied by '*'");
        }
    }

    private CellFormatException NoComparison() => Error(CellProblem.NoDerivative, Following(),
        "a comparison has no derivative that a gradient could pass, and is the first operand of select(a > b, then, otherwise) only");

    // The last character of the line.
    private CellToken EndOfLine() => new(_line[_line.Count - 1].Text.Substring(_line[_line.Count - 1].Length - 1), _line[_line.Count - 1].End - 1);

    private static CellFormatException Error(CellProblem problem, CellToken place, string message) => new(problem, place.Start, place.Length, message);
}
