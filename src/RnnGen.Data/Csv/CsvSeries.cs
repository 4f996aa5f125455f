using System.Numerics;

namespace RnnGen.Data;

/// <summary>
/// Reads one column of a CSV or TSV file (RFC 4180: quoted fields may hold delimiters, doubled quotes and line breaks).
/// Numbers have a decimal point, no thousands separators and an exponent if need be, unless <see cref="CsvOptions.DecimalSeparator"/> and
/// <see cref="CsvOptions.ThousandsSeparator"/> say otherwise; the culture does not matter.
/// Encoding: what a byte order mark says, else <see cref="CsvOptions.Encoding"/>, else UTF-8.
/// </summary>
/// <remarks>
/// Every method throws a <see cref="DataFormatException"/> where the file is empty, the column is unknown or named twice,
/// a line has another number of fields than the first or more than 1 MiB, a quote is not closed, a value is missing (unless
/// <see cref="CsvOptions.MissingValues"/> says otherwise), a value is not a finite number, or where the first lines leave open what separates fields
/// or whether they begin with a header; the message names the option that decides.
/// Blank lines are passed over, except within a table of one column, where they are missing values.
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
    /// <param name="options">How the file is written; by default this is seen from the file.</param>
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
    /// <param name="options">How the text is written; by default this is seen from the text.</param>
    /// <returns>One value for each row below the header, at least one.</returns>
    /// <exception cref="DataFormatException">The text cannot be read as asked; see the remarks on the type.</exception>
    public static float[] Read(TextReader reader, CsvColumn column, CsvOptions? options = null) =>
        ReadNumbers<float>(reader, null, column, options);

    /// <summary>Reads a column as <see cref="double"/> values; see <see cref="Read(string, CsvColumn, CsvOptions?)"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="column">The column's name in the header, or its index from 0.</param>
    /// <param name="options">How the file is written; by default this is seen from the file.</param>
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
    /// <param name="options">How the text is written; by default this is seen from the text.</param>
    /// <returns>One value for each row below the header, at least one.</returns>
    /// <exception cref="DataFormatException">The text cannot be read as asked; see the remarks on the type.</exception>
    public static double[] ReadDouble(TextReader reader, CsvColumn column, CsvOptions? options = null) =>
        ReadNumbers<double>(reader, null, column, options);

    /// <summary>Reads a column as text, such as the dates beside a series; spaces around a field are cut off, missing values stay as they stand.</summary>
    /// <param name="path">The file.</param>
    /// <param name="column">The column's name in the header, or its index from 0.</param>
    /// <param name="options">How the file is written; by default this is seen from the file.</param>
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
    /// <param name="options">How the text is written; by default this is seen from the text.</param>
    /// <returns>One text for each row below the header, at least one.</returns>
    /// <exception cref="DataFormatException">The text cannot be read as asked; see the remarks on the type.</exception>
    public static string[] ReadText(TextReader reader, CsvColumn column, CsvOptions? options = null) =>
        ReadTexts(reader, null, column, options);

    private static string[] ReadTexts(TextReader reader, string? path, CsvColumn column, CsvOptions? options)
    {
        ArgumentNullException.ThrowIfNull(reader);
        using CsvRecords records = new(reader, path, [column], options ?? new CsvOptions());
        List<string> texts = [];
        while (records.Next())
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
