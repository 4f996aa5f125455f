namespace RnnGen.Runtime.Tests;

/// <summary>What a training does where a loss or a gradient is not finite.</summary>
public sealed class NonFinitePolicyTests
{
    private const int Bad = 13;

    // y = 2 a - 3 b + 0.5; the sequence Bad holds a NaN if wanted.
    private static SequenceDataset<double, double> Regression(bool withNaN)
    {
        Random random = new(3);
        double[] inputs = [.. Enumerable.Range(0, 80).Select(_ => (2 * random.NextDouble()) - 1)];
        double[] targets = [.. Enumerable.Range(0, 40).Select(i => (2 * inputs[2 * i]) - (3 * inputs[(2 * i) + 1]) + 0.5)];
        inputs[2 * Bad] = withNaN ? double.NaN : inputs[2 * Bad];
        return SequenceDataset.FromArrays(inputs, targets, 40);
    }

    private sealed class Watcher : TrainingCallback
    {
        public List<(long Step, string Message)> Skipped { get; } = [];

        public List<StepResult> Steps { get; } = [];

        public Action<StepResult>? OnStep { get; init; }

        public override void OnStepEnded(in StepResult result)
        {
            Steps.Add(result);
            OnStep?.Invoke(result);
        }

        public override void OnStepSkipped(long number, NonFiniteException exception) => Skipped.Add((number, exception.Message));
    }

    private static (LinearModel Model, TrainingResult Result) Fit(
        NonFinitePolicy policy, Watcher watcher, bool withNaN = true, double rate = 0.2, int epochs = 40, string? folder = null, bool resume = false, LinearModel? model = null)
    {
        model ??= new();
        return (model, TrainingLoop.Fit<LinearModel, double, double, double>(model, Regression(withNaN), null, new FitOptions
        {
            Epochs = epochs, Optimizer = new Sgd(rate) { Momentum = 0.5 }, NonFinite = policy, Callbacks = [watcher],
            Checkpoint = folder is null ? null : new(folder) { EverySteps = 2 }, Resume = resume,
        }, default));
    }

    [Fact]
    public void ThrowingIsTheDefault()
    {
        new FitOptions().NonFinite.ShouldBeSameAs(NonFinitePolicy.Throw);
        Watcher watcher = new();
        LinearModel model = new();
        Should.Throw<NonFiniteException>(() => Fit(NonFinitePolicy.Throw, watcher, model: model)).Message.ShouldContain("inputs[0] is NaN at time step 0, sequence 13 (from 0) of train");
        watcher.Skipped.ShouldBeEmpty();
        model.Parameters.ToArray().ShouldBe([0, 0, 0]);
    }

    [Fact]
    public void ABadBatchIsSkippedAndTheRateLowered()
    {
        Watcher watcher = new();
        (LinearModel model, TrainingResult result) = Fit(NonFinitePolicy.SkipBatch(rateFactor: 0.99, limit: 1), watcher);

        // One batch of the five of each epoch, and never two in a row that would exceed the limit.
        watcher.Skipped.Count.ShouldBe(40);
        watcher.Skipped.ShouldAllBe(s => s.Message.Contains("head.weight[0]"));
        watcher.Steps.Count.ShouldBe(160);
        watcher.Steps.Select(s => s.Step).Concat(watcher.Skipped.Select(s => s.Step)).Order().ShouldBe(Enumerable.Range(1, 200).Select(i => (long)i));
        watcher.Steps[^1].LearningRate.ShouldBe(0.2 * Math.Pow(0.99, 40), 1e-3);
        model.Parameters.ToArray().ShouldBe([2, -3, 0.5], 1e-6);
        result.Epochs[^1].TrainingLoss.ShouldBeLessThan(1e-10);
    }

    [Fact]
    public void SkippingLeavesEverythingElseAsItWas()
    {
        Watcher watcher = new();
        List<double[]> before = [];
        LinearModel model = new();
        model = new LinearModel { OnStep = () => before.Add(model.Parameters.ToArray()) };
        Fit(NonFinitePolicy.SkipBatch(), watcher, epochs: 1, model: model);
        int skipped = (int)watcher.Skipped.Single().Step;
        double[][] after = [.. before.Skip(1), model.Parameters.ToArray()];
        after[skipped - 1].ShouldBe(before[skipped - 1]);
        watcher.Steps.Where(s => s.Step > skipped).ShouldAllBe(s => s.LearningRate == 0.1);
        watcher.Steps.Where(s => s.Step < skipped).ShouldAllBe(s => s.LearningRate == 0.2);
    }

