using System.Globalization;
using System.Text;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>
/// Writes random cells that are well-typed and use every value that they give: several widths and states, repeated and subtracted terms, blocks of other lines, every
/// declaration and function of docs/cells.md, in every notation that the page allows.
/// </summary>
/// <param name="seed">The same cell for the same seed.</param>
/// <param name="isSmooth">Whether every function has derivatives everywhere, so that differences of a loss are its gradient.</param>
internal sealed class CellWriter(int seed, bool isSmooth)
{
    private const string Layers = "H", Inputs = "I";

    private static readonly string[] s_smooth = ["tanh", "sigmoid", "sin", "cos", "softplus", "gelu", "f"];

    private static readonly string[] s_names = ["in", "out", "za", "zb", "gate", "q1"];

    private static readonly string[] s_kinked = ["relu", "abs", "elu", "min", "max", "select"];

    private readonly Random _random = new(seed);
    private readonly StringBuilder _declarations = new();
    private readonly List<string> _lines = [];
    private readonly List<string> _lineNames = [];
    private readonly List<string> _widths = [Layers];

    // By width: what can be read, and what none has read yet.
    private readonly List<(string Width, string Name)> _values = [];
    private readonly List<(string Width, string Name)> _unread = [];

    // By the widths of rows and columns.
    private readonly Dictionary<(string Rows, string Columns), List<string>> _matrices = new() { [(Layers, Inputs)] = ["W"], [(Layers, Layers)] = ["U"] };
    private readonly Dictionary<string, List<string>> _biases = new() { [Layers] = ["b", "d"] };
    private readonly Dictionary<string, List<string>> _vectors = [];
    private readonly List<string> _numbers = [];
    private int _declared;
    private string _line = "";

    /// <summary>Numbers and widths that the layer sets in place of those of the text.</summary>
    public Dictionary<string, double> Overrides { get; } = [];

    public string Write()
    {
        if (_random.Next(3) == 0)
        {
            _widths.AddRange(new[] { "P", "Q" }.Take(1 + _random.Next(2)));
        }

        List<(string Width, string Name)> states = States();
        _values.AddRange(states);
        _unread.AddRange(states.Where(_ => _random.Next(3) > 0));
        foreach (string name in s_names.OrderBy(_ => _random.Next()).Take(_random.Next(5)).ToList())
        {
            string width = Pick(_widths);
            Line(name, name, width, () => Bounded(width, 2));
        }

        foreach ((string width, string state) in states.OrderBy(_ => _random.Next()).ToList())
        {
            Line(state, state + "'", width, () => Next(width, state));
        }

        List<(string Width, string Name)> rest = [.. _unread.Where(v => !v.Name.EndsWith('\''))];
        if (rest.Count > 0 || _random.Next(3) == 0)
        {
            string width = Pick(_widths);
            Line("y", "y", width, () => string.Concat(rest.Select(v => Own(width, v) + Pick([" * ", " + ", " - "]))) + Bounded(width, 1));
            _declarations.AppendLine("output y");
        }
        else if (_random.Next(2) == 0)
        {
            _declarations.AppendLine("output " + states[^1].Name + "'");
        }

        return Laid(Widths() + _declarations + string.Join("\n", _lines));
    }

    // Those that something has, some of which the layer sets.
    private string Widths()
    {
        string text = "";
        foreach (string width in _widths.Where(w => w != Layers && _declarations.ToString().Contains($"[{w}]", StringComparison.Ordinal)))
        {
            text += $"width {width} = {1 + _random.Next(20)}\n";
            if (_random.Next(3) == 0)
            {
                Overrides[width] = 1 + _random.Next(20);
            }
        }

        return text;
    }

    private List<(string Width, string Name)> States()
    {
        List<(string, string)> states = [.. new[] { "h", "c", "m" }.Take(1 + _random.Next(3)).Select(n => (Pick(_widths), n))];
        string[] declared = [.. states.Select(s => s.Item1 == Layers ? Pick([s.Item2, s.Item2 + "[H]"]) : $"{s.Item2}[{s.Item1}]")];
        if (states.Any(s => s.Item1 != Layers) || _random.Next(2) == 0)
        {
            _declarations.AppendLine("state " + string.Join(", ", declared));
        }

        return states;
    }

