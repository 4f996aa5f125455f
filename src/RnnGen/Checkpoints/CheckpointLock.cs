using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace RnnGen.Runtime;

/// <summary>
/// Locks a folder of checkpoints for one training: a file in it is locked while the training runs, and names the holder. The operating system releases the lock when
/// the process ends, however it ends, so a crash blocks nobody.
/// </summary>
internal sealed class CheckpointLock : IDisposable
{
    private const string Name = "training.lock";
    private const int LongestHolder = 4096;

    private readonly string _path;
    private readonly FileStream _file;

    private CheckpointLock(string path, FileStream file) => (_path, _file) = (path, file);

    /// <summary>Locks an existing folder.</summary>
    /// <returns>The lock; <see langword="null"/> if no file can be created in the folder, so that no checkpoint can be written or deleted either.</returns>
    /// <exception cref="CheckpointException">Another training uses the folder, and the message names it; or the lock's name belongs to something that is not a file or cannot be locked.</exception>
    public static CheckpointLock? Take(string folder)
    {
        string path = Path.GetFullPath(Path.Combine(folder, Name));
        if (new FileInfo(path).LinkTarget is { } target)
        {
            throw new CheckpointException($"'{path}' is a symbolic link to '{target}', but the lock of a training must be a file, which is deleted at the end; delete the link.");
        }

        if (AtomicFile.IsSpecial(path))
        {
            throw new CheckpointException(NotAFile(path));
        }

        byte[] holder = Encoding.UTF8.GetBytes(Holder());
        while (true)
        {
            FileStream file;
            try
            {
                // Elsewhere than on Windows a lock is on what is exclusive alone, and nobody is kept from reading.
                file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (IsHeld(e))
            {
                throw new CheckpointException(Invariant($"Another training uses the folder '{folder}': {ReadHolder(path)}. Wait for it or end it, or use another folder for this training."), e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return Path.Exists(path) ? throw new CheckpointException(NotAFile(path), e) : null;
            }

            if (!Write(file, holder) || ReadHolder(path) == Encoding.UTF8.GetString(holder))
            {
                return new CheckpointLock(path, file);
            }

            // The one before deleted the file between our opening and locking it: what we hold has no name any more.
            file.Dispose();
        }
    }

    /// <summary>Gives the folder free.</summary>
    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            // As long as it is locked; and where it is now, if the folder was moved.
            AtomicFile.TryDelete(WhereItIs() ?? _path);
            _file.Dispose();
            return;
        }

        _file.Dispose();
        AtomicFile.TryDelete(_path);
    }

    private static string NotAFile(string path) => $"'{path}' exists and is not a file that this process can lock, so nothing would keep another training out of the folder; delete it, or give this user write access.";

    private static string Holder()
    {
        using Process process = Process.GetCurrentProcess();
        return string.Create(CultureInfo.InvariantCulture, $"process {process.Id} ({process.ProcessName}) on machine {Environment.MachineName}, since {DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} UTC, key {Guid.NewGuid():N}");
    }

    // A full disk has room for a lock, and none for a name.
    private static bool Write(FileStream file, byte[] holder)
    {
        try
        {
            file.SetLength(0);
            file.Write(holder);
            file.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string ReadHolder(string path)
    {
        try
        {
            using FileStream file = OpenToRead(path);
            byte[] bytes = new byte[LongestHolder];
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return read == 0 ? "an unknown process" : Encoding.UTF8.GetString(bytes, 0, read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "a process whose name cannot be read";
        }
    }

    // Without a lock, which .NET takes for reading too.
    private static FileStream OpenToRead(string path) => OperatingSystem.IsWindows()
        ? new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
        : new(new SafeFileHandle(AtomicFile.OpenToRead(path), ownsHandle: true), FileAccess.Read);

    private string? WhereItIs()
    {
        try
        {
            return new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_file.SafeFileHandle.DangerousGetHandle()}")).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    // EAGAIN of Linux and of macOS, and Windows' sharing violation.
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x8007_0020);
}
