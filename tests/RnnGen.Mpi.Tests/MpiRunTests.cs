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

    [MpiFact("MPICH")]
    public void ProcessesWithOtherParametersAreRejected()
    {
        MpiJob job = MpiJob.Run("MPICH", 2, "--seeds", "classifier");
        job.ExitCode.ShouldNotBe(0);
        job.Errors.ShouldContain("Process 1 does not train as process 0 does: their values of the model's parameters differ.");
    }

    /// <summary>A process is killed in the middle of an epoch; the job ends soon, nothing is left of it, and the newest checkpoint leads to the same end.</summary>
    [MpiFact("Open MPI")]
    public void AKilledProcessEndsTheJobAndTheNewestCheckpointResumes() => KillAndResume("Open MPI", kills: Tiers.Count("RNNGEN_KILLS", quick: 2, @long: 20));

    [MpiFact("MPICH")]
    public void AKilledProcessEndsTheJobOfMpichToo() => KillAndResume("MPICH", kills: Tiers.Count("RNNGEN_KILLS", quick: 1, @long: 5));

    private static string[] Alone() => [.. Trainings.Names.Select(name => $"{name} {Trainings.Run(name, new())}")];

    private void KillAndResume(string family, int kills)
    {
        Random random = new(1);
        string[] arguments = ["--folder", _folder, "--epochs", "60", "classifier"];
        TimeSpan longest = TimeSpan.Zero;
        for (int kill = 0; kill < kills; kill++)
        {
            Array.ForEach(Directory.GetFiles(_folder), File.Delete);
            using Process job = MpiJob.Start(family, 2, arguments);
            int[] ids = [.. Enumerable.Range(0, 2).Select(_ => IdIn(job.StandardError))];
            SpinWait.SpinUntil(() => Directory.GetFiles(_folder, "checkpoint-*.rnngen").Length > 0, TimeSpan.FromSeconds(30)).ShouldBeTrue();
            Thread.Sleep(random.Next(30));
            try
            {
                using Process victim = Process.GetProcessById(ids[random.Next(2)]);
                victim.Kill();
            }
            catch (ArgumentException)
            {
                continue; // it was done before
            }

            MpiJob ended = MpiJob.End(job);
            if (ended.Lines.Length == 1)
            {
                continue; // the other one wrote its line just before
            }

            ended.ExitCode.ShouldNotBe(0);
            ended.Duration.ShouldBeLessThan(TimeSpan.FromSeconds(10));
            longest = ended.Duration > longest ? ended.Duration : longest;
            SpinWait.SpinUntil(() => !ids.Any(IsRunning), TimeSpan.FromSeconds(10)).ShouldBeTrue("a process is left");
            MpiJob resumed = MpiJob.Run(family, 2, arguments);
            resumed.Lines.ShouldBe([$"classifier {Trainings.Run("classifier", new() { Epochs = 60 })}"], resumed.Errors);
            Directory.GetFiles(_folder).ShouldAllBe(file => file.EndsWith(".rnngen", StringComparison.Ordinal) || file.EndsWith(".lock", StringComparison.Ordinal));
        }

        output.WriteLine(FormattableString.Invariant($"{kills} kills; the longest end took {longest.TotalSeconds:F2} s"));
    }

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

    private static int IdIn(StreamReader errors)
    {
        while (errors.ReadLine() is { } line)
        {
            if (ProcessLine().Match(line) is { Success: true } match)
            {
                return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException("The job wrote no ids.");
    }

    [GeneratedRegex(@"^\W*process \d+ of \d+: .*, id (\d+)\s*$")]
    private static partial Regex ProcessLine();
}
