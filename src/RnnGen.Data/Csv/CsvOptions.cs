using System.Globalization;
using System.Text;

namespace RnnGen.Data;

/// <summary>How a CSV or TSV file is written: set what differs from the defaults, or what the file does not show.</summary>
/// <example>
/// <code>
/// CsvOptions german = new() { Delimiter = ';', DecimalSeparator = ',', ThousandsSeparator = '.' };
/// float[] force = CsvSeries.Read("messung.csv", "Kraft, N", german);   // "1.234,5" is 1234.5
/// </code>
/// </example>
public sealed record CsvOptions
{
    /// <summary>
    /// What separates fields: a printable ASCII character or tab. <c>null</c> (default) detects a comma, semicolon, tab or bar. For columns by name it is the one that makes a header with
    /// these columns. For columns by index it is the one that splits each of the first lines into the same number of fields, all of them numbers, dates, times or missing; otherwise the only
    /// one that occurs. It is an error if two fit, or if spaces do. A first line such as <c>sep=;</c>, which Excel writes, sets the delimiter;
    /// one that contradicts this option is an error.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is another character, or a quote.</exception>
    public char? Delimiter
    {
        get;
        init => field = value is null or '\t' or (>= ' ' and <= '~' and not '"') ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A delimiter is a printable ASCII character or tab, but not a quote.");
    }

    /// <summary>What separates the integer part of a number from its fraction. Default: a point.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is a letter, a digit, a sign, a quote, a space or a control character.</exception>
    public char DecimalSeparator
    {
        get;
        init => field = CanSeparate(value) && !char.IsWhiteSpace(value) ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A decimal separator cannot be a letter, digit, sign, quote, space or control character.");
    } = '.';

    /// <summary>
    /// What separates groups of three digits before the decimal separator. With <c>null</c> (default), <c>1,234</c> is not a number. A number may also be written without
    /// the separator.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is a letter, a digit, a sign, a quote or a control character.</exception>
    public char? ThousandsSeparator
    {
        get;
        init => field = value is not { } separator || CanSeparate(separator) ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A thousands separator cannot be a letter, digit, sign, quote or control character.");
    }

    /// <summary>
    /// Whether the first line names the columns. <c>null</c> (default): it does if a column is given by name. If columns are given by index, the first line is a
    /// header if it has only text above numbers, dates or times, and also if its first field is empty and the others count from 0 (as data frames are written
    /// with their index). It is an error if the line could be either: text above text, text beside numbers, or integers in a row.
    /// </summary>
    public bool? HasHeader { get; init; }

    /// <summary>
    /// The encoding of a file without a byte order mark; a <see cref="System.IO.TextReader"/> has decoded its text already. <c>null</c> (default): UTF-8. Bytes that are invalid in the
    /// encoding are an error that names their offset.
    /// </summary>
    public Encoding? Encoding { get; init; }

    /// <summary>How a missing value (an empty field, or one of <see cref="MissingMarkers"/>) is read. Default: it is an error.</summary>
    public MissingValues MissingValues { get; init; }

    /// <summary>Texts that mean a missing value, in addition to the empty field; case-sensitive. Default: <c>NA</c>.</summary>
    /// <exception cref="ArgumentNullException">The list is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A text is <see langword="null"/>.</exception>
    public IReadOnlyList<string> MissingMarkers
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(MissingMarkers));
            field = !value.Contains(null!) ? value : throw new ArgumentException("A marker of missing values is null; an empty field needs no marker.", nameof(MissingMarkers));
        }
    } = ["NA"];

    /// <summary>
    /// A column of dates or times that must rise from row to row. Default: <c>null</c>, the order is not checked.
    /// </summary>
    public CsvColumn? DateColumn { get; init; }

    /// <summary>Format of the dates, as for <see cref="DateTime.ParseExact(string, string, IFormatProvider?)"/>, such as <c>yyyy-MM-dd HH:mm</c>. Default: <c>null</c>, the formats of the invariant culture. A time without a zone is UTC.</summary>
    /// <exception cref="ArgumentException">The value is not a date format.</exception>
    public string? DateFormat
    {
        get;
        init => field = value is null || IsDateFormat(value) ? value
            : throw new ArgumentException($"'{value}' is not a date format; use one such as yyyy-MM-dd HH:mm, or null.", nameof(DateFormat));
    }

    /// <summary>Checks the separators of numbers against each other.</summary>
    /// <exception cref="ArgumentException">They are the same.</exception>
    internal void CheckSeparators()
    {
        if (ThousandsSeparator == DecimalSeparator)
        {
            throw new ArgumentException(Invariant($"'{DecimalSeparator}' cannot separate both thousands and decimals; set {nameof(DecimalSeparator)} too."));
        }
    }

    // .NET checks a format where it writes a date.
    private static bool IsDateFormat(string format)
    {
        try
        {
            return format.Length > 0 && DateTime.UnixEpoch.ToString(format, CultureInfo.InvariantCulture).Length > 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool CanSeparate(char value) => !char.IsLetterOrDigit(value) && !char.IsControl(value) && !char.IsSurrogate(value) && value is not ('+' or '-' or '"');
}

/// <summary>How a missing value is read.</summary>
public enum MissingValues
{
    /// <summary>It is a <see cref="DataFormatException"/> that names line and column.</summary>
    Error,

    /// <summary>The previous value is repeated; a missing first value is an error. No later value is used, so nothing of the future leaks into a forecast.</summary>
    CarryForward,

    /// <summary>
    /// Linear interpolation between the neighbours; a missing first or last value is an error.
    /// It looks ahead: near a split, a filled value leaks the later part into the earlier one.
    /// </summary>
    Interpolate,

    /// <summary>The row is dropped, and all later values move up in time: only for rows that are not a time series.</summary>
    DropRow,

    /// <summary>
    /// It becomes NaN. A <c>FeatureNormalizer</c> is fitted on the other values; windows over rows may replace NaN in inputs, and a model with <c>MaskedTargets</c>
    /// has no loss where a target is NaN.
    /// </summary>
    Keep,
}
