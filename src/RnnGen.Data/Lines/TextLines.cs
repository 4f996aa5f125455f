using System.Text;

namespace RnnGen.Data;

/// <summary>Reads a text file line by line, without holding it in memory. The encoding is that of the byte order mark, otherwise the given one, otherwise UTF-8.</summary>
/// <example>
/// <code>
/// foreach (string line in TextLines.Read("names.txt")) { … }
/// </code>
/// </example>
public static class TextLines
{
    /// <summary>Default of the maximum characters of a line.</summary>
    public const int DefaultLongest = 1 << 20;

    /// <summary>Streams the lines of a file, without their line ends. Each enumeration reads the file again.</summary>
    /// <param name="path">The file.</param>
    /// <param name="longest">Maximum characters of a line, at least 1. A longer line is an error, so that a file without line ends does not fill the memory.</param>
    /// <param name="encoding">Encoding of a file without a byte order mark. <c>null</c> (default): UTF-8.</param>
    /// <exception cref="DataFormatException">Thrown by the enumeration: a line is too long, or bytes are invalid in the encoding; the message has their offset.</exception>
    /// <exception cref="IOException">Thrown by the enumeration: the file is missing or cannot be opened.</exception>
    public static IEnumerable<string> Read(string path, int longest = DefaultLongest, Encoding? encoding = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Guard.AtLeast(longest, 1);
        return Lines();

        IEnumerable<string> Lines()
        {
            using StreamReader reader = TextFile.Open(path, encoding);
            foreach (string line in Read(reader, path, longest))
            {
                yield return line;
            }
        }
    }

    /// <summary>Streams the lines of a text; see <see cref="Read(string, int, Encoding?)"/>.</summary>
    /// <param name="reader">The text; it is read once and not closed. A byte order mark (U+FEFF) at its start is skipped.</param>
    /// <param name="longest">Maximum characters of a line, at least 1.</param>
    /// <exception cref="DataFormatException">Thrown by the enumeration: a line is too long, or not of this encoding.</exception>
    public static IEnumerable<string> Read(TextReader reader, int longest = DefaultLongest)
    {
        ArgumentNullException.ThrowIfNull(reader);
        Guard.AtLeast(longest, 1);
        return Read(reader, null, longest);
    }

    internal static IEnumerable<string> Read(TextReader reader, string? path, int longest)
    {
        char[] buffer = new char[4096];
        StringBuilder line = new();
        int number = 1;
        bool isAfterReturn = false, hasLine = false, isFirst = true;
        while (ReadBlock(reader, buffer, path, number) is int read and > 0)
        {
            int start = isFirst && buffer[0] == '\uFEFF' ? 1 : 0;
            isFirst = false;
            for (int i = start; i < read; i++)
            {
                char c = buffer[i];
                if (c is not ('\n' or '\r'))
                {
                    (isAfterReturn, hasLine) = (false, true);
                    continue;
                }

                if (c == '\n' && isAfterReturn)
                {
                    // The second half of a line's end.
                    (isAfterReturn, start) = (false, i + 1);
                    continue;
                }

                Append(line, buffer.AsSpan(start, i - start), path, number, longest);
                yield return line.ToString();
                line = line.Length > buffer.Length ? new() : line.Clear(); // to clear it would take the room of a long line once more
                number++;
                (isAfterReturn, hasLine, start) = (c == '\r', false, i + 1);
            }

            Append(line, buffer.AsSpan(start, read - start), path, number, longest);
        }

        if (hasLine)
        {
            yield return line.ToString();
        }
    }

    private static int ReadBlock(TextReader reader, char[] buffer, string? path, int number)
    {
        try
        {
            return reader.Read(buffer, 0, buffer.Length);
        }
        catch (DecoderFallbackException e)
        {
            throw new DataFormatException($"the text from here on is not of the reader's encoding ({e.Message}); convert it, or use a reader with its encoding.", path, number, 0, e);
        }
    }

    private static void Append(StringBuilder line, ReadOnlySpan<char> part, string? path, int number, int longest)
    {
        if (line.Length + part.Length > longest)
        {
            throw new DataFormatException(Invariant($"the line has more than {longest} characters; is it a text file with lines? If so, raise the limit."), path, number);
        }

        line.Append(part);
    }
}
