using System.Diagnostics;
using System.Runtime.Versioning;

namespace RnnGen.Runtime.Tests;

/// <summary>What saving keeps of a file that it replaces: its mode, and the symbolic links that lead to it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AtomicFileTests
{
    [UnixTheory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData(UnixFileMode.UserRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)]
    public void TheModeOfAFileIsKept(UnixFileMode mode)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("m.safetensors");
        Save(path, 1);
        File.SetUnixFileMode(path, mode);
        Save(path, 2);
        File.GetUnixFileMode(path).ShouldBe(mode);
        Load(path).ShouldBe(2);
        folder.Files.ShouldBe(["m.safetensors"]);
    }

    /// <summary>A folder in the place of the second file, and two paths to one file.</summary>
    [UnixFact]
    public void FilesAreWrittenTogetherOrNotAtAll()
    {
        using TemporaryFolder folder = new();
        string first = folder.File("a"), second = folder.File("b"), link = folder.File("c");
        File.WriteAllText(first, "old");
        Directory.CreateDirectory(second);
        Should.Throw<IOException>(() => AtomicFile.Write([(first, [1]), (second, [2])])).Message.ShouldContain("folder");
        Directory.Delete(second);
        File.CreateSymbolicLink(link, "a");
        Should.Throw<ArgumentException>(() => AtomicFile.Write([(first, [1]), (link, [2])])).Message.ShouldContain("two files");
        (AtomicFile.IsSame(link, first), AtomicFile.IsSame(second, first)).ShouldBe((true, false));
        File.ReadAllText(first).ShouldBe("old");
        folder.Files.ShouldBe(["a", "c"], ignoreOrder: true);
        AtomicFile.Write([(first, [1]), (second, [2])]);
        (File.ReadAllBytes(first)[0], File.ReadAllBytes(second)[0], folder.Files.Length).ShouldBe(((byte)1, (byte)2, 3));
    }

    [UnixFact]
    public void TheModeIsThereBeforeTheContent()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("secret");
        File.WriteAllText(path, "old");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        AtomicFile.Write(path, stream =>
        {
            string temporary = Directory.GetFiles(folder.Path, "*.tmp").Single();
            File.GetUnixFileMode(temporary).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            stream.WriteByte(1);
        });
        File.ReadAllBytes(path).ShouldBe([1]);
    }

    [UnixTheory]
    [InlineData("data/real")]
    [InlineData("data/none-yet")]
    public void ALinkStaysAndWhatItPointsToIsReplaced(string target)
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("data"));
        Save(folder.File("data/real"), 1);
        string first = folder.File("first"), second = folder.File("second");
        File.CreateSymbolicLink(second, target);
        File.CreateSymbolicLink(first, "second");
        Save(first, 2);
        new FileInfo(first).LinkTarget.ShouldBe("second");
        new FileInfo(second).LinkTarget.ShouldBe(target);
        new FileInfo(folder.File(target)).LinkTarget.ShouldBeNull();
        (Load(first), Load(folder.File(target))).ShouldBe((2, 2));
        Directory.GetFiles(folder.File("data"), "*.tmp").ShouldBeEmpty();
    }

    [UnixFact]
    public void ALinkBehindALinkedFolderIsRelativeToWhereTheFolderIs()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("a/b/c"));
        Directory.CreateSymbolicLink(folder.File("short"), "a/b/c");
        File.CreateSymbolicLink(folder.File("a/b/c/link"), "../model");
        Save(folder.File("a/b/model"), 1);
        Save(folder.File("short/link"), 2);
        Load(folder.File("a/b/model")).ShouldBe(2);
        folder.Files.ShouldBeEmpty();
    }

    [UnixFact]
    public void ACircleOfLinksIsAnError()
    {
        using TemporaryFolder folder = new();
        File.CreateSymbolicLink(folder.File("x"), "y");
        File.CreateSymbolicLink(folder.File("y"), "x");
        Should.Throw<IOException>(() => Save(folder.File("x"), 1)).Message.ShouldContain("cycle");
        folder.Files.ShouldBe(["x", "y"]);
    }

    [UnixFact]
    public void ASaveThatFailsLeavesModeLinkAndContent()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("link");
        Save(folder.File("real"), 1);
        File.SetUnixFileMode(folder.File("real"), UnixFileMode.UserRead);
        File.CreateSymbolicLink(path, "real");
        Should.Throw<InvalidDataException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidDataException();
        }));
        new FileInfo(path).LinkTarget.ShouldBe("real");
        File.GetUnixFileMode(folder.File("real")).ShouldBe(UnixFileMode.UserRead);
        Load(path).ShouldBe(1);
        folder.Files.ShouldBe(["link", "real"]);
    }

    [LinuxFact]
    public void APipeIsRefusedAndStays()
    {
        using TemporaryFolder folder = new();
        string pipe = folder.File("pipe"), link = folder.File("link");
        MakePipe(pipe);
        File.CreateSymbolicLink(link, "pipe");
        Should.Throw<IOException>(() => Save(pipe, 1)).Message.ShouldContain($"'{pipe}' is a device, a pipe or a socket");
        Should.Throw<IOException>(() => Save(link, 1)).Message.ShouldContain($"'{link}' is a device, a pipe or a socket");
        IsPipe(pipe).ShouldBeTrue();
        folder.Files.ShouldBe(["link", "pipe"]);
    }

    [UnixFact]
    public void AFolderIsRefusedAndStays()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("models"));
        Directory.CreateSymbolicLink(folder.File("link"), "models");
        foreach (string name in (string[])["models", "models/", "link", "link/", "none-yet/", "", "."])
        {
            string path = Path.Combine(folder.Path, name);
            Should.Throw<IOException>(() => Save(path, 1)).Message.ShouldBe($"'{path}' is the path of a folder; use the path of a file in it.");
            Should.Throw<IOException>(() => CharacterTokenizer.Train(["a"]).Save(path)).Message.ShouldBe($"'{path}' is the path of a folder; use the path of a file in it.");
        }

        Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order().ShouldBe(["link", "models"]);
    }

    [UnixFact]
    public void AFolderIsNotRead()
    {
        using TemporaryFolder folder = new();
        string message = $"'{folder.Path}' is the path of a folder; use the path of a file in it.";
        Should.Throw<IOException>(() => Load(folder.Path)).Message.ShouldBe(message);
        Should.Throw<IOException>(() => Tokenizer.Load(folder.Path)).Message.ShouldBe(message);
    }

    [UnixFact]
    public void AMissingFolderIsNamedWithThePathThatWasGiven()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("none-yet/m.safetensors");
        Should.Throw<DirectoryNotFoundException>(() => Save(path, 1)).Message
            .ShouldBe($"'{path}' cannot be written: there is no folder '{folder.File("none-yet")}'. Create it, or use another path.");
        Directory.Exists(folder.File("none-yet")).ShouldBeFalse();
    }

    [UnixFact]
    public void ACheckpointThatWouldReplaceAFolderSaysSo()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("checkpoint-000000000001.rnngen"));
        SequenceDataset<double, double> data = SequenceDataset.FromArrays(new double[4], new double[2], 2);
        Should.Throw<CheckpointException>(() => TrainingLoop.Fit<LinearModel, double, double, double>(
            new LinearModel(), data, null, new FitOptions { Epochs = 1, BatchSize = 2, Checkpoint = new(folder.Path) }, default)).Message.ShouldContain("is the path of a folder");
    }

    internal static void MakePipe(string path) => Run("mkfifo", path).ShouldBe(0);

    internal static bool IsPipe(string path) => Run("test", "-p", path) == 0;

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static void Save(string path, double value) => ModelFile.Save<double>(Layouts.Flat(1), [value], path);

    private static double Load(string path)
    {
        double[] value = new double[1];
        ModelFile.Load<double>(Layouts.Flat(1), value, path);
        return value[0];
    }
}

/// <summary>A test of what Windows does not have: modes, and links that anyone may make.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "Windows has no such files." : null;
}

/// <summary>A test of what is asked of Linux alone.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Only Linux is asked.";
}

/// <inheritdoc cref="UnixFactAttribute"/>
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute() => Skip = OperatingSystem.IsWindows() ? "Windows has no such files." : null;
}
