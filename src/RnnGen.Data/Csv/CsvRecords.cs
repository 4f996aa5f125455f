using System.Globalization;
using System.Numerics;
using System.Text;
using CsvHelper;

namespace RnnGen.Data;

/// <summary>
/// Reads a CSV or TSV file record by record, each column as a number or as text: for tables that hold both, such as an id, a time and a value. Format, encoding and errors are as for
/// <see cref="CsvSeries"/>, but what a missing value becomes is the caller's choice (<see cref="IsMissing(int)"/>). Blank lines are skipped, except between the rows of a table of one
/// column, where they are records whose value is missing.
/// </summary>
/// <example>
/// <code>
/// using CsvRecords records = CsvRecords.Open("sales.csv", ["shop", "amount"]);
/// while (records.Read())
/// {
///     Console.WriteLine($"{records.Text(0)}: {(records.IsMissing(1) ? "no sale" : records.Number(1))}");
/// }
/// </code>
/// </example>
public sealed class CsvRecords : IDisposable
{
    /// <summary>The maximum number of bytes in a record, so that an unclosed quote does not load the whole file into memory.</summary>
    internal const int LongestRecord = 1 << 20;

    private readonly CsvReader _reader;
    private readonly TextReader? _owned;
    private readonly CsvOptions _options;
    private readonly CsvNumbers _numbers;
    private readonly string? _path;
    private readonly byte[][] _markers;
    private readonly int[] _columns;
    private readonly string?[] _names;
    private readonly int _width, _dates = -1;
    private bool _firstIsData;
    private int _blanks; // blank lines of a table of one column that are records before the reader's
    private DateTime? _date;
    private string _dateText = "";

