using System.Text;

namespace RnnGen.Display;

/// <summary>Files that appear, or grow, whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>Writes a text under a temporary name, has it flushed to disk, and gives it its name; a file that exists is replaced.</summary>
    public static void Write(string path, string text)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Appends to a file that exists, and has it flushed to disk; where that fails, the file is left as it was.</summary>
    public static void Append(string path, ReadOnlySpan<byte> bytes)
    {
        // A file that has vanished is not begun anew: it would lack what it begins with.
        using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        long length = stream.Seek(0, SeekOrigin.End);
        try
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            stream.SetLength(length);
            throw;
        }
    }
}

/// <summary>What is written while a training goes on. A file that cannot be written costs nobody the training: it is said once on standard error, and remembered.</summary>
/// <param name="what">What is written, as the message begins.</param>
internal sealed class Attempts(string what)
{
    /// <summary>The first failure, if there was one.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Writes, or says why not.</summary>
    public void Run(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (Failure is null)
            {
                Console.Error.WriteLine($"{what} cannot be written, and the training goes on: {e.Message}");
            }

            Failure ??= e;
        }
    }
}
