namespace RnnGen.Data;

/// <summary>A data file cannot be read as asked: the message says what was expected, what was found, where, and what to do.</summary>
public sealed class DataFormatException : FormatException
{
    /// <summary>Creates the exception; the message is completed with the place.</summary>
    /// <param name="message">What was expected, what was found, and what to do.</param>
    /// <param name="source">The file's path, or <c>null</c> where a reader was given.</param>
    /// <param name="line">Line of the file, from 1; 0 where the whole file is meant.</param>
    /// <param name="column">Column, from 1; 0 where the whole line is meant.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public DataFormatException(string message, string? source, int line = 0, int column = 0, Exception? innerException = null)
        : base(Place(source, line, column) + message, innerException)
    {
        FilePath = source;
        Line = line;
        Column = column;
    }

    /// <summary>The file's path, or <c>null</c> where a reader was given.</summary>
    public string? FilePath { get; }

    /// <summary>Line of the file, from 1; 0 where the whole file is meant. A quoted field may span lines: then the record's first.</summary>
    public int Line { get; }

    /// <summary>Column, from 1; 0 where the whole line is meant.</summary>
    public int Column { get; }

    private static string Place(string? source, int line, int column)
    {
        string place = line == 0 ? "" : column == 0 ? Invariant($"line {line}") : Invariant($"line {line}, column {column}");
        return (source, place) switch
        {
            (null, "") => "",
            (null, _) => Invariant($"{char.ToUpperInvariant(place[0])}{place[1..]}: "),
            (_, "") => $"{source}: ",
            _ => Invariant($"{source}, {place}: "),
        };
    }
}
