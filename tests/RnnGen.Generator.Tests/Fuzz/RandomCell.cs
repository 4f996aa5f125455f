using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>
/// Equations of a cell at random, in all that <c>docs/cells.md</c> has: widths beside the layer's, states of each, numbers, first values, shared blocks, every function. They are of the
/// right shapes, bounded, and mostly smooth; a few still break a rule.
/// </summary>
internal sealed class RandomCell
{
    /// <summary>The layer's own width.</summary>
    private const char H = 'h';

    private static readonly string[] Names = ["a1", "e", "i1", "q", "r", "o", "int", "row", "be", "n1", "gate"];

    private static readonly string[] Bounded = ["tanh", "sigmoid", "sin", "cos"];

    private readonly Draw _draw;
    private readonly List<char> _widths = [];
    private readonly Dictionary<char, int> _sizes = [];
    private readonly List<(string Name, char Width)> _states = [], _values = [];
    private readonly SortedDictionary<string, string> _weights = new(StringComparer.Ordinal), _vectors = new(StringComparer.Ordinal), _biases = new(StringComparer.Ordinal);
    private readonly List<string> _lines = [];
    private readonly char _output;
    private string? _number;
    private string _line = "";

    public RandomCell(Draw draw)
    {
        _draw = draw;
        Widths();
        for (int i = draw.Between(0, 3); i > 0; i--)
        {
            Line(Names.Except(_values.Select(v => v.Name)).ElementAt(draw.Between(0, Names.Length - _values.Count - 1)), Width());
        }

        string[] states = draw.Pick<string[]>(["h"], ["h"], ["h", "c"], ["h", "z"], ["c", "h", "m"], ["z", "t"]);
        _states.AddRange(states.Select(name => (name, Width())));
        if (draw.Chance(2))
        {
            Line("g", _states[0].Width);
        }

        foreach ((string name, char width) in _states)
        {
            State(name, width, isLast: name == _states[^1].Name);
        }

        string output = "";
        _output = _states.FirstOrDefault(s => s.Name == "h", _states[^1]).Width;
        if (_states.All(s => s.Name != "h") || draw.Chance(3))
        {
            bool isState = draw.Chance(2);
            (string chosen, _output) = isState ? _states.Select(s => (s.Name + "'", s.Width)).ElementAt(draw.Between(0, _states.Count - 1)) : ("y", Width());
            if (!isState)
            {
                _line = "y";
                _lines.Add($"y = {Value(_output, 2)}");
            }

            output = $"\noutput {chosen}";
        }

        string lines = string.Join("\n", _lines);
        Text = Declarations(lines) + lines + output;
    }

    public string Text { get; }

    public bool HasActivation => Text.Contains(" f(", StringComparison.Ordinal) || Text.Contains("(f(", StringComparison.Ordinal);

    /// <summary>Other values for some of its numbers and widths.</summary>
    public IReadOnlyDictionary<string, string> Numbers()
    {
        Dictionary<string, string> numbers = [];
        foreach (char width in _sizes.Keys.Where(_ => _draw.Chance(3)))
        {
            numbers[char.ToUpperInvariant(width).ToString()] = Draw.Text(_draw.Pick(RandomLayers.Sizes));
        }

        if (_number is not null && _draw.Chance(3))
        {
            numbers[_number] = _draw.Pick("0.25", "-0.5", "1e-1");
        }

        return numbers;
    }

    /// <summary>Values of its output in a layer of a size, where some numbers are others than in the text.</summary>
    public int OutputWidth(IReadOnlyDictionary<string, string> numbers, int size) => _output == H ? size
        : numbers.TryGetValue(char.ToUpperInvariant(_output).ToString(), out string? other) ? int.Parse(other, CultureInfo.InvariantCulture)
        : _sizes[_output];

    // The layer's width alone, or others beside it, or others alone.
    private void Widths()
    {
        string widths = _draw.Pick("h", "h", "hp", "hp", "hpq", "p", "pq");
        _widths.AddRange(widths);
        foreach (char width in widths.Where(w => w != H))
        {
            _sizes[width] = _draw.Pick(RandomLayers.Sizes);
        }
    }

    private char Width() => _draw.Pick(_widths);

    private string Of(char width) => width == H ? "" : $"[{char.ToUpperInvariant(width)}]";

    private void Line(string name, char width)
    {
        _line = name;
        string sum = Sum(width);
        _lines.Add($"{name} = {(_draw.Chance(8) ? sum : $"{_draw.Pick(_draw.Pick(Bounded), "softplus", "sigmoid", "f", "norm")}({sum})")}");
        _values.Add((name, width));
    }

    private void State(string name, char width, bool isLast)
    {
        _line = name;
        string next = Value(width, 3);
        foreach ((string unread, char of) in _values.Where(value => isLast && !value.Name.EndsWith('\'') && !IsIn(next, value.Name) && !_lines.Exists(line => IsIn(line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..], value.Name))).ToArray())
        {
            next += $" {_draw.Pick("+", "-")} {(of == width ? $"0.5 * {unread}" : Product(width, unread, of))}";
        }

        // Most cells read their input somewhere.
        if (isLast && !IsIn(next, "x") && !_lines.Exists(line => IsIn(line, "x")) && !_draw.Chance(8))
        {
            next += " + " + Product(width, "x", 'x');
        }