    /// <param name="reader">The text.</param>
    /// <param name="path">Its file, for errors.</param>
    /// <param name="columns">The requested columns; <see langword="null"/> for all.</param>
    /// <param name="options">What is known.</param>
    /// <param name="owns">Whether the text is closed with this.</param>
    internal CsvRecords(TextReader reader, string? path, CsvColumn[]? columns, CsvOptions options, bool owns = false)
    {
        (_path, _options, _owned) = (path, options, owns ? reader : null);
        options.CheckSeparators();
        _numbers = new(options.DecimalSeparator, options.ThousandsSeparator);
        _markers = [.. options.MissingMarkers.Select(Encoding.UTF8.GetBytes)];
        var sample = CsvSample.Take(reader, path, options, out TextReader whole);
        CsvColumn[] asked = options.DateColumn is { } dates ? [.. columns ?? [], dates] : columns ?? [];
        char delimiter = sample.Delimiter(asked);
        _reader = CsvReader.Create(whole, ReaderOptions(delimiter), leaveOpen: true);
        if (sample.HasHint)
        {
            SkipBlanks();
        }

        if (SkipBlanks() < 0)
        {
            throw new DataFormatException("the file is empty, but a table with a header was expected.", path);
        }

        _width = _reader.FieldCount;
        string[] first = [.. Enumerable.Range(0, _width).Select(_reader.GetString)];
        columns ??= [.. Enumerable.Range(0, _width).Select(CsvColumn.FromInt32)];
        asked = options.DateColumn is { } column ? [.. columns, column] : columns;
        int[] found = [.. asked.Select(c => Find(c, first))];
        _columns = found[..columns.Length];
        _dates = options.DateColumn is null ? -1 : found[^1];
        bool hasHeader = options.HasHeader ?? (asked.Any(c => c.Name is not null) || sample.HasHeader(delimiter, found));
        _firstIsData = !hasHeader;
        _names = [.. columns.Select((c, i) => c.Name ?? (hasHeader ? first[_columns[i]] : null))];
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns, each by name or by index from 0, in the order in which <see cref="Text"/> and <see cref="Number(int)"/> count them; <see langword="null"/> for all.</param>
    /// <param name="options">Separators, header and encoding; <see langword="null"/> detects what the file shows. <see cref="CsvOptions.MissingValues"/> is not used.</param>
    /// <exception cref="DataFormatException">The file is empty, a column is unknown, or the first lines do not show what separates fields or whether there is a header.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static CsvRecords Open(string path, IReadOnlyList<CsvColumn>? columns = null, CsvOptions? options = null)
    {
        StreamReader reader = TextFile.Open(path, options?.Encoding);
        try
        {
            return new CsvRecords(reader, path, columns is null ? null : [.. columns], options ?? new CsvOptions(), owns: true);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Reads a text; see <see cref="Open(string, IReadOnlyList{CsvColumn}?, CsvOptions?)"/>.</summary>
    /// <param name="reader">The text; it is not closed.</param>
    /// <param name="columns">The columns, each by name or by index from 0; <see langword="null"/> for all.</param>
    /// <param name="options">Separators and header; <see langword="null"/> detects what the text shows.</param>
    /// <exception cref="DataFormatException">The text is empty, a column is unknown, or the first lines do not show what separates fields or whether there is a header.</exception>
    public static CsvRecords Open(TextReader reader, IReadOnlyList<CsvColumn>? columns = null, CsvOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new CsvRecords(reader, null, columns is null ? null : [.. columns], options ?? new CsvOptions());
    }

    /// <summary>The names of the columns: in the header, or as requested; <see langword="null"/> for one that has none.</summary>
    public IReadOnlyList<string?> Names => _names;

    /// <summary>Line of the record read last, from 1.</summary>
    public int Line => (int)Math.Min(int.MaxValue, _reader.LineNumber - _blanks);

    /// <summary>Reads the next record and checks its width and its date.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="DataFormatException">The record has another number of fields than the first line, or cannot be read as delimited text.</exception>
    public bool Read()
    {
        if (_firstIsData)
        {
            _firstIsData = false;
        }
        else if (_blanks > 0)
        {
            _blanks--;
        }
        else
        {
            int blanks = SkipBlanks();
            if (blanks < 0)
            {
                return false;
            }

            _blanks = _width == 1 ? blanks : 0;
        }

        if (_blanks == 0 && _reader.FieldCount != _width)
        {
            throw new DataFormatException(
                Invariant($"expected {_width} fields as in the first line, found {_reader.FieldCount}; the line may be cut off, or a field that contains a delimiter not quoted.{Separators()}"), _path, Line);
        }

        if (_dates >= 0)
        {
            CheckDate(_blanks > 0 ? "" : _reader.GetString(_dates));
        }

        return true;
    }

    /// <summary>Whether a column's value is missing in the record: an empty field, or one of <see cref="CsvOptions.MissingMarkers"/>.</summary>
    /// <param name="column">The column, from 0 in the order requested.</param>
    public bool IsMissing(int column) => _blanks > 0 || IsMissing(_reader.GetSpan(_columns[column]));

    /// <summary>
    /// Whether a column's field in the record is written as a number: one that <see cref="Number(int)"/> reads, or one that it rejects, because it is not finite, such as NaN or 1e999, or has a
    /// decimal point or comma that is not the file's.
    /// </summary>
    /// <param name="column">The column, from 0 in the order requested.</param>
    public bool IsNumber(int column) => !IsMissing(column)
        && (_numbers.TryParse(_reader.GetSpan(_columns[column]), out double _)
            || double.TryParse(_reader.GetString(_columns[column]).Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _));

    /// <summary>A column's field in the record, without the spaces around it.</summary>
    /// <param name="column">The column, from 0 in the order requested.</param>
    public string Text(int column) => _blanks > 0 ? "" : _reader.GetString(_columns[column]);

    /// <summary>A column's value in the record, which must not be missing.</summary>
    /// <param name="column">The column, from 0 in the order requested.</param>
    /// <exception cref="DataFormatException">The field is not a finite number.</exception>
    public double Number(int column) => Number<double>(column);

    /// <summary>A column's value in the record, which is not missing.</summary>
    internal T Number<T>(int column) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<byte> field = _reader.GetSpan(_columns[column]);
        if (_numbers.TryParse(field, out T value) && T.IsFinite(value))
        {
            return value;
        }

        string text = _reader.GetString(_columns[column]);
        throw T.IsInfinity(value) ? Error(Invariant($"'{Shorten(text)}' is not a finite number of type {TypeName<T>()}: it is too large for {TypeName<T>()}; leave a missing value empty."), column)
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double other) && !double.IsFinite(other)
            ? Error(Invariant($"'{Shorten(text)}' is not a finite number of type {TypeName<T>()}; leave a missing value empty, or add its marker to {Option(nameof(CsvOptions.MissingMarkers))}."), column)
            : Error(Invariant($"expected a number, found '{Shorten(text)}'.{(text.Any(char.IsAsciiDigit) ? Separators() : Invariant($" If it marks a missing value, add it to {Option(nameof(CsvOptions.MissingMarkers))}."))}"), column);
    }

    /// <summary>What is wrong with a column's field in the record: its place, and a message.</summary>
    /// <param name="message">What was expected, what was found, and how to fix it.</param>
    /// <param name="column">The column, from 0 in the order requested.</param>
    public DataFormatException Error(string message, int column) => Error(message, column, Line);

    internal DataFormatException Error(string message, int column, int line) =>
        new(_names[column] is { } name ? Invariant($"in column '{name}' {message}") : message, _path, line, _columns[column] + 1);

    /// <summary>The error of a table that has no rows.</summary>
    internal DataFormatException NoRows() => new(Invariant($"there are no rows below the header that hold values; use a file with rows, or set {Option(nameof(CsvOptions.HasHeader))} to false if the first line is a row."), _path);

    /// <summary>Closes the file; a text that was passed stays open.</summary>
    public void Dispose()
    {
        _reader.Dispose();
        _owned?.Dispose();
    }

    // Nothing is mapped, quotes are checked, records are bounded.
    private static CsvReaderOptions ReaderOptions(char delimiter) => new()
    {
        Separator = delimiter,
        HasHeader = false, // it is read as a record like any other: whether the first line is one may depend on what it says
        DetectSeparatorHint = false, // the sample does, which tells a header from rows
        SkipEmptyLines = false,
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MaxRecordSize = LongestRecord,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    private static string TypeName<T>() => typeof(T) == typeof(float) ? "float" : "double";

    private static string Option(string name) => $"{nameof(CsvOptions)}.{name}";

    private static string Shorten(string field) => field.Length <= 40 ? field : field[..40] + "…";

    /// <summary>The separators in use, and how to change them.</summary>
    private string Separators() =>
        Invariant($" The decimal separator is '{_options.DecimalSeparator}', {(_options.ThousandsSeparator is { } thousands ? Invariant($"'{thousands}' separates thousands") : "thousands are not separated")}; ") +
        Invariant($"set {Option(nameof(CsvOptions.DecimalSeparator))}{(_options.Delimiter is null ? Invariant($", {Option(nameof(CsvOptions.Delimiter))}") : "")} or {Option(nameof(CsvOptions.ThousandsSeparator))} if the file has another format.");

    // A number such as 1.5 would pass as a day of this year.
    private void CheckDate(string text)
    {
        bool isDate = _options.DateFormat is { } format
            ? DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime date)
            : DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out date) && !CsvSample.IsNumber(text);
        if (!isDate)
        {
            throw new DataFormatException(
                Invariant($"expected a date{(_options.DateFormat is null ? "" : Invariant($" of the form '{_options.DateFormat}'"))}, found '{Shorten(text)}'; {(_options.DateFormat is null ? Invariant($"set the format with {Option(nameof(CsvOptions.DateFormat))}") : Invariant($"correct it, or {Option(nameof(CsvOptions.DateFormat))}"))}."),
                _path, Line, _dates + 1);
        }

        if (date <= _date)
        {
            throw new DataFormatException(Invariant($"the date '{Shorten(text)}' does not follow '{_dateText}' of the row before; sort the rows by date, oldest first, with one row per date."), _path, Line, _dates + 1);
        }

        (_date, _dateText) = (date, Shorten(text));
    }

