using RnnGen.Tests;
using RnnGen.Trainee;

namespace RnnGen.Runtime.Tests;

/// <summary>Options at the ends of their ranges: what is held grows with what there is, not with what is allowed; and what is missing is named.</summary>
[Collection(nameof(Alone))]
public sealed class OptionTests
{
    private static SequenceDataset<double, double> Numbers(int count) =>
        SequenceDataset.FromArrays([.. Enumerable.Range(0, 2 * count).Select(i => Math.Sin(i))], new double[count], count);

    private static TrainingResult Fit(SequenceSource<double, double> data, FitOptions options) => TrainingLoop.Fit<LinearModel, double, double, double>(new LinearModel(), data, null, options, default);

    [Fact]
    public void EpochsWithoutEndAreStoppedEarly()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fit(Numbers(20), new FitOptions { Epochs = int.MaxValue, Patience = 2, Optimizer = new Sgd(0) }).Epochs.Count.ShouldBe(3);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(16 << 20);
    }

    [Fact]
    public void AStreamThatEndsEarlyHasNotBeenGivenRoomForAllThatWasPromised()
    {
        StreamOptions most = new() { Count = int.MaxValue, ShuffleBuffer = int.MaxValue, Prefetch = int.MaxValue };
        StreamedSequences<double, double> stream = StreamedSequences.Create(Enumerable.Range(0, 5000).Select(i => new Sequence<double, double>(new double[] { i, 1 }, new double[1])), 2, 1, most);
        foreach (bool shuffle in (bool[])[false, true])
        {
            long before = GC.GetTotalAllocatedBytes();
            Should.Throw<InvalidDataException>(() => Fit(stream, new FitOptions { Epochs = 1, Shuffle = shuffle })).Message.ShouldContain("ended after 5000 sequences");
            (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(64 << 20);
        }

        Should.Throw<ArgumentException>(() => Fit(stream, new FitOptions { Epochs = 1, BatchSize = int.MaxValue })).Message.ShouldContain("BatchSize");
    }

    [Fact]
    public void ReadingAheadWithoutEndGivesTheSameTraining()
    {
        List<Sequence<double, double>> sequences = [.. Enumerable.Range(0, 3000).Select(i => new Sequence<double, double>(new[] { Math.Sin(i), 1 }, new[] { Math.Cos(i) }))];
        double[] Losses(StreamOptions options) => [.. Fit(StreamedSequences.Create(sequences, 2, 1, options), new FitOptions { Epochs = 3, Seed = 4 }).Epochs.Select(e => e.TrainingLoss)];
        double[] expected = Losses(new StreamOptions { ShuffleBuffer = 3000, Prefetch = 1 });
        Losses(new StreamOptions { ShuffleBuffer = int.MaxValue, Prefetch = int.MaxValue }).ShouldBe(expected);
        Losses(new StreamOptions { Prefetch = 7 }).ShouldBe(expected);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void BucketsWithoutEnd(bool isStreamed)
    {
        List<Sequence<double, double>> sequences = [.. Enumerable.Range(0, 200).Select(i => new Sequence<double, double>(new[] { Math.Sin(i) }, new[] { Math.Cos(i) }, 1 + (i % 2)))];
        SequenceSource<double, double> source = isStreamed
            ? StreamedSequences.Create(sequences, 2, 1, new StreamOptions { HasLengths = true })
            : SequenceDataset.FromSequences(sequences, 2, 1);
        double[] Losses(int batches) => [.. Fit(source.BucketByLength(batches), new FitOptions { Epochs = 2, BatchSize = 8 }).Epochs.Select(e => e.TrainingLoss)];
        Losses(int.MaxValue).ShouldBe(Losses(25));
    }

    [Fact]
    public void ThreadsWithoutEnd()
    {
        TokenModel one = new(1), many = new(1) { Threads = int.MaxValue };
        ModelLayout layout = TokenModel.Layout;
        int count = 4 * layout.BatchSize;
        int[] inputs = [.. Enumerable.Range(0, count * layout.InputLength).Select(i => i % layout.VocabularySize)], targets = [.. Enumerable.Range(0, count * layout.TargetLength).Select(i => i % layout.ClassCount)];
        Adam adam = new(), other = new();
        for (int step = 0; step < 3; step++)
        {
            one.TrainStep(inputs, targets, count, adam);
            many.TrainStep(inputs, targets, count, other);
        }

        many.Threads.ShouldBe(int.MaxValue);
        many.Parameters.SequenceEqual(one.Parameters).ShouldBeTrue();
        System.Diagnostics.Process.GetCurrentProcess().Threads.Count.ShouldBeLessThan(500);
    }

    [Fact]
    public void SizesThatNoArrayHasAreRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new CtcBeamSearch(11, 120, int.MaxValue)).ParamName.ShouldBe("beams");
        Should.Throw<ArgumentOutOfRangeException>(() => new CtcBeamSearch(int.MaxValue, 2, 16)).ParamName.ShouldBe("beams");
        Should.Throw<ArgumentOutOfRangeException>(() => new BatchState<float>(int.MaxValue, 4)).ParamName.ShouldBe("count");
    }

    [Fact]
    public void WhatIsMissingIsNamed()
    {
        Should.Throw<ArgumentException>(() => new FitOptions { Callbacks = [null!] }).Message.ShouldContain("Callbacks[0] is null");
        Should.Throw<ArgumentException>(() => new FitOptions { Callbacks = [new Silent(), null!] }).ParamName.ShouldBe("Callbacks");
        Should.Throw<ArgumentNullException>(() => new FitOptions { Callbacks = null! }).ParamName.ShouldBe("Callbacks");
        Should.Throw<ArgumentNullException>(() => new FitOptions { NonFinite = null! }).ParamName.ShouldBe("NonFinite");
        Should.Throw<ArgumentOutOfRangeException>(() => new CheckpointOptions("x") { OnFailure = (CheckpointFailure)7 }).ParamName.ShouldBe("OnFailure");
        List<TrainingCallback> changing = [];
        FitOptions options = new() { Callbacks = changing, Epochs = 1 };
        changing.Add(null!);
        Should.Throw<ArgumentException>(() => Fit(Numbers(4), options)).ParamName.ShouldBe("Callbacks");
    }

    private sealed class Silent : TrainingCallback;

    [Fact]
    public void PlacesThatThereAreNotAreRefused()
    {
        BatchState<float> state = new(2, 3);
        foreach (int sequence in (int[])[-1, 2, 99, int.MaxValue])
        {
            Should.Throw<ArgumentOutOfRangeException>(() => state.IsCarried(sequence)).ParamName.ShouldBe("sequence");
            Should.Throw<ArgumentOutOfRangeException>(() => state[sequence].ToArray()).ParamName.ShouldBe("sequence");
            Should.Throw<ArgumentOutOfRangeException>(() => state.Gradient(sequence).ToArray()).ParamName.ShouldBe("sequence");
            Should.Throw<ArgumentOutOfRangeException>(() => state.Reset(sequence)).ParamName.ShouldBe("sequence");
            Should.Throw<ArgumentOutOfRangeException>(() => state.Set(sequence, new float[3])).ParamName.ShouldBe("sequence");
        }

        FeatureNormalizer normalizer = new([new Normalizer(0, 1), new Normalizer(1, 2)]);
        Should.Throw<ArgumentOutOfRangeException>(() => normalizer[2]).ParamName.ShouldBe("feature");
        Should.Throw<ArgumentOutOfRangeException>(() => normalizer[-1]).ParamName.ShouldBe("feature");
        SequenceDraw draw = new(1, 2, 3);
        Should.Throw<ArgumentOutOfRangeException>(() => draw.Uniform(-1)).ParamName.ShouldBe("index");
        Should.Throw<ArgumentOutOfRangeException>(() => draw.Gaussian(-1)).ParamName.ShouldBe("index");
        Should.Throw<ArgumentOutOfRangeException>(() => draw.Below(2, -1)).ParamName.ShouldBe("index");
    }
}
