using RnnGen.Mpi.Worker;
using RnnGen.Tests;

using Shouldly;
using Xunit;

namespace RnnGen.Mpi.Tests;

/// <summary>Trainings in several processes, which are threads here, end with the bits of one.</summary>
public sealed class SharedTrainingTests
{
    public static TheoryData<string> Names => [.. Trainings.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void AnyNumberOfProcessesAndThreadsEndsWithTheSameBits(string name)
    {
        string alone = Trainings.Run(name, new());
        foreach ((int processes, int threads) in new[] { (1, 2), (2, 1), (2, 2), (4, 1), (4, 3) }.Concat(name is "carrying" or "episodes" ? [] : [(8, 1)]))
        {
            LocalProcesses.Run(processes, group => Trainings.Run(name, new() { Processes = group, Threads = threads })).ShouldAllBe(result => result == alone, $"{name}, {processes} processes, {threads} threads");
        }
    }

    /// <summary>2·(p - 1)/p of the gradient and its packs, which are a little larger; losses and the last small batch are little.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void AProcessMovesTheGradientToAndFroOnce(int processes)
    {
        long Sent(int epochs) => LocalProcesses.Run(processes, group =>
        {
            Trainings.Run("classifier", new() { Processes = group, Epochs = epochs });
            return group.Sent;
        }).Max();

        double steps = (Sent(3) - Sent(2)) / 2.0, gradient = 2.0 * (processes - 1) / processes * Classifier.ParameterCount * sizeof(float);
        (steps / gradient).ShouldBeInRange(0.9, 1.4);
    }

    /// <summary>Rows that several processes touched are added up on the way, so that what a process sends at a level is at most the table.</summary>
    [Fact]
    public void TouchedRowsAreAddedUpOnTheWay()
    {
        const int count = 512, row = (12 * sizeof(float)) + sizeof(int), table = 50 * row;
        Random random = new(3);
        int[] tokens = [.. Enumerable.Range(0, count * 5).Select(_ => random.Next(50))];
        double Sent(int processes)
        {
            long Of(int epochs) => LocalProcesses.Run(processes, group =>
            {
                new TokenModel(1).Fit(SequenceDataset.FromArrays(tokens, tokens, count), options: new FitOptions { Epochs = epochs, BatchSize = count, Processes = group });
                return group.Sent;
            }).Max();

            return (Of(6) - Of(1)) / 5.0;
        }

        // Every process touches all rows: one table at each of log2 p levels, and 2·(p - 1)/p of the rest.
        double rest = Sent(2) - table;
        Sent(8).ShouldBe((2.0 * 7 / 8 * rest) + (3 * table), 0.05 * rest);
    }

    [Fact]
    public void ProcessesThatABatchDoesNotServeAreRejected()
    {
        Exception Failure(int processes) => LocalProcesses.Run(processes, group => Should.Throw<Exception>(() => Trainings.Run("carrying", new() { Processes = group }))).Last();

        Failure(3).ShouldBeOfType<ArgumentException>().Message.ShouldContain("There are 3 processes");
        Failure(8).ShouldBeOfType<ArgumentException>().Message.ShouldContain("Train on batches of at least 57 sequences");
        Exception few = LocalProcesses.Run(4, group => Should.Throw<ArgumentException>(() =>
            new Classifier(1).Fit(SequenceDataset.FromArrays(new float[5 * 18], new int[5], 5), options: new FitOptions { Processes = group }))).Last();
        few.Message.ShouldStartWith("There are 4 processes, and train has 5 sequences, of which the last process would compute none. Train on more sequences, or start fewer processes.");
        Failure(16).ShouldBeOfType<ArgumentException>().Message.ShouldContain("Declare GradientSums = 16, or start 8 processes");
    }

    [Fact]
    public void ProcessesWithOtherParametersAreRejected()
    {
        LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() => Trainings.Run("classifier", new() { Processes = group, Seed = group.Rank })))
            .ShouldAllBe(e => e.Message.Contains("It has the parameters' hash = ") && e.Rank == 1);
        LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() => Trainings.Run("classifier", new() { Processes = group, Epochs = 1 + group.Rank })))
            .ShouldAllBe(e => e.Message == "Process 1 does not train as process 0 does. It has Epochs = 2, and process 0 has 1. Pass the same options in all processes.");
    }

    /// <summary>Checkpoints of older versions do not say whether the processor had the instructions of the width.</summary>
    [Fact]
    public void ACheckpointOfAnOlderVersionResumes()
    {
        string folder = Directory.CreateTempSubdirectory("rnngen-older").FullName;
        File.Copy(Path.Combine(Repository.Root, "tests", "golden", "checkpoints", "without-vector-instructions.rnngen"), Path.Combine(folder, "checkpoint-000000000003.rnngen"));
        LocalProcesses.Run(2, group => Trainings.Run("classifier", new() { Processes = group, Folder = folder, Epochs = 3, Width = VectorWidth.V128 })).Distinct().Count().ShouldBe(1);
        Directory.GetFiles(folder, "checkpoint-*6.rnngen").Length.ShouldBe(1);

        // What is written from here on says it.
        System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(folder, "checkpoint-000000000006.rnngen"))).ShouldContain("vector instructions");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void EveryProcessStopsWhereOneIsCancelled() =>
        LocalProcesses.Run(4, group => Should.Throw<OperationCanceledException>(() => Trainings.Run("classifier", new() { Processes = group, CancelledAt = 3 }))).Length.ShouldBe(4);

    [Fact]
    public void OnlyProcessZeroCallsBack()
    {
        LocalProcesses.Run(2, group =>
        {
            Counter counter = new();
            Trainings.Run("tokens", new() { Processes = group, Callbacks = [counter] });
            return counter.Steps;
        }).ShouldBe([4, 0]);
    }

    [Fact]
    public void AGroupOfOneIsAsNone() => LocalProcesses.Run(1, group =>
    {
        string result = Trainings.Run("decoder", new() { Processes = group });
        group.Sent.ShouldBe(0);
        return result;
    }).ShouldBe([Trainings.Run("decoder", new())]);

    [Fact]
    public async Task AProcessWhoseCallbackFailedIsOfNoMoreUse()
    {
        LocalProcesses[] group = LocalProcesses.Start(2);
        Task other = Task.Factory.StartNew(() => Should.Throw<ProcessGroupException>(() => Trainings.Run("classifier", new() { Processes = group[1] })).Message.ShouldBe("Process 0 failed in Fit: InvalidOperationException: no"), TaskCreationOptions.LongRunning);
        Should.Throw<InvalidOperationException>(() => Trainings.Run("classifier", new() { Processes = group[0], Callbacks = [new Failing()] })).Message.ShouldBe("no");
        Should.Throw<ProcessGroupException>(() => Trainings.Run("classifier", new() { Processes = group[0] })).Message.ShouldContain("Process 0 failed before");
        await other;
    }

    /// <summary>Of data in memory a process reads the inputs that it computes: others may be no tokens at all by the time of the step.</summary>
    [Fact]
    public void AProcessReadsTheInputsThatItComputesOnly()
    {
        float[] alone = Fit(null);
        LocalProcesses.Run(2, group => Fit(group)).ShouldAllBe(parameters => parameters.SequenceEqual(alone));

        static float[] Fit(ProcessGroup? group)
        {
            const int count = 64, length = 5;
            int[] tokens = [.. Enumerable.Range(0, count * length).Select(i => i % 50)];
            int[] targets = [.. tokens];
            TokenModel model = new(1);
            model.Fit(SequenceDataset.FromArrays(tokens, targets, count), options: new FitOptions { Epochs = 2, Shuffle = false, BatchSize = count, Processes = group, Schedule = new Spoiling(Spoil) });
            return model.Parameters.ToArray();

            void Spoil()
            {
                if (group is not null)
                {
                    tokens.AsSpan((1 - group.Rank) * count / 2 * length, count / 2 * length).Fill(9999); // the half of the other one
                }
            }
        }
    }

    /// <summary>A constant rate; it is asked for after the data was compared.</summary>
    private sealed class Spoiling(Action spoil) : LearningRateSchedule
    {
        public override double Factor(TrainingPosition position)
        {
            spoil();
            return 1;
        }
    }

    private sealed class Counter : TrainingCallback
    {
        public int Steps { get; private set; }

        public override void OnStepEnded(in StepResult result) => Steps++;
    }

    private sealed class Failing : TrainingCallback
    {
        public override void OnStepEnded(in StepResult result) => throw new InvalidOperationException("no");
    }
}
