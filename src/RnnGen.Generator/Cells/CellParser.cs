using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace RnnGen.Generator.Cells;

/// <summary>Equation text is not well-formed.</summary>
internal sealed class CellFormatException(int line, string message) : FormatException($"line {line}: {message}");

/// <summary>
/// Reads equation text: declarations (<c>cell, state, gates, weight, bias, vector, start, output</c>), then
/// equations in the notation of the papers, where a weight next to a value is a matrix product.
/// </summary>
internal sealed class CellParser
{
    private readonly List<CellState> _states = [];
    private readonly List<string> _gates = [];
    private readonly List<CellTensor> _tensors = [];
    private readonly List<CellEquation> _equations = [];
    private readonly HashSet<string> _values = ["x"];
    private readonly HashSet<(string Symbol, int Block)> _used = [];
    private string _name = "";
    private string _output = "";
    private int _line;

    private string[] _tokens = [];
    private int _position;

    public static CellDefinition Parse(string text) => new CellParser().ParseLines(text);

    private CellDefinition ParseLines(string text)
    {
        foreach (string raw in text.Split('\n'))
        {
            _line++;
            string line = raw.Split('#')[0].Trim();
            if (line.Length > 0)
            {
                ParseLine(line);
            }
        }

        if (_states.FirstOrDefault(s => !_values.Contains(s.Name + "'")) is { } state)
        {
            throw Error($"no equation gives {state.Name}', the next value of the state {state.Name}");
        }

        if (!_values.Contains(_output))
        {
            throw Error(_output.Length == 0 ? "the cell names no output" : $"no equation gives the output {_output}");
        }

        foreach (CellTensor tensor in _tensors)
        {
            for (int block = 0; block < tensor.BlockCount; block++)
            {
                if (!_used.Contains((tensor.Symbol, block)))
                {
                    throw Error($"no equation uses {tensor.Symbol}{(tensor.Gates.Count == 0 ? "" : "_" + tensor.Gates[block])}");
                }
            }
        }

        return new CellDefinition(_name, _states, _tensors, _equations, _output);
    }

