using System.Collections.Generic;
using System.Text;

namespace RnnGen.Generator.Emitting;

/// <summary>An indenting writer for C#: raw-string blocks are re-indented, braces pair up, line ends are \n.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Writes lines at the current depth; empty lines stay empty.</summary>
    public SourceWriter Write(string block)
    {
        foreach (string raw in block.Split('\n'))
        {
            string line = raw.TrimEnd();
            if (line.Length > 0)
            {
                _text.Append(' ', 4 * _depth).Append(line);
            }

            _text.Append('\n');
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
        (int start, int depth) = (_text.Length, _depth);
        _depth = 0;
        write();
        string text = _text.ToString(start, _text.Length - start).TrimEnd('\n');
        (_text.Length, _depth) = (start, depth);
        return text;
    }

    /// <summary>Parts of an argument or parameter list.</summary>
    public static string Join(IEnumerable<string> parts) => string.Join(", ", parts);

    public override string ToString() => _text.ToString();

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
