namespace RnnGen.Runtime.Tests;

public sealed class TrainingLoopTests
{
    private static readonly FitOptions s_quiet = new();

    [Fact]
    public void TheLoopLearnsALinearRegression()
    {
        LinearModel model = new();
        SequenceDataset<double, double> data = Regression(203);
        (SequenceDataset<double, double> train, SequenceDataset<double, double> validation) = data.Split(0.8);
        TrainingResult result = Fit(model, train, validation, new FitOptions { Epochs = 60, Optimizer = new Adam(0.05) });

        model.Parameters.ToArray().ShouldBe([2, -3, 0.5], 1e-3);
        result.Epochs.Count.ShouldBe(60);
        result.Epochs.Select(e => e.Epoch).ShouldBe(Enumerable.Range(1, 60));
        result.Epochs[^1].TrainingLoss.ShouldBeLessThan(1e-6);
        result.Epochs[^1].ValidationLoss.ShouldNotBeNull().ShouldBeLessThan(1e-6);
        result.Best.ValidationLoss.ShouldBe(result.Epochs.Min(e => e.ValidationLoss));
        result.Epochs.ShouldAllBe(e => e.Seconds > 0 && e.SequencesPerSecond > 0);

        Evaluation evaluation = TrainingLoop.Evaluate<LinearModel, double, double, double>(model, validation);
        evaluation.Count.ShouldBe(validation.Count);
        evaluation.Loss.ShouldBe(result.Epochs[^1].ValidationLoss!.Value, 1e-15);
        evaluation.RSquared.ShouldNotBeNull().ShouldBe(1, 1e-5);
    }

    [Fact]
    public void EveryEpochVisitsEverySequenceOnceInAnOrderOfItsOwn()
    {
        LinearModel model = new();
        Fit(model, Numbered(21), null, new FitOptions { Epochs = 2, BatchSize = 5 });
        model.Batches.ShouldBe([5, 5, 5, 5, 1, 5, 5, 5, 5, 1]);
        double[] first = [.. model.Visited.Take(21)], second = [.. model.Visited.Skip(21)], inOrder = [.. Enumerable.Range(0, 21).Select(i => (double)i)];
        first.ShouldBe(inOrder, ignoreOrder: true);
        second.ShouldBe(inOrder, ignoreOrder: true);
        first.ShouldNotBe(inOrder);
        first.ShouldNotBe(second);
    }

    [Fact]
    public void TheOrderFollowsFromTheSeed()
    {
        double[] Order(FitOptions options)
        {
            LinearModel model = new();
            Fit(model, Numbered(12), null, options);
            return [.. model.Visited];
        }

        Order(new() { Epochs = 3, Seed = 4 }).ShouldBe(Order(new() { Epochs = 3, Seed = 4 }));
        Order(new() { Epochs = 3, Seed = 4 }).ShouldNotBe(Order(new() { Epochs = 3, Seed = 5 }));
        Order(new() { Epochs = 1, Shuffle = false }).ShouldBe(Enumerable.Range(0, 12).Select(i => (double)i));
        // Pinned: the order is the same on every platform and in every release.
        Order(new() { Epochs = 1, Seed = 42 }).ShouldBe([3.0, 2, 9, 4, 0, 1, 5, 7, 11, 6, 8, 10]);
    }

    [Fact]
    public void ShufflesAreUniform()
    {
        // Each of the six orders of three sequences takes a sixth of the epochs.
        LinearModel model = new();
        Fit(model, Numbered(3), null, new FitOptions { Epochs = 3000, BatchSize = 3 });
        int[] counts = [.. model.Visited.Chunk(3).GroupBy(epoch => string.Join(",", epoch)).Select(order => order.Count())];
        counts.Length.ShouldBe(6);
        counts.ShouldAllBe(count => count > 420 && count < 580);
    }

    [Fact]
    public void TheBatchSizeIsTheModelsUnlessSaid()
    {
        LinearModel model = new();
        Fit(model, Numbered(20), null, new FitOptions { Epochs = 1 });
        model.Batches.ShouldBe([8, 8, 4]);
    }

