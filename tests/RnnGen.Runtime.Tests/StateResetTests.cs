using RnnGen.Trainee;

namespace RnnGen.Runtime.Tests;

/// <summary>Streams that begin a window anew: as often as the probability says, and the same ones whatever the threads.</summary>
public sealed class StateResetTests
{
    private const int Windows = 60, Streams = 8;

    // Which streams start from the beginning, window by window, in one epoch or more.
    private static List<bool[]> Begun(double probability, int seed = 3, int epochs = 1)
    {
        int steps = Windows * Streams * LoopModel.Steps;
        SequenceDataset<double, double> data = SequenceDataset.FromStream(
            [.. Enumerable.Range(0, steps * LoopModel.Features).Select(i => i % 2 == 0 ? Math.Sin(i) : 0)], [.. Enumerable.Range(0, steps).Select(i => Math.Cos(i))], steps, LoopModel.Steps, Streams);
        LoopModel model = new();
        TrainingLoop.Fit<LoopModel, double, double, double>(
            model, data, null, new FitOptions { Epochs = epochs, CarryState = true, ResetProbability = probability, Seed = seed, Optimizer = new Sgd(0.01) }, default);
        return model.Begun;
    }

    [Fact]
    public void StreamsBeginAnewAsOftenAsTheProbabilitySays()
    {
        Begun(0, epochs: 2).Select(b => b.All(x => x)).ShouldBe(Enumerable.Range(0, 2 * Windows).Select(i => i % Windows == 0));
        Begun(0)[1..].ShouldAllBe(b => !b.Contains(true));
        Begun(1).ShouldAllBe(b => !b.Contains(false));

        // 8 streams in 59 windows and 2 epochs: five standard deviations around the mean.
        List<bool[]> begun = Begun(0.3, epochs: 2);
        begun.RemoveAt(Windows);
        begun.RemoveAt(0);
        int draws = begun.Count * Streams;
        begun.Sum(b => b.Count(x => x)).ShouldBeInRange((int)((0.3 * draws) - (5 * Math.Sqrt(0.21 * draws))), (int)((0.3 * draws) + (5 * Math.Sqrt(0.21 * draws))));
        for (int stream = 0; stream < Streams; stream++)
        {
            begun.Count(b => b[stream]).ShouldBeInRange(12, 62, $"stream {stream}");
        }
    }

    [Fact]
    public void WhichBeginAnewDependsOnSeedStepAndStreamAlone()
    {
        Begun(0.3).SelectMany(b => b).ShouldBe(Begun(0.3).SelectMany(b => b));
        Begun(0.3, seed: 4).SelectMany(b => b).ShouldNotBe(Begun(0.3).SelectMany(b => b));
        List<bool[]> two = Begun(0.3, epochs: 2);
        two[..Windows].SelectMany(b => b).ShouldBe(Begun(0.3).SelectMany(b => b));
        two[Windows..].SelectMany(b => b).ShouldNotBe(two[..Windows].SelectMany(b => b));
    }

    [Fact]
    public void TheBitsDoNotDependOnThreads()
    {
        Random random = new(5);
        double[] inputs = [.. Enumerable.Range(0, 40 * 12).Select(_ => random.NextDouble() - 0.5)], targets = [.. Enumerable.Range(0, 40 * 8).Select(_ => random.NextDouble())];
        SequenceDataset<double, double> data = SequenceDataset.FromArrays(inputs, targets, 40).WithStreams(20);
        double[] Train(int threads, double probability)
        {
            CarryingModel model = new(1) { Threads = threads };
            model.Fit(data, options: new FitOptions { Epochs = 4, CarryState = true, ResetProbability = probability, Optimizer = new Adam(0.01) });
            return model.Parameters.ToArray();
        }

        Train(3, 0.4).ShouldBe(Train(1, 0.4));
        Train(1, 0).ShouldNotBe(Train(1, 0.4));
    }

    [Fact]
    public void AProbabilityNeedsCarriedStatesAndIsFrom0To1()
    {
        LoopModel model = new();
        SequenceDataset<double, double> data = SequenceDataset.FromArrays(new double[24], new double[12], 4).WithStreams(2);
        ArgumentException thrown = Should.Throw<ArgumentException>(() => TrainingLoop.Fit<LoopModel, double, double, double>(model, data, null, new FitOptions { ResetProbability = 0.25 }, default));
        thrown.Message.ShouldStartWith("ResetProbability is 0.25, but no state is carried that could be reset; set CarryState, or do not set ResetProbability.");
        model.Visited.ShouldBeEmpty();
        foreach (double probability in new[] { -0.1, 1.1, double.NaN })
        {
            Should.Throw<ArgumentOutOfRangeException>(() => new FitOptions { ResetProbability = probability }).ParamName.ShouldBe("ResetProbability");
        }
    }
}
