using System.Runtime.CompilerServices;
using RnnGen.Tests;

namespace RnnGen.Runtime.Tests;

/// <summary>Streamed sequences: order, bounds, errors, and what is done to sequences on their way.</summary>
[Collection(nameof(Alone))]
public sealed class StreamTests
{
    private static FitOptions Quiet(int epochs = 2, int seed = 3, bool shuffle = true) => new() { Epochs = epochs, BatchSize = 5, Seed = seed, Shuffle = shuffle, Optimizer = new Sgd(1e-9) };

    [Fact]
    public void TheOrderDoesNotDependOnPrefetchOrOnHowTheSourceIsPaced()
    {
        double[] order = Visited(StreamedSequences.Create(Numbers(103), 2, 1, new StreamOptions { ShuffleBuffer = 20 }), Quiet());
        order.Length.ShouldBe(206);
        order.Take(103).ShouldBe(Enumerable.Range(0, 103).Select(i => (double)i), ignoreOrder: true);
        order.Skip(103).ShouldBe(Enumerable.Range(0, 103).Select(i => (double)i), ignoreOrder: true);
        order.Take(103).ShouldNotBe(order.Skip(103));
        foreach (int prefetch in new[] { 1, 9 })
        {
            StreamOptions options = new() { ShuffleBuffer = 20, Prefetch = prefetch, Count = 103 };
            Visited(StreamedSequences.Create(Numbers(103, hesitate: true), 2, 1, options), Quiet()).ShouldBe(order);
            Visited(StreamedSequences.Create(NumbersAsync(103), 2, 1, options), Quiet()).ShouldBe(order);
        }

        Visited(StreamedSequences.Create(Numbers(103), 2, 1, new StreamOptions { ShuffleBuffer = 20 }), Quiet(seed: 4)).ShouldNotBe(order);
        // Pinned: the order is the same on every platform and in every release.
        Visited(StreamedSequences.Create(Numbers(9), 2, 1, new StreamOptions { ShuffleBuffer = 4 }), Quiet(epochs: 1)).ShouldBe(s_pinned);
    }

    private static readonly double[] s_pinned = [0, 1, 2, 5, 7, 4, 3, 8, 6];

    [Fact]
    public void WithoutShufflingTheOrderIsTheSources()
    {
        Visited(StreamedSequences.Create(Numbers(12), 2, 1), Quiet(epochs: 2, shuffle: false)).ShouldBe([.. Enumerable.Range(0, 12).Select(i => (double)i), .. Enumerable.Range(0, 12).Select(i => (double)i)]);
        // A source without end has as many sequences a pass as are asked for.
        Visited(StreamedSequences.Create(Numbers(int.MaxValue), 2, 1, new StreamOptions { Count = 7 }), Quiet(epochs: 1, shuffle: false)).ShouldBe(Enumerable.Range(0, 7).Select(i => (double)i));
    }

    /// <summary>The first sequence of a pass is read at the end of the pass before, and only where there is another.</summary>
    [Fact]
    public void ASourceIsOpenedOnceAPass()
    {
        int opened = 0, closed = 0;
        double[] order = Visited(StreamedSequences.Create(Counted(), 2, 1, new StreamOptions { Count = 12 }), Quiet(epochs: 3, shuffle: false));
        order.ShouldBe([.. Enumerable.Range(0, 36).Select(i => (double)(i % 12))]);
        opened.ShouldBe(3);
        closed.ShouldBe(3);

        IEnumerable<Sequence<double, double>> Counted()
        {
            opened++;
            try
            {
                foreach (Sequence<double, double> sequence in Numbers(12))
                {
                    yield return sequence;
                }
            }
            finally
            {
                closed++;
            }
        }
    }

    [Fact]
    public void AStreamTrainsAndIsMeasuredAsArraysAre()
    {
        SequenceDataset<double, double> arrays = InMemory(57);
        StreamedSequences<double, double> stream = StreamedSequences.Create(Numbers(57), 2, 1);
        LinearModel a = new(), b = new();
        FitOptions options = new() { Epochs = 3, BatchSize = 5, Shuffle = false, Optimizer = new Sgd(1e-5) }, same = new() { Epochs = 3, BatchSize = 5, Shuffle = false, Optimizer = new Sgd(1e-5) };
        TrainingResult inMemory = Fit(a, arrays, arrays, options), streamed = Fit(b, stream, stream, same);
        b.Parameters.ToArray().ShouldBe(a.Parameters.ToArray());
        streamed.Epochs[^1].ValidationLoss.ShouldBe(inMemory.Epochs[^1].ValidationLoss);
        TrainingLoop.Evaluate<LinearModel, double, double, double>(b, stream).ShouldBe(TrainingLoop.Evaluate<LinearModel, double, double, double>(a, arrays));
    }

