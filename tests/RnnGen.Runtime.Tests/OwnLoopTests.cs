using RnnGen.Tests;

namespace RnnGen.Runtime.Tests;

/// <summary>Early stopping and the average of the weights in a loop of one's own.</summary>
public sealed class OwnLoopTests
{
    private const int Batch = 8, Count = 64;

    private static (double[] Inputs, double[] Targets) Regression(int seed)
    {
        Random random = new(seed);
        double[] inputs = [.. Enumerable.Range(0, 2 * Count).Select(_ => (2 * random.NextDouble()) - 1)];
        return (inputs, [.. Enumerable.Range(0, Count).Select(i => (2 * inputs[2 * i]) - (3 * inputs[(2 * i) + 1]) + random.NextDouble())]);
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(null)]
    public void ALoopOfOnesOwnStopsAndAveragesAsFitDoes(double? decay)
    {
        (double[] inputs, double[] targets) = Regression(1);
        (double[] unseen, double[] expected) = Regression(2);
        LinearModel fitted = new(), model = new();
        TrainingResult result = TrainingLoop.Fit<LinearModel, double, double, double>(fitted, SequenceDataset.FromArrays(inputs, targets, Count), SequenceDataset.FromArrays(unseen, expected, Count), new FitOptions
        {
            Epochs = 200, Patience = 4, AverageDecay = decay, Shuffle = false, Optimizer = new Sgd(0.2),
        }, default);
        result.HasStoppedEarly.ShouldBeTrue();

        Sgd optimizer = new(0.2);
        EarlyStopping<double> stopping = new(patience: 4);
        WeightAverage<double> average = new(decay ?? 0);
        LinearModel measured = new();
        while (!stopping.ShouldStop)
        {
            for (int first = 0; first < Count; first += Batch)
            {
                model.TrainStep(inputs.AsSpan(2 * first, 2 * Batch), targets.AsSpan(first, Batch), Batch, optimizer);
                average.Add(model.Parameters);
            }

            measured.SetParameters(decay is null ? model.Parameters : average.Parameters);
            double loss = 0;
            for (int first = 0; first < Count; first += Batch)
            {
                loss += measured.ComputeLoss(unseen.AsSpan(2 * first, 2 * Batch), expected.AsSpan(first, Batch), Batch) * Batch / Count;
            }

            stopping.Add(loss, measured.Parameters);
        }

        stopping.EpochCount.ShouldBe(result.Epochs.Count);
        stopping.BestEpoch.ShouldBe(result.Best.Epoch);
        stopping.BestLoss.ShouldBe(result.Best.ValidationLoss!.Value, 1e-14);
        stopping.BestParameters.ToArray().ShouldBe(fitted.Parameters.ToArray());
        average.Count.ShouldBe(result.Epochs.Count * Count / Batch);
    }

    [Fact]
    public void EarlyStoppingCountsEpochsWithoutALeastLoss()
    {
        EarlyStopping<float> stopping = new(2);
        (stopping.Patience, stopping.EpochCount, stopping.BestEpoch, stopping.BestLoss, stopping.ShouldStop).ShouldBe((2, 0, 0, double.PositiveInfinity, false));
        stopping.BestParameters.Length.ShouldBe(0);
        float[] parameters = [1, 2];
        stopping.Add(3, parameters).ShouldBeTrue();
        parameters[0] = 9;
        stopping.Add(3, parameters).ShouldBeFalse(); // the first of equals
        stopping.ShouldStop.ShouldBeFalse();
        stopping.BestParameters.ToArray().ShouldBe([1f, 2]);
        stopping.Add(2, parameters).ShouldBeTrue();
        stopping.Add(double.NaN, [7, 7]).ShouldBeFalse();
        stopping.ShouldStop.ShouldBeFalse();
        stopping.Add(2.5, [8, 8]).ShouldBeFalse();
        stopping.ShouldStop.ShouldBeTrue();
        (stopping.EpochCount, stopping.BestEpoch, stopping.BestLoss).ShouldBe((5, 3, 2.0));
        stopping.BestParameters.ToArray().ShouldBe([9f, 2]);

        // It may go on all the same; without parameters none are kept.
        stopping.Add(1).ShouldBeTrue();
        stopping.ShouldStop.ShouldBeFalse();
        stopping.BestParameters.Length.ShouldBe(0);
        EarlyStopping<float> never = new(1);
        never.Add(double.NaN).ShouldBeFalse();
        never.ShouldStop.ShouldBeTrue();
        never.BestEpoch.ShouldBe(0);
        Should.Throw<ArgumentOutOfRangeException>(() => new EarlyStopping<float>(0)).ParamName.ShouldBe("patience");
    }

    [Fact]
    public void TheAverageIsTheFormulas()
    {
        const double decay = 0.8;
        const int length = 11; // whole vectors, and a rest
        WeightAverage<double> average = new(decay);
        average.Parameters.Length.ShouldBe(0);
        double[] expected = new double[length], parameters = new double[length];
        for (int step = 1; step <= 20; step++)
        {
            // 1/n at first, so that the first ones are averaged evenly.
            double share = Math.Max(1 - decay, 1.0 / step);
            for (int i = 0; i < length; i++)
            {
                parameters[i] = Math.Sin((step * length) + i);
                expected[i] += share * (parameters[i] - expected[i]);
            }

            average.Add(parameters);
            average.Count.ShouldBe(step);
            for (int i = 0; i < length; i++)
            {
                average.Parameters[i].ShouldBe(expected[i], 1e-14);
            }

            if (step == 3)
            {
                average.Parameters[0].ShouldBe((Math.Sin(length) + Math.Sin(2 * length) + Math.Sin(3 * length)) / 3, 1e-14);
            }
        }

        double[] before = average.Parameters.ToArray();
        Should.Throw<ArgumentException>(() => average.Add(new double[length - 1])).Message.ShouldContain("11 parameters; found 10");
        average.Parameters.ToArray().ShouldBe(before);
        Should.Throw<ArgumentOutOfRangeException>(() => new WeightAverage<double>(1)).ParamName.ShouldBe("decay");
        Allocations.Of(() => average.Add(parameters)).ShouldBe(0);
    }
}