    private int Find(CsvColumn column, string[] first)
    {
        string columns = string.Join(", ", first.Take(20).Select(c => Invariant($"'{Shorten(c)}'"))) + (_width > 20 ? Invariant($" and {_width - 20} more") : "");
        string delimiter = _options.Delimiter is null ? Invariant($"; set {Option(nameof(CsvOptions.Delimiter))} if the delimiter is another one") : "";
        if (column.Name is null)
        {
            return column.Index < _width ? column.Index : throw new DataFormatException(Invariant($"there is no column at index {column.Index} (from 0); the line has {_width}: {columns}{delimiter}."), _path, Line);
        }

        if (_options.HasHeader == false)
        {
            throw new ArgumentException($"A column by name ('{column.Name}') needs a header; use the column's index, or do not set {nameof(CsvOptions.HasHeader)}.");
        }

        int found = Array.IndexOf(first, column.Name), again = found < 0 ? -1 : Array.IndexOf(first, column.Name, found + 1);
        return found < 0 ? throw new DataFormatException(Invariant($"there is no column '{column.Name}'; the columns are {columns}{delimiter}."), _path, Line)
            : again < 0 ? found
            : throw new DataFormatException(Invariant($"columns {found + 1} and {again + 1} are both named '{column.Name}'; use the column's index (from 0)."), _path, Line, again + 1);
    }

    private bool IsMissing(ReadOnlySpan<byte> field)
    {
        if (field.IsEmpty)
        {
            return true;
        }

        foreach (byte[] marker in _markers)
        {
            if (field.SequenceEqual(marker))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads to the next record that is not blank.</summary>
    /// <returns>The blank lines before it; -1 at the end.</returns>
    private int SkipBlanks()
    {
        try
        {
            int blanks = 0;
            while (_reader.Read())
            {
                if (_reader.FieldCount > 1 || !_reader.RawRecord.Trim(" \t\r\n"u8).IsEmpty)
                {
                    return blanks;
                }

                blanks++;
            }

            return -1;
        }
        catch (CsvFormatException e)
        {
            throw new DataFormatException(
                Invariant($"the line cannot be read as delimited text: {e.Message} Quote a field that contains a quote, a delimiter or a line break, and double each quote in it. A record has at most {LongestRecord} bytes: shorten it, or close the quote that makes it so long."),
                _path, (int)Math.Min(int.MaxValue, e.LineNumber), 0, e);
        }
    }
}