    [Fact]
    public void WhatTheSourceThrowsIsThrownAfterTheBatchesBeforeIt()
    {
        LinearModel model = new();
        FileNotFoundException thrown = Should.Throw<FileNotFoundException>(() => Fit(model, StreamedSequences.Create(Failing(), 2, 1, new StreamOptions { Count = 100 }), null, Quiet(shuffle: false)));
        thrown.Message.ShouldBe("gone");
        model.Visited.ShouldBe(Enumerable.Range(0, 10).Select(i => (double)i)); // two batches of 5; the third was not whole

        static IEnumerable<Sequence<double, double>> Failing()
        {
            foreach (Sequence<double, double> sequence in Numbers(12))
            {
                yield return sequence;
            }

            throw new FileNotFoundException("gone");
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(null)]
    public void TheNextPassIsReadAheadInThePlacesThatThisOneLeaves(int? buffer)
    {
        int passes = 0, read = 0;
        List<(int Passes, int Read)> seen = [];
        StreamedSequences<double, double> stream = StreamedSequences.Create(Counted(), 2, 1, new StreamOptions { ShuffleBuffer = buffer, Count = 23 });
        FitOptions options = new() { Epochs = 3, BatchSize = 5, Optimizer = new Sgd(1e-9), Callbacks = [new EpochEnd(() => seen.Add((passes, read)))] };
        LinearModel model = new();
        Fit(model, stream, null, options);
        // As many as the pool holds, and nothing of a pass that nobody asked for.
        seen.ShouldBe([(2, 23 + (buffer ?? 23)), (3, 46 + (buffer ?? 23)), (3, 69)]);

        // The orders are those of passes that have nothing read ahead: each in a process of its own, which resumes from the one before.
        using TemporaryFolder folder = new();
        List<double> apart = [];
        for (int epoch = 1; epoch <= 3; epoch++)
        {
            LinearModel one = new();
            Fit(one, StreamedSequences.Create(Numbers(23), 2, 1, new StreamOptions { ShuffleBuffer = buffer, Count = 23 }), null, new FitOptions
            {
                Epochs = epoch, BatchSize = 5, Optimizer = new Sgd(1e-9), Checkpoint = new CheckpointOptions(folder.Path), Resume = true,
            });
            apart.AddRange(one.Visited);
        }

        model.Visited.ShouldBe(apart);

        IEnumerable<Sequence<double, double>> Counted()
        {
            passes++;
            foreach (Sequence<double, double> sequence in Numbers(23))
            {
                read++;
                yield return sequence;
            }
        }
    }

    private sealed class EpochEnd(Action action) : TrainingCallback
    {
        public override void OnEpochEnded(EpochResult epoch) => action();
    }

    [Fact]
    public void BucketsThatAreReadAheadAreTheSameOnes()
    {
        StreamOptions options = new() { HasLengths = true, Count = 203 };
        LengthRecorder model = new();
        List<int[]> apart = [];
        TrainingLoop.Fit<LengthRecorder, float, float, int>(model, StreamedSequences.Create(Ragged(203), 6, 2, options).BucketByLength(4), null, new FitOptions { Epochs = 3, BatchSize = 10 }, default);
        using TemporaryFolder folder = new();
        for (int epoch = 1; epoch <= 3; epoch++)
        {
            LengthRecorder one = new();
            TrainingLoop.Fit<LengthRecorder, float, float, int>(one, StreamedSequences.Create(Ragged(203), 6, 2, options).BucketByLength(4), null, new FitOptions
            {
                Epochs = epoch, BatchSize = 10, Checkpoint = new CheckpointOptions(folder.Path), Resume = true,
            }, default);
            apart.AddRange(one.Lengths);
        }

        model.Lengths.Select(l => string.Join(",", l)).ShouldBe(apart.Select(l => string.Join(",", l)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatFailsAheadIsThrownWhenItsTurnComes(bool shuffle)
    {
        int passes = 0;
        LinearModel model = new();
        StreamedSequences<double, double> stream = StreamedSequences.Create(Vanishing(), 2, 1, new StreamOptions { Count = 20, ShuffleBuffer = 6 });
        Should.Throw<FileNotFoundException>(() => Fit(model, stream, null, Quiet(epochs: 3, shuffle: shuffle))).Message.ShouldBe("gone");
        model.Visited.Count.ShouldBe(20); // the first pass, whole

        IEnumerable<Sequence<double, double>> Vanishing()
        {
            if (passes++ > 0)
            {
                throw new FileNotFoundException("gone");
            }

            foreach (Sequence<double, double> sequence in Numbers(20))
            {
                yield return sequence;
            }
        }
    }

    [Fact]
    public void SourcesThatDoNotKeepTheirPromisesAreRefused()
    {
        Should.Throw<InvalidDataException>(() => Visited(StreamedSequences.Create(Numbers(3), 2, 1, new StreamOptions { Count = 4 }), Quiet())).Message.ShouldContain("ended after 3 sequences, where 4 were promised");
        Should.Throw<InvalidDataException>(() => Visited(StreamedSequences.Create(Numbers(0), 2, 1), Quiet())).Message.ShouldContain("no sequence");
        Should.Throw<InvalidDataException>(() => Visited(StreamedSequences.Create(Once(Numbers(8)), 2, 1), Quiet())).Message.ShouldContain("ended after 0 sequences, where 8 were counted");
        Should.Throw<InvalidDataException>(() => Visited(StreamedSequences.Create([One(1, 2, 3)], 2, 1), Quiet())).Message.ShouldContain("Sequence 0 (from 0) of the stream has an input of 3 elements; 2 elements");
        Should.Throw<InvalidDataException>(() => Visited(StreamedSequences.Create([One(1)], 2, 1), Quiet())).Message.ShouldContain("HasLengths");
        Should.Throw<ArgumentException>(() => Visited(StreamedSequences.Create([One(1, 2, 3)], 3, 1), Quiet())).Message.ShouldContain("train has sequences of 3");
        Should.Throw<ArgumentOutOfRangeException>(() => StreamedSequences.Create(Numbers(1), 0, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => new StreamOptions { ShuffleBuffer = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new StreamOptions { Prefetch = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new StreamOptions { Count = 0 });

        static IEnumerable<Sequence<double, double>> Once(IEnumerable<Sequence<double, double>> sequences)
        {
            IEnumerator<Sequence<double, double>> only = sequences.GetEnumerator();
            return Rest();

            IEnumerable<Sequence<double, double>> Rest()
            {
                while (only.MoveNext())
                {
                    yield return only.Current;
                }
            }
        }
    }

    [Fact]
    public async Task ASourceThatNeverAnswersIsGivenUpOnCancellation()
    {
        TaskCompletionSource hasBegun = new(TaskCreationOptions.RunContinuationsAsynchronously), hasEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        StreamedSequences<double, double> stream = StreamedSequences.Create(Waiting(), 2, 1, new StreamOptions { Count = 10 });
        using CancellationTokenSource cancellation = new();
        Task training = Task.Run(() => TrainingLoop.Fit<LinearModel, double, double, double>(new(), stream, null, Quiet(), cancellation.Token));
        await hasBegun.Task;
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(training);
        await hasEnded.Task; // the source's own enumeration has ended too

        async IAsyncEnumerable<Sequence<double, double>> Waiting([EnumeratorCancellation] CancellationToken token = default)
        {
            try
            {
                hasBegun.SetResult();
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                hasEnded.SetResult();
            }

            yield return One(0, 0);
        }
    }

    [Fact]
    public void AStreamFarLargerThanItsBoundIsTrainedOnWithinIt()
    {
        // 20,000 sequences of 16 KB are 320 MB; held are 64 to shuffle from, and 5 batches of 8.
        const int length = 2048, count = 20_000;
        StreamedSequences<double, double> stream = StreamedSequences.Create(Large(), length, 1, new StreamOptions { Count = count, ShuffleBuffer = 64 });
        long most = 0, steps = 0;
        WideModel model = new() { OnStep = () => most = steps++ % 500 == 250 ? Math.Max(most, Allocations.Held()) : most };
        long before = Allocations.Held();
        TrainingLoop.Fit<WideModel, double, double, double>(model, stream, null, new FitOptions { Epochs = 1, BatchSize = 8 }, default);
        model.Sequences.ShouldBe(count);
        steps.ShouldBe(count / 8);
        (most - before).ShouldBeLessThan((64 + (6 * 8)) * length * 8L + (16 << 20));

        static IEnumerable<Sequence<double, double>> Large()
        {
            double[] input = new double[length], target = new double[1];
            for (int i = 0; i < count; i++)
            {
                input.AsSpan().Fill(i);
                yield return new(input, target);
            }
        }
    }

    [Fact]
    public void AugmentationFollowsFromSeedEpochAndSequence()
    {
        Augmentation<double, double> mark = (draw, input, target) => input[0] = draw.Sequence + (1000 * draw.Epoch) + draw.Uniform(0);
        double[] fromArrays = Visited(InMemory(23).Augment(mark), Quiet(shuffle: false)), fromStream = Visited(StreamedSequences.Create(Numbers(23), 2, 1, new StreamOptions { Prefetch = 1 }).Augment(mark), Quiet(shuffle: false));
        fromStream.ShouldBe(fromArrays);
        fromArrays.Select(Math.Floor).ShouldBe([.. Enumerable.Range(1000, 23).Select(i => (double)i), .. Enumerable.Range(2000, 23).Select(i => (double)i)]);
        fromArrays.Select(x => x - Math.Floor(x)).Distinct().Count().ShouldBe(46);
        Visited(InMemory(23).Augment(mark), Quiet(shuffle: true)).ShouldBe(fromArrays, ignoreOrder: true); // whatever the order
        Visited(InMemory(23).Augment(mark), Quiet(seed: 9, shuffle: false)).ShouldNotBe(fromArrays);

        // One after the other; what is measured stays as it is, and so do the arrays.
        SequenceDataset<double, double> data = InMemory(4), twice = data.Augment((_, input, _) => input[0] += 10).Augment((_, input, _) => input[0] *= 2);
        Visited(twice, Quiet(epochs: 1, shuffle: false)).ShouldBe([20.0, 22, 24, 26]);
        Evaluation evaluation = TrainingLoop.Evaluate<LinearModel, double, double, double>(new(), data);
        TrainingLoop.Evaluate<LinearModel, double, double, double>(new(), twice).ShouldBe(evaluation);
        data.Input(0)[0].ShouldBe(0);
        SequenceDraw one = new(1, 2, 3), other = new(1, 2, 4);
        (one.Seed, one.Epoch, one.Sequence).ShouldBe((1, 2, 3));
        one.Gaussian(5).ShouldBe(new SequenceDraw(1, 2, 3).Gaussian(5));
        one.Gaussian(5).ShouldNotBe(other.Gaussian(5));
        one.Below(7, 1).ShouldBeInRange(0, 6);
        Should.Throw<ArgumentOutOfRangeException>(() => new SequenceDraw(1, 2, 3).Below(0, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BucketsPutSequencesOfLikeLengthTogether(bool isStreamed)
    {
        const int count = 203;
        SequenceDataset<float, int> arrays = SequenceDataset.FromSequences(Ragged(count), 6, 2);
        SequenceSource<float, int> source = isStreamed ? StreamedSequences.Create(Ragged(count), 6, 2, new StreamOptions { HasLengths = true }) : arrays;
        List<int[]> plain = Lengths(source), bucketed = Lengths(source.BucketByLength(8));
        bucketed.Sum(b => b.Sum()).ShouldBe(plain.Sum(b => b.Sum())); // every sequence once
        bucketed.Select(b => b.Length).ShouldBe(plain.Select(b => b.Length));
        Mixed(bucketed).ShouldBeLessThan(Mixed(plain) / 2);
        bucketed.Select(b => b.Max()).ShouldNotBe(bucketed.Select(b => b.Max()).Order()); // in random order
        Lengths(source.BucketByLength(8)).SelectMany(b => b).ShouldBe(bucketed.SelectMany(b => b));
        Should.Throw<ArgumentOutOfRangeException>(() => source.BucketByLength(1));

        static int Mixed(List<int[]> batches) => batches.Count(b => b.Max() != b.Min());

        static List<int[]> Lengths(SequenceSource<float, int> source)
        {
            LengthRecorder model = new();
            TrainingLoop.Fit<LengthRecorder, float, float, int>(model, source, null, new FitOptions { Epochs = 1, BatchSize = 10 }, default);
            return model.Lengths;
        }
    }

    [Fact]
    public void SequencesOfDifferentLengthArePadded()
    {
        SequenceDataset<float, int> data = SequenceDataset.FromSequences(Ragged(3), 6, 2);
        (data.Count, data.InputLength, data.TargetLength).ShouldBe((3, 6, 2));
        data.Lengths.ToArray().ShouldBe([1, 2, 1]);
        data.Input(0).ToArray().ShouldBe([1f, 1, 1, 0, 0, 0]);
        data.Input(1).ToArray().ShouldBe([1f, 1, 1, 1, 1, 1]);
        data.Target(2).ToArray().ShouldBe([1, 0]);
        Should.Throw<ArgumentException>(() => SequenceDataset.FromSequences([new Sequence<float, int>(new float[7], new int[1], 1)], 6, 2)).Message.ShouldContain("Sequence 0 (from 0) has 1 steps, 7 input elements");
        Should.Throw<ArgumentException>(() => SequenceDataset.FromSequences([new Sequence<float, int>(new float[6], new int[1])], 6, 2)).Message.ShouldContain("0 steps");
        Should.Throw<ArgumentException>(() => SequenceDataset.FromSequences(Ragged(0), 6, 2)).Message.ShouldContain("no sequence");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 9)]
    public void WindowsOverStreamedRowsAreThoseOverTheWhole(int horizon, int stride)
    {
        double[] rows = [.. Enumerable.Range(0, 60).Select(i => (double)i)]; // 30 rows of 2
        SequenceDataset<double, double> whole = SeriesWindows.OfRows(rows, 2, 4, horizon, stride, [1]);
        StreamedSequences<double, double> stream = StreamedSequences.Windows(Enumerable.Range(0, 30).Select(i => (ReadOnlyMemory<double>)rows.AsMemory(2 * i, 2)), 2, 4, horizon, stride, [1]);
        (stream.InputLength, stream.TargetLength, stream.Count).ShouldBe((8, horizon, whole.Count));
        whole.Input(1).ToArray().ShouldBe(Enumerable.Range(2 * stride, 8).Select(i => (double)i));
        whole.Target(1)[0].ShouldBe((2 * (stride + 4)) + 1);

        WideModel a = new() { Recorded = [] }, b = new() { Recorded = [] };
        WideModel.SetLengths(8, horizon);
        FitOptions options = new() { Epochs = 2, Shuffle = false };
        TrainingLoop.Fit<WideModel, double, double, double>(a, whole, null, options, default);
        TrainingLoop.Fit<WideModel, double, double, double>(b, stream, null, options, default);
        b.Recorded.ShouldBe(a.Recorded);
        WideModel.SetLengths(2048, 1);
        Should.Throw<InvalidDataException>(() => StreamedSequences.Windows<double>([new double[3]], 2, 4).Count).Message.ShouldContain("Row 0 (from 0) has 3 values; 2 were expected");
        Should.Throw<ArgumentOutOfRangeException>(() => StreamedSequences.Windows<double>([], 2, 4, targets: [2])).Message.ShouldContain("from 0 to 1");
    }

    private static double[] Visited(SequenceSource<double, double> source, FitOptions options)
    {
        LinearModel model = new();
        Fit(model, source, null, options);
        return [.. model.Visited];
    }

    private static TrainingResult Fit(LinearModel model, SequenceSource<double, double> train, SequenceSource<double, double>? validation, FitOptions options) =>
        TrainingLoop.Fit<LinearModel, double, double, double>(model, train, validation, options, default);

    private static SequenceDataset<double, double> InMemory(int count) =>
        SequenceDataset.FromArrays([.. Enumerable.Range(0, count).SelectMany(i => new[] { i, 1.0 })], [.. Enumerable.Range(0, count).Select(i => 2.0 * i)], count);

    // The same two arrays each time: a stream has copied them before it moves on.
    private static IEnumerable<Sequence<double, double>> Numbers(int count, bool hesitate = false)
    {
        double[] input = [0, 1], target = [0];
        for (int i = 0; i < count; i++)
        {
            if (hesitate && i % 17 == 0)
            {
                Thread.Sleep(1);
            }

            (input[0], target[0]) = (i, 2 * i);
            yield return new(input, target);
        }
    }

    private static async IAsyncEnumerable<Sequence<double, double>> NumbersAsync(int count)
    {
        foreach (Sequence<double, double> sequence in Numbers(count))
        {
            await Task.Yield();
            yield return sequence;
        }
    }

    private static Sequence<double, double> One(params double[] input) => new(input, new double[1]);

    // One or two steps of three features, with as many labels.
    private static IEnumerable<Sequence<float, int>> Ragged(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int steps = (i % 2) + 1;
            yield return new(Enumerable.Repeat(1f, 3 * steps).ToArray(), Enumerable.Repeat(1, steps).ToArray(), steps);
        }
    }
}
