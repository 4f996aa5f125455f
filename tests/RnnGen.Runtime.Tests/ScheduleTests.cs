namespace RnnGen.Runtime.Tests;

/// <summary>Learning-rate schedules against PyTorch's (1.13, learning rate 1) or their formulas; early stopping, the best weights, and their average.</summary>
public sealed class ScheduleTests
{
    private static double Factor(LearningRateSchedule schedule, long step, long steps = 100, long perEpoch = 10, params EpochResult[] epochs) =>
        schedule.Factor(new TrainingPosition { Step = step, StepCount = steps, StepsPerEpoch = perEpoch, Epochs = epochs });

    private static EpochResult Epoch(int number, double trainingLoss, double? validationLoss) =>
        new() { Epoch = number, TrainingLoss = trainingLoss, ValidationLoss = validationLoss, Seconds = 1, SequencesPerSecond = 1 };

    [Fact]
    public void SchedulesFollowTheirFormulas()
    {
        Factor(LearningRateSchedule.Constant, 57).ShouldBe(1);
        ((long[])[0, 19, 20, 39, 40]).Select(s => Factor(LearningRateSchedule.Step(2, 0.5), s)).ShouldBe([1, 1, 0.5, 0.5, 0.25]);
        Factor(LearningRateSchedule.Exponential(0.9), 25).ShouldBe(Math.Pow(0.9, 2.5), 1e-15);
        ((long[])[0, 1, 2, 3, 4]).Select(s => Factor(LearningRateSchedule.Constant.After(3), s)).ShouldBe([0.25, 0.5, 0.75, 1, 1]);
        Factor(LearningRateSchedule.Cosine().After(9), 1).ShouldBe(0.2 * Factor(LearningRateSchedule.Cosine(), 1), 1e-15);
    }

    [Fact]
    public void CosineAndOneCycleArePyTorchs()
    {
        // CosineAnnealingLR(T_max=100, eta_min=0.1) and OneCycleLR(max_lr=1, total_steps=100).
        ((long[])[0, 1, 50, 99]).Select(s => Factor(LearningRateSchedule.Cosine(0.1), s)).ShouldBe([1.0, 0.9997779521645792, 0.5500000000000002, 0.10022204783542078], 1e-12);
        ((long[])[0, 10, 29, 30, 60, 99]).Select(s => Factor(LearningRateSchedule.OneCycle(), s))
            .ShouldBe([0.040000000000000036, 0.29516394846410077, 1.0, 0.9994965352845243, 0.5892800902855287, 4e-06], 1e-12);
    }

    [Fact]
    public void PlateausAreThoseOfPyTorch()
    {
        // ReduceLROnPlateau(factor=0.5, patience=2, threshold=1e-4, cooldown=1).
        double[] losses = [1, .9, .95, .91, .92, .93, .94, .95, .8, .81, .82, .83, .84, .85, .79999, .79998];
        double[] expected = [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.125];
        LearningRateSchedule schedule = LearningRateSchedule.ReduceOnPlateau(0.5, patience: 2, cooldown: 1);
        for (int i = 0; i < losses.Length; i++)
        {
            EpochResult[] epochs = [.. losses.Take(i + 1).Select((loss, e) => Epoch(e + 1, 7, loss))];
            Factor(schedule, 0, epochs: epochs).ShouldBe(expected[i], $"after epoch {i + 1}");
        }

        // A loss that is no number is no improvement, and what comes after it is one.
        Factor(LearningRateSchedule.ReduceOnPlateau(0.5, patience: 1), 0, epochs: [Epoch(1, 1, double.NaN), Epoch(2, 1, 3), Epoch(3, 1, 2), Epoch(4, 1, 1)]).ShouldBe(1);

        // Without validation the training loss counts.
        Factor(LearningRateSchedule.ReduceOnPlateau(0.5, patience: 0), 0, epochs: [Epoch(1, 1, null), Epoch(2, 2, null)]).ShouldBe(0.5);
    }

