namespace RnnGen.Display;

/// <summary>Files that grow record by record.</summary>
internal static class LogFile
{
    /// <summary>Appends to an existing file and flushes it to disk; if that fails, the file is unchanged.</summary>
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

/// <summary>Writes during a training. A file that cannot be written does not stop the training: the failure is reported once on standard error, and kept.</summary>
/// <param name="what">What is written, for the start of the message.</param>
internal sealed class Attempts(string what)
{
    /// <summary>The first failure, if there was one.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Writes, or reports why not.</summary>
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
                Console.Error.WriteLine($"{what} cannot be written; the training continues without it: {e.Message}");
            }

            Failure ??= e;
        }
    }
}
