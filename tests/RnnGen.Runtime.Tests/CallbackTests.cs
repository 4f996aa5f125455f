namespace RnnGen.Runtime.Tests;

/// <summary>What callbacks are told, when, and that telling them costs no allocation.</summary>
public sealed class CallbackTests
{
    private static SequenceDataset<double, double> Numbers(int count) =>
        SequenceDataset.FromArrays([.. Enumerable.Range(0, 2 * count).Select(i => Math.Sin(i))], [.. Enumerable.Range(0, count).Select(i => Math.Cos(i))], count);

    private static TrainingResult Fit(LinearModel model, SequenceDataset<double, double>? validation, FitOptions options, CancellationToken token = default) =>
        TrainingLoop.Fit<LinearModel, double, double, double>(model, Numbers(20), validation, options, token);

    private sealed class Recorder : TrainingCallback
    {
        public List<string> Events { get; } = [];

        public List<StepResult> Steps { get; } = new(1000);

        public TrainingStarted? Started { get; private set; }

        public TrainingResult? Result { get; private set; }

        public Action<StepResult>? OnStep { get; init; }

        public override void OnTrainingStarted(TrainingStarted training)
        {
            Started = training;
            Events.Add("start");
        }

        public override void OnStepEnded(in StepResult result)
        {
            Steps.Add(result);
            OnStep?.Invoke(result);
        }

        public override void OnEpochEnded(EpochResult epoch) => Events.Add($"epoch {epoch.Epoch} after {Steps.Count}");

        public override void OnTrainingEnded(TrainingResult result)
        {
            Result = result;
            Events.Add("end");
        }

        public override void OnTrainingFailed(Exception exception) => Events.Add($"failed {exception.GetType().Name}");
    }

    [Fact]
    public void TheyAreToldInOrder()
    {
        Recorder recorder = new(), second = new();
        Sgd optimizer = new(0.1);
        TrainingResult result = Fit(new LinearModel(), Numbers(5), new FitOptions
        {
            Epochs = 2, BatchSize = 8, Optimizer = optimizer, Schedule = LearningRateSchedule.Step(1, 0.5), Callbacks = [recorder, second], Metrics = true,
        });
        recorder.Events.ShouldBe(["start", "epoch 1 after 3", "epoch 2 after 6", "end"]);
        second.Events.ShouldBe(recorder.Events);
        recorder.Started.ShouldNotBeNull().Layout.ShouldBe(LinearModel.Layout);
        (recorder.Started.Epochs, recorder.Started.StepsPerEpoch, recorder.Started.TrainingCount, recorder.Started.ValidationCount, recorder.Started.StepsBefore).ShouldBe((2, 3L, 20, 5, 0L));
        recorder.Started.Optimizer.ShouldBeSameAs(optimizer);
        recorder.Result.ShouldBeSameAs(result);
        recorder.Steps.Select(s => (s.Step, s.Epoch, s.LearningRate, s.Sequences)).ShouldBe([(1, 1, 0.1, 8), (2, 1, 0.1, 8), (3, 1, 0.1, 4), (4, 2, 0.05, 8), (5, 2, 0.05, 8), (6, 2, 0.05, 4)]);
        result.Epochs[0].TrainingLoss.ShouldBe(recorder.Steps.Take(3).Sum(s => s.Loss * s.Sequences) / 20, 1e-14);
        result.Epochs.Select(e => e.LearningRate).ShouldBe([0.1, 0.05]);
        result.Epochs.ShouldAllBe(e => e.Validation!.Loss == e.ValidationLoss && e.Validation.Rmse > 0);
        Fit(new LinearModel(), Numbers(5), new FitOptions { Epochs = 1 }).Epochs[0].Validation.ShouldBeNull();
    }

    [Fact]
    public void TheNormIsThatOfTheGradientBeforeClipping()
    {
        Recorder recorder = new();
        LinearModel model = new();
        double[] gradient = new double[3];
        SequenceDataset<double, double> data = Numbers(20);
        double[] inputs = [.. Enumerable.Range(0, 20).SelectMany(i => data.Input(i).ToArray())], targets = [.. Enumerable.Range(0, 20).Select(i => data.Target(i)[0])];
        new LinearModel().ComputeGradients(inputs, targets, 20, gradient);
        Fit(model, null, new FitOptions { Epochs = 1, BatchSize = 20, Shuffle = false, Optimizer = new Sgd(0.1) { ClipNorm = 1e-3, ClipValue = 1e-3 }, Callbacks = [recorder] });
        recorder.Steps.Single().GradientNorm.ShouldNotBeNull().ShouldBe(Math.Sqrt(gradient.Sum(g => g * g)), 1e-12);
    }

    [Fact]
    public void FailuresAreToldAndThrown()
    {
        using CancellationTokenSource source = new();
        Recorder recorder = new()
        {
            OnStep = s =>
            {
                if (s.Step == 4)
                {
                    source.Cancel();
                }
            },
        };
        Should.Throw<OperationCanceledException>(() => Fit(new LinearModel(), null, new FitOptions { Epochs = 1000, BatchSize = 8, Callbacks = [recorder] }, source.Token));
        recorder.Events.ShouldBe(["start", "epoch 1 after 3", "failed OperationCanceledException"]);
        recorder.Steps.Count.ShouldBe(4);

        Recorder thrower = new() { OnStep = _ => throw new InvalidDataException() };
        Sgd optimizer = new(0.5);
        Should.Throw<InvalidDataException>(() => Fit(new LinearModel(), null, new FitOptions { Optimizer = optimizer, Schedule = LearningRateSchedule.Cosine(), Callbacks = [thrower] }));
        thrower.Events.ShouldBe(["start", "failed InvalidDataException"]);
        optimizer.LearningRate.ShouldBe(0.5);

        // Bad arguments are thrown before anything begins.
        Recorder quiet = new();
        Should.Throw<ArgumentException>(() => TrainingLoop.Fit<LinearModel, double, double, double>(
            new LinearModel(), SequenceDataset.FromArrays(new double[9], new double[3], 3), null, new FitOptions { Callbacks = [quiet] }, default));
        quiet.Events.ShouldBeEmpty();
    }

    [Fact]
    public void StepsWithCallbacksDoNotAllocate()
    {
        LinearModel model = new();
        Fit(model, null, new FitOptions { Epochs = 1, BatchSize = 1, AverageDecay = 0.9, Schedule = LearningRateSchedule.OneCycle(), Callbacks = [new Recorder(), new Recorder()] });

        // A collection that another thread starts counts once; steps that allocate do so each.
        model.Allocated.Skip(1).Zip(model.Allocated.Skip(2), (before, after) => after - before).Count(bytes => bytes > 0).ShouldBeLessThan(3);
    }
}
