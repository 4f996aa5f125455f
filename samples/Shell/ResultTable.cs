using System.Globalization;
using System.Text;

namespace RnnGen.Samples;

/// <summary>What was measured: a row a method, a column a measure, in each place the values of one or more seeds.</summary>
public sealed class ResultTable
{
    private readonly List<string> _methods = [];
    private readonly List<(string Name, int Digits)> _measures = [];
    private readonly Dictionary<(string Method, string Measure), List<double>> _values = [];

    /// <summary>Adds a value.</summary>
    /// <param name="method">What was measured; methods are printed in the order in which they come.</param>
    /// <param name="measure">The measure with its unit; measures are printed in the order in which they come.</param>
    /// <param name="value">The value.</param>
    /// <param name="digits">Digits behind the point.</param>
    public void Add(string method, string measure, double value, int digits = 2)
    {
        if (!_methods.Contains(method))
        {
            _methods.Add(method);
        }

        if (!_measures.Exists(m => m.Name == measure))
        {
            _measures.Add((measure, digits));
        }

        if (!_values.TryGetValue((method, measure), out List<double>? values))
        {
            _values[(method, measure)] = values = [];
        }

        values.Add(value);
    }

    /// <summary>Adds the values of another table.</summary>
    public void Add(ResultTable other)
    {
        foreach (string method in other._methods)
        {
            foreach ((string measure, int digits) in other._measures)
            {
                foreach (double value in other._values.GetValueOrDefault((method, measure), []))
                {
                    Add(method, measure, value, digits);
                }
            }
        }
    }

    /// <summary>The table as text. Where there are several values it has their mean and their standard deviation (that of a sample, over n - 1).</summary>
    /// <param name="heading">The heading of the column of methods.</param>
    public string Format(string heading)
    {
        string[][] columns =
        [
            [heading, .. _methods],
            .. _measures.Select(m => (string[])[m.Name, .. _methods.Select(method => Cell(_values.GetValueOrDefault((method, m.Name), []), m.Digits))]),
        ];
        int[] widths = [.. columns.Select(c => c.Max(cell => cell.Length))];
        StringBuilder text = new();
        for (int row = 0; row <= _methods.Count; row++)
        {
            text.Append(columns[0][row].PadRight(widths[0]));
            for (int column = 1; column < columns.Length; column++)
            {
                text.Append("  ").Append(columns[column][row].PadLeft(widths[column]));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Cell(List<double> values, int digits)
    {
        string Number(double value) => value.ToString($"N{digits}", CultureInfo.InvariantCulture);
        if (values.TrueForAll(v => v.Equals(values[0])))
        {
            return values.Count == 0 ? "" : Number(values[0]);
        }

        double mean = values.Average();
        return $"{Number(mean)} ± {Number(Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1)))}";
    }
}
