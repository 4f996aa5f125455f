using System.Globalization;
using System.Text;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>Writes random cells that are well-typed, smooth where they are evaluated, and use every value that they give.</summary>
internal sealed class CellWriter(int seed)
{
    private static readonly string[] s_smooth = ["tanh", "sigmoid", "sin", "cos", "softplus", "gelu"];

    private readonly Random _random = new(seed);
    private readonly List<string> _values = [];
    private readonly HashSet<string> _unread = [];
    private readonly List<string> _states = [];
    private bool _mayNorm = true;

    public string Write()
    {
        string[] names = ["h", "c", "m"];
        _states.AddRange(names.Take(1 + _random.Next(3)));
        StringBuilder text = new();
        text.AppendLine("vector p").AppendLine("weight V").AppendLine("number k = 0.5");
        List<string> lines = [];
        int gates = 1 + _random.Next(4);
        for (int i = 0; i < gates; i++)
        {
            string name = $"e{(char)('a' + i)}";
            lines.Add($"{name} = {Function()}({Affine()})");
            _values.Add(name);
            _unread.Add(name);
        }

        // A state of a width of its own, which the others read through a matrix.
        if (_random.Next(4) == 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"width P = {1 + _random.Next(20)}").AppendLine("state q[P]").AppendLine("weight A[P], B").AppendLine("vector r[P]");
            lines.Add($"q' = {Function()}(A {Leaf()} + r * q) - 0.25 * q");
            _values.Add("(B q')");
            _unread.Add("(B q')");
        }

        // Every state's next value, which the later ones may read; each reads what none has read yet.
        foreach (string state in _states.AsEnumerable().Reverse())
        {
            bool isLast = state == _states[0];
            string rest = isLast && _unread.Count > 0 ? " + 0.5 * " + string.Join(" * ", _unread.Order(StringComparer.Ordinal)) : "";
            lines.Add($"{state}' = tanh({Value(3)}{rest} + p * {Leaf()} + k * (V x))");
            _values.Add(state + "'");
        }

        text.Append(string.Join("\n", lines));
        if (_random.Next(3) == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\ny = h' * {Leaf()} + {_states[^1]}'\noutput y");
        }

        return text.Replace("\r", "").ToString();
    }

    private string Function() => s_smooth[_random.Next(s_smooth.Length)];

    // W x, often with the state, a bias, or what the step has made.
    private string Affine()
    {
        string sum = "W x";
        if (_random.Next(3) > 0)
        {
            sum += _values.Count > 0 && _random.Next(4) == 0 ? $" + U ({Leaf()} * {State()})" : $" + U {State()}";
        }

        sum += _random.Next(2) == 0 ? " + b" : "";
        sum += _random.Next(3) == 0 ? $" + d * {State()}" : "";
        if (_mayNorm && _random.Next(6) == 0)
        {
            _mayNorm = false;
            return $"norm({sum})";
        }

        return sum;
    }

    private string State() => _states[_random.Next(_states.Count)];

    private string Leaf()
    {
        if (_values.Count > 0 && _random.Next(3) > 0)
        {
            string value = _values[_random.Next(_values.Count)];
            _unread.Remove(value);
            return value;
        }

        return State();
    }

    // Denominators stay away from 0, and so do the operands of log and sqrt.
    private string Value(int depth)
    {
        if (depth == 0)
        {
            return Leaf();
        }

        string a = Value(depth - 1), b = Value(depth - 1);
        return _random.Next(9) switch
        {
            0 => $"({a} + {b})",
            1 => $"({a} - {b})",
            2 => $"{a} * {b}",
            3 => $"({a}) / (2 + ({b}) * ({b}))",
            4 => $"{Function()}({a} - {b})",
            5 => $"exp(-sqrt(1 + ({a}) * ({b}) * ({a}) * ({b})))",
            6 => $"log(1.5 + ({a}) * ({a})) * {b}",
            7 => $"(1 - {a}) * {b}",
            _ => $"-{a} * ({b} + 0.25)",
        };
    }
}