    [Fact]
    public void TheTrainingLossIsTheMeanOverSequences()
    {
        // At learning rate 0 the model stays y = 0, so each loss is the target's square, whatever the batch.
        SequenceDataset<double, double> data = SequenceDataset.FromArrays(new double[10], [1.0, 2, 3, 4, 5], 5);
        TrainingResult result = Fit(new LinearModel(), data, data, new FitOptions { Epochs = 1, BatchSize = 2, Optimizer = new Sgd(0) });
        result.Epochs[0].TrainingLoss.ShouldBe(11, 1e-12);
        result.Epochs[0].ValidationLoss.ShouldBe(11);
        result.Best.ShouldBe(result.Epochs[0]);
    }

    [Fact]
    public void StepsDoNotAllocate()
    {
        LinearModel model = new();
        Fit(model, Numbered(100), Numbered(10), new FitOptions { Epochs = 1, BatchSize = 3 });
        model.Allocated.Count.ShouldBe(34);
        (model.Allocated[^1] - model.Allocated[1]).ShouldBe(0);
    }

    [Fact]
    public void DatasetsOfAnotherLengthAreRefusedBeforeTraining()
    {
        LinearModel model = new();
        SequenceDataset<double, double> wrong = SequenceDataset.FromArrays(new double[9], new double[3], 3);
        string message = Should.Throw<ArgumentException>(() => Fit(model, wrong, null, s_quiet)).Message;
        message.ShouldContain("reads sequences of 2 elements with targets of 1");
        message.ShouldContain("train has sequences of 3 with targets of 1");
        Should.Throw<ArgumentException>(() => Fit(model, Numbered(4), wrong, s_quiet)).ParamName.ShouldBe("validation");
        Should.Throw<ArgumentException>(() => TrainingLoop.Evaluate<LinearModel, double, double, double>(model, wrong)).ParamName.ShouldBe("data");
        Should.Throw<ArgumentNullException>(() => Fit(model, null!, null, s_quiet)).ParamName.ShouldBe("train");
        model.Batches.ShouldBeEmpty();
    }

