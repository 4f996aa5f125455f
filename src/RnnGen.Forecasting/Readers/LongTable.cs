using System.Data.Common;
using RnnGen.Data;

namespace RnnGen.Forecasting;

/// <summary>
/// Reads a table in the long format, in which a row is one step of one series: a CSV or TSV file, or any <see cref="DbDataReader"/> (SQLite, DuckDB and with it Parquet, servers). The rows may be in
/// any order where they have times.
/// </summary>
/// <remarks>
/// A missing value is NaN; true and false are 1 and 0. A number that is not finite, a missing id or time, a time that is none, and a missing static are errors. <see cref="SeriesOptions"/> decides about duplicates, gaps and zones.
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
        using CsvRecords records = CsvRecords.Open(path, [.. Names(columns).Select(CsvColumn.FromString)], csv);
        return Read(records, columns, options);
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
        using CsvRecords records = CsvRecords.Open(reader, [.. Names(columns).Select(CsvColumn.FromString)], csv);
        return Read(records, columns, options);
    }

    /// <summary>Reads the rows of a query. A database's null and NaN are missing values.</summary>
    /// <param name="reader">The rows; they are read to the end and not closed.</param>
    /// <param name="columns">What the columns mean. A time is a date, a time with or without offset, text, or a number such as 20240131 that <see cref="SeriesOptions.TimeFormat"/> reads; a number is of any numeric type. A static of text is a category.</param>
    /// <param name="options">How rows become steps; <see langword="null"/> for the defaults.</param>
    /// <exception cref="SeriesDataException">A column is unknown or occurs twice, a value has another type or is beyond what its .NET type holds, or the rows of a series do not make steps.</exception>
    public static SeriesSet Read(DbDataReader reader, SeriesColumns columns, SeriesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        options ??= new SeriesOptions();
        return new DbRow(reader, Names(columns), new TimeText(options.TimeFormat)).ReadAll(columns, options);
    }

    private static SeriesSet Read(CsvRecords records, SeriesColumns columns, SeriesOptions? options)
    {
        options ??= new SeriesOptions();
        return new CsvRow(records, new TimeText(options.TimeFormat)).ReadAll(columns, options);
    }

    // Id and time, where there are any, then numbers, then statics.
    private static string[] Names(SeriesColumns columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        columns.Check();
        return [.. ((string?[])[columns.Id, columns.Time]).OfType<string>(), .. columns.Numbers, .. columns.Statics];
    }
}
