using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

// Public where RnnGen.Display calls it (see AtomicFile.Public.cs); RnnGen.Data compiles this file too, for itself.
static partial class AtomicFile
{
    /// <summary>The end of temporary names.</summary>
    internal const string TemporaryEnd = ".tmp";

    private const int ReadOnly = 0;

    /// <summary>
    /// Writes a temporary file next to the file, flushes it to disk, renames it, and flushes the folder, so that the new name survives a loss of power. An existing
    /// file keeps its Unix mode, and a symbolic link stays: the file that it points to is replaced. A folder, a device, a pipe or a socket is an error.
    /// </summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="write">Writes the content; the stream has no buffer.</param>
    /// <exception cref="DirectoryNotFoundException">The file's folder is missing.</exception>
    /// <exception cref="IOException">The file cannot be written, or the path is that of a folder, a device, a pipe or a socket; an existing file is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; an existing one is unchanged.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, static (stream, write) => write(stream));

    /// <summary>Writes what a lambda cannot hold, such as a span.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    internal static void Write<TContent>(string path, TContent content, Action<Stream, TContent> write) where TContent : allows ref struct
    {
        string target = Target(path), temporary = WriteTemporary(path, target, content, write);
        Rename(temporary, target);
    }

    /// <summary>
    /// Writes several files together. All are written under temporary names before the first of them gets its own, so that where one cannot be written, every file is as it was.
    /// </summary>
    /// <param name="files">The files; existing ones are replaced.</param>
    /// <exception cref="ArgumentException">Two of the paths lead to one file.</exception>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void Write(IReadOnlyList<(string Path, byte[] Bytes)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        List<(string Temporary, string Target)> written = [];
        int renamed = 0;
        try
        {
            foreach ((string path, byte[] bytes) in files)
            {
                string target = Target(path);
                if (written.Exists(file => IsEqual(file.Target, target)))
                {
                    throw new ArgumentException($"'{path}' is the path of two files that are written together; give each its own.", nameof(files));
                }

                written.Add((WriteTemporary(path, target, bytes, static (stream, bytes) => stream.Write(bytes)), target));
            }

            for (; renamed < written.Count; renamed++)
            {
                Rename(written[renamed].Temporary, written[renamed].Target);
            }
        }
        catch
        {
            for (; renamed < written.Count; renamed++)
            {
                TryDelete(written[renamed].Temporary);
            }

            throw;
        }
    }

    /// <summary>Whether two paths lead to one file, which need not exist.</summary>
    /// <param name="path">A path.</param>
    /// <param name="other">Another one.</param>
    /// <exception cref="IOException">A path leads through a cycle of links.</exception>
    public static bool IsSame(string path, string other) => IsEqual(Target(path), Target(other));

    private static bool IsEqual(string target, string other) => string.Equals(target, other, OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    // The content beside the file that it will replace.
    private static string WriteTemporary<TContent>(string path, string target, TContent content, Action<Stream, TContent> write) where TContent : allows ref struct
    {
        string temporary = Invariant($"{target}.{Guid.NewGuid():N}{TemporaryEnd}");
        PlainFile.RequireNoFolder(path, target);
        if (IsSpecial(target))
        {
            throw new IOException($"'{path}' is a device, a pipe or a socket, which saving would replace with a file; use the path of a file.");
        }

        try
        {
            using FileStream stream = Create(temporary, target, path);
            write(stream, content);
            stream.Flush(flushToDisk: true);
            return temporary;
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    private static void Rename(string temporary, string target)
    {
        try
        {
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        FlushFolder(Path.GetDirectoryName(target));
    }

    /// <summary>Writes some bytes.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="bytes">All of its content.</param>
    public static void Write(string path, byte[] bytes) => Write(path, bytes, static (stream, bytes) => stream.Write(bytes));

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

    /// <summary>Whether a path is that of a device, a pipe or a socket, at the end of all links. Only Linux is asked.</summary>
    internal static bool IsSpecial(string path)
    {
        const int currentFolder = -100, type = 1, types = 0xF000, file = 0x8000, folder = 0x4000;
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            return Status(currentFolder, path, 0, type, out FileStatus status) == 0 && (status.Mode & types) is not (file or folder);
        }
        catch (EntryPointNotFoundException)
        {
            // A C library that is older than the call.
            return false;
        }
    }

    // What cannot be created is the temporary file, whose name says nothing to the user.
    private static FileStream Create(string temporary, string target, string path)
    {
        try
        {
            return Create(temporary, target);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new DirectoryNotFoundException($"'{path}' cannot be written: there is no folder '{Path.GetDirectoryName(target)}'. Create it, or use another path.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"'{path}' cannot be written: no file may be created in the folder '{Path.GetDirectoryName(target)}'. Change its permissions, or use another path.", e);
        }
    }

    // Nobody reads the new content before it has the mode of the old one.
    private static FileStream Create(string temporary, string target)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (OperatingSystem.IsWindows() || !File.Exists(target))
        {
            return new FileStream(temporary, options);
        }

        UnixFileMode mode = File.GetUnixFileMode(target);
        options.UnixCreateMode = mode;
        FileStream stream = new(temporary, options);
        try
        {
            // The process's mask took bits away.
            File.SetUnixFileMode(stream.SafeFileHandle, mode);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    // The file that a symbolic link points to, at last; it need not exist.
    private static string Target(string path)
    {
        string full = Path.GetFullPath(path);
        for (int links = 0; new FileInfo(full).LinkTarget is { } link; links++)
        {
            const int mostLinks = 40; // as Linux follows
            if (links == mostLinks)
            {
                throw new IOException(Invariant($"'{path}' leads through more than {mostLinks} symbolic links; do they form a cycle?"));
            }

            full = Path.GetFullPath(link, RealFolder(Path.GetDirectoryName(full)!));
        }

        return full;
    }

    // A link with '..' in it is relative to the folder where it really is, whatever links lead there.
    private static string RealFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return folder;
        }

        nint real = RealPath(folder, 0);
        try
        {
            return Marshal.PtrToStringUTF8(real) ?? folder;
        }
        finally
        {
            Free(real);
        }
    }

    /// <summary>Opens a file without the lock that .NET takes.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    internal static nint OpenToRead(string path)
    {
        int handle = Open(path, ReadOnly);
        return handle >= 0 ? handle : throw new IOException($"'{path}' cannot be opened.");
    }

    // .NET opens no folders. Windows writes names with its journal; elsewhere a folder is flushed as a file is.
    private static void FlushFolder(string? folder)
    {
        if (folder is null || OperatingSystem.IsWindows())
        {
            return;
        }

        int handle = Open(folder, ReadOnly);
        if (handle >= 0)
        {
            // Some file systems do not flush folders; the file is whole all the same.
            _ = Flush(handle);
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);

    // What Linux says of a file (struct statx), as far as it is asked for.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(28)]
        public ushort Mode;
    }
}