    [Fact]
    public void OptionsAreChecked()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new FitOptions { Epochs = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new FitOptions { BatchSize = 0 });
        new FitOptions { BatchSize = null }.BatchSize.ShouldBeNull();
    }

    [Fact]
    public void CancellationStopsBetweenSteps()
    {
        using CancellationTokenSource source = new();
        LinearModel model = null!;
        model = new LinearModel
        {
            OnStep = () =>
            {
                if (model.Batches.Count == 4)
                {
                    source.Cancel();
                }
            },
        };
        Should.Throw<OperationCanceledException>(() => TrainingLoop.Fit<LinearModel, double, double, double>(model, Regression(100), null, s_quiet, source.Token));
        model.Batches.Count.ShouldBe(5);
        model.Parameters.ToArray().ShouldNotBe([0, 0, 0]);
    }

    [Fact]
    public void ALossThatIsNotFiniteStopsTheTraining()
    {
        LinearModel model = new();
        SequenceDataset<double, double> data = SequenceDataset.FromArrays([1, 2, double.NaN, 4], [1.0, 1], 2);
        Should.Throw<NonFiniteException>(() => Fit(model, data, null, s_quiet));
        model.Parameters.ToArray().ShouldBe([0, 0, 0]);
    }

    [Fact]
    public void NothingIsWrittenUnlessAskedFor()
    {
        string Written(FitOptions options, out TrainingResult result, LinearModel? model = null)
        {
            TextWriter console = Console.Out;
            using StringWriter written = new();
            Console.SetOut(written);
            try
            {
                result = Fit(model ?? new LinearModel(), Numbered(10), Numbered(5), options);
                return written.ToString();
            }
            finally
            {
                Console.SetOut(console);
            }
        }

        static string Lines(TrainingResult result) => string.Concat(result.Epochs.Select(e => e + Environment.NewLine));

        Written(new FitOptions { Epochs = 2 }, out _).ShouldBeEmpty();
        List<EpochResult> reported = [];
        Written(new FitOptions { Epochs = 2, Progress = new Immediate(reported) }, out TrainingResult result).ShouldBeEmpty();
        reported.ShouldBe(result.Epochs);

        Written(new FitOptions { Epochs = 2, Progress = ConsoleProgress.Instance }, out result).ShouldBe(Lines(result));
        result.Epochs[1].ToString().ShouldStartWith("epoch   2  loss ");
        using StringWriter elsewhere = new();
        Written(new FitOptions { Epochs = 2, Progress = new ConsoleProgress(elsewhere) }, out result).ShouldBeEmpty();
        elsewhere.ToString().ShouldBe(Lines(result));

#pragma warning disable CS0618 // What the obsolete member forwards to.
        Written(new FitOptions { Epochs = 2, Verbose = true }, out result).ShouldBe(Lines(result));
        Written(new FitOptions { Epochs = 2, Verbose = false }, out _).ShouldBeEmpty();
        Written(new FitOptions { Epochs = 2, Verbose = true, Progress = ConsoleProgress.Instance }, out result).ShouldBe(Lines(result));
        reported.Clear();
        Written(new FitOptions { Epochs = 2, Verbose = true, Progress = new Immediate(reported) }, out result).ShouldBe(Lines(result));
        reported.ShouldBe(result.Epochs);
#pragma warning restore CS0618
    }

    [Fact]
    public void AFreshOptimizerIsMadeForEachFit()
    {
        // The default options may be used for two models: they do not share an optimiser.
        Fit(new LinearModel(), Numbered(10), null, s_quiet);
        Fit(new LinearModel(), Numbered(10), null, s_quiet);

        FitOptions shared = new() { Optimizer = new Adam() };
        Fit(new LinearModel(), Numbered(10), null, shared);
        Should.Throw<InvalidOperationException>(() => Fit(new LinearModel(), Numbered(10), null, shared));
    }

    [Fact]
    public void MeasuresOfNumbers()
    {
        // The model says 0; targets -1, 2, 2: errors 1, 2, 2, mean 1, squared deviations 6.
        SequenceDataset<double, double> data = SequenceDataset.FromArrays(new double[6], [-1.0, 2, 2], 3);
        Evaluation evaluation = TrainingLoop.Evaluate<LinearModel, double, double, double>(new LinearModel(), data);
        evaluation.Mae.ShouldNotBeNull().ShouldBe(5.0 / 3, 1e-15);
        evaluation.Rmse.ShouldNotBeNull().ShouldBe(Math.Sqrt(3), 1e-15);
        evaluation.RSquared.ShouldNotBeNull().ShouldBe(1 - (9.0 / 6), 1e-15);
        evaluation.Loss.ShouldBe(3, 1e-15);
        evaluation.Accuracy.ShouldBeNull();
        evaluation.ToString().ShouldBe("3 sequences: loss 3, MAE 1.6667, RMSE 1.7321, R² -0.5");
    }

    [Fact]
    public void AccuracyOfClassesCountsEveryStep()
    {
        // Three sequences of two steps: right, wrong / right, right / wrong, right; batches of 2 and 1.
        float[] logits = [0, 1, 0, /**/ 1, 0, 0, /**/ 0, 0, 9, /**/ 2, 1, 0, /**/ -1, -2, -3, /**/ -3, -2, -1];
        SequenceDataset<float, int> data = SequenceDataset.FromArrays(logits, [1, 1, 2, 0, 1, 2], 3);
        Evaluation evaluation = TrainingLoop.Evaluate<EchoClassifier, float, float, int>(new EchoClassifier(), data);
        evaluation.Accuracy.ShouldBe(4.0 / 6);
        evaluation.Mae.ShouldBeNull();
        // Losses 2 and 1 of batches of 2 and 1 sequences.
        evaluation.Loss.ShouldBe(5.0 / 3, 1e-15);
    }

    private static TrainingResult Fit(LinearModel model, SequenceDataset<double, double> train, SequenceDataset<double, double>? validation, FitOptions options) =>
        TrainingLoop.Fit<LinearModel, double, double, double>(model, train, validation, options, CancellationToken.None);

    private static SequenceDataset<double, double> Regression(int count)
    {
        Random random = new(3);
        double[] inputs = [.. Enumerable.Range(0, 2 * count).Select(_ => (2 * random.NextDouble()) - 1)];
        return SequenceDataset.FromArrays(inputs, [.. Enumerable.Range(0, count).Select(i => (2 * inputs[2 * i]) - (3 * inputs[(2 * i) + 1]) + 0.5)], count);
    }

    private static SequenceDataset<double, double> Numbered(int count) =>
        SequenceDataset.FromArrays([.. Enumerable.Range(0, 2 * count).Select(i => i / 2.0)], new double[count], count);

    private sealed class Immediate(List<EpochResult> results) : IProgress<EpochResult>
    {
        public void Report(EpochResult value) => results.Add(value);
    }
}