        string bounded = $"{_draw.Pick(Bounded)}({next})";
        (string Name, char Width) gate = _values.FirstOrDefault(v => v.Name == "g" && v.Width == width);
        _lines.Add($"{name}' = " + (gate.Name is not null && _draw.Chance(2) ? $"g * {name} + (1 - g) * {bounded}" : _draw.Chance(3) ? $"0.5 * {name} + {bounded}" : bounded));
        _values.Add((name + "'", width));
    }

    // W x + U h + b, most often.
    private string Sum(char width)
    {
        string sum = Product(width, "x", 'x');
        if (_draw.Chance(2) && _values.Count + _states.Count > 0)
        {
            (string name, char of) = Leaf();
            sum += " + " + Product(width, name, of);
        }

        if (_draw.Chance(2))
        {
            string bias = width == H ? _draw.Pick("b", "b", "d", "e1") : "b" + width;
            if (bias is not ("b" or "d"))
            {
                _biases[bias] = Of(width);
            }

            sum += " + " + bias;
        }

        return sum;
    }

    private string Value(char width, int depth)
    {
        if (depth == 0)
        {
            (string Name, char Width)[] same = [.. All().Where(v => v.Width == width)];
            return same.Length > 0 && !_draw.Chance(4) ? _draw.Pick(same).Name : _draw.Chance(4) ? Vector(width) : Product(width, Leaf());
        }

        string a = Value(width, depth - 1), b = Value(width, depth - 1);
        return _draw.Between(0, 15) switch
        {
            0 or 1 => $"({a} + {b})",
            2 or 3 => $"({a} - {b})",
            4 => $"({a}) * ({b})",
            5 => $"({a}) / (2 + ({b}) * ({b}))",
            6 => $"{_draw.Pick(Bounded)}({a} - {b})",
            7 => $"{_draw.Pick("softplus", "gelu", "elu", "relu", "abs", "f")}({a})",
            8 => $"exp(-sqrt(1 + ({a}) * ({b}) * ({a}) * ({b})))",
            9 => $"log(1.5 + ({a}) * ({a})) * ({b})",
            10 => $"{_draw.Pick("min", "max")}({a}, {b})",
            11 when All().FirstOrDefault(v => v.Width == width).Name is { } compared => $"select({compared} {_draw.Pick("<", ">", "<=", ">=")} {_draw.Pick("0.1", "-0.3")}, {a}, {b})",
            12 => $"{_draw.Pick("norm", "mean")}({a})",
            13 => $"{Vector(width)} * ({a})",
            14 => $"{_number ??= "k"} * ({a})",
            _ => Product(width, _draw.Chance(2) ? ("x", 'x') : Leaf()),
        };
    }

    private string Vector(char width)
    {
        string name = _draw.Pick("v", "u") + width;
        _vectors[name] = Of(width);
        return name;
    }

    private string Product(char to, (string Name, char Width) value) => Product(to, value.Name, value.Width);

    /// <summary>A matrix of its own for each pair of widths, the usual ones where they are.</summary>
    private string Product(char to, string name, char of)
    {
        string matrix = (of, to) switch
        {
            ('x', H) => "W",
            (H, H) => _draw.Pick("U", "U", "V"),
            _ => $"M{of}{to}",
        };
        if (matrix is not ("W" or "U"))
        {
            _weights[matrix] = Of(to);
        }

        return $"{matrix} {name}";
    }

    private (string Name, char Width) Leaf()
    {
        (string Name, char Width)[] all = [.. All()];
        return all.Length == 0 ? ("x", 'x') : _draw.Pick(all);
    }

    // What a line may read: states before the step, and the lines above; no line reads itself.
    private IEnumerable<(string Name, char Width)> All() => _states.Concat(_values).Where(v => v.Name != _line);

    private static bool IsIn(string line, string name) => Regex.IsMatch(line, $@"(?<!\w){name}(?!\w)");

    // What was drawn and then not written has no declaration.
    private string Declarations(string lines)
    {
        StringBuilder text = new();
        if (_draw.Chance(6))
        {
            text.Append("# drawn\ncell Drawn\n");
        }

        (string Kind, string Name, string Of)[] parameters = [.. _weights.Select(p => ("weight", p.Key, p.Value)), .. _vectors.Select(p => ("vector", p.Key, p.Value)), .. _biases.Select(p => ("bias", p.Key, p.Value))];
        parameters = [.. parameters.Where(p => IsIn(lines, p.Name))];
        foreach (char unused in _sizes.Keys.Where(width => _states.All(s => s.Width != width) && parameters.All(p => p.Of != Of(width))).ToArray())
        {
            _sizes.Remove(unused);
        }

        _number = IsIn(lines, "k") ? _number : null;
        foreach ((char width, int size) in _sizes)
        {
            text.Append(CultureInfo.InvariantCulture, $"width {char.ToUpperInvariant(width)} = {Draw.Text(size)}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"state {string.Join(", ", _states.Select(s => s.Name + Of(s.Width)))}\n");
        foreach ((string kind, string name, string of) in parameters)
        {
            text.Append(CultureInfo.InvariantCulture, $"{kind} {name}{of}{(_draw.Chance(6) ? $" = own_{name.ToLowerInvariant()}" : "")}\n");
        }

        if (_number is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"number {_number} = 0.5\n");
        }

        foreach (string name in parameters.Where(p => p.Kind != "weight" && _draw.Chance(3)).Select(p => p.Name))
        {
            text.Append(CultureInfo.InvariantCulture, $"start {name} = {_draw.Pick("1", "-0.5")}\n");
        }

        return text.ToString();
    }
}
