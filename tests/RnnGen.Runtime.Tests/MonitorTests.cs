namespace RnnGen.Runtime.Tests;

/// <summary>What a training watches decides what it keeps, when it stops and what it resumes with.</summary>
public sealed class MonitorTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AMeasureOfOnesOwnDecidesWhichEpochIsBestAndWhenTheTrainingEnds(bool higherIsBetter)
    {
        // The loss falls all the time; the measure is best in the second epoch, and an epoch without one is no improvement.
        double?[] measured = [3, 1, 2, null, 1];
        int next = 0;
        List<double[]> ends = [];
        LinearModel model = new();
        TrainingResult result = Fit(model, Regression(64), Regression(16), new FitOptions
        {
            Epochs = 9, Patience = 3, Callbacks = [new Ends(() => ends.Add(model.Parameters.ToArray()))],
            Monitor = Monitor.Of(_ => higherIsBetter ? -measured[next++] : measured[next++], higherIsBetter, "cost"),
        });

        result.Epochs.Select(e => e.ValidationLoss!.Value).ShouldBeInOrder(SortDirection.Descending);
        result.Epochs.Count.ShouldBe(5);
        result.HasStoppedEarly.ShouldBeTrue();
        result.Best.Epoch.ShouldBe(2);
        result.Best.Monitored.ShouldBe(higherIsBetter ? -1 : 1);
        result.Epochs[3].Monitored.ShouldBe(double.NaN);
        result.Best.ToString().ShouldContain(higherIsBetter ? ", cost -1" : ", cost 1");
        model.Parameters.ToArray().ShouldBe(ends[1]);
    }

    [Fact]
    public void AMeasureOfPredictionsIsThatOfTheEvaluation()
    {
        LinearModel model = new();
        TrainingResult result = Fit(model, Regression(64), Regression(16), new FitOptions { Epochs = 3, Monitor = Monitor.Rmse });
        result.Epochs.ShouldAllBe(e => e.Monitored == e.Validation!.Rmse && e.WatchedLoss == e.Monitored);
        result.Epochs[^1].Monitored!.Value.ShouldBe(Math.Sqrt(result.Epochs[^1].ValidationLoss!.Value), 1e-12);
        Fit(new(), Regression(64), Regression(16), new FitOptions { Epochs = 1 }).Epochs[0].Monitored.ShouldBeNull();
    }

    [Fact]
    public void WhatCannotBeMeasuredIsRejectedBeforeTheFirstStep()
    {
        LinearModel model = new();
        Should.Throw<ArgumentException>(() => Fit(model, Regression(8), null, new FitOptions { Monitor = Monitor.Rmse })).Message.ShouldContain("Pass validation sequences");
        Should.Throw<ArgumentException>(() => Fit(model, Regression(8), Regression(8), new FitOptions { Monitor = Monitor.Accuracy })).Message
            .ShouldContain("the accuracy, which LinearModel does not have: its targets are numbers");
        Should.Throw<ArgumentNullException>(() => new FitOptions { Monitor = null! });
        Should.Throw<ArgumentException>(() => Monitor.Of(_ => 1, true, " "));
        model.Batches.ShouldBeEmpty();
        Fit(model, Regression(8), null, new FitOptions { Epochs = 1, Monitor = Monitor.Loss }).Best.Epoch.ShouldBe(1);
    }

    [Fact]
    public void APlateauOfAMeasureLowersTheRate()
    {
        // The measure rises by less than a ten-thousandth in the third epoch.
        double[] measured = [0.5, 0.8, 0.80001, 0.9];
        int next = 0;
        TrainingResult result = Fit(new(), Regression(8), Regression(8), new FitOptions
        {
            Epochs = 4, Optimizer = new Sgd(0.01), Schedule = LearningRateSchedule.ReduceOnPlateau(0.5, patience: 0), Monitor = Monitor.Of(_ => measured[next++], higherIsBetter: true),
        });
        result.Epochs.Select(e => e.LearningRate).ShouldBe([0.01, 0.01, 0.01, 0.005], 1e-15);
    }

    [Fact]
    public void ATrainingResumesWithWhatItWatched()
    {
        using TemporaryFolder folder = new();
        FitOptions Options(Monitor monitor, int epochs, bool isSaved) => new()
        {
            Epochs = epochs, Patience = 5, Monitor = monitor, Resume = isSaved, Checkpoint = isSaved ? new(folder.Path) : null,
        };
        TrainingResult whole = Fit(new(), Regression(20), Regression(9), Options(Monitor.RSquared, 6, isSaved: false));
        Fit(new(), Regression(20), Regression(9), Options(Monitor.RSquared, 3, isSaved: true));
        Should.Throw<CheckpointException>(() => Fit(new(), Regression(20), Regression(9), Options(Monitor.Rmse, 6, isSaved: true))).Message
            .ShouldContain("its Monitor is R², but here it is RMSE");
        TrainingResult resumed = Fit(new(), Regression(20), Regression(9), Options(Monitor.RSquared, 6, isSaved: true));
        resumed.Epochs.Select(e => (e.Monitored, e.WatchedLoss, e.ValidationLoss)).ShouldBe(whole.Epochs.Select(e => (e.Monitored, e.WatchedLoss, e.ValidationLoss)));
        resumed.Best.Epoch.ShouldBe(whole.Best.Epoch);
        resumed.Epochs[0].ToString().ShouldContain(", R² ");
    }

    private static TrainingResult Fit(LinearModel model, SequenceDataset<double, double> train, SequenceDataset<double, double>? validation, FitOptions options) =>
        TrainingLoop.Fit<LinearModel, double, double, double>(model, train, validation, options, CancellationToken.None);

    private static SequenceDataset<double, double> Regression(int count)
    {
        Random random = new(3);
        double[] inputs = [.. Enumerable.Range(0, 2 * count).Select(_ => (2 * random.NextDouble()) - 1)];
        return SequenceDataset.FromArrays(inputs, [.. Enumerable.Range(0, count).Select(i => (2 * inputs[2 * i]) - (3 * inputs[(2 * i) + 1]) + 0.5)], count);
    }

    private sealed class Ends(Action action) : TrainingCallback
    {
        public override void OnEpochEnded(EpochResult result) => action();
    }
}
