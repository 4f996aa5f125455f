using System.Collections.Generic;
using System.Threading;

namespace RnnGen.Generator.Emitting;

/// <summary>An indenting writer for C#: raw-string blocks are re-indented, braces pair up, line ends are \n.</summary>
internal sealed class SourceWriter
{
    // Room for a file of usual length, and the longest that is kept for the next one.
    private const int UsualLength = 1 << 15, LongestKept = 1 << 19;

    // What the file before was written in.
    private static char[]? s_spare;

    private char[] _text = [];
    private int _length;
    private int _depth;

    /// <summary>Writes lines at the current depth; empty lines stay empty.</summary>
    public SourceWriter Write(string block)
    {
        for (int start = 0, next; start <= block.Length; start = next)
        {
            int end = block.IndexOf('\n', start);
            end = end < 0 ? block.Length : end;
            next = end + 1;
            while (end > start && char.IsWhiteSpace(block[end - 1]))
            {
                end--;
            }

            WriteLine(block, start, end - start);
        }

        return this;
    }

    public SourceWriter Line() => Write("");

    /// <summary>Opens <c>header {</c>; disposing the result closes it.</summary>
    /// <param name="header">What stands before the brace.</param>
    /// <param name="end">What closes it.</param>
    public Scope Open(string header, string end = "}")
    {
        Write(header.Length == 0 ? "{" : header + "\n{");
        _depth++;
        return new Scope(this, end);
    }

    /// <summary>Opens a loop over a constant range, or, where it has one value, a block with that value.</summary>
    public Scope OpenRange(string type, string variable, int start, int end)
    {
        if (end - start > 1)
        {
            return Open($"for ({type} {variable} = {start}; {variable} < {end}; {variable}++)");
        }

        Scope scope = Open("");
        Write($"const {type} {variable} = {start};");
        return scope;
    }

    /// <summary>The lines that an action writes, at depth 0, instead of writing them here.</summary>
    public string Capture(Action write)
    {
        (int start, int depth) = (_length, _depth);
        _depth = 0;
        write();
        int end = _length;
        while (end > start && _text[end - 1] == '\n')
        {
            end--;
        }

        (_length, _depth) = (start, depth);
        return new string(_text, start, end - start);
    }

    /// <summary>All that was written; the writer is empty again.</summary>
    public string Take()
    {
        string text = new(_text, 0, _length);
        if (_text.Length <= LongestKept)
        {
            Volatile.Write(ref s_spare, _text);
        }

        (_text, _length) = ([], 0);
        return text;
    }

    /// <summary>Parts of an argument or parameter list.</summary>
    public static string Join(IEnumerable<string> parts) => string.Join(", ", parts);

    public override string ToString() => new(_text, 0, _length);

    private void WriteLine(string block, int start, int count)
    {
        int indent = count > 0 ? 4 * _depth : 0;
        MakeRoom(indent + count + 1);
        for (int i = 0; i < indent; i++)
        {
            _text[_length++] = ' ';
        }

        block.CopyTo(start, _text, _length, count);
        _length += count;
        _text[_length++] = '\n';
    }

    private void MakeRoom(int count)
    {
        if (_length + count <= _text.Length)
        {
            return;
        }

        int needed = Math.Max(_length + count, 2 * _text.Length);
        char[] room = Interlocked.Exchange(ref s_spare, null) is { } spare && spare.Length >= needed ? spare : new char[Math.Max(needed, UsualLength)];
        Array.Copy(_text, room, _length);
        _text = room;
    }

    private void Close(string end)
    {
        _depth--;
        Write(end);
    }

    internal readonly struct Scope(SourceWriter writer, string end) : IDisposable
    {
        public void Dispose() => writer.Close(end);
    }
}

/// <summary>One file that the generator adds to the compilation.</summary>
internal sealed record GeneratedFile(string HintName, string Text);
