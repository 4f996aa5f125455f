using System.Text;

namespace RnnGen.Data;

/// <summary>How a table is written, where that is not the default or cannot be seen from the file.</summary>
public sealed record CsvOptions
{
    /// <summary>
    /// What stands between fields, an ASCII character. <c>null</c> (default): comma, semicolon, tab or bar,
    /// whichever fits the first lines.
    /// </summary>
    public char? Delimiter { get; init; }

    /// <summary>
    /// Whether the first line names the columns. <c>null</c> (default): it does where a column is asked for by name;
    /// where it is asked for by index, the first line is a header when its field in that column is not a number.
    /// </summary>
    public bool? HasHeader { get; init; }

    /// <summary>
    /// The encoding of a file without byte order mark; a text that is given as a reader is decoded already. <c>null</c> (default): UTF-8. Bytes that are not of the
    /// encoding are an error at their offset.
    /// </summary>
    public Encoding? Encoding { get; init; }

    /// <summary>What becomes of a missing value: an empty field or one of <see cref="MissingMarkers"/>. Default: an error.</summary>
    public MissingValues MissingValues { get; init; }

    /// <summary>Texts that stand for a missing value besides the empty field; case matters. Default: <c>NA</c>.</summary>
    public IReadOnlyList<string> MissingMarkers { get; init; } = ["NA"];

    /// <summary>
    /// A column of dates or times, each of which must lie after the one of the row before; read by <see cref="CsvTable"/>. Default: <c>null</c>, the order is
    /// not checked.
    /// </summary>
    public CsvColumn? DateColumn { get; init; }

    /// <summary>How dates are written, as <see cref="DateTime.ParseExact(string, string, IFormatProvider?)"/> takes it, such as <c>yyyy-MM-dd HH:mm</c>. Default: <c>null</c>, as the invariant culture reads them. Times without a zone count as UTC.</summary>
    public string? DateFormat { get; init; }
}

/// <summary>What becomes of a missing value.</summary>
public enum MissingValues
{
    /// <summary>A <see cref="DataFormatException"/> that names line and column.</summary>
    Error,

    /// <summary>The value before it is repeated; a missing first value is an error. Uses no later value, so forecasts stay honest.</summary>
    CarryForward,

    /// <summary>
    /// A straight line between the neighbours; a missing first or last value is an error.
    /// It looks ahead: a filled value near a split carries knowledge across it.
    /// </summary>
    Interpolate,

    /// <summary>The row is left out, and all later values move up in time: only for rows that are no series.</summary>
    DropRow,

    /// <summary>NaN, for a <c>FeatureNormalizer</c> that puts the training part's mean there.</summary>
    Keep,
}
