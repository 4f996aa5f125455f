using RnnGen.Mpi.Worker;

using Shouldly;
using Xunit;

namespace RnnGen.Mpi.Tests;

/// <summary>Processes that each have a shard of the data train and measure as one that has all of it.</summary>
public sealed class ShardTests
{
    public static TheoryData<string> Names => [.. Trainings.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void ShardsInMemoryLeadToTheBitsOfOneProcess(string name)
    {
        string alone = Trainings.Run(name, new());
        foreach ((int processes, int threads) in name is "carrying" or "episodes" ? [(1, 1), (2, 2)] : new[] { (1, 1), (2, 2), (4, 1), (8, 1) })
        {
            LocalProcesses.Run(processes, group => Trainings.Run(name, new() { Processes = group, Threads = threads, Sharding = Sharding.InMemory })).ShouldAllBe(result => result == alone, $"{name}, {processes} processes");
        }
    }

    [Theory]
    [InlineData("classifier")]
    [InlineData("tokens")]
    [InlineData("decoder")]
    [InlineData("carrying")]
    [InlineData("episodes")]
    public void StreamedShardsLeadToTheBitsOfOneStream(string name)
    {
        string alone = Trainings.Run(name, new() { IsStreamed = true });
        foreach (int processes in name is "carrying" or "episodes" ? [2] : new[] { 2, 4, 8 })
        {
            LocalProcesses.Run(processes, group => Trainings.Run(name, new() { Processes = group, Sharding = Sharding.Streamed })).ShouldAllBe(result => result == alone, $"{name}, {processes} processes");
        }
    }

    /// <summary>Bucketing, weights and augmentation know the sequences by their places among all.</summary>
    [Fact]
    public void WhatIsSetOnShardsCountsForAll()
    {
        string alone = Fit(null, 0, 70);
        foreach (int processes in (int[])[2, 4])
        {
            LocalProcesses.Run(processes, group => Fit(group, 70 * group.Rank / processes, 70 * (group.Rank + 1) / processes)).ShouldAllBe(found => found == alone);
        }

        static string Fit(ProcessGroup? group, int first, int next)
        {
            SequenceSource<float, int> data = Data(70, lengths: true).Slice(first, next - first).WithWeights([.. Enumerable.Range(first, next - first).Select(i => 1 + (i % 3))]);
            data = (group is null ? data : data.AsShard(group)).BucketByLength(2).Augment((draw, input, _) => input[0] += (float)draw.Uniform(0));
            Classifier model = new(1);
            TrainingResult result = model.Fit(data, options: new FitOptions { Epochs = 2, BatchSize = 32, Processes = group });
            return FormattableString.Invariant($"{result.Epochs[^1].TrainingLoss:R} {string.Join(",", model.Parameters.ToArray())}");
        }
    }

    /// <summary>A training on four shards resumes on two, and its checkpoint is rejected where a sequence is another one.</summary>
    [Fact]
    public void ATrainingOnFourShardsResumesOnTwo()
    {
        string folder = Directory.CreateTempSubdirectory("rnngen-shards").FullName;
        try
        {
            LocalProcesses.Run(4, group => Should.Throw<OperationCanceledException>(() => Trainings.Run("classifier", new() { Processes = group, Sharding = Sharding.InMemory, Folder = folder, CancelledAt = 3, Epochs = 3 })));
            LocalProcesses.Run(2, group => Should.Throw<CheckpointException>(() =>
                new Classifier(1).Fit(Data(70).AsShard(group), options: new FitOptions { Processes = group, Resume = true, Checkpoint = new CheckpointOptions(folder) })));
            LocalProcesses.Run(2, group => Trainings.Run("classifier", new() { Processes = group, Sharding = Sharding.InMemory, Folder = folder, Epochs = 3 })).ShouldAllBe(result => result == Trainings.Run("classifier", new() { Epochs = 3 }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The process that has the sequence finds it, and all throw what one process throws.</summary>
    [Fact]
    public void WhatIsNotFiniteIsNamedByItsPlaceAmongAll()
    {
        SequenceDataset<float, int> broken = Data(70, wrong: 40), good = Data(70);
        string alone = Should.Throw<NonFiniteException>(() => new Classifier(1).Fit(broken)).Message;
        alone.ShouldContain("sequence 40");
        LocalProcesses.Run(4, group => Should.Throw<NonFiniteException>(() => new Classifier(1).Fit(Shard(broken, group), options: new FitOptions { Processes = group })).Message).ShouldAllBe(message => message == alone);

        Augmentation<float, int> breaking = (draw, input, _) => input[3] = draw.Sequence == 51 ? float.PositiveInfinity : input[3];
        alone = Should.Throw<NonFiniteException>(() => new Classifier(1).Fit(good.Augment(breaking))).Message;
        alone.ShouldContain("sequence 51");
        LocalProcesses.Run(4, group => Should.Throw<NonFiniteException>(() => new Classifier(1).Fit(Shard(good, group).Augment(breaking), options: new FitOptions { Processes = group })).Message).ShouldAllBe(message => message == alone);
    }

    [Fact]
    public void ShardsThatDoNotFitAreRejected()
    {
        LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() => SequenceDataset.FromArrays(new float[36], new int[2], group.Rank + 1).AsShard(group)))
            .ShouldAllBe(e => e.Rank == 1 && e.Message.Contains("The shard of process 1 does not fit to that of process 0: input length is 18 there, and 36 here"));
        LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() => Data(8, lengths: group.Rank == 1).AsShard(group))).ShouldAllBe(e => e.Message.Contains("having lengths is true there, and false here"));
        LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() => Data(9).WithStreams(2).AsShard(group))).ShouldAllBe(e => e.Message.Contains("The shard of process 0 has 9 sequences, which are not whole windows of 2 streams"));
        LocalProcesses.Run(3, group => Should.Throw<ArgumentException>(() => Data(8).AsShard(group))).ShouldAllBe(e => e.Message.Contains("There are 3 processes"));
        LocalProcesses.Run(2, group => Should.Throw<InvalidOperationException>(() => Data(8).AsShard(group).AsShard(group))).ShouldAllBe(e => e.Message.Contains("a shard already"));
        LocalProcesses.Run(2, group => Should.Throw<ArgumentException>(() => new Classifier(1).Fit(Data(8).AsShard(group)))).ShouldAllBe(e => e.Message.Contains("is the shard of process"));
        LocalProcesses.Run(2, group => Should.Throw<ArgumentException>(() => new Classifier(1).Evaluate(Data(8).AsShard(group)))).ShouldAllBe(e => e.Message.Contains("pass the same processes"));
    }

    /// <summary>Inputs go to the process that computes them only: a process receives its share of a batch, whatever the number of processes.</summary>
    [Fact]
    public void OnlyTheInputsOfItsSequencesTravelToAProcess()
    {
        long Sent(int processes, bool isSharded) => LocalProcesses.Run(processes, group =>
        {
            new Classifier(1).Fit(isSharded ? Shard(Data(256), group) : Data(256), options: new FitOptions { Processes = group, Epochs = 4, BatchSize = 64 });
            return group.Sent;
        }).Max();

        double inputs = 4.0 * 256 * Classifier.Layout.InputLength * sizeof(float);
        foreach (int processes in (int[])[2, 4, 8])
        {
            // Half of what a process holds crosses each of log2 p bits; targets are small.
            double expected = inputs / processes / 2 * Math.Log2(processes);
            ((Sent(processes, isSharded: true) - Sent(processes, isSharded: false)) / expected).ShouldBeInRange(0.7, 1.7);
        }
    }

    private static SequenceSource<float, int> Shard(SequenceDataset<float, int> data, ProcessGroup group)
    {
        int first = data.Count * group.Rank / group.Count, next = data.Count * (group.Rank + 1) / group.Count;
        return data.Slice(first, next - first).AsShard(group);
    }

    private static SequenceDataset<float, int> Data(int count, bool lengths = false, int wrong = -1)
    {
        Random random = new(11);
        int length = Classifier.Layout.InputLength;
        float[] inputs = [.. Enumerable.Range(0, count * length).Select(i => i / length == wrong ? float.NaN : (float)(random.NextDouble() - 0.5))];
        int[] targets = [.. Enumerable.Range(0, count).Select(_ => random.Next(4))], steps = [.. Enumerable.Range(0, count).Select(_ => 1 + random.Next(6))];
        return SequenceDataset.FromArrays(inputs, targets, count, lengths ? steps : null);
    }
}
