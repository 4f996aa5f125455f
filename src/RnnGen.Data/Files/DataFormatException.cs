namespace RnnGen.Data;

/// <summary>A data file cannot be read as requested. The message says what was expected, what was found, where, and how to fix it.</summary>
public sealed class DataFormatException : FormatException
{
    /// <summary>Creates the exception and adds the place to its message.</summary>
    /// <param name="message">What was expected, what was found, and how to fix it.</param>
    /// <param name="source">The file's path; <c>null</c> if the text came from a reader.</param>
    /// <param name="line">Line of the file, from 1; 0 for the whole file.</param>
    /// <param name="column">Column, from 1; 0 for the whole line.</param>
    /// <param name="innerException">The cause, if any.</param>
    public DataFormatException(string message, string? source, int line = 0, int column = 0, Exception? innerException = null)
        : base(Place(source, line, column) + message, innerException)
    {
        FilePath = source;
        Line = line;
        Column = column;
    }

    /// <summary>The file's path; <c>null</c> if the text came from a reader.</summary>
    public string? FilePath { get; }

    /// <summary>Line of the file, from 1; 0 for the whole file. For a record that spans lines, its first.</summary>
    public int Line { get; }

    /// <summary>Column, from 1; 0 for the whole line.</summary>
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
