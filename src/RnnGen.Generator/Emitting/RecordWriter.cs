using System.Collections.Generic;
using System.Linq;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes a record of the runtime with its properties: short ones side by side, lists one item a line.</summary>
internal sealed class RecordWriter : IDisposable
{
    private const int Width = 120;

    private readonly SourceWriter _writer;
    private readonly SourceWriter.Scope _scope;
    private string _line = "";

    /// <param name="writer">Where it goes.</param>
    /// <param name="header">What stands before the brace.</param>
    /// <param name="end">What closes it.</param>
    public RecordWriter(SourceWriter writer, string header, string end)
    {
        _writer = writer;
        _scope = writer.Open(header, end);
    }

    /// <summary>A property, or nothing where it has its default.</summary>
    public void Add(string name, object? value, bool isWritten = true)
    {
        string text = $"{name} = {value},";
        if (!isWritten)
        {
            return;
        }

        if (_line.Length + 1 + text.Length > Width)
        {
            Flush();
        }

        _line = _line.Length == 0 ? text : $"{_line} {text}";
    }

    /// <summary>A property that is a list, each item with a note.</summary>
    /// <param name="isRequired">Whether it is written where it has no item, too.</param>
    public void AddList(string name, string type, IEnumerable<(string Item, string Note)> items, bool isRequired = false)
    {
        List<(string Item, string Note)> all = items.ToList();
        Flush();
        if (all.Count > 0)
        {
            _writer.Write($"{name} = new {type}[]\n{{");
            all.ForEach(i => _writer.Write($"    {i.Item},{(i.Note.Length > 0 ? $" // {i.Note}" : "")}"));
            _writer.Write("},");
        }
        else if (isRequired)
        {
            Add(name, $"new {type}[0]");
        }
    }

    /// <summary>A property that is a record.</summary>
    public RecordWriter Nested(string name, string type)
    {
        Flush();
        return new RecordWriter(_writer, $"{name} = new {type}", "},");
    }

    public void Dispose()
    {
        Flush();
        _scope.Dispose();
    }

    private void Flush()
    {
        if (_line.Length > 0)
        {
            _writer.Write(_line);
            _line = "";
        }
    }
}