    [Fact]
    public void WhereNothingHelpsItThrowsAfterAll()
    {
        Watcher watcher = new();
        LinearModel model = new();
        SequenceDataset<double, double> hopeless = SequenceDataset.FromArrays([double.NaN, 1], [1.0], 1);
        Should.Throw<NonFiniteException>(() => TrainingLoop.Fit<LinearModel, double, double, double>(model, hopeless, null, new FitOptions
        {
            Epochs = 50, Optimizer = new Sgd(0.1), NonFinite = NonFinitePolicy.SkipBatch(limit: 7), Callbacks = [watcher],
        }, default));
        watcher.Skipped.Count.ShouldBe(7);
        Should.Throw<ArgumentOutOfRangeException>(() => NonFinitePolicy.SkipBatch(rateFactor: 0)).ParamName.ShouldBe("rateFactor");
        Should.Throw<ArgumentOutOfRangeException>(() => NonFinitePolicy.RollBack(rateFactor: 1.1));
        Should.Throw<ArgumentOutOfRangeException>(() => NonFinitePolicy.RollBack(limit: 0)).ParamName.ShouldBe("limit");
    }

    [Fact]
    public void RollingBackCuresATrainingThatExplodes()
    {
        // At this rate the parameters grow without end; skipping cannot help, since they are beyond repair when a gradient overflows.
        Watcher skipping = new(), rolling = new();
        Should.Throw<NonFiniteException>(() => Fit(NonFinitePolicy.SkipBatch(), skipping, withNaN: false, rate: 50, epochs: 400));
        skipping.Skipped.Count.ShouldBe(10);
        (LinearModel model, TrainingResult result) = Fit(NonFinitePolicy.RollBack(rateFactor: 0.1), rolling, withNaN: false, rate: 50, epochs: 400);
        rolling.Skipped.Count.ShouldBe(2);
        rolling.Steps[^1].LearningRate.ShouldBe(0.5, 1e-12);
        model.Parameters.ToArray().ShouldBe([2, -3, 0.5], 1e-6);
    }

    [Fact]
    public void RollingBackGoesToTheEndOfTheLastGoodEpoch()
    {
        List<double[]> before = [];
        List<long> steps = [];
        Sgd optimizer = new(0.2) { Momentum = 0.5 };
        LinearModel model = new();
        model = new LinearModel
        {
            OnStep = () =>
            {
                before.Add(model.Parameters.ToArray());
                steps.Add(optimizer.StepCount);
            },
        };
        Watcher watcher = new();
        TrainingLoop.Fit<LinearModel, double, double, double>(model, Regression(withNaN: true), null, new FitOptions
        {
            Epochs = 3, Optimizer = optimizer, NonFinite = NonFinitePolicy.RollBack(), Callbacks = [watcher],
        }, default);
        before.Add(model.Parameters.ToArray());
        steps.Add(optimizer.StepCount);

        // Five steps an epoch, one of which fails: in the first it goes back to the start, then to the end of the epoch before.
        watcher.Skipped.Select(s => (s.Step - 1) / 5).ShouldBe([0L, 1, 2]);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            int failed = (int)watcher.Skipped[epoch].Step;
            before[failed].ShouldBe(before[epoch * 5]);
            steps[failed].ShouldBe(steps[epoch * 5]);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void InterruptedItGoesOnToTheSameBits(bool rollsBack)
    {
        NonFinitePolicy policy = rollsBack ? NonFinitePolicy.RollBack(0.9) : NonFinitePolicy.SkipBatch(0.9);
        using TemporaryFolder whole = new();
        double[] expected = Fit(policy, new Watcher(), epochs: 4, folder: whole.Path).Model.Parameters.ToArray();
        for (int stop = 1; stop < 16; stop += 2)
        {
            using TemporaryFolder folder = new();
            Watcher stops = new()
            {
                OnStep = s =>
                {
                    if (s.Step >= stop)
                    {
                        throw new InvalidDataException();
                    }
                },
            };
            Should.Throw<InvalidDataException>(() => Fit(policy, stops, epochs: 4, folder: folder.Path));
            Watcher rest = new();
            Fit(policy, rest, epochs: 4, folder: folder.Path, resume: true).Model.Parameters.ToArray().ShouldBe(expected, $"stopped at step {stop}");
        }
    }
}
