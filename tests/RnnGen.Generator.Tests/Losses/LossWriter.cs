using System.Globalization;
using System.Text;

namespace RnnGen.Generator.Tests.Losses;

/// <summary>Writes random losses of one output that use every value that they give, with every function of docs/losses.md that takes each value alone.</summary>
/// <param name="seed">The same loss for the same seed.</param>
internal sealed class LossWriter(int seed)
{
    private static readonly string[] s_names = ["d", "size", "row", "sum", "scale", "class", "λ", "q1", "w"];

    // Each is continuous, and has a value and slopes of a moderate size wherever its operands have.
    private static readonly string[] s_forms =
    [
        "tanh({0})", "sigmoid({0})", "softplus({0})", "sin({0})", "cos({0})", "abs({0})", "relu({0})", "exp(tanh({0}))", "log(2 + sin({0}))", "log1p({0} * {0})", "sqrt(1 + {0} * {0})",
        "lgamma(1.5 + sigmoid({0}))", "-({0})", "({0} + {1})", "({0} - {1})", "{0} * {1}", "{0} / (2 + cos({1}))", "min({0}, {1})", "max({0}, {1})", "select({0} > {1}, {0}, {1})",
        "select({0} <= {1}, {1}, {0})",
    ];

    private readonly Random _random = new(seed);
    private readonly List<string> _values = ["y", "target"];
    private readonly List<string> _unread = ["y", "target"];

    public string Write()
    {
        StringBuilder text = new();
        if (_random.Next(3) == 0)
        {
            text.AppendLine("# A loss of chance.");
        }

        for (int i = _random.Next(3); i > 0; i--)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"number k{i} = {Math.Round((2 * _random.NextDouble()) - 0.5, 2) + 0.005:F3}");
            Know($"k{i}");
        }

        foreach (string name in s_names.OrderBy(_ => _random.Next()).Take(_random.Next(4)).ToList())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{name} = {Expression(2)}");
            Know(name);
        }

        text.Append("loss = ").Append(Expression(2));
        foreach (string value in _unread.ToList())
        {
            text.Append(_random.Next(2) == 0 ? " + " : " - ").Append(string.Format(CultureInfo.InvariantCulture, s_forms[_random.Next(13)], Atom(value)));
        }

        // Whatever else cancels out, the output is learned.
        return text.Append(" + (y - target) * (y - target) / 2").ToString();
    }

    private void Know(string name)
    {
        _values.Add(name);
        _unread.Add(name);
    }

    private string Expression(int depth)
    {
        if (depth == 0)
        {
            return Leaf();
        }

        string form = s_forms[_random.Next(s_forms.Length)], first = Atom(Expression(depth - 1));
        return string.Format(CultureInfo.InvariantCulture, form, first, form.Contains("{1}", StringComparison.Ordinal) ? Atom(Expression(_random.Next(depth))) : "");
    }

    private string Leaf()
    {
        string value = _values[_random.Next(_values.Count)];
        _unread.Remove(value);
        return value;
    }

    private static string Atom(string text) => text.All(char.IsLetterOrDigit) ? text : $"({text})";
}
