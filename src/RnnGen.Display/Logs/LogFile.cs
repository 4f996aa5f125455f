namespace RnnGen.Display;

/// <summary>Files that grow record by record.</summary>
internal static class LogFile
{
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
