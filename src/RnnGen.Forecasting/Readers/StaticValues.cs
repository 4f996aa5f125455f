namespace RnnGen.Forecasting;

/// <summary>Statics as numbers: a column of numbers is one static, a column of categories has one for each of them.</summary>
internal sealed class StaticValues
{
    private readonly List<string> _names = [];
    private readonly List<double>[] _values;

    /// <param name="columns">The columns' names.</param>
    /// <param name="series">Id and statics of every series.</param>
    /// <exception cref="SeriesDataException">A static is missing, or a column has numbers and text.</exception>
    public StaticValues(IReadOnlyList<string> columns, IReadOnlyList<(string Id, StaticValue[] Statics)> series)
    {
        _values = [.. series.Select(_ => new List<double>())];
        for (int column = 0; column < columns.Count; column++)
        {
            StaticValue[] values = [.. series.Select(s => s.Statics[column])];
            int missing = Array.FindIndex(values, value => value.Text.Length == 0);
            if (missing >= 0)
            {
                throw new SeriesDataException($"the static '{columns[column]}' is missing; fill it in, or leave the column out.", series[missing].Id);
            }

            int text = Array.FindIndex(values, value => value.Number is null), number = Array.FindIndex(values, value => value.Number is not null);
            if (text < 0)
            {
                Add(columns[column], [.. values.Select(value => value.Number!.Value)]);
                continue;
            }

            if (number >= 0)
            {
                throw new SeriesDataException(
                    $"the static '{columns[column]}' is '{values[text].Text}', but the number {values[number].Text} in series '{series[number].Id}'; correct it, or name the column in {nameof(SeriesColumns)}.{nameof(SeriesColumns.Categories)} where its numbers are categories too.",
                    series[text].Id);
            }

            foreach (string category in values.Select(value => value.Text).Distinct().Order(StringComparer.Ordinal))
            {
                Add($"{columns[column]}={category}", [.. values.Select(value => value.Text == category ? 1.0 : 0)]);
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
