using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using RnnGen.Mpi.Worker;
using RnnGen.Tests;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace RnnGen.Mpi.Tests;

/// <summary>Jobs of both libraries, on this machine.</summary>
public sealed partial class MpiRunTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rnngen-mpi").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [MpiFact("Open MPI")]
    public void OpenMpiEndsWithTheBitsOfOneProcess()
    {
        string[] alone = Alone();
        MpiJob.Run("Open MPI", 1, [.. Trainings.Names]).Lines.ShouldBe(alone);
        MpiJob.Run("Open MPI", 2, ["--threads", "2", .. Trainings.Names]).Lines.ShouldBe(alone);
        MpiJob four = MpiJob.Run("Open MPI", 4, [.. Trainings.Names]);
        four.Lines.ShouldBe(alone, four.Errors);
        four.Errors.ShouldContain("process 3 of 4: Open MPI");
    }

    [MpiFact("MPICH")]
    public void MpichEndsWithTheBitsOfOneProcess()
    {
        MpiJob two = MpiJob.Run("MPICH", 2, [.. Trainings.Names]);
        two.Lines.ShouldBe(Alone(), two.Errors);
        two.Errors.ShouldContain("process 1 of 2: MPICH");
    }

    /// <summary>A library that MPI starts may take the signals of which .NET makes exceptions.</summary>
    [MpiFact("Open MPI")]
    public void AFaultThatIsCaughtGoesOn() => CatchIn("Open MPI");

    [MpiFact("MPICH")]
    public void AFaultThatIsCaughtGoesOnUnderMpich() => CatchIn("MPICH");

    private static void CatchIn(string family)
    {
        MpiJob job = MpiJob.Run(family, 2, "--faults", "classifier");
        job.ExitCode.ShouldBe(0, job.Errors);
        job.Lines.Length.ShouldBe(1);
        job.Errors.Split("caught NullReferenceException").Length.ShouldBe(3, job.Errors);
        job.Errors.Split("caught DivideByZeroException").Length.ShouldBe(3, job.Errors);
    }

    /// <summary>The same width has other bits on a processor without its instructions.</summary>
    [MpiFact("Open MPI")]
    public void AWidthThatOneProcessEmulatesIsRejected()
    {
        (string Width, string Off)[] cases = [("128", "AVX2"), ("512", "AVX512")];
        foreach ((string width, string off) in cases.Where(each => each.Off == "AVX2" ? System.Runtime.Intrinsics.X86.Fma.IsSupported : System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated))
        {
            MpiJob job = MpiJob.Run("Open MPI", 1, "--width", width, "classifier", ":", "-n", "1", "-x", $"DOTNET_Enable{off}=0", MpiJob.Worker, "--width", width, "classifier");
            job.ExitCode.ShouldNotBe(0);
            job.Errors.ShouldContain("Process 1 does not train as process 0 does. It has ");
            job.Errors.ShouldContain("vector instructions = ");
        }
    }

    [MpiFact("Open MPI")]
    public void ATrainingThatStoppedOnFourProcessesResumesOnTwo()
    {
        MpiJob stopped = MpiJob.Run("Open MPI", 4, "--folder", _folder, "--epochs", "3", "--cancel", "2", "classifier");
        stopped.Lines.ShouldBeEmpty();
        Directory.GetFiles(_folder, "checkpoint-*2.rnngen").Length.ShouldBe(1);
        MpiJob resumed = MpiJob.Run("Open MPI", 2, "--folder", _folder, "--epochs", "3", "classifier");
        resumed.Lines.ShouldBe([$"classifier {Trainings.Run("classifier", new() { Epochs = 3 })}"], resumed.Errors);
    }

    [MpiFact("Open MPI")]
    public void AProcessThatFailsAloneEndsTheJob()
    {
        MpiJob job = MpiJob.Run("Open MPI", 4, "--fail", "0", "classifier");
        job.ExitCode.ShouldNotBe(0);
        job.Duration.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        job.Errors.ShouldContain("Process 0 of 4 failed, and ends the job");
        job.Errors.ShouldContain("a callback failed");
    }

    /// <summary>A process that leaves the others, by whichever way, ends the job; who waited for it says who left, and in which call.</summary>
    [MpiFact("Open MPI")]
    public void AProcessThatLeavesEndsTheJob()
    {
        foreach (string how in (string[])["return", "code", "exit", "forget", "throw", "evaluate", "stream-exit", "stream-cancel"])
        {
            LeaveIn("Open MPI", 4, how);
        }
    }

    [MpiFact("MPICH")]
    public void AProcessThatLeavesEndsTheJobOfMpich()
    {
        foreach (string how in (string[])["return", "code", "exit", "forget", "throw", "evaluate", "stream-exit", "stream-cancel"])
        {
            LeaveIn("MPICH", 2, how);
        }
    }

    /// <summary>A program that does not dispose of its processes leaves them as it ends.</summary>
    [MpiFact("MPICH")]
    public void AProgramThatForgetsToLeaveEndsInOrder() => ForgetIn("MPICH");

    [MpiFact("Open MPI")]
    public void AProgramThatForgetsToLeaveEndsInOrderUnderOpenMpi() => ForgetIn("Open MPI");

    private static void ForgetIn(string family)
    {
        MpiJob job = MpiJob.Run(family, 2, "--how", "forget", "classifier");
        job.ExitCode.ShouldBe(0, job.Errors);
        job.Lines.Length.ShouldBe(1);
    }

    private static void LeaveIn(string family, int count, string how)
    {
        MpiJob job = MpiJob.Run(family, count, "--leave", "1", "--how", how, "--epochs", "50", "classifier");
        job.ExitCode.ShouldNotBe(0, how);
        job.Lines.ShouldBeEmpty(how);
        job.Duration.ShouldBeLessThan(TimeSpan.FromSeconds(10), how);
        job.Errors.ShouldContain(how switch
        {
            "throw" => "Process 1 of ",
            "evaluate" => "Process 1 calls Evaluate where process 0 calls Fit",
            "stream-cancel" => "Process 1 failed in Fit: TaskCanceledException: a read was cancelled",
            "stream-exit" => "rocess 1 ", // left, or ended in an exchange
            "return" or "code" or "exit" or "forget" => "Process 1 left while process ",
            _ => throw new ArgumentOutOfRangeException(nameof(how), how, "There is no such way."),
        }, Case.Sensitive, $"{family}, {how}: {job.Errors}");
    }

    [MpiFact("MPICH")]
    public void ProcessesWithOtherParametersAreRejected()
    {
        MpiJob job = MpiJob.Run("MPICH", 2, "--seeds", "classifier");
        job.ExitCode.ShouldNotBe(0);
        job.Errors.ShouldContain("Process 1 does not train as process 0 does. It has the parameters' hash = ");
    }

    /// <summary>A process is killed in the middle of an epoch; the job ends soon and says which it was, nothing is left of it, and the newest checkpoint leads to the same end.</summary>
    [MpiFact("Open MPI")]
    public void AKilledProcessEndsTheJobAndTheNewestCheckpointResumes() => KillAndResume("Open MPI", kills: Tiers.Count("RNNGEN_KILLS", quick: 2, @long: 50));

    [MpiFact("MPICH")]
    public void AKilledProcessEndsTheJobOfMpichToo() => KillAndResume("MPICH", kills: Tiers.Count("RNNGEN_KILLS", quick: 1, @long: 20));

    private static string[] Alone() => [.. Trainings.Names.Select(name => $"{name} {Trainings.Run(name, new())}")];

    private void KillAndResume(string family, int kills)
    {
        Random random = new(1);
        string[] arguments = ["--folder", _folder, "--epochs", "60", "classifier"];
        string expected = $"classifier {Trainings.Run("classifier", new() { Epochs = 60 })}";
        TimeSpan longest = TimeSpan.Zero;
        for (int killed = 0; killed < kills;)
        {
            Array.ForEach(Directory.GetFiles(_folder), File.Delete);
            string[] before = SharedMemory(), beforeOnDisk = Directory.GetFileSystemEntries(Path.GetTempPath()); // of processes that had the same ids
            using Process job = MpiJob.Start(family, 2, arguments);
            (int Rank, int Id)[] processes = [.. Enumerable.Range(0, 2).Select(_ => ProcessIn(job.StandardError))];
            SpinWait.SpinUntil(() => Directory.GetFiles(_folder, "checkpoint-*.rnngen").Length > 0, TimeSpan.FromSeconds(30)).ShouldBeTrue();
            Thread.Sleep(random.Next(30));
            (int rank, int id) = processes[random.Next(2)];
            if (!Kill(id))
            {
                continue; // it was done before
            }

            MpiJob ended = MpiJob.End(job);
            if (ended.Lines.Length == 1)
            {
                continue; // the other one wrote its line just before
            }

            killed++;
            ended.ExitCode.ShouldNotBe(0);
            ended.Duration.ShouldBeLessThan(TimeSpan.FromSeconds(10));
            longest = ended.Duration > longest ? ended.Duration : longest;

            // Open MPI's launcher names the rank, MPICH's the process.
            (ended.Output + ended.Errors).ShouldContain(family == "Open MPI" ? FormattableString.Invariant($"process rank {rank} ") : FormattableString.Invariant($"PID {id} "));
            SpinWait.SpinUntil(() => !processes.Any(process => IsRunning(process.Id)), TimeSpan.FromSeconds(10)).ShouldBeTrue("a process is left");
            int[] ids = [job.Id, .. processes.Select(process => process.Id)];
            SpinWait.SpinUntil(() => !TemporaryFiles(ids).Except(beforeOnDisk).Any() && SharedMemory().Length <= before.Length, TimeSpan.FromSeconds(10))
                .ShouldBeTrue($"left: {string.Join(", ", TemporaryFiles(ids).Except(beforeOnDisk).Concat(SharedMemory().Except(before)))}");
            if (killed % 10 == 1)
            {
                MpiJob resumed = MpiJob.Run(family, 2, arguments);
                resumed.Lines.ShouldBe([expected], resumed.Errors);
                Directory.GetFiles(_folder).ShouldAllBe(file => file.EndsWith(".rnngen", StringComparison.Ordinal) || file.EndsWith(".lock", StringComparison.Ordinal));
            }
        }

        output.WriteLine(FormattableString.Invariant($"{kills} kills; the longest end took {longest.TotalSeconds:F2} s"));
    }

    private static bool Kill(int id)
    {
        try
        {
            using Process victim = Process.GetProcessById(id);
            victim.Kill();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // What a launcher or .NET names after a process.
    private static string[] TemporaryFiles(int[] ids) => [.. Directory.EnumerateFileSystemEntries(Path.GetTempPath()).Concat(
            Directory.EnumerateDirectories(Path.GetTempPath(), "ompi.*").SelectMany(Directory.EnumerateFileSystemEntries))
        .Where(path => Path.GetFileName(path).Split('-', '.', '_').Any(part => ids.Any(id => part == id.ToString(CultureInfo.InvariantCulture))))];

    private static string[] SharedMemory() => Directory.Exists("/dev/shm") ? Directory.GetFileSystemEntries("/dev/shm") : [];

    private static bool IsRunning(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static (int Rank, int Id) ProcessIn(StreamReader errors)
    {
        while (errors.ReadLine() is { } line)
        {
            if (ProcessLine().Match(line) is { Success: true } match)
            {
                return (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
            }
        }

        throw new InvalidOperationException("The job wrote no ids.");
    }

    [GeneratedRegex(@"^\W*process (\d+) of \d+: .*, id (\d+)\s*$")]
    private static partial Regex ProcessLine();
}
