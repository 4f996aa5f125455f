using System.Reflection;
using RnnGen.Mpi.Worker;

using Shouldly;
using Xunit;

namespace RnnGen.Mpi.Tests;

/// <summary>Processes that each keep the moments of a part of the parameters train as one that keeps all.</summary>
public sealed class ShardedOptimizerTests
{
    /// <summary>Of the eight leaves of the tree of sums one of four processes has two, and of the moments a quarter.</summary>
    [Fact]
    public void AProcessHoldsItsLeavesAndItsMomentsOnly()
    {
        Allocated(4); // what is made once
        double parameters = Wide.ParameterCount * (double)sizeof(float), saved = Allocated(1) - Allocated(4);
        saved.ShouldBeGreaterThan((6 + 1.5 - 1) * parameters, "without six leaves and three quarters of two moments; half a gradient is received, and settings are compared");

        static double Allocated(int processes) => LocalProcesses.Run(processes, group =>
        {
            Random random = new(5);
            SequenceDataset<float, int> data = SequenceDataset.FromArrays([.. Enumerable.Range(0, 64 * 18).Select(_ => (float)random.NextDouble())], new int[64], 64);
            Wide model = new(1);
            long before = GC.GetAllocatedBytesForCurrentThread();
            model.Fit(data, options: new FitOptions { Epochs = 1, Processes = group, ShardOptimizer = processes > 1 });
            return GC.GetAllocatedBytesForCurrentThread() - before - group.Sent;
        }).Max();
    }

    public static TheoryData<string> Names => [.. Trainings.Names];

    private static Optimizer[] Rules() => [new Adam(0.01) { ClipNorm = 1 }, new AdamW(0.01) { WeightDecay = 0.1, ClipValue = 0.01 }, new Sgd(0.1) { Momentum = 0.9, WeightDecay = 0.01 }];

    [Theory]
    [MemberData(nameof(Names))]
    public void AnyNumberOfShardsEndsWithTheSameBits(string name)
    {
        for (int rule = 0; rule < Rules().Length; rule++)
        {
            string alone = Trainings.Run(name, new() { Optimizer = Rules()[rule] });
            foreach (int processes in (int[])[2, 4])
            {
                LocalProcesses.Run(processes, group => Trainings.Run(name, new() { Processes = group, ShardsOptimizer = true, Optimizer = Rules()[rule] })).ShouldAllBe(result => result == alone, $"{name}, rule {rule}, {processes} processes");
            }
        }
    }

    [Fact]
    public void AProcessKeepsTheMomentsOfItsPart()
    {
        int[] lengths = LocalProcesses.Run(4, group =>
        {
            Adam optimizer = new(0.01);
            Trainings.Run("classifier", new() { Processes = group, ShardsOptimizer = true, Optimizer = optimizer });
            return ((Array)typeof(Optimizer).GetField("_moments", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(optimizer)!).Length;
        });
        lengths.Sum().ShouldBe(2 * Classifier.ParameterCount);
        lengths.Max().ShouldBeLessThanOrEqualTo((Classifier.ParameterCount / 2) + 2);
    }

    /// <summary>A checkpoint holds all moments: any number of processes resumes from it, with shards or without.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ACheckpointHoldsAllMoments(bool resumesWithShards)
    {
        string folder = Directory.CreateTempSubdirectory("rnngen-moments").FullName;
        try
        {
            LocalProcesses.Run(4, group => Should.Throw<OperationCanceledException>(() => Trainings.Run("tokens", new() { Processes = group, ShardsOptimizer = true, Folder = folder, CancelledAt = 3, Epochs = 3 })));
            LocalProcesses.Run(2, group => Trainings.Run("tokens", new() { Processes = group, ShardsOptimizer = resumesWithShards, Folder = folder, Epochs = 3 })).ShouldAllBe(result => result == Trainings.Run("tokens", new() { Epochs = 3 }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>An update that overflows in one shard changes no parameter in any process.</summary>
    [Fact]
    public void AnUpdateThatOverflowsIsRejectedByAll() => LocalProcesses.Run(4, group =>
        Should.Throw<NonFiniteException>(() => Trainings.Run("classifier", new() { Processes = group, ShardsOptimizer = true, Optimizer = new Sgd(3e38) })).Message).Distinct().Count().ShouldBe(1);

    [Fact]
    public void OtherMomentsAndRulesAreRejected()
    {
        LocalProcesses.Run(2, group =>
        {
            Adam optimizer = new(0.01);
            SequenceDataset<float, int> data = SequenceDataset.FromArrays(new float[64 * Classifier.Layout.InputLength], new int[64], 64);
            Classifier model = new(1);
            model.Fit(data, options: new FitOptions { Epochs = 1, Processes = group, ShardOptimizer = true, Optimizer = optimizer });
            Should.Throw<InvalidOperationException>(() => model.TrainStep(new float[Classifier.Layout.InputLength], new int[1], 1, optimizer)).Message.ShouldContain("keeps the moments of the parameters");
            Should.Throw<InvalidOperationException>(() => model.Fit(data, options: new FitOptions { Epochs = 1, Optimizer = optimizer })).Message.ShouldContain("this one shares them in another way");
            return Should.Throw<InvalidOperationException>(() => new Classifier(1).Fit(data, options: new FitOptions { Processes = group, ShardOptimizer = true, Optimizer = new Own() })).Message;
        }).ShouldAllBe(message => message.Contains("cannot be shared among processes"));
    }

    private sealed class Own() : Optimizer(0.1)
    {
        protected override int MomentCount => 0;

        protected override void Step<T>(in OptimizerStep<T> step) { }
    }
}
