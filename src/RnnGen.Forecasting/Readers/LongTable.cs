using System.Data.Common;
using RnnGen.Data;

namespace RnnGen.Forecasting;

/// <summary>
/// Reads a table in the long format, in which a row is one step of one series: a CSV or TSV file, or any <see cref="DbDataReader"/> (SQLite, DuckDB and with it Parquet, servers). The rows may be in
/// any order where they have times.
/// </summary>
/// <remarks>
/// A missing value is NaN. A number that is not finite, a missing id or time, a time that is none, and a missing static are errors. <see cref="SeriesOptions"/> decides about duplicates, gaps and zones.
/// </remarks>
/// <example>
/// <code>
/// var columns = new SeriesColumns { Id = "shop", Time = "date", Target = "sales" };
/// SeriesSet sales = LongTable.Read("sales.csv", columns, new SeriesOptions { Gaps = Gaps.Missing });
///
/// using DbCommand query = connection.CreateCommand();          // DuckDB
/// query.CommandText = "SELECT shop, date, sales FROM 'sales.parquet'";
/// using DbDataReader rows = query.ExecuteReader();
/// SeriesSet same = LongTable.Read(rows, columns);
/// </code>
/// </example>
public static class LongTable
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, with a header.</param>
    /// <param name="columns">What its columns mean.</param>
    /// <param name="options">How rows become steps; <see langword="null"/> for the defaults.</param>
    /// <param name="csv">Separators, encoding and missing markers; <see langword="null"/> detects what the file shows. <see cref="CsvOptions.MissingValues"/> is not used: a missing target stays missing.</param>
    /// <exception cref="DataFormatException">The file cannot be read as requested; see <see cref="CsvSeries"/>.</exception>
    /// <exception cref="SeriesDataException">The rows of a series do not make steps.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static SeriesSet Read(string path, SeriesColumns columns, SeriesOptions? options = null, CsvOptions? csv = null)
    {
        string[] names = Names(columns);
        using CsvRecords records = CsvRecords.Open(path, [.. names.Select(CsvColumn.FromString)], csv);
        return Collect(records, columns, options ?? new SeriesOptions());
    }

    /// <summary>Reads a text; see <see cref="Read(string, SeriesColumns, SeriesOptions?, CsvOptions?)"/>.</summary>
    /// <param name="reader">The text, with a header; it is read to the end and not closed.</param>
    /// <param name="columns">What its columns mean.</param>
    /// <param name="options">How rows become steps; <see langword="null"/> for the defaults.</param>
    /// <param name="csv">Separators and missing markers; <see langword="null"/> detects what the text shows.</param>
    /// <exception cref="DataFormatException">The text cannot be read as requested.</exception>
    /// <exception cref="SeriesDataException">The rows of a series do not make steps.</exception>
    public static SeriesSet Read(TextReader reader, SeriesColumns columns, SeriesOptions? options = null, CsvOptions? csv = null)
    {
        string[] names = Names(columns);
        using CsvRecords records = CsvRecords.Open(reader, [.. names.Select(CsvColumn.FromString)], csv);
        return Collect(records, columns, options ?? new SeriesOptions());
    }

    /// <summary>Reads the rows of a query. A database's null and NaN are missing values.</summary>
    /// <param name="reader">The rows; they are read to the end and not closed.</param>
    /// <param name="columns">What the columns mean. A time is a date, a time with or without offset, or text; a number is of any numeric type.</param>
    /// <param name="options">How rows become steps; <see langword="null"/> for the defaults.</param>
    /// <exception cref="SeriesDataException">A column is unknown, a value has another type, or the rows of a series do not make steps.</exception>
    public static SeriesSet Read(DbDataReader reader, SeriesColumns columns, SeriesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        string[] names = Names(columns);
        options ??= new SeriesOptions();
        DbRow row = new(reader, names, options.TimeFormat);
        SeriesCollector collector = new(columns, options);
        int numbers = columns.Numbers.Length, first = names.Length - numbers - columns.Statics.Count;
        double[] values = new double[numbers];
        bool hasRows = false;
        while (reader.Read())
        {
            row.Count++;
            string id = columns.Id is null ? columns.Target : row.Text(0);
            DateTime? time = columns.Time is null ? null : row.Time(first - 1, id);
            for (int i = 0; i < numbers; i++)
            {
                values[i] = row.Number(first + i, id, time);
            }

            string[] statics = [.. Enumerable.Range(first + numbers, columns.Statics.Count).Select(row.TextOrEmpty)];
            collector.Add(id, time, values, statics);
            hasRows = true;
        }

        return hasRows ? collector.Build() : throw new SeriesDataException("The query has no rows.");
    }

    private static SeriesSet Collect(CsvRecords records, SeriesColumns columns, SeriesOptions options)
    {
        SeriesCollector collector = new(columns, options);
        int numbers = columns.Numbers.Length, first = records.Names.Count - numbers - columns.Statics.Count;
        double[] values = new double[numbers];
        bool hasRows = false;
        while (records.Read())
        {
            for (int i = 0; i < first; i++)
            {
                if (records.IsMissing(i))
                {
                    throw records.Error("the value is missing, but it says which series or time the row is of; fill it in.", i);
                }
            }

            string id = columns.Id is null ? columns.Target : records.Text(0);
            DateTime? time = columns.Time is null ? null : Time(records, first - 1, options.TimeFormat);
            for (int i = 0; i < numbers; i++)
            {
                values[i] = records.IsMissing(first + i) ? double.NaN : records.Number(first + i);
            }

            string[] statics = [.. Enumerable.Range(first + numbers, columns.Statics.Count).Select(i => records.IsMissing(i) ? "" : records.Text(i))];
            collector.Add(id, time, values, statics);
            hasRows = true;
        }

        return hasRows ? collector.Build() : throw new SeriesDataException("The table has no rows below its header.");
    }

    internal static DateTime Time(CsvRecords records, int column, string? format) => TimeText.TryParse(records.Text(column), format, out DateTime time)
        ? time
        : throw records.Error($"expected {TimeText.Expected(format)}; found '{records.Text(column)}'.", column);

    // Id and time, where there are any, then numbers, then statics.
    private static string[] Names(SeriesColumns columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        columns.Check();
        return [.. ((string?[])[columns.Id, columns.Time]).OfType<string>(), .. columns.Numbers, .. columns.Statics];
    }
}
