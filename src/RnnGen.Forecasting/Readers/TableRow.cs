namespace RnnGen.Forecasting;

/// <summary>The row of a long table that a reader is at. Columns are those requested, in their order; an error says where the row is.</summary>
internal abstract class TableRow
{
    /// <summary>Goes to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    public abstract bool Read();

    /// <summary>The id of the row's series, which is not missing.</summary>
    public abstract string Id(int column);

    /// <summary>The row's time: UTC where it has a zone or an offset.</summary>
    public abstract DateTime Time(int column, string id);

    /// <summary>A number; NaN where it is missing.</summary>
    public abstract double Number(int column, string id, DateTime? time);

    /// <summary>A static's text; empty where it is missing.</summary>
    public abstract string Text(int column);

    /// <summary>Whether a static that is not missing is a number and no category; it need not be finite.</summary>
    public abstract bool IsNumber(int column);

    /// <summary>Collects all rows.</summary>
    /// <param name="columns">What the columns mean; they were requested as id, time, numbers, statics, without those that it does not name.</param>
    /// <param name="options">How rows become steps.</param>
    /// <exception cref="SeriesDataException">There is no row, or the rows of a series do not make steps.</exception>
    public SeriesSet ReadAll(SeriesColumns columns, SeriesOptions options)
    {
        SeriesCollector collector = new(columns, options);
        int time = columns.Id is null ? 0 : 1, first = time + (columns.Time is null ? 0 : 1);
        double[] numbers = new double[columns.Numbers.Length];
        bool hasRows = false;
        for (; Read(); hasRows = true)
        {
            string id = columns.Id is null ? columns.Target : Id(0);
            DateTime? at = columns.Time is null ? null : Time(time, id);
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = Number(first + i, id, at);
            }

            StaticValue[] statics = columns.Statics.Count == 0 ? [] : new StaticValue[columns.Statics.Count];
            for (int i = 0; i < statics.Length; i++)
            {
                int column = first + numbers.Length + i;
                string text = Text(column);
                bool isNumber = text.Length > 0 && !columns.Categories.Contains(columns.Statics[i]) && IsNumber(column);
                statics[i] = new(text, isNumber ? Number(column, id, at) : null);
            }

            collector.Add(id, at, numbers, statics);
        }

        return hasRows ? collector.Build() : throw new SeriesDataException("The table has no rows.");
    }
}
