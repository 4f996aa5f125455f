using System.Globalization;
using CsvHelper;

namespace RnnGen.Data;

/// <summary>
/// Walks the fields of one column, row by row, over CsvHelper's reader of fields (nothing is mapped to classes).
/// Checks the shape of the table; what a field means is the caller's.
/// </summary>
internal sealed class CsvFields : IDisposable
{
    private readonly CsvReader _reader;
    private readonly string? _path;
    private readonly string[] _first;
    private readonly int _index;
    private readonly string? _name;
    private readonly int _width;
    private bool _firstIsData;
    private int _blanks;          // blank lines of a one-column table that wait for a later row
    private int _heldLine;        // the row after those blank lines, kept back; 0 when there is none
    private string _held = "";

    public CsvFields(TextReader reader, string? path, CsvColumn column, CsvOptions options)
    {
        _path = path;
        _reader = CsvReader.Create(reader, CsvRecords.ReaderOptions(options), leaveOpen: true);
        do
        {
            if (!Read())
            {
                throw Error("the file is empty; expected a table with a header.", 0, 0);
            }
        }
        while (IsBlank());

        _width = _reader.FieldCount;
        _first = [.. Enumerable.Range(0, _width).Select(_reader.GetString)];
        Line = (int)_reader.LineNumber;
        _name = column.Name;
        _index = column.Name is null ? column.Index : Find(column.Name, options);
        if (_index >= _width)
        {
            throw Error($"there is no column at index {_index} (from 0); the line has {_width}: {Columns()}.", Line, 0);
        }

        bool hasHeader = options.HasHeader ?? (column.Name is not null || !IsNumber(_first[_index]));
        _firstIsData = !hasHeader;
        _name ??= hasHeader ? _first[_index] : null;
    }

    /// <summary>Line of the row read last, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Reads on to the next row.</summary>
    /// <param name="field">The column's field there, without the spaces around it.</param>
    /// <returns>Whether there was a row.</returns>
    public bool Next(out string field)
    {
        if (_firstIsData)
        {
            _firstIsData = false;
            field = _first[_index];
            return true;
        }

        if (_blanks == 0 && _heldLine == 0)
        {
            if (!Advance())
            {
                field = "";
                return false;
            }
        }

        if (_blanks > 0)
        {
            _blanks--;
            Line++;
            field = "";
            return true;
        }

        Line = _heldLine;
        _heldLine = 0;
        field = _held;
        return true;
    }

    /// <summary>An error at this column of the row read last, or of another line.</summary>
    public DataFormatException Error(string message, int? line = null) =>
        Error(_name is null ? message : $"in column '{_name}' {message}", line ?? Line, _index + 1);

    public DataFormatException NoRows() => Error("there are no rows below the header.", 0, 0);

    public void Dispose() => _reader.Dispose();

    /// <summary>Reads the next row that is not blank into the held field, counting blank lines that stand for values.</summary>
    private bool Advance()
    {
        int blanks = 0;
        while (Read())
        {
            if (IsBlank())
            {
                blanks++;
                continue;
            }

            if (_reader.FieldCount != _width)
            {
                throw Error($"expected {_width} fields as in the first line, found {_reader.FieldCount}; the line may be cut off, or a field with a delimiter in it not quoted.", (int)_reader.LineNumber, 0);
            }

            _heldLine = (int)_reader.LineNumber;
            _held = _reader.GetString(_index);
            _blanks = _width == 1 ? blanks : 0;
            if (_blanks > 0)
            {
                Line = _heldLine - _blanks - 1;
            }

            return true;
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

    private int Find(string name, CsvOptions options)
    {
        if (options.HasHeader == false)
        {
            throw new ArgumentException($"A column by name ('{name}') needs a header; give the column's index, or leave {nameof(CsvOptions.HasHeader)} out.", nameof(options));
        }

        int found = Array.IndexOf(_first, name);
        if (found < 0)
        {
            throw Error($"there is no column '{name}'; the columns are {Columns()}.", Line, 0);
        }

        int again = Array.IndexOf(_first, name, found + 1);
        return again < 0
            ? found
            : throw Error($"columns {found + 1} and {again + 1} are both named '{name}'; give the column's index (from 0).", Line, again + 1);
    }

    private string Columns() => string.Join(", ", _first.Take(20).Select(c => $"'{c}'")) + (_width > 20 ? $" and {_width - 20} more" : "");

    private DataFormatException Error(string message, int line, int column) => new(message, _path, line, column);

    private static bool IsNumber(string field) => double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