    private void Line(string gate, string name, string width, Func<string> value)
    {
        _line = gate;
        _lines.Add($"{name} = {value()}");
        _lineNames.Add(gate);
        _values.Add((width, name));
        _unread.Add((width, name));
    }

    // A state's next value stays within bounds over any number of steps.
    private string Next(string width, string state)
    {
        return _random.Next(4) switch
        {
            0 => $"0.5 * {state} + 0.5 * tanh({Sum(width, 2)})",
            1 => $"tanh({Sum(width, 2)}) - 0.25 * {state}",
            2 => $"({Number()}) * tanh({Value(width, 2)}) + 0.3 * tanh({Sum(width, 1)})",
            _ => $"tanh({Sum(width, 1)} + {Value(width, 2)})",
        };
    }

    private string Bounded(string width, int depth) => _random.Next(5) == 0 ? Sum(width, depth) : $"{Pick(["tanh", "sigmoid", "sin"])}({Sum(width, depth)})";

    // Terms that are added and subtracted, some of them again, some in parentheses.
    private string Sum(string width, int depth)
    {
        StringBuilder sum = new(Product(width, depth));
        List<string> terms = [sum.ToString()];
        for (int i = _random.Next(5); i > 0; i--)
        {
            string term = _random.Next(10) switch
            {
                0 or 1 => Bias(width),
                2 => Pick(terms),
                3 => $"({Product(width, 0)} {Pick(["+", "-"])} {Bias(width)})",
                4 => $"-({Bias(width)} {Pick(["+", "-"])} {Product(width, 0)})",
                5 => $"{Number()} * ({Product(width, 0)} + {Bias(width)})",
                6 => Vector(width),
                7 => depth > 0 ? Value(width, depth - 1) : Leaf(width),
                8 => Number(),
                _ => Product(width, depth),
            };
            terms.Add(term);
            sum.Append(Pick([" + ", " + ", " - "])).Append(term);
        }

        return sum.ToString();
    }

    // A matrix and what it multiplies, of any width.
    private string Product(string width, int depth)
    {
        string columns = _random.Next(2) == 0 ? Inputs : Pick(_widths);
        string operand = columns == Inputs ? "x" : depth == 0 || _random.Next(3) > 0 ? Leaf(columns) : $"({Value(columns, depth - 1)})";
        return $"{Block(Of(_matrices, (width, columns), "weight", true))} {operand}";
    }

    private string Bias(string width) => Block(Of(_biases, width, "bias", false));

    private string Vector(string width) => Block(Of(_vectors, width, "vector", false));

    // One of the parameters of a shape, or a new one.
    private string Of<TShape>(Dictionary<TShape, List<string>> all, TShape shape, string kind, bool isMatrix)
        where TShape : notnull
    {
        if (!all.TryGetValue(shape, out List<string>? names))
        {
            all[shape] = names = [];
        }

        if (names.Count == 0 || (names.Count < 3 && _random.Next(8) == 0))
        {
            string width = shape is ValueTuple<string, string> both ? both.Item1 : (string)(object)shape;
            string name = (isMatrix ? "M" : kind[..1]) + ++_declared;
            _declarations.AppendLine(CultureInfo.InvariantCulture, $"{kind} {name}{(width == Layers ? Pick(["", "[H]"]) : $"[{width}]")}{(_random.Next(3) == 0 ? $" = {kind}_{_declared}" : "")}");
            if (_random.Next(4) == 0)
            {
                _declarations.AppendLine(CultureInfo.InvariantCulture, $"start {name} = {Pick(["1", "-0.5", "0.125"])}");
            }

            names.Add(name);
            return name;
        }

        return Pick(names);
    }

    // The line's own block, or that of a line before.
    private string Block(string parameter) =>
        _lineNames.Count > 0 && _random.Next(6) == 0 ? $"{parameter}_{Pick(_lineNames)}" : _random.Next(12) == 0 ? $"{parameter}_{_line}" : parameter;

