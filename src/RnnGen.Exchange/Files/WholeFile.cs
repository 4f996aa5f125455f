using RnnGen.Runtime;

namespace RnnGen.Exchange.Files;

/// <summary>Reads all bytes of a file.</summary>
internal static class WholeFile
{
    /// <summary>The bytes.</summary>
    /// <param name="path">The file, of at most 2 GiB.</param>
    /// <exception cref="ForeignFileException">It is larger.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static byte[] Read(string path)
    {
        using FileStream stream = PlainFile.OpenToRead(path);
        if (stream.Length > Array.MaxLength)
        {
            throw new ForeignFileException(Invariant($"The file has {stream.Length} bytes; at most {Array.MaxLength} are read."));
        }

        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }
}
