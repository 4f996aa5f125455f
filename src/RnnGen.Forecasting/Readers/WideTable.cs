using RnnGen.Data;

namespace RnnGen.Forecasting;

/// <summary>
/// Reads a CSV or TSV table in a wide format: each column a series beside a column of times, as a spreadsheet has them, or each row a series, as the files of the M competitions have them.
/// </summary>
/// <remarks>
/// Missing values before the first value of a series and after its last are not part of it; those between stay missing (NaN).
/// </remarks>
/// <example>
/// <code>
/// SeriesSet power = WideTable.ReadColumns("power.csv", "time");
/// SeriesSet m4 = WideTable.ReadRows("Hourly-train.csv");
/// </code>
/// </example>
public static class WideTable
{
    /// <summary>Reads a file in which each column but that of the times is a series, with the column's name as id.</summary>
    /// <param name="path">The file, with a header.</param>
    /// <param name="time">The column of times; <see langword="null"/> where rows are steps in order.</param>
    /// <param name="options">How rows become steps; <see langword="null"/> for the defaults.</param>
    /// <param name="csv">Separators, encoding and missing markers; <see langword="null"/> detects what the file shows.</param>
    /// <exception cref="DataFormatException">The file cannot be read as requested; see <see cref="CsvSeries"/>.</exception>
    /// <exception cref="SeriesDataException">The rows do not make steps, or a column has no value.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static SeriesSet ReadColumns(string path, string? time = null, SeriesOptions? options = null, CsvOptions? csv = null)
    {
        using CsvRecords records = CsvRecords.Open(path, null, WithHeader(csv));
        return Columns(records, time, options ?? new SeriesOptions());
    }

    /// <summary>Reads a text; see <see cref="ReadColumns(string, string?, SeriesOptions?, CsvOptions?)"/>.</summary>
    /// <param name="reader">The text, with a header; it is read to the end and not closed.</param>
    /// <param name="time">The column of times; <see langword="null"/> where rows are steps in order.</param>
    /// <param name="options">How rows become steps; <see langword="null"/> for the defaults.</param>
    /// <param name="csv">Separators and missing markers; <see langword="null"/> detects what the text shows.</param>
    /// <exception cref="DataFormatException">The text cannot be read as requested.</exception>
    /// <exception cref="SeriesDataException">The rows do not make steps, or a column has no value.</exception>
    public static SeriesSet ReadColumns(TextReader reader, string? time = null, SeriesOptions? options = null, CsvOptions? csv = null)
    {
        using CsvRecords records = CsvRecords.Open(reader, null, WithHeader(csv));
        return Columns(records, time, options ?? new SeriesOptions());
    }

    /// <summary>Reads a file in which each row is a series: the id in the first column, then its values, oldest first. The series have no times.</summary>
    /// <param name="path">The file.</param>
    /// <param name="csv">Separators, header, encoding and missing markers; <see langword="null"/> detects what the file shows.</param>
    /// <exception cref="DataFormatException">The file cannot be read as requested; see <see cref="CsvSeries"/>. A row has at most 1 MiB.</exception>
    /// <exception cref="SeriesDataException">An id occurs twice, or a series has no value.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static SeriesSet ReadRows(string path, CsvOptions? csv = null)
    {
        using CsvRecords records = CsvRecords.Open(path, null, csv);
        return Rows(records);
    }

    /// <summary>Reads a text; see <see cref="ReadRows(string, CsvOptions?)"/>.</summary>
    /// <param name="reader">The text; it is read to the end and not closed.</param>
    /// <param name="csv">Separators, header and missing markers; <see langword="null"/> detects what the text shows.</param>
    /// <exception cref="DataFormatException">The text cannot be read as requested.</exception>
    /// <exception cref="SeriesDataException">An id occurs twice, or a series has no value.</exception>
    public static SeriesSet ReadRows(TextReader reader, CsvOptions? csv = null)
    {
        using CsvRecords records = CsvRecords.Open(reader, null, csv);
        return Rows(records);
    }

    private static CsvOptions WithHeader(CsvOptions? csv) => (csv ?? new CsvOptions()) with { HasHeader = true };

    private static SeriesSet Columns(CsvRecords records, string? time, SeriesOptions options)
    {
        string[] names = [.. records.Names.Select(name => name ?? "")];
        int times = time is null ? -1 : Array.IndexOf(names, time);
        if (time is not null && times < 0)
        {
            throw new SeriesDataException($"The table has no column '{time}'; its columns are {string.Join(", ", names.Take(20))}.");
        }

        int[] series = [.. Enumerable.Range(0, names.Length).Where(column => column != times)];
        CheckIds([.. series.Select(column => names[column])]);
        TimeText text = new(options.TimeFormat);
        List<(DateTime? Time, double[] Values)> rows = [];
        while (records.Read())
        {
            rows.Add((times < 0 ? null : CsvRow.Time(records, records.Text(times), times, text), [.. series.Select(column => records.IsMissing(column) ? double.NaN : records.Number(column))]));
        }

        SeriesCollector collector = new(new SeriesColumns { Time = time, Target = "value" }, options, trims: true);
        for (int i = 0; i < series.Length; i++)
        {
            foreach ((DateTime? at, double[] values) in rows)
            {
                collector.Add(names[series[i]], at, values.AsSpan(i, 1), []);
            }
        }

        return series.Length > 0 && rows.Count > 0 ? collector.Build() : throw new SeriesDataException("The table has no row, or no column beside the times.");
    }

    private static void CheckIds(string[] ids)
    {
        HashSet<string> met = new(StringComparer.Ordinal);
        foreach (string id in ids)
        {
            if (id.Length == 0)
            {
                throw new SeriesDataException("A column has no name in the header, which is its series' id; name it, or take it out.");
            }

            if (!met.Add(id))
            {
                throw new SeriesDataException("two columns have this name; give each series its own.", id);
            }
        }
    }

    private static SeriesSet Rows(CsvRecords records)
    {
        List<TimeSeries> series = [];
        int width = records.Names.Count;
        while (records.Read())
        {
            string id = records.Text(0);
            if (id.Length == 0)
            {
                throw records.Error("the id is missing; the first column says which series the row is.", 0);
            }

            double[] values = new double[width - 1];
            for (int i = 1; i < width; i++)
            {
                values[i - 1] = records.IsMissing(i) ? double.NaN : records.Number(i);
            }

            int from = Array.FindIndex(values, value => !double.IsNaN(value)), last = Array.FindLastIndex(values, value => !double.IsNaN(value));
            series.Add(from >= 0 ? new TimeSeries(id, values.AsMemory()[from..(last + 1)]) : throw new SeriesDataException("it has no value; leave it out.", id));
        }

        return new(series);
    }
}
