using System.Globalization;
using System.Numerics;

namespace RnnGen.Data;

/// <summary>
/// Reads one column of a CSV or TSV file (RFC 4180: quoted fields may hold delimiters, doubled quotes and line breaks).
/// Numbers are read in the invariant culture: a decimal point, no thousands separators, an exponent if need be.
/// Encoding: what a byte order mark says, else <see cref="CsvOptions.Encoding"/>, else UTF-8.
/// </summary>
/// <remarks>
/// Every method throws a <see cref="DataFormatException"/> where the file is empty, the column is unknown or named twice,
/// a line has another number of fields than the first, a quote is not closed, a value is missing (unless
/// <see cref="CsvOptions.MissingValues"/> says otherwise), or a value is not a finite number.
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
        using var fields = new CsvFields(reader, path, column, options ?? new CsvOptions());
        var texts = new List<string>();
        while (fields.Next(out string field))
        {
            texts.Add(field);
        }

        return texts.Count > 0 ? [.. texts] : throw fields.NoRows();
    }

    private static T[] ReadNumbers<T>(TextReader reader, string? path, CsvColumn column, CsvOptions? options)
        where T : struct, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(reader);
        options ??= new CsvOptions();
        using var fields = new CsvFields(reader, path, column, options);
        var values = new List<T>();
        int firstMissing = -1; // first index of the run of missing values that waits for a value after it
        int missingLine = 0;
        while (fields.Next(out string field))
        {
            if (field.Length == 0 || options.MissingMarkers.Contains(field))
            {
                if (options.MissingValues == MissingValues.Error)
                {
                    throw fields.Error($"the value is missing{(field.Length == 0 ? "" : $" ('{field}')")}; fill it in, or set {nameof(CsvOptions)}.{nameof(CsvOptions.MissingValues)}.");
                }

                if (options.MissingValues == MissingValues.DropRow)
                {
                    continue;
                }

                if (options.MissingValues == MissingValues.Keep)
                {
                    values.Add(T.NaN);
                    continue;
                }

                if (values.Count == 0)
                {
                    throw fields.Error("the first value is missing, so there is none to fill it from; begin the file at a value.");
                }

                if (options.MissingValues == MissingValues.Interpolate && firstMissing < 0)
                {
                    firstMissing = values.Count;
                    missingLine = fields.Line;
                }

                values.Add(values[^1]);
                continue;
            }

            T value = Parse<T>(fields, field);
            if (firstMissing >= 0)
            {
                FillLine(values, firstMissing, value);
                firstMissing = -1;
            }

            values.Add(value);
        }

        if (firstMissing >= 0)
        {
            throw fields.Error("values are missing from here to the end, so there is none to interpolate to; end the file at a value, or carry the last one forward.", missingLine);
        }

        return values.Count > 0 ? [.. values] : throw fields.NoRows();
    }

    private static T Parse<T>(CsvFields fields, string field)
        where T : struct, IBinaryFloatingPointIeee754<T>
    {
        if (!T.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out T value))
        {
            string hint = field.Contains(',', StringComparison.Ordinal) ? " (the decimal separator is '.', thousands are not separated)" : "";
            throw fields.Error($"expected a number, found '{Shorten(field)}'{hint}.");
        }

        if (!T.IsFinite(value))
        {
            string why = field.AsSpan().ContainsAnyInRange('0', '9') ? $"is too large for {(typeof(T) == typeof(float) ? "float" : "double")}" : "is not a finite number";
            throw fields.Error($"'{Shorten(field)}' {why}; leave a missing value empty.");
        }

        return value;
    }

    private static void FillLine<T>(List<T> values, int first, T after)
        where T : struct, IBinaryFloatingPointIeee754<T>
    {
        T before = values[first - 1];
        T parts = T.CreateChecked(values.Count - first + 1);
        for (int i = first; i < values.Count; i++)
        {
            values[i] = before + ((after - before) * T.CreateChecked(i - first + 1) / parts);
        }
    }

    private static string Shorten(string field) => field.Length <= 40 ? field : field[..40] + "…";
}