    [Fact]
    public void BadSettingsAreNamed()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => LearningRateSchedule.Step(0));
        Should.Throw<ArgumentOutOfRangeException>(() => LearningRateSchedule.Exponential(0)).Message.ShouldContain("above 0 to 1");
        Should.Throw<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(double.NaN)).Message.ShouldContain("from 0 to 1");
        Should.Throw<ArgumentOutOfRangeException>(() => LearningRateSchedule.ReduceOnPlateau(patience: -1));
        Should.Throw<ArgumentOutOfRangeException>(() => LearningRateSchedule.Constant.After(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => new FitOptions { Patience = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new FitOptions { AverageDecay = 1 });
    }

    private static SequenceDataset<double, double> Regression(int count, int seed, double noise)
    {
        Random random = new(seed);
        double[] inputs = [.. Enumerable.Range(0, 2 * count).Select(_ => (2 * random.NextDouble()) - 1)];
        return SequenceDataset.FromArrays(inputs, [.. Enumerable.Range(0, count).Select(i => (2 * inputs[2 * i]) - (3 * inputs[(2 * i) + 1]) + 0.5 + (noise * (random.NextDouble() - 0.5)))], count);
    }

    private static TrainingResult Fit(LinearModel model, SequenceDataset<double, double> train, SequenceDataset<double, double>? validation, FitOptions options) =>
        TrainingLoop.Fit<LinearModel, double, double, double>(model, train, validation, options, default);

    [Fact]
    public void TheLoopSetsTheRateOfEachStepAndGivesItBack()
    {
        Sgd optimizer = new(0.5);
        List<double> rates = [];
        LinearModel model = new() { OnStep = () => rates.Add(optimizer.LearningRate) };
        Fit(model, Regression(16, 1, 0), null, new FitOptions { Epochs = 4, BatchSize = 8, Optimizer = optimizer, Schedule = LearningRateSchedule.Step(1, 0.5) });
        rates.ShouldBe([0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625, 0.0625]);
        optimizer.LearningRate.ShouldBe(0.5);
    }

    [Fact]
    public void TrainingStopsWhereNothingImprovesAndTheBestWeightsStay()
    {
        // A rate that is far too high after the first epochs: the loss grows from there on.
        SequenceDataset<double, double> train = Regression(64, 1, 0), validation = Regression(64, 2, 0);
        LinearModel model = new();
        Sgd optimizer = new(1);
        TrainingResult result = Fit(model, train, validation, new FitOptions { Epochs = 100, Patience = 3, Optimizer = optimizer, Schedule = new Worse() });
        result.HasStoppedEarly.ShouldBeTrue();
        result.Epochs.Count.ShouldBe(result.Best.Epoch + 3);
        TrainingLoop.Evaluate<LinearModel, double, double, double>(model, validation).Loss.ShouldBe(result.Best.ValidationLoss!.Value, 1e-14);
        result.Epochs[^1].ValidationLoss!.Value.ShouldBeGreaterThan(result.Best.ValidationLoss.Value);

        LinearModel last = new();
        result = Fit(last, train, validation, new FitOptions { Epochs = 8, Patience = 3, RestoreBest = false, Optimizer = new Sgd(1), Schedule = new Worse() });
        TrainingLoop.Evaluate<LinearModel, double, double, double>(last, validation).Loss.ShouldBe(result.Epochs[^1].ValidationLoss!.Value, 1e-14);
        Fit(new LinearModel(), train, null, new FitOptions { Epochs = 5, Patience = 1, Optimizer = new Sgd(0.01) }).HasStoppedEarly.ShouldBeFalse();
    }

    private sealed class Worse : LearningRateSchedule
    {
        public override double Factor(TrainingPosition position) => position.Epochs.Count < 3 ? 0.05 : 1.9;
    }

    [Fact]
    public void TheAverageOfTheWeightsIsMeasuredAndKept()
    {
        SequenceDataset<double, double> train = Regression(64, 1, 4), validation = Regression(512, 2, 0);
        LinearModel model = new();
        TrainingResult averaged = Fit(model, train, validation, new FitOptions { Epochs = 40, BatchSize = 1, AverageDecay = 0.99, Optimizer = new Sgd(0.1) });
        LinearModel plain = new();
        TrainingResult last = Fit(plain, train, validation, new FitOptions { Epochs = 40, BatchSize = 1, Optimizer = new Sgd(0.1) });

        // The noise of single sequences averages out; the steps themselves are the same ones.
        averaged.Epochs.Select(e => e.TrainingLoss).ShouldBe(last.Epochs.Select(e => e.TrainingLoss));
        averaged.Epochs.Skip(5).Average(e => e.ValidationLoss!.Value).ShouldBeLessThan(last.Epochs.Skip(5).Average(e => e.ValidationLoss!.Value) / 3);
        TrainingLoop.Evaluate<LinearModel, double, double, double>(model, validation).Loss.ShouldBe(averaged.Epochs[^1].ValidationLoss!.Value, 1e-14);
    }
}
