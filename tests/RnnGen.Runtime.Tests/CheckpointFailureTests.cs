namespace RnnGen.Runtime.Tests;

/// <summary>Checkpoints that cannot be written: a clear error, what was saved stays whole, and the training stops or goes on as it was told.</summary>
public sealed class CheckpointFailureTests
{
    private static readonly SequenceDataset<double, double> s_train = SequenceDataset.FromArrays(
        [.. Enumerable.Range(0, 40).Select(i => Math.Sin(i))], [.. Enumerable.Range(0, 20).Select(i => Math.Cos(i))], 20);

    private sealed class Failures(Action<int> atEpoch) : TrainingCallback
    {
        public List<string> Messages { get; } = [];

        public override void OnEpochEnded(EpochResult epoch) => atEpoch(epoch.Epoch);

        public override void OnCheckpointFailed(CheckpointException exception) => Messages.Add(exception.Message);
    }

    private static LinearModel Fit(string folder, bool resume, CheckpointFailure onFailure = CheckpointFailure.Stop, Failures? failures = null, int epochs = 6)
    {
        LinearModel model = new();
        TrainingLoop.Fit<LinearModel, double, double, double>(model, s_train, null, new FitOptions
        {
            Epochs = epochs, Optimizer = new Adam(0.05), Checkpoint = new(folder) { OnFailure = onFailure }, Resume = resume, Callbacks = failures is null ? [] : [failures],
        }, default);
        return model;
    }

    private static void GoesOnToTheSameBits(string folder)
    {
        using TemporaryFolder other = new();
        Fit(folder, resume: true).Parameters.ToArray().ShouldBe(Fit(other.Path, resume: false).Parameters.ToArray());
    }

    [Fact]
    public void AFolderThatCannotBeMadeIsAnErrorBeforeTraining()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("file"), "");
        Should.Throw<CheckpointException>(() => Fit(folder.File("file"), resume: false)).Message.ShouldContain("Use a folder that can be written to");
        Should.Throw<CheckpointException>(() => Fit(folder.File("file/within"), resume: true, CheckpointFailure.Continue)).InnerException.ShouldBeAssignableTo<IOException>();
    }

    [Fact]
    public void AFolderThatVanishesStopsTheTrainingOrDoesNot()
    {
        using TemporaryFolder folder = new();
        string within = folder.File("run"), moved = folder.File("moved");
        Failures vanishes = new(epoch =>
        {
            if (epoch == 3)
            {
                Directory.Move(within, moved);
            }
        });
        string message = Should.Throw<CheckpointException>(() => Fit(within, resume: false, failures: vanishes)).Message;
        message.ShouldContain("checkpoint of step 9 cannot be written");
        message.ShouldContain(within);
        Directory.GetFiles(moved).Length.ShouldBe(2);
        GoesOnToTheSameBits(moved);

        Directory.Delete(moved, recursive: true);
        Failures comesBack = new(epoch =>
        {
            if (epoch is 2)
            {
                Directory.Move(within, moved);
            }

            if (epoch is 5)
            {
                Directory.Move(moved, within);
            }
        });
        LinearModel model = Fit(within, resume: false, CheckpointFailure.Continue, comesBack);
        comesBack.Messages.Count.ShouldBe(3);
        Directory.GetFiles(within).Length.ShouldBe(3);
        using TemporaryFolder other = new();
        model.Parameters.ToArray().ShouldBe(Fit(other.Path, resume: false).Parameters.ToArray());
    }

    [SmallDiskFact]
    public void AFullDiskLeavesTheCheckpointsWhole()
    {
        using SmallDisk disk = new(65536);
        string folder = Path.Combine(disk.Path, "run");
        Failures fills = new(epoch =>
        {
            if (epoch == 3)
            {
                disk.Fill();
            }
        });
        Should.Throw<CheckpointException>(() => Fit(folder, resume: false, failures: fills)).Message.ShouldContain("checkpoint of step 9 cannot be written");
        Directory.GetFiles(folder).Select(Path.GetFileName).Order().ShouldBe(["checkpoint-000000000003.rnngen", "checkpoint-000000000006.rnngen"]);

        // It reads with a full disk too, and goes on; where there is room again, it saves again.
        Failures goesOn = new(epoch =>
        {
            if (epoch == 5)
            {
                disk.MakeRoom();
            }
        });
        Fit(folder, resume: true, CheckpointFailure.Continue, goesOn);
        goesOn.Messages.Count.ShouldBe(2);
        Directory.GetFiles(folder).Select(Path.GetFileName).Order().ShouldBe(["checkpoint-000000000006.rnngen", "checkpoint-000000000015.rnngen", "checkpoint-000000000018.rnngen"]);
        GoesOnToTheSameBits(folder);
    }

    [SmallDiskFact]
    public void AReadOnlyFolderLeavesTheCheckpointsWhole()
    {
        using SmallDisk disk = new(65536);
        Fit(disk.Path, resume: false, epochs: 2);
        disk.MakeReadOnly();
        Should.Throw<CheckpointException>(() => Fit(disk.Path, resume: true)).Message.ShouldContain("cannot be written");
        Failures goesOn = new(_ => { });
        LinearModel model = Fit(disk.Path, resume: true, CheckpointFailure.Continue, goesOn);

        // Four epochs, and once more at the end.
        goesOn.Messages.Count.ShouldBe(5);
        Directory.GetFiles(disk.Path).Length.ShouldBe(2);
        using TemporaryFolder other = new();
        model.Parameters.ToArray().ShouldBe(Fit(other.Path, resume: false).Parameters.ToArray());
    }

    [Fact]
    public void CancellationThatCannotBeSavedSaysSo()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource source = new();
        string within = folder.File("run");
        LinearModel model = new()
        {
            OnStep = () =>
            {
                if (!source.IsCancellationRequested)
                {
                    Directory.Delete(within, recursive: true);
                    source.Cancel();
                }
            },
        };
        Should.Throw<CheckpointException>(() => TrainingLoop.Fit<LinearModel, double, double, double>(
            model, s_train, null, new FitOptions { Checkpoint = new(within) }, source.Token)).Message.ShouldContain("step 1 cannot be written");
    }
}
