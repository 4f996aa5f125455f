using System.Globalization;

namespace RnnGen.Forecasting;

/// <summary>Statics as numbers: a column of numbers is one static, a column of text has one for each category.</summary>
internal sealed class StaticValues
{
    private readonly List<string> _names = [];
    private readonly List<double>[] _values;

    /// <param name="columns">The columns' names.</param>
    /// <param name="series">Id and text of every series.</param>
    public StaticValues(IReadOnlyList<string> columns, IReadOnlyList<(string Id, string[] Text)> series)
    {
        _values = [.. series.Select(_ => new List<double>())];
        for (int column = 0; column < columns.Count; column++)
        {
            if (series.FirstOrDefault(s => s.Text[column].Length == 0) is { Id: { } id })
            {
                throw new SeriesDataException($"the static '{columns[column]}' is missing; fill it in, or leave the column out.", id);
            }

            string[] texts = [.. series.Select(s => s.Text[column])];
            double[] numbers = [.. texts.Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : double.NaN)];
            if (!numbers.Any(double.IsNaN))
            {
                Add(columns[column], numbers);
                continue;
            }

            foreach (string category in texts.Distinct().Order(StringComparer.Ordinal))
            {
                Add($"{columns[column]}={category}", [.. texts.Select(text => text == category ? 1.0 : 0)]);
            }
        }
    }

    public IReadOnlyList<string> Names => _names;

    public double[] Of(int series) => [.. _values[series]];

    private void Add(string name, double[] values)
    {
        _names.Add(name);
        for (int i = 0; i < values.Length; i++)
        {
            _values[i].Add(values[i]);
        }
    }
}
