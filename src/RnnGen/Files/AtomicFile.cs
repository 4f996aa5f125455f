using System.ComponentModel;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>Writes files that appear whole or not at all, whatever happens while they are written.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class AtomicFile
{
    /// <summary>The end of temporary names.</summary>
    internal const string TemporaryEnd = ".tmp";

    /// <summary>Writes beside the file under another name, flushes to disk, renames, and flushes the folder, so that the new name outlives a loss of power too.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="write">Writes the content; the stream has no buffer.</param>
    /// <exception cref="IOException">The file cannot be written; one that existed is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; one that existed is unchanged.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}{TemporaryEnd}";
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path)));
    }

    /// <summary>Writes some bytes.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="bytes">All of its content.</param>
    public static void Write(string path, byte[] bytes) => Write(path, stream => stream.Write(bytes));

    /// <summary>Deletes a file that nobody needs; where that fails, it stays.</summary>
    internal static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left over costs space only, and the failure that matters is another one.
        }
    }

    // .NET opens no folders. Windows writes names with its journal; elsewhere a folder is flushed as a file is.
    private static void FlushFolder(string? folder)
    {
        if (folder is null || OperatingSystem.IsWindows())
        {
            return;
        }

        const int readOnly = 0;
        int handle = Open(folder, readOnly);
        if (handle >= 0)
        {
            // Some file systems do not flush folders; the file is whole all the same.
            _ = Flush(handle);
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
