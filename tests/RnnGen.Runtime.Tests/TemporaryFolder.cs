using System.Diagnostics;

namespace RnnGen.Runtime.Tests;

/// <summary>A folder for one test.</summary>
/// <param name="inMemory">Whether it need not be on a disk, where there is another place: what is flushed there takes no time.</param>
internal sealed class TemporaryFolder(bool inMemory = false) : IDisposable
{
    private const string Memory = "/dev/shm";

    public string Path { get; } = inMemory && Directory.Exists(Memory)
        ? Directory.CreateDirectory($"{Memory}/rnngen-{Guid.NewGuid():N}").FullName
        : Directory.CreateTempSubdirectory("rnngen-").FullName;

    /// <summary>The names of the files, in order.</summary>
    public string[] Files => [.. Directory.EnumerateFiles(Path).Select(f => System.IO.Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}

/// <summary>A small file system of its own; only root may make one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallDisk(int bytes)
    {
        if (!Mount($"-t tmpfs -o size={bytes} tmpfs {_folder.Path}"))
        {
            throw new InvalidOperationException("The small disk cannot be mounted.");
        }
    }

    /// <summary>Whether one can be made here.</summary>
    public static bool IsPossible { get; } = TryOnce();

    public string Path => _folder.Path;

    /// <summary>Takes all space that is left.</summary>
    public void Fill()
    {
        using FileStream file = new(_folder.File("filler"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // That is what was wanted.
        }
    }

    /// <summary>Makes room again.</summary>
    public void MakeRoom() => File.Delete(_folder.File("filler"));

    public void MakeReadOnly() => Mount($"-o remount,ro {_folder.Path}").ShouldBeTrue();

    public void Dispose()
    {
        Run("umount", _folder.Path);
        _folder.Dispose();
    }

    private static bool TryOnce()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            return false;
        }

        try
        {
            using SmallDisk disk = new(65536);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static bool Mount(string arguments) => Run("mount", arguments);

    private static bool Run(string program, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

/// <summary>A test that needs a file system of its own.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (!SmallDisk.IsPossible)
        {
            Skip = "Only root on Linux can mount a small file system.";
        }
    }
}
