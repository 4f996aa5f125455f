using System.Globalization;
using System.Text;

namespace RnnGen.Data;

/// <summary>How a table is written, where that is not the default or cannot be seen from the file.</summary>
public sealed record CsvOptions
{
    /// <summary>
    /// What separates fields, a printable ASCII character or tab. <c>null</c> (default): comma, semicolon, tab or bar. By name it is the one that makes a header with
    /// the columns that are asked for; by index the one that parts the first lines into as many fields each, all of them numbers, dates, times or missing, and else the only
    /// one in them. Where two fit, or where spaces do, it is an error. A first line such as <c>sep=;</c>, as Excel
    /// writes it, says it; one that says something else than this option is an error.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no such character, or a quote.</exception>
    public char? Delimiter
    {
        get;
        init => field = value is null or '\t' or (>= ' ' and <= '~' and not '"') ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A delimiter is a printable ASCII character or tab, and no quote.");
    }

    /// <summary>What separates the whole part of a number from its fraction. Default: a point.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is a letter, a digit, a sign, a quote, a space or a control character.</exception>
    public char DecimalSeparator
    {
        get;
        init => field = CanSeparate(value) && !char.IsWhiteSpace(value) ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A decimal separator is no letter, digit, sign, quote, space or control character.");
    } = '.';

    /// <summary>
    /// What separates the digits before the decimal separator, in groups of three. <c>null</c> (default): nothing; <c>1,234</c> is no number then. Numbers may have
    /// it or leave it out.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is a letter, a digit, a sign, a quote or a control character.</exception>
    public char? ThousandsSeparator
    {
        get;
        init => field = value is not { } separator || CanSeparate(separator) ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A thousands separator is no letter, digit, sign, quote or control character.");
    }

    /// <summary>
    /// Whether the first line names the columns. <c>null</c> (default): it does where a column is asked for by name. Where columns are asked for by index, it is a
    /// header when it has text alone, and numbers, dates or times below, and also when its first field is empty and the others count from 0 (as data frames are written
    /// with their index). Where it may be either, as with text above text, text beside numbers, or whole numbers in a row as labels, it is an error.
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
    /// <exception cref="ArgumentNullException">The list is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A text is <see langword="null"/>.</exception>
    public IReadOnlyList<string> MissingMarkers
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(MissingMarkers));
            field = !value.Contains(null!) ? value : throw new ArgumentException("A text that stands for a missing value is null; the empty field needs no text.", nameof(MissingMarkers));
        }
    } = ["NA"];

    /// <summary>
    /// A column of dates or times, each of which must lie after the one of the row before. Default: <c>null</c>, the order is not checked.
    /// </summary>
    public CsvColumn? DateColumn { get; init; }

    /// <summary>How dates are written, as <see cref="DateTime.ParseExact(string, string, IFormatProvider?)"/> takes it, such as <c>yyyy-MM-dd HH:mm</c>. Default: <c>null</c>, as the invariant culture reads them. Times without a zone count as UTC.</summary>
    /// <exception cref="ArgumentException">It is no format of dates.</exception>
    public string? DateFormat
    {
        get;
        init => field = value is null || IsDateFormat(value) ? value
            : throw new ArgumentException($"'{value}' is no format of dates; give one such as yyyy-MM-dd HH:mm, or null.", nameof(DateFormat));
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

    /// <summary>
    /// NaN: a missing value stays one. A <c>FeatureNormalizer</c> is fitted on the others; windows over rows may put a number into inputs, and a model with <c>MaskedTargets</c>
    /// has no loss where a target is NaN.
    /// </summary>
    Keep,
}
