using RnnGen.Mpi.Worker;

using Shouldly;
using Xunit;

namespace RnnGen.Mpi.Tests;

/// <summary>Whatever one process throws alone, all throw something: none waits for it. What is thrown before the first exchange leaves the group in use.</summary>
public sealed class FailureTests
{
    [Fact]
    public void DataOfOneProcessThatIsNotFiniteIsNamedInAll() => LocalProcesses.Run(4, group =>
    {
        Should.Throw<NonFiniteException>(() => new Classifier(1).Fit(Data(wrong: group.Rank == 2 ? 40 : -1), options: new FitOptions { Processes = group })).Message.ShouldContain("sequence 40 (from 0) of train");
        return new Classifier(1).Fit(Data(), options: new FitOptions { Processes = group, Epochs = 1 }).Epochs.Count; // they go on together
    }).ShouldAllBe(epochs => epochs == 1);

    [Fact]
    public void AnArgumentOfOneProcessIsNamedInAll()
    {
        Exception[] failures = LocalProcesses.Run(2, group => Should.Throw<Exception>(() =>
            new Classifier(1).Fit(Data(), options: new FitOptions { Processes = group, CarryState = group.Rank == 1 })));
        failures[0].ShouldBeOfType<ProcessGroupException>().Message.ShouldStartWith("Process 1 failed in Fit: ArgumentException: ");
        failures[1].ShouldBeOfType<ArgumentException>();
        ((ProcessGroupException)failures[0]).Rank.ShouldBe(1);
    }

    /// <summary>A cancellation that nobody asked for is a failure as any other: in memory and streamed, of all data and of a shard.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ASourceThatIsCancelledInOneProcessEndsAll(bool isShard)
    {
        Exception[] failures = LocalProcesses.Run(4, group =>
        {
            int left = group.Rank == 1 ? 230 : int.MaxValue; // of all passes
            IEnumerable<Sequence<float, int>> sequences = Enumerable.Range(0, 70).Select(_ => --left > 0 ? new Sequence<float, int>(new float[Classifier.Layout.InputLength], new int[1]) : throw new TaskCanceledException());
            StreamedSequences<float, int> own = StreamedSequences.Create(sequences, Classifier.Layout.InputLength, 1, new StreamOptions { Count = 70, ShuffleBuffer = 4 });
            return Should.Throw<Exception>(() => new Classifier(1).Fit(isShard ? own.AsShard(group) : own, options: new FitOptions { Processes = group, Epochs = 50 }));
        });
        failures[1].ShouldBeAssignableTo<OperationCanceledException>();
        foreach (int rank in (int[])[0, 2, 3])
        {
            failures[rank].ShouldBeOfType<ProcessGroupException>().Message.ShouldStartWith("Process 1 failed in Fit: TaskCanceledException: ");
        }
    }

    [Fact]
    public void AShardThatCannotBeCountedFailsInAll()
    {
        Exception[] failures = LocalProcesses.Run(2, group => Should.Throw<Exception>(() =>
            StreamedSequences.Create(group.Rank == 1 ? Broken() : [new(new float[18], new int[1])], 18, 1).AsShard(group)));
        failures[0].ShouldBeOfType<ProcessGroupException>().Message.ShouldBe("Process 1 failed in AsShard: FileNotFoundException: part-1 is missing");
        failures[1].ShouldBeOfType<FileNotFoundException>();

        failures = LocalProcesses.Run(2, group => Should.Throw<Exception>(() =>
            StreamedSequences.Create(group.Rank == 0 ? Enumerable.Empty<Sequence<float, int>>() : [new(new float[18], new int[1])], 18, 1).AsShard(group)));
        failures[1].ShouldBeOfType<ProcessGroupException>().Message.ShouldStartWith("Process 0 failed in AsShard: InvalidDataException: The stream has no sequence");
    }

    [Fact]
    public void AProcessThatLeavesIsNamedByThoseThatWait()
    {
        Exception?[] failures = LocalProcesses.Run(4, group =>
        {
            if (group.Rank == 3)
            {
                group.Dispose();
                return null;
            }

            return Should.Throw<Exception>(() => Trainings.Run("classifier", new() { Processes = group }));
        });
        failures[..3].ShouldAllBe(e => e is ProcessGroupException && e.Message == "Process 3 left" && ((ProcessGroupException)e).Rank == 3);
    }

    /// <summary>A step and a validation that are not finite are so in all, which throw what one process throws, and go on.</summary>
    [Fact]
    public void WhatAllThrowLeavesTheGroupInUse()
    {
        Exception alone = Should.Throw<NonFiniteException>(() => Diverge(null));
        LocalProcesses.Run(4, group =>
        {
            Should.Throw<NonFiniteException>(() => Diverge(group)).Message.ShouldBe(alone.Message);
            using CancellationTokenSource source = new();
            source.Cancel();
            Should.Throw<OperationCanceledException>(() => new Classifier(1).Fit(Data(), options: new FitOptions { Processes = group }, cancellationToken: group.Rank == 3 ? source.Token : default));
            return new Classifier(1).Fit(Data(), options: new FitOptions { Processes = group, Epochs = 1 }).Epochs.Count;
        }).ShouldAllBe(epochs => epochs == 1);

        static void Diverge(ProcessGroup? group) => new Classifier(1).Fit(Data(), Data(), new FitOptions { Processes = group, Epochs = 5, Optimizer = new Sgd(3e38) });
    }