    private void ParseLine(string line)
    {
        _tokens = Tokenize(line).ToArray();
        _position = 0;
        if (_tokens.Length > 1 && _tokens[1] == "=")
        {
            ParseEquation(line);
            return;
        }

        switch (Next())
        {
            case "cell": _name = Next(); break;
            case "output": _output = Next(); break;
            case "state": ParseList(ParseState); break;
            case "gates": ParseGates(); break;
            case "weight": ParseTensor(CellTensorKind.Weight); break;
            case "bias": ParseTensor(CellTensorKind.Bias); break;
            case "vector": ParseTensor(CellTensorKind.Vector); break;
            case "start": ParseStart(); break;
            default: throw Error($"'{_tokens[0]}' starts neither a declaration nor an equation");
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
        string name = NextName();
        Define(name);
        _states.Add(new CellState(name, ParseWidth() ?? "H"));
    }

    // The gates are the blocks of every tensor that has no width of its own, so they come first.
    private void ParseGates()
    {
        if (_gates.Count > 0 || _tensors.Count > 0)
        {
            throw Error("'gates' stands once, before the first parameter");
        }

        ParseList(() => _gates.Add(NextName()));
        if (_gates.Distinct().Count() < _gates.Count)
        {
            throw Error("a gate is named twice");
        }
    }

    private string? ParseWidth()
    {
        if (!Accept("["))
        {
            return null;
        }

        string width = NextName();
        Expect("]");
        return width;
    }

    // An explicit width declares a single block; without one, a cell with gates stacks a block per gate.
    private void ParseTensor(CellTensorKind kind)
    {
        string symbol = NextName();
        if (_tensors.Any(t => t.Symbol == symbol) || _values.Contains(symbol))
        {
            throw Error($"{symbol} is defined twice");
        }

        if (symbol.Contains('_'))
        {
            throw Error($"{symbol}: what follows '_' names a gate; call the parameter {symbol.Split('_')[0]}");
        }

        string? width = ParseWidth();
        Expect("=");
        string tensorName = NextName();
        IReadOnlyList<string> gates = width is null ? _gates : [];
        _tensors.Add(new CellTensor(kind, symbol, tensorName, width ?? "H", gates, new Dictionary<string, double>()));
    }

    private void ParseStart()
    {
        if (_equations.Count > 0)
        {
            throw Error("'start' stands before the equations");
        }

        (CellTensor tensor, int block) = FindTensor(Next()) ?? throw Error("'start' takes a declared tensor");
        Expect("=");
        string gate = tensor.Gates.Count == 0 ? "" : tensor.Gates[block];
        Dictionary<string, double> starts = tensor.Starts.ToDictionary(s => s.Key, s => s.Value);
        double sign = Accept("-") ? -1 : 1;
        starts[gate] = sign * ParseNumber(Next());
        _tensors[_tensors.IndexOf(tensor)] = tensor with { Starts = starts };
    }

    private void ParseEquation(string line)
    {
        string name = NextName();
        Expect("=");
        Expression expression = ParseSum();
        ExpectEnd();
        if (name.EndsWith("'", StringComparison.Ordinal) && _states.All(s => s.Name + "'" != name))
        {
            throw Error($"{name} is the next value of no declared state");
        }

        Define(name);
        _equations.Add(new CellEquation(name, expression, line));
    }

    private Expression ParseSum()
    {
        Expression left = ParseTerm();
        while (Peek() is "+" or "-")
        {
            char operation = Next()[0];
            left = new Expression.Binary(operation, left, ParseTerm());
        }

        return left;
    }

    private Expression ParseTerm()
    {
        Expression left = ParseFactor();
        while (Accept("*"))
        {
            left = new Expression.Binary('*', left, ParseFactor());
        }

        return left;
    }

    private Expression ParseFactor()
    {
        if (Accept("-"))
        {
            return new Expression.Negation(ParseFactor());
        }

        if (Accept("("))
        {
            Expression inner = ParseSum();
            Expect(")");
            return inner;
        }

        string token = Next();
        if (char.IsDigit(token[0]))
        {
            return new Expression.Number(ParseNumber(token));
        }

        if (FindTensor(token) is (CellTensor tensor, int block))
        {
            _used.Add((tensor.Symbol, block));
            return tensor.Kind == CellTensorKind.Weight
                ? new Expression.Product(tensor, block, ParseFactor())
                : new Expression.Parameter(tensor, block);
        }

        if (Accept("("))
        {
            Expression operand = ParseSum();
            Expect(")");
            return new Expression.Call(token, operand);
        }

        return _values.Contains(token)
            ? new Expression.Name(token)
            : throw Error(IsName(token) ? $"'{token}' is neither a parameter nor a value of an earlier line" : $"expected a value, found '{token}'");
    }

    // Values are in single-assignment form: a name means one thing.
    private void Define(string name)
    {
        if (_tensors.Any(t => t.Symbol == name))
        {
            throw Error($"{name} is a parameter");
        }

        if (!_values.Add(name))
        {
            throw Error(_states.Any(s => s.Name == name) ? $"{name} is a state; its next value is {name}'" : $"{name} is defined twice");
        }
    }

    private static bool IsName(string token) => char.IsLetter(token[0]);

    private (CellTensor Tensor, int Block)? FindTensor(string token)
    {
        string symbol = token.Split('_')[0];
        string gate = token.Length > symbol.Length ? token.Substring(symbol.Length + 1) : "";
        CellTensor? tensor = _tensors.FirstOrDefault(t => t.Symbol == symbol);
        if (tensor is null)
        {
            return null;
        }

        int block = tensor.Gates.Count == 0 && gate.Length > 0 ? -1 : tensor.BlockOf(gate);
        return block >= 0 ? (tensor, block) : throw Error($"{token}: {symbol} has no block '{gate}'");
    }

    private double ParseNumber(string token) =>
        double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw Error($"'{token}' is not a number");

    private static IEnumerable<string> Tokenize(string line)
    {
        for (int i = 0; i < line.Length;)
        {
            if (char.IsWhiteSpace(line[i]))
            {
                i++;
                continue;
            }

            int start = i++;
            if (char.IsLetterOrDigit(line[start]))
            {
                while (i < line.Length && (char.IsLetterOrDigit(line[i]) || line[i] is '_' or '\'' or '.'))
                {
                    i++;
                }
            }

            yield return line.Substring(start, i - start);
        }
    }

    private string? Peek() => _position < _tokens.Length ? _tokens[_position] : null;

    private string Next() => Peek() is { } token ? _tokens[_position++] : throw Error("the line ends too early");

    private string NextName()
    {
        string token = Next();
        return IsName(token) ? token : throw Error($"expected a name, found '{token}'");
    }

    private bool Accept(string token)
    {
        bool found = Peek() == token;
        _position += found ? 1 : 0;
        return found;
    }

    private void Expect(string token)
    {
        if (!Accept(token))
        {
            throw Error($"expected '{token}', found {(Peek() is { } found ? $"'{found}'" : "the end of the line")}");
        }
    }

    private void ExpectEnd()
    {
        if (Peek() is { } token)
        {
            throw Error($"unexpected '{token}'");
        }
    }

    private CellFormatException Error(string message) => new(_line, message);
}
