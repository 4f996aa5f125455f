using System.Globalization;
using System.Numerics;
using System.Text;
using CsvHelper;

namespace RnnGen.Data;

/// <summary>Walks the records of a table over CsvHelper's reader of fields, and reads chosen columns as numbers. Blank lines are passed over.</summary>
internal sealed class CsvRecords : IDisposable
{
    /// <summary>Bytes of the longest record: a quote that is never closed must not swallow a file into memory.</summary>
    public const int LongestRecord = 1 << 20;

    private readonly CsvReader _reader;
    private readonly CsvOptions _options;
    private readonly string? _path;
    private readonly byte[][] _markers;
    private readonly int[] _columns;
    private readonly string?[] _names;
    private readonly int _width, _dates = -1;
    private bool _firstIsData;
    private DateTime? _date;
    private string _dateText = "";

    public CsvRecords(TextReader reader, string? path, CsvColumn[] columns, CsvOptions options)
    {
        (_path, _options) = (path, options);
        _markers = [.. options.MissingMarkers.Select(Encoding.UTF8.GetBytes)];
        _reader = CsvReader.Create(reader, ReaderOptions(options), leaveOpen: true);
        do
        {
            if (!Read())
            {
                throw new DataFormatException("the file is empty; expected a table with a header.", path);
            }
        }
        while (IsBlank());

        _width = _reader.FieldCount;
        string[] first = [.. Enumerable.Range(0, _width).Select(_reader.GetString)];
        _columns = [.. columns.Select(c => Find(c, first))];
        _dates = options.DateColumn is { } dates ? Find(dates, first) : -1;
        bool hasHeader = options.HasHeader ?? (columns.Any(c => c.Name is not null) || options.DateColumn?.Name is not null
            || _columns.Any(c => !double.TryParse(first[c], NumberStyles.Float, CultureInfo.InvariantCulture, out _) && !IsMissing(Encoding.UTF8.GetBytes(first[c]))));
        _firstIsData = !hasHeader;
        _names = [.. columns.Select((c, i) => c.Name ?? (hasHeader ? first[_columns[i]] : null))];
    }

    /// <summary>Line of the record read last, from 1.</summary>
    public int Line => (int)Math.Min(int.MaxValue, _reader.LineNumber);

    /// <summary>What CsvHelper is to do: nothing is mapped, quotes are checked, records are bounded.</summary>
    public static CsvReaderOptions ReaderOptions(CsvOptions options) => new()
    {
        Separator = options.Delimiter,
        HasHeader = false, // it is read as a record like any other: whether the first line is one may depend on what it says
        SkipEmptyLines = false,
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MaxRecordSize = LongestRecord,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    /// <summary>Reads on to the next record, and checks its width and its date.</summary>
    public bool Next()
    {
        if (_firstIsData)
        {
            _firstIsData = false;
        }
        else
        {
            do
            {
                if (!Read())
                {
                    return false;
                }
            }
            while (IsBlank());
        }

        if (_reader.FieldCount != _width)
        {
            throw new DataFormatException(
                $"expected {_width} fields as in the first line, found {_reader.FieldCount}; the line may be cut off, or a field with a delimiter in it not quoted.", _path, Line);
        }

        if (_dates >= 0)
        {
            CheckDate(_reader.GetString(_dates));
        }

        return true;
    }

    /// <summary>Whether a column's value is missing in the record.</summary>
    public bool IsMissing(int column) => IsMissing(_reader.GetSpan(_columns[column]));

    /// <summary>A column's value in the record.</summary>
    public T Number<T>(int column) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<byte> field = _reader.GetSpan(_columns[column]);
        if (!T.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out T value))
        {
            throw Error($"expected a number, found '{Shorten(_reader.GetString(_columns[column]))}'{(field.Contains((byte)',') ? " (the decimal separator is '.', thousands are not separated)" : "")}.", column);
        }

        return T.IsFinite(value) ? value : throw Error($"'{Shorten(_reader.GetString(_columns[column]))}' is not a finite number of type {(typeof(T) == typeof(float) ? "float" : "double")}; leave a missing value empty.", column);
    }

    public DataFormatException Error(string message, int column, int? line = null) =>
        new(_names[column] is { } name ? $"in column '{name}' {message}" : message, _path, line ?? Line, _columns[column] + 1);

    public DataFormatException NoRows() => new("there are no rows below the header that hold values.", _path);

    public void Dispose() => _reader.Dispose();

    private void CheckDate(string text)
    {
        bool isDate = _options.DateFormat is { } format
            ? DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime date)
            : DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out date);
        if (!isDate)
        {
            throw new DataFormatException(
                $"expected a date{(_options.DateFormat is null ? "" : $" of the form '{_options.DateFormat}'")}, found '{Shorten(text)}'{(_options.DateFormat is null ? $"; say how dates are written with {nameof(CsvOptions)}.{nameof(CsvOptions.DateFormat)}" : "")}.",
                _path, Line, _dates + 1);
        }

        if (date <= _date)
        {
            throw new DataFormatException($"the date '{Shorten(text)}' does not follow '{_dateText}' of the row before; sort the rows by date, oldest first, one a date.", _path, Line, _dates + 1);
        }

        (_date, _dateText) = (date, Shorten(text));
    }

    private int Find(CsvColumn column, string[] first)
    {
        string columns = string.Join(", ", first.Take(20).Select(c => $"'{Shorten(c)}'")) + (_width > 20 ? $" and {_width - 20} more" : "");
        if (column.Name is null)
        {
            return column.Index < _width ? column.Index : throw new DataFormatException($"there is no column at index {column.Index} (from 0); the line has {_width}: {columns}.", _path, Line);
        }

        if (_options.HasHeader == false)
        {
            throw new ArgumentException($"A column by name ('{column.Name}') needs a header; give the column's index, or leave {nameof(CsvOptions.HasHeader)} out.");
        }

        int found = Array.IndexOf(first, column.Name), again = found < 0 ? -1 : Array.IndexOf(first, column.Name, found + 1);
        return found < 0 ? throw new DataFormatException($"there is no column '{column.Name}'; the columns are {columns}.", _path, Line)
            : again < 0 ? found
            : throw new DataFormatException($"columns {found + 1} and {again + 1} are both named '{column.Name}'; give the column's index (from 0).", _path, Line, again + 1);
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

    private bool Read()
    {
        try
        {
            return _reader.Read();
        }
        catch (CsvFormatException e)
        {
            throw new DataFormatException($"the line cannot be read as delimited text: {e.Message}", _path, (int)e.LineNumber, 0, e);
        }
    }

    private bool IsBlank() => _reader.FieldCount == 1 && _reader.RawRecord.Trim(" \t\r\n"u8).IsEmpty;

    private static string Shorten(string field) => field.Length <= 40 ? field : field[..40] + "…";
}