    /// <summary>What process 0 cannot read or write is thrown in all, before the first step and in the middle of a training, and they go on together.</summary>
    [Fact]
    public void ACheckpointThatCannotBeWrittenLeavesTheGroupInUse()
    {
        string folder = Directory.CreateTempSubdirectory("rnngen-unwritable").FullName, file = Path.Combine(folder, "file"), used = Path.Combine(folder, "used"), lost = Path.Combine(folder, "lost");
        File.WriteAllText(file, "");
        new Classifier(1).Fit(Data(), options: new FitOptions { Epochs = 1, Checkpoint = new CheckpointOptions(used) });
        LocalProcesses.Run(2, group =>
        {
            Fails(group, new CheckpointOptions(Path.Combine(file, "within")), "cannot be created");
            Fails(group, new CheckpointOptions(used), "holds 1 checkpoints of an earlier training");
            Fails(group, new CheckpointOptions(lost) { EverySteps = 1 }, "cannot be written", new Losing(lost));
            return new Classifier(1).Fit(Data(), options: new FitOptions { Processes = group, Epochs = 1 }).Epochs.Count;
        }).ShouldAllBe(epochs => epochs == 1);
        Directory.Delete(folder, recursive: true);

        static void Fails(LocalProcesses group, CheckpointOptions checkpoint, string text, params TrainingCallback[] callbacks) => Should.Throw<CheckpointException>(() =>
            new Classifier(1).Fit(Data(), options: new FitOptions { Processes = group, Epochs = 2, Checkpoint = checkpoint, Callbacks = callbacks })).Message.ShouldContain(text);
    }

    [Fact]
    public void AGroupBelongsToOneThreadAtATime() => LocalProcesses.Run(2, group =>
    {
        Exception? second = null;
        Acting acting = new(() =>
        {
            Thread thread = new(() => second = Record.Exception(() => new Classifier(1).Evaluate(Data(), group)));
            thread.Start();
            thread.Join();
        });
        new Classifier(1).Fit(Data(), options: new FitOptions { Processes = group, Epochs = 1, Callbacks = [acting] });
        return group.Rank == 0 ? second.ShouldBeOfType<InvalidOperationException>().Message : "";
    })[0].ShouldStartWith("Another thread is in Fit with the same processes, and a group belongs to one thread at a time.");

    [Fact]
    public void AProcessThatHasLeftSaysSoAtEachCall()
    {
        LocalProcesses left = LocalProcesses.Start(2)[0];
        left.Dispose();
        for (int call = 0; call < 2; call++)
        {
            Should.Throw<ObjectDisposedException>(() => new Classifier(1).Evaluate(Data(), left)).Message.ShouldStartWith("Process 0 has left the others");
        }
    }

    [Fact]
    public void ProcessesThatMakeOtherCallsAreTold() => LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() =>
    {
        if (group.Rank == 0)
        {
            new Classifier(1).Fit(Data(), options: new FitOptions { Processes = group });
        }
        else
        {
            new Classifier(1).Evaluate(Data(), group);
        }
    }).Message).ShouldAllBe(message => message == "Process 1 calls Evaluate where process 0 calls Fit. All processes make the same calls in the same order.");

    [Theory]
    [InlineData("OnTrainingStarted")]
    [InlineData("OnEpochEnded")]
    [InlineData("OnTrainingEnded")]
    public void ACallbackThatThrowsWhatOthersThrowTogetherEndsAll(string where)
    {
        (Exception? Failure, bool HasFailed)[] results = LocalProcesses.Run<(Exception?, bool)>(2, group =>
        {
            Exception? failure = Record.Exception(() =>
            {
                Trainings.Run("classifier", new() { Processes = group, Callbacks = [new Cancelling(where)] });
                Trainings.Run("classifier", new() { Processes = group });
            });
            return (failure, group.HasFailed);
        });
        results[0].Failure.ShouldBeOfType<OperationCanceledException>();
        results[1].Failure.ShouldBeOfType<ProcessGroupException>().Message.ShouldStartWith("Process 0 failed in Fit: OperationCanceledException: ");
        results.ShouldAllBe(result => result.HasFailed);
    }

    private static IEnumerable<Sequence<float, int>> Broken()
    {
        yield return new(new float[18], new int[1]);
        throw new FileNotFoundException("part-1 is missing");
    }

    private static SequenceDataset<float, int> Data(int wrong = -1)
    {
        int length = Classifier.Layout.InputLength;
        return SequenceDataset.FromArrays([.. Enumerable.Range(0, 70 * length).Select(i => i / length == wrong ? float.NaN : i % 7 * 0.1f)], new int[70], 70);
    }

    private sealed class Losing(string folder) : TrainingCallback
    {
        public override void OnStepEnded(in StepResult result) => Directory.Delete(folder, recursive: true);
    }

    private sealed class Acting(Action act) : TrainingCallback
    {
        public override void OnStepEnded(in StepResult result) => act();
    }

    private sealed class Cancelling(string where) : TrainingCallback
    {
        public override void OnTrainingStarted(TrainingStarted training) => Cancel("OnTrainingStarted");

        public override void OnEpochEnded(EpochResult result) => Cancel("OnEpochEnded");

        public override void OnTrainingEnded(TrainingResult result) => Cancel("OnTrainingEnded");

        private void Cancel(string here)
        {
            if (here == where)
            {
                throw new OperationCanceledException();
            }
        }
    }
}
