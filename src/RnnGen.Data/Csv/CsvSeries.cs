using System.Numerics;

namespace RnnGen.Data;

/// <summary>
/// Reads one column of a CSV or TSV file (RFC 4180: a quoted field may contain delimiters, doubled quotes and line breaks).
/// Numbers have a decimal point, no thousands separators and an optional exponent, unless <see cref="CsvOptions.DecimalSeparator"/> and
/// <see cref="CsvOptions.ThousandsSeparator"/> set other separators. The culture does not matter.
/// The encoding is that of the byte order mark, otherwise <see cref="CsvOptions.Encoding"/>, otherwise UTF-8.
/// </summary>
/// <remarks>
/// Every method throws a <see cref="DataFormatException"/> if the file is empty, the column is unknown or occurs twice,
/// a line has a different number of fields than the first or is longer than 1 MiB, a quote is not closed, a value is missing (unless
/// <see cref="CsvOptions.MissingValues"/> allows it) or not a finite number, or if the first lines do not show what separates fields
/// or whether there is a header. The message names the option that decides.
/// Blank lines are skipped, except within a table of one column, where they are missing values.
/// </remarks>
/// <example>
/// <code>
/// float[] sunspots = CsvSeries.Read("sunspot-month.csv", "sunspots");
/// double[] second = CsvSeries.ReadDouble("readings.tsv", 1, new CsvOptions { MissingValues = MissingValues.CarryForward });
/// </code>
/// </example>
public static class CsvSeries
{
    /// <summary>Reads a column as <see cref="float"/> values, in the file's order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="column">The column's name in the header, or its index from 0.</param>
    /// <param name="options">Separators, header, encoding and missing values; <see langword="null"/> detects what the file shows.</param>
    /// <returns>One value for each row below the header, at least one.</returns>
    /// <exception cref="DataFormatException">The file cannot be read as asked; see the remarks on the type.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static float[] Read(string path, CsvColumn column, CsvOptions? options = null)
    {
        using StreamReader reader = TextFile.Open(path, options?.Encoding);
        return ReadNumbers<float>(reader, path, column, options);
    }

    /// <summary>Reads a column as <see cref="float"/> values; see <see cref="Read(string, CsvColumn, CsvOptions?)"/>.</summary>
    /// <param name="reader">The text; it is read to the end and not closed.</param>
    /// <param name="column">The column's name in the header, or its index from 0.</param>
    /// <param name="options">Separators, header and missing values; <see langword="null"/> detects what the text shows.</param>
    /// <returns>One value for each row below the header, at least one.</returns>
    /// <exception cref="DataFormatException">The text cannot be read as asked; see the remarks on the type.</exception>
    public static float[] Read(TextReader reader, CsvColumn column, CsvOptions? options = null) =>
        ReadNumbers<float>(reader, null, column, options);

    /// <summary>Reads a column as <see cref="double"/> values; see <see cref="Read(string, CsvColumn, CsvOptions?)"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="column">The column's name in the header, or its index from 0.</param>
    /// <param name="options">Separators, header, encoding and missing values; <see langword="null"/> detects what the file shows.</param>
    /// <returns>One value for each row below the header, at least one.</returns>
    /// <exception cref="DataFormatException">The file cannot be read as asked; see the remarks on the type.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static double[] ReadDouble(string path, CsvColumn column, CsvOptions? options = null)
    {
        using StreamReader reader = TextFile.Open(path, options?.Encoding);
        return ReadNumbers<double>(reader, path, column, options);
    }

    /// <summary>Reads a column as <see cref="double"/> values; see <see cref="Read(string, CsvColumn, CsvOptions?)"/>.</summary>
    /// <param name="reader">The text; it is read to the end and not closed.</param>
    /// <param name="column">The column's name in the header, or its index from 0.</param>
    /// <param name="options">Separators, header and missing values; <see langword="null"/> detects what the text shows.</param>
    /// <returns>One value for each row below the header, at least one.</returns>
    /// <exception cref="DataFormatException">The text cannot be read as asked; see the remarks on the type.</exception>
    public static double[] ReadDouble(TextReader reader, CsvColumn column, CsvOptions? options = null) =>
        ReadNumbers<double>(reader, null, column, options);

    /// <summary>Reads a column as text, such as the dates of a series. Spaces around a field are removed; missing values are returned as they are written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="column">The column's name in the header, or its index from 0.</param>
    /// <param name="options">Separators, header, encoding and missing values; <see langword="null"/> detects what the file shows.</param>
    /// <returns>One text for each row below the header, at least one.</returns>
    /// <exception cref="DataFormatException">The file cannot be read as asked; see the remarks on the type.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static string[] ReadText(string path, CsvColumn column, CsvOptions? options = null)
    {
        using StreamReader reader = TextFile.Open(path, options?.Encoding);
        return ReadTexts(reader, path, column, options);
    }

    /// <summary>Reads a column as text; see <see cref="ReadText(string, CsvColumn, CsvOptions?)"/>.</summary>
    /// <param name="reader">The text; it is read to the end and not closed.</param>
    /// <param name="column">The column's name in the header, or its index from 0.</param>
    /// <param name="options">Separators, header and missing values; <see langword="null"/> detects what the text shows.</param>
    /// <returns>One text for each row below the header, at least one.</returns>
    /// <exception cref="DataFormatException">The text cannot be read as asked; see the remarks on the type.</exception>
    public static string[] ReadText(TextReader reader, CsvColumn column, CsvOptions? options = null) =>
        ReadTexts(reader, null, column, options);

    private static string[] ReadTexts(TextReader reader, string? path, CsvColumn column, CsvOptions? options)
    {
        ArgumentNullException.ThrowIfNull(reader);
        using CsvRecords records = new(reader, path, [column], options ?? new CsvOptions());
        List<string> texts = [];
        while (records.Read())
        {
            texts.Add(records.Text(0));
        }

        return texts.Count > 0 ? [.. texts] : throw records.NoRows();
    }

    private static T[] ReadNumbers<T>(TextReader reader, string? path, CsvColumn column, CsvOptions? options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new CsvRows<T>(() => reader, path, [column], options ?? new CsvOptions(), leaveOpen: true).All();
    }
}