    private string Number()
    {
        if (_numbers.Count < 2 && _random.Next(4) == 0)
        {
            string name = Pick(["kappa", "leak", "eta"]) + (_numbers.Count + 1);
            _numbers.Add(name);
            _declarations.AppendLine(CultureInfo.InvariantCulture, $"number {name} = {Pick(["0.3", "-0.7", "5e-1"])}");
            if (_random.Next(3) == 0)
            {
                Overrides[name] = 0.45;
            }

            return name;
        }

        return _numbers.Count > 0 && _random.Next(2) == 0 ? Pick(_numbers) : Pick(["0.5", "2", "0.1", "1", "-0.75", "3e-1"]);
    }

    private string Leaf(string width)
    {
        List<(string Width, string Name)> of = [.. _values.Where(v => v.Width == width)];
        if (of.Count == 0 || _random.Next(8) == 0)
        {
            return _random.Next(2) == 0 ? Vector(width) : Bias(width);
        }

        List<(string Width, string Name)> unread = [.. of.Where(_unread.Contains)];
        (string Width, string Name) value = Pick(unread.Count > 0 ? unread : of);
        _unread.Remove(value);
        return value.Name;
    }

    // A value as one of another width.
    private string Own(string width, (string Width, string Name) value)
    {
        _unread.Remove(value);
        return value.Width == width ? value.Name : $"({Block(Of(_matrices, (width, value.Width), "weight", true))} {value.Name})";
    }

    // Denominators stay away from 0, and so do the operands of log and sqrt.
    private string Value(string width, int depth)
    {
        if (depth <= 0)
        {
            return Leaf(width);
        }

        string Any() => Value(width, depth - 1);
        string a = Any();
        return _random.Next(isSmooth ? 16 : 18) switch
        {
            0 => $"({a} + {Any()})",
            1 => $"({a} - {Any()})",
            2 => $"{a} * {Any()}",
            3 => Quotient(a, Any()),
            4 => $"{Pick(s_smooth)}({a} - {Any()})",
            5 => Decay(a, Any()),
            6 => $"log(1.5 + ({a}) * ({a})) * {Any()}",
            7 => $"(1 - {a}) * {Any()}",
            8 => $"-{a} * ({Any()} + 0.25)",
            9 => $"({Sum(width, 0)} - {a})",
            10 => $"{Number()} * {a} - {Any()} * {Number()}",
            11 => $"mean({a}) * {Any()}",
            12 => $"norm({Sum(width, 0)} + {a})",
            13 => $"(--{a} - (-{Any()}))",
            14 => $"({a}) ÷ (1.5 + mean(({a}) × ({a})))",
            15 => $"({a} + {a} - {Number()} * {a})",
            _ => Kinked(width, a, Any()),
        };
    }

    private static string Quotient(string a, string b) => $"({a}) / (2 + ({b}) * ({b}))";

    private static string Decay(string a, string b) => $"exp(-sqrt(1 + ({a}) * ({b}) * ({a}) * ({b})))";

    private string Kinked(string width, string a, string b) => Pick(s_kinked) switch
    {
        "min" => $"min({a}, {b} + {Number()})",
        "max" => $"max({b} * {Number()}, {a})",
        "select" => $"select({a} {Pick(["<", ">", "<=", ">="])} {Number()}, {b}, {Leaf(width)})",
        string function => $"{function}({a} - {b} * {Number()})",
    };

    // Some of the white space, comments and line ends that the page allows.
    private string Laid(string text)
    {
        StringBuilder laid = new();
        foreach (string line in text.Replace("\r", "", StringComparison.Ordinal).Split('\n'))
        {
            laid.Append(_random.Next(6) == 0 ? line.Replace("(", "(\n    ", StringComparison.Ordinal) : line);
            laid.Append(_random.Next(8) switch { 0 => " # as it stands\n", 1 => ";\n", 2 => "\n\n", _ => "\n" });
        }

        return laid.ToString();
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
