using System.Numerics;

namespace RnnGen.Data;

/// <summary>
/// Reads several columns of a CSV or TSV file row by row, without holding the file in memory. Format, encoding, missing values and errors are as for
/// <see cref="CsvSeries"/>.
/// </summary>
/// <example>
/// <code>
/// CsvColumn[] columns = ["temperature", "pressure"];
/// var options = new CsvOptions { DateColumn = "time", MissingValues = MissingValues.CarryForward };
/// model.Fit(StreamedSequences.Windows(CsvTable.Rows("weather.csv", columns, options), 2, Model.SequenceLength, targets: [0]));
/// </code>
/// </example>
public static class CsvTable
{
    /// <summary>Streams rows as <see cref="float"/> values. Each enumeration reads the file again.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns, at least one, each by name or by index from 0, in the order in which a row has them.</param>
    /// <param name="options">Separators, header, encoding and missing values; <see langword="null"/> detects what the file shows.</param>
    /// <returns>One value for each column, a row at a time. The next row reuses the memory.</returns>
    /// <exception cref="DataFormatException">Thrown by the enumeration: the file cannot be read as asked; see the remarks on <see cref="CsvSeries"/>.</exception>
    /// <exception cref="IOException">Thrown by the enumeration: the file is missing or cannot be opened.</exception>
    public static IEnumerable<ReadOnlyMemory<float>> Rows(string path, IReadOnlyList<CsvColumn> columns, CsvOptions? options = null) => FromFile<float>(path, columns, options);

    /// <summary>Streams rows as <see cref="double"/> values; see <see cref="Rows(string, IReadOnlyList{CsvColumn}, CsvOptions?)"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns, at least one, each by name or by index from 0, in the order in which a row has them.</param>
    /// <param name="options">Separators, header, encoding and missing values; <see langword="null"/> detects what the file shows.</param>
    public static IEnumerable<ReadOnlyMemory<double>> RowsDouble(string path, IReadOnlyList<CsvColumn> columns, CsvOptions? options = null) => FromFile<double>(path, columns, options);

    /// <summary>Reads all rows into memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns, at least one, each by name or by index from 0, in the order in which a row has them.</param>
    /// <param name="options">Separators, header, encoding and missing values; <see langword="null"/> detects what the file shows.</param>
    /// <returns>Values <c>[row, column]</c>, at least one row.</returns>
    /// <exception cref="DataFormatException">The file cannot be read as asked; see the remarks on <see cref="CsvSeries"/>.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static float[] Read(string path, IReadOnlyList<CsvColumn> columns, CsvOptions? options = null) => FromFile<float>(path, columns, options).All();

    /// <summary>Reads all rows into memory; see <see cref="Read(string, IReadOnlyList{CsvColumn}, CsvOptions?)"/>.</summary>
    /// <param name="reader">The text; it is read to the end and not closed.</param>
    /// <param name="columns">The columns, at least one, each by name or by index from 0, in the order in which a row has them.</param>
    /// <param name="options">Separators, header and missing values; <see langword="null"/> detects what the text shows.</param>
    /// <exception cref="DataFormatException">The text cannot be read as asked.</exception>
    public static float[] Read(TextReader reader, IReadOnlyList<CsvColumn> columns, CsvOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new CsvRows<float>(() => reader, null, Checked(columns), options ?? new CsvOptions(), leaveOpen: true).All();
    }

    private static CsvRows<T> FromFile<T>(string path, IReadOnlyList<CsvColumn> columns, CsvOptions? options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new CsvRows<T>(() => TextFile.Open(path, options?.Encoding), path, Checked(columns), options ?? new CsvOptions(), leaveOpen: false);
    }

    private static CsvColumn[] Checked(IReadOnlyList<CsvColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return columns.Count > 0 ? [.. columns] : throw new ArgumentException("At least one column must be requested.", nameof(columns));
    }
}
