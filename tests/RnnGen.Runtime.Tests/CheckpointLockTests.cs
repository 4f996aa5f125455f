using System.Diagnostics;
using System.Runtime.Versioning;

namespace RnnGen.Runtime.Tests;

/// <summary>One folder of checkpoints, two trainings: the second one is told who has it, and what a dead one left holds nobody up.</summary>
public sealed class CheckpointLockTests
{
    private static readonly SequenceDataset<double, double> s_train = SequenceDataset.FromArrays(
        [.. Enumerable.Range(0, 40).Select(i => Math.Sin(i))], [.. Enumerable.Range(0, 20).Select(i => Math.Cos(i))], 20);

    private sealed class AtEpoch(Action<int> act) : TrainingCallback
    {
        public override void OnEpochEnded(EpochResult epoch) => act(epoch.Epoch);
    }

    private static LinearModel Fit(string folder, bool resume, Action<int>? atEpoch = null, int epochs = 3)
    {
        LinearModel model = new();
        TrainingLoop.Fit<LinearModel, double, double, double>(
            model, s_train, null, new FitOptions { Epochs = epochs, Checkpoint = new(folder), Resume = resume, Callbacks = atEpoch is null ? [] : [new AtEpoch(atEpoch)] }, default);
        return model;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ASecondTrainingIsToldWhoHasTheFolder(bool resume)
    {
        using TemporaryFolder folder = new();
        int refused = 0;
        Fit(folder.Path, resume: false, epoch =>
        {
            string[] before = folder.Files;
            before.ShouldContain("training.lock");
            CheckpointException e = Should.Throw<CheckpointException>(() => Fit(Path.Combine(folder.Path, "..", Path.GetFileName(folder.Path)), resume));
            e.Message.ShouldContain(FormattableString.Invariant($"process {Environment.ProcessId} ("));
            e.Message.ShouldContain($"on machine {Environment.MachineName}, since 2");
            e.Message.ShouldContain("another folder for this training");
            folder.Files.ShouldBe(before);
            refused++;
        });
        refused.ShouldBe(3);
        folder.Files.ShouldNotContain("training.lock");
        Fit(folder.Path, resume: true);
    }

    [Fact]
    public void AFolderIsFreeAfterATrainingThatFails()
    {
        using TemporaryFolder folder = new();
        Should.Throw<InvalidDataException>(() => Fit(folder.Path, resume: false, epoch => throw new InvalidDataException()));
        folder.Files.ShouldNotContain("training.lock");
        Fit(folder.Path, resume: true);
    }

    [Fact]
    public void WhatACrashLeftHoldsNobodyUp()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("training.lock"), "process 1 (init) on machine elsewhere, since 2020-01-01 00:00:00 UTC");
        File.WriteAllText(folder.File("checkpoint-000000000009.rnngen.0.tmp"), "half a checkpoint");
        bool isThere = true;
        Should.Throw<InvalidDataException>(() => Fit(folder.Path, resume: true, _ =>
        {
            // Before anything was saved.
            isThere = folder.Files.Contains("checkpoint-000000000009.rnngen.0.tmp");
            throw new InvalidDataException();
        }));
        isThere.ShouldBeFalse();
        Fit(folder.Path, resume: true).Parameters.ToArray().ShouldBe(Fit(folder.Path, resume: true).Parameters.ToArray());
        folder.Files.ShouldNotContain("training.lock");
    }

    [UnixTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void ALinkInThePlaceOfTheLockIsRefusedAndWhatItPointsToStays(bool exists)
    {
        using TemporaryFolder folder = new(), other = new();
        string target = other.File("precious");
        if (exists)
        {
            File.WriteAllText(target, "42");
        }

        File.CreateSymbolicLink(folder.File("training.lock"), target);
        Should.Throw<CheckpointException>(() => Fit(folder.Path, resume: true)).Message.ShouldContain($"'{folder.File("training.lock")}' is a symbolic link to '{target}'");
        folder.Files.ShouldBe(["training.lock"]);
        File.Exists(target).ShouldBe(exists);
        if (exists)
        {
            File.ReadAllText(target).ShouldBe("42");
        }
    }

    [Fact]
    public void AFolderInThePlaceOfTheLockIsRefused()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("training.lock"));
        Should.Throw<CheckpointException>(() => Fit(folder.Path, resume: true)).Message.ShouldContain($"'{folder.File("training.lock")}' exists and is not a file that this process can lock");
        folder.Files.ShouldBeEmpty();
    }

    [LinuxFact]
    [UnsupportedOSPlatform("windows")]
    public void APipeInThePlaceOfTheLockIsRefused()
    {
        using TemporaryFolder folder = new();
        AtomicFileTests.MakePipe(folder.File("training.lock"));
        Should.Throw<CheckpointException>(() => Fit(folder.Path, resume: true)).Message.ShouldContain("exists and is not a file that this process can lock");
        AtomicFileTests.IsPipe(folder.File("training.lock")).ShouldBeTrue();
    }

    [UnixFact]
    public void AnotherProcessHasTheFolderUntilItIsKilled()
    {
        using TemporaryFolder folder = new();
        using Process other = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "RnnGen.Trainee.dll"), folder.Path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            other.StandardOutput.ReadLine().ShouldBe("from 0");
            using (Process stop = Process.Start("kill", ["-STOP", FormattableString.Invariant($"{other.Id}")])!)
            {
                stop.WaitForExit();
            }

            Should.Throw<CheckpointException>(() => Fit(folder.Path, resume: true)).Message.ShouldContain(FormattableString.Invariant($"process {other.Id} ("));
        }
        finally
        {
            other.Kill();
            other.WaitForExit();
        }

        folder.Files.ShouldContain("training.lock");

        // Free, and held against what this training is.
        Exception? e = Record.Exception(() => Fit(folder.Path, resume: true));
        (e is null or CheckpointException).ShouldBeTrue();
        e?.Message.ShouldContain("another training: its model");
        folder.Files.ShouldNotContain("training.lock");
    }

    [Fact]
    public void OneOfManyThatBeginAtOnceHasTheFolder()
    {
        using TemporaryFolder folder = new(inMemory: true);
        int epochs = 0, holders = 0, most = 0, taken = 0;
        Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 6 }, _ =>
        {
            try
            {
                Fit(folder.Path, resume: true, _ =>
                {
                    int now = Interlocked.Increment(ref holders);
                    most = Math.Max(most, now);
                    Thread.Sleep(1);
                    Interlocked.Decrement(ref holders);
                    taken++;
                }, Interlocked.Increment(ref epochs));
            }
            catch (CheckpointException)
            {
                // The folder is taken, or its training went further.
            }
        });
        most.ShouldBe(1);
        taken.ShouldBeGreaterThan(0);
        folder.Files.ShouldAllBe(f => f.EndsWith(".rnngen"));
    }
}
