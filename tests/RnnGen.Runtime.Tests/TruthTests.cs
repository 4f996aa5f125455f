using System.Globalization;

namespace RnnGen.Runtime.Tests;

/// <summary>What a training says where nothing counts, where values are not finite, and where data does not fit: what is so, or an exception.</summary>
public sealed class TruthTests
{
    private sealed class Recorder : TrainingCallback
    {
        public List<StepResult> Steps { get; } = [];

        public List<long> Skipped { get; } = [];

        public List<(int Epoch, string Message)> Validations { get; } = [];

        public List<double[]> Parameters { get; } = [];

        public LoopModel? Model { get; init; }

        /// <summary>The step after which the model's parameters are replaced by infinite ones, as no update leaves them.</summary>
        public long Ruined { get; init; }

        public override void OnStepEnded(in StepResult result)
        {
            Steps.Add(result);
            if (result.Step == Ruined)
            {
                Model!.SetParameters([double.PositiveInfinity, double.NegativeInfinity]);
            }
        }

        public override void OnStepSkipped(long number, NonFiniteException exception) => Skipped.Add(number);

        public override void OnValidationNonFinite(int epoch, NonFiniteException exception) => Validations.Add((epoch, exception.Message));

        public override void OnEpochEnded(EpochResult epoch) => Parameters.Add(Model?.Parameters.ToArray() ?? []);
    }

    private sealed class Spike(long step, double factor) : LearningRateSchedule
    {
        public override double Factor(TrainingPosition position) => position.Step == step ? factor : 1;
    }

    private static SequenceDataset<double, double> Data(int count, Action<double[], double[]>? change = null, int seed = 1)
    {
        Random random = new(seed);
        double[] inputs = [.. Enumerable.Range(0, count * 6).Select(i => i % 2 == 0 ? random.NextDouble() - 0.5 : i / 6)], targets = [.. Enumerable.Range(0, count * 3).Select(_ => random.NextDouble())];
        change?.Invoke(inputs, targets);
        return SequenceDataset.FromArrays(inputs, targets, count);
    }

    private static TrainingResult Fit(LoopModel model, SequenceSource<double, double> train, SequenceSource<double, double>? validation, FitOptions options, CancellationToken token = default) =>
        TrainingLoop.Fit<LoopModel, double, double, double>(model, train, validation, options, token);

    private static Evaluation Evaluate(LoopModel model, SequenceSource<double, double> data, bool? carryState = null) =>
        TrainingLoop.Evaluate<LoopModel, double, double, double>(model, data, carryState);

    [Fact]
    public void WhereNoTargetIsThereTheLossIsNaNAndNoEpochTheBest()
    {
        SequenceDataset<double, double> masked = Data(10, (_, targets) => Array.Fill(targets, double.NaN));
        Recorder recorder = new();
        TrainingResult result = Fit(new(), masked, null, new FitOptions { Epochs = 4, Patience = 2, Callbacks = [recorder] });
        result.Epochs.Select(e => e.TrainingLoss).ShouldAllBe(loss => double.IsNaN(loss));
        result.Epochs.Count.ShouldBe(2);
        result.HasStoppedEarly.ShouldBeTrue();
        result.HasBest.ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => result.Best).Message.ShouldContain("None of the 2 epochs");
        result.Epochs[0].ToString().ShouldContain("loss NaN");
        result.Epochs[0].Remarks.ShouldBe("no training target counted");
        recorder.Steps.ShouldAllBe(s => double.IsNaN(s.Loss));

        // Validation likewise: its NaN beats no loss, and is beaten by none.
        LoopModel model = new();
        result = Fit(model, Data(10), masked, new FitOptions { Epochs = 3, Metrics = true });
        result.Epochs.ShouldAllBe(e => double.IsNaN(e.ValidationLoss!.Value) && double.IsNaN(e.Validation!.Loss) && e.Validation.Mae == null && double.IsFinite(e.TrainingLoss));
        result.HasBest.ShouldBeFalse();
        Evaluation evaluation = Evaluate(model, masked);
        evaluation.Loss.ShouldBe(double.NaN);
        evaluation.ToString().ShouldBe("10 sequences: loss NaN");
    }

    [Fact]
    public void SkippedEpochsAreNoImprovement()
    {
        // Two steps an epoch; from the second epoch on every batch has a value that is not finite.
        SequenceDataset<double, double> data = Data(8);
        LoopModel model = new();
        SequenceSource<double, double> broken = data.Augment((draw, input, _) => input[0] = draw.Epoch == 1 || draw.Epoch == 4 ? input[0] : double.NaN);
        Recorder recorder = new();
        TrainingResult result = Fit(model, broken, null, new FitOptions
        {
            Epochs = 8, Patience = 5, Callbacks = [recorder], NonFinite = NonFinitePolicy.SkipBatch(0.5, 100),
            Optimizer = new Sgd(0.1), Schedule = LearningRateSchedule.ReduceOnPlateau(0.1, patience: 1),
        });
        result.Epochs.Select(e => double.IsNaN(e.TrainingLoss)).ShouldBe([false, true, true, false, true, true, true, true]);
        result.Epochs.Select(e => e.SkippedSteps).ShouldBe([0, 2, 2, 0, 2, 2, 2, 2]);
        result.Epochs.Select(e => double.IsNaN(e.LearningRate)).ShouldBe([false, true, true, false, true, true, true, true]);
        result.Best.Epoch.ShouldBe(4);
        // Two epochs without improvement before the fourth, four failures: the plateau's tenth and four halves.
        result.Epochs[3].LearningRate.ShouldBe(0.1 * 0.1 / 16, 1e-15);
        recorder.Skipped.Count.ShouldBe(12);
        result.Epochs[1].ToString().ShouldContain("(2 steps skipped, no training target counted)");
    }

    [Theory, InlineData(5), InlineData(4), InlineData(11), InlineData(1)]
    public void RollingBackGoesToWhatWasMeasured(int spike)
    {
        // Two steps an epoch, six epochs; a step that is far too large may be an epoch's first, or its last, or the last of all.
        SequenceDataset<double, double> data = Data(8), validation = Data(6, seed: 2);
        foreach (SequenceDataset<double, double>? measured in (SequenceDataset<double, double>?[])[null, validation])
        {
            foreach (double factor in (double[])[1e200, 1e15])
            {
                LoopModel model = new();
                Recorder recorder = new() { Model = model };
                TrainingResult result = Fit(model, data, measured, new FitOptions
                {
                    Epochs = 6, Optimizer = new Sgd(0.1) { Momentum = 0.5 }, Callbacks = [recorder], NonFinite = NonFinitePolicy.RollBack(), Schedule = new Spike(spike, factor), RestoreBest = true,
                });
                // A loss that is finite but huge is nothing to roll back from; it is never the best where a better epoch came before.
                if (factor == 1e200 || spike > 1)
                {
                    Evaluate(model, data).Loss.ShouldBeLessThan(1, $"spike at {spike}, validation {measured is not null}, factor {factor}");
                }

                if (factor == 1e200)
                {
                    recorder.Skipped.Count.ShouldBe(1);
                    recorder.Parameters.ShouldAllBe(p => Math.Abs(p[0]) < 10 && Math.Abs(p[1]) < 10);
                }
            }
        }
    }

    [Fact]
    public void BestParametersAreNotThoseOfAStepThatWasTooLarge()
    {
        // The loss of the third epoch is the least, and was measured before its last update, which ruins the parameters.
        SequenceDataset<double, double> data = Data(8);
        LoopModel model = new();
        TrainingResult result = Fit(model, data, null, new FitOptions
        {
            Epochs = 6, Optimizer = new Sgd(0.1), RestoreBest = true, NonFinite = NonFinitePolicy.SkipBatch(limit: 100), Schedule = new Spike(5, 1e200),
        });
        result.Epochs[2].HasOvershot.ShouldBeTrue();
        result.Epochs[2].Remarks.ShouldBe("overshot in its last step");
        result.Epochs.Skip(3).ShouldAllBe(e => e.SkippedSteps == 2 && double.IsNaN(e.TrainingLoss));
        result.Best.Epoch.ShouldBe(2);
        Evaluate(model, data).Loss.ShouldBeLessThan(result.Epochs[0].TrainingLoss);

        // Without a policy it is an exception, even where no step comes after it.
        Should.Throw<NonFiniteException>(() => Fit(new(), data, null, new FitOptions { Epochs = 3, Optimizer = new Sgd(0.1), Schedule = new Spike(5, 1e200) })).Message.ShouldContain("last update of epoch 3");
        Should.Throw<NonFiniteException>(() => Fit(new(), data, Data(5), new FitOptions { Epochs = 3, Optimizer = new Sgd(0.1), Schedule = new Spike(5, 1e200) })).Message.ShouldContain("sequence 0 (from 0) of validation");
    }

    [Fact]
    public void CancelledBetweenAnEpochsLastStepAndItsValidationItGoesOnWithWhatWasMeasured()
    {
        // The fourth step ends the second epoch and is far too large: the training rolls back once, whether the validation behind it is cancelled or not.
        SequenceDataset<double, double> train = Data(8), validation = Data(5, seed: 2);
        using TemporaryFolder folder = new();
        FitOptions Options(bool isSaved) => new()
        {
            Epochs = 4, Optimizer = new Sgd(0.1), NonFinite = NonFinitePolicy.RollBack(limit: 1), Schedule = new Spike(3, 1e200), Checkpoint = isSaved ? new(folder.Path) : null, Resume = isSaved,
        };
        LoopModel whole = new(), resumed = new();
        TrainingResult expected = Fit(whole, train, validation, Options(isSaved: false));
        expected.Epochs[1].HasOvershot.ShouldBeTrue();
        using CancellationTokenSource source = new();
        int steps = 0;
        LoopModel stopped = new()
        {
            OnStep = () =>
            {
                if (++steps == 4)
                {
                    source.Cancel();
                }
            },
        };
        Should.Throw<OperationCanceledException>(() => Fit(stopped, train, validation, Options(isSaved: true), source.Token));
        TrainingResult result = Fit(resumed, train, validation, Options(isSaved: true));
        result.Epochs.Select(e => (e.TrainingLoss, e.ValidationLoss, e.LearningRate, e.HasOvershot)).ShouldBe(expected.Epochs.Select(e => (e.TrainingLoss, e.ValidationLoss, e.LearningRate, e.HasOvershot)));
        resumed.Parameters.ToArray().ShouldBe(whole.Parameters.ToArray());
    }

    [Theory, InlineData("input"), InlineData("target")]
    public void TheValidationsNonFiniteSequenceIsNamed(string where)
    {
        void Break(double[] inputs, double[] targets)
        {
            if (where == "input")
            {
                inputs[(13 * 6) + 2] = double.NaN;
            }
            else
            {
                targets[(13 * 3) + 1] = double.PositiveInfinity;
            }
        }

        SequenceDataset<double, double> train = Data(20), bad = Data(30, Break), rest = bad.Select([.. Enumerable.Range(0, 13), .. Enumerable.Range(14, 16)]);
        string message = Should.Throw<NonFiniteException>(() => Fit(new(), train, bad, new FitOptions { Epochs = 5, Patience = 2 })).Message;
        message.ShouldContain("sequence 13 (from 0) of validation");
        message.ShouldContain(where == "input" ? "inputs[2] is NaN at time step 1, sequence 13" : "targets[1] is Infinity in sequence 13");
        Should.Throw<NonFiniteException>(() => Evaluate(new(), bad)).Message.ShouldContain("sequence 13 (from 0)");

        // Where it may go on, it is left out and not the rest of its batch, and the figures are of the others.
        foreach (NonFinitePolicy policy in (NonFinitePolicy[])[NonFinitePolicy.SkipBatch(limit: 1), NonFinitePolicy.RollBack(limit: 1)])
        {
            Recorder recorder = new();
            LoopModel model = new(), other = new();
            TrainingResult result = Fit(model, train, bad, new FitOptions { Epochs = 5, Optimizer = new Sgd(0.1), Metrics = true, NonFinite = policy, Callbacks = [recorder] });
            TrainingResult expected = Fit(other, train, rest, new FitOptions { Epochs = 5, Optimizer = new Sgd(0.1), Metrics = true });
            for (int epoch = 0; epoch < 5; epoch++)
            {
                result.Epochs[epoch].ValidationLoss!.Value.ShouldBe(expected.Epochs[epoch].ValidationLoss!.Value, 1e-14);
                result.Epochs[epoch].Validation!.Rmse!.Value.ShouldBe(expected.Epochs[epoch].Validation!.Rmse!.Value, 1e-14);
                result.Epochs[epoch].SkippedValidation.ShouldBe(1);
                result.Epochs[epoch].Validation!.Count.ShouldBe(29);
                result.Epochs[epoch].LearningRate.ShouldBe(0.1);
            }

            model.Parameters.ToArray().ShouldBe(other.Parameters.ToArray());
            recorder.Validations.Select(v => v.Epoch).ShouldBe([1, 2, 3, 4, 5]);
            recorder.Validations.ShouldAllBe(v => v.Message.Contains("sequence 13 (from 0) of validation"));
            result.Epochs[0].ToString().ShouldContain("1 validation sequence left out");
        }

        // Nothing but bad data: more failures in a row than are allowed.
        Should.Throw<NonFiniteException>(() => Fit(new(), train, Data(30, (inputs, _) => Array.Fill(inputs, double.NaN)), new FitOptions { NonFinite = NonFinitePolicy.SkipBatch(limit: 3) }));
    }

    [Fact]
    public void AStreamsBadWindowIsLeftOutAndTheOthersCarryOn()
    {
        // Three streams of four windows; the second window of the stream in the middle is bad, and its third continues from the state after the first.
        SequenceDataset<double, double> train = Data(12), bad = Data(12, (inputs, _) => inputs[((3 * 1) + 1) * 6] = double.NaN).WithStreams(3);
        TrainingResult result = Fit(new(), train.WithStreams(3), bad, new FitOptions { Epochs = 1, CarryState = true, Optimizer = new Sgd(0.1), Metrics = true, NonFinite = NonFinitePolicy.SkipBatch() });
        double sum = 0;
        LoopModel model = new();
        Fit(model, train.WithStreams(3), null, new FitOptions { Epochs = 1, CarryState = true, Optimizer = new Sgd(0.1) });
        foreach (int[] windows in (int[][])[[0, 3, 6, 9], [1, 7, 10], [2, 5, 8, 11]])
        {
            BatchState<double> state = model.CreateBatchState(1);
            sum += windows.Sum(i => model.ComputeLoss(bad.Input(i), bad.Target(i), 1, state));
        }

        result.Epochs[0].ValidationLoss!.Value.ShouldBe(sum / 11, 1e-14);
        (result.Epochs[0].SkippedValidation, result.Epochs[0].Validation!.Count).ShouldBe((1, 11));
    }

    [Fact]
    public void AnEpochThatSkippedStepsIsNeverTheBestWithoutValidation()
    {
        // Two steps an epoch, and a rate of zero. The second step has the large losses, and is skipped in the second epoch: what is left has the lowest loss.
        SequenceDataset<double, double> data = Data(8, (_, targets) => Array.Fill(targets, 10, 12, 12));
        SequenceSource<double, double> broken = data.Augment((draw, input, _) => input[0] = draw.Epoch == 2 && input[1] == 5 ? double.NaN : input[0]);
        FitOptions Options(double rate, int? patience) => new()
        {
            Epochs = 6, Shuffle = false, RestoreBest = true, Patience = patience, Optimizer = new Sgd(rate), NonFinite = NonFinitePolicy.SkipBatch(rateFactor: 1), Schedule = LearningRateSchedule.ReduceOnPlateau(0.5, patience: 2),
        };
        TrainingResult result = Fit(new(), broken, null, Options(0, null));
        result.Epochs.Select(e => e.SkippedSteps).ShouldBe([0, 1, 0, 0, 0, 0]);
        result.Epochs[1].TrainingLoss.ShouldBeLessThan(result.Epochs[0].TrainingLoss / 10);
        result.Epochs.Select(e => double.IsNaN(e.WatchedLoss)).ShouldBe([false, true, false, false, false, false]);
        result.Best.Epoch.ShouldBe(1);

        // The losses of whole epochs fall: the training does not stop, the rate is not lowered, and the last epoch is the best.
        result = Fit(new(), broken, null, Options(0.01, 3));
        (result.HasStoppedEarly, result.Best.Epoch, result.Epochs[^1].LearningRate).ShouldBe((false, 6, 0.01));

        // A validation is measured on all its sequences, so that its loss compares.
        result = Fit(new(), broken, Data(5, seed: 2), Options(0.01, null));
        result.Epochs.ShouldAllBe(e => e.WatchedLoss == e.ValidationLoss);
    }

    [Fact]
    public void AnEpochThatSkippedStepsIsNoMeasureOfAGoodOne()
    {
        // The first step has the large losses, and is skipped in the second and the fourth epoch. What is left of the second is no lowest loss, so that the third is good, and the training goes back to it.
        SequenceDataset<double, double> data = Data(8, (_, targets) => Array.Fill(targets, 10, 0, 12));
        SequenceSource<double, double> broken = data.Augment((draw, input, _) => input[0] = draw.Epoch is 2 or 4 && input[1] == 1 ? double.NaN : input[0]);
        Recorder recorder = new();
        List<double[]> before = [];
        LoopModel model = new();
        model = new() { OnStep = () => before.Add(model.Parameters.ToArray()) };
        Fit(model, broken, null, new FitOptions { Epochs = 5, Shuffle = false, Optimizer = new Sgd(0.001), NonFinite = NonFinitePolicy.RollBack(), Callbacks = [recorder] });
        recorder.Skipped.ShouldBe([3L, 7]);
        before[7].ShouldBe(before[6]);
        before[6].ShouldNotBe(before[4]);
    }

    [Fact]
    public void AValidationWithoutAFiniteLossIsNeverTheBest()
    {
        // The data is finite; it is a step of the third epoch that makes the loss infinite.
        SequenceDataset<double, double> train = Data(8), validation = Data(5, seed: 2);
        Recorder skipping = new(), rolling = new();
        TrainingResult result = Fit(new(), train, validation, new FitOptions
        {
            Epochs = 5, Optimizer = new Sgd(0.1), Metrics = true, NonFinite = NonFinitePolicy.SkipBatch(limit: 100), Schedule = new Spike(5, 1e200), Callbacks = [skipping],
        });
        result.Epochs.Select(e => e.ValidationLoss is double.NaN).ShouldBe([false, false, true, true, true]);
        result.Epochs.Skip(2).ShouldAllBe(e => e.Validation == null);
        result.Best.Epoch.ShouldBe(2);
        skipping.Validations.Select(v => v.Epoch).ShouldBe([3, 4, 5]);
        skipping.Validations.ShouldAllBe(v => v.Message.Contains("sequence 0 (from 0) of validation"));
        result = Fit(new(), train, validation, new FitOptions
        {
            Epochs = 5, Optimizer = new Sgd(0.1), Metrics = true, NonFinite = NonFinitePolicy.RollBack(), Schedule = new Spike(5, 1e200), Callbacks = [rolling],
        });
        result.Epochs.ShouldAllBe(e => double.IsFinite(e.ValidationLoss!.Value));
        rolling.Validations.ShouldBeEmpty();
    }

    [Fact]
    public void ARateThatIsNoNumberOfTheModelIsRefusedAtItsStep()
    {
        foreach (double factor in (double[])[double.NaN, -1, double.PositiveInfinity, 1e300])
        {
            Sgd optimizer = new(1e10);
            LoopModel model = new();
            ArgumentOutOfRangeException thrown = Should.Throw<ArgumentOutOfRangeException>(() => Fit(model, Data(8), null, new FitOptions { Optimizer = optimizer, BatchSize = 8, Schedule = new Spike(0, factor), NonFinite = NonFinitePolicy.SkipBatch() }));
            thrown.ParamName.ShouldBe("LearningRate");
            thrown.Message.ShouldContain("step 1");
            thrown.Message.ShouldContain(factor.ToString("R", CultureInfo.InvariantCulture));
            model.Parameters.ToArray().ShouldBe([0, 0]);
            (optimizer.StepCount, optimizer.LearningRate).ShouldBe((0, 1e10));
            model.Visited.ShouldBeEmpty();
        }
    }

    [Theory, InlineData(CheckpointFailure.Stop), InlineData(CheckpointFailure.Continue)]
    public void ACheckpointThatIsNotWorthWritingIsNotLeftOutInSilence(CheckpointFailure onFailure)
    {
        using TemporaryFolder folder = new();
        List<string> failures = [];
        LoopModel model = new();
        FitOptions options = new()
        {
            Epochs = 4, Optimizer = new Sgd(1e-5), NonFinite = NonFinitePolicy.SkipBatch(limit: 100),
            Checkpoint = new(folder.Path) { OnFailure = onFailure, Keep = 10 }, Callbacks = [new Failures(failures), new Recorder { Model = model, Ruined = 4 }],
        };

        SequenceDataset<double, double> huge = Data(8, (_, targets) => Array.Fill(targets, 1e10));
        if (onFailure == CheckpointFailure.Stop)
        {
            Should.Throw<CheckpointException>(() => Fit(model, huge, null, options)).Message.ShouldContain("a parameter is not finite");
            failures.ShouldBeEmpty();
        }
        else
        {
            Fit(model, huge, null, options);
            failures.ShouldNotBeEmpty();
            failures.ShouldAllBe(f => f.Contains("a parameter is not finite"));
        }
    }

    [Fact]
    public void ACheckpointWaitsWhereTheTrainingRollsBack()
    {
        // A callback makes the parameters infinite after the sixth step of ten, and the seventh finds that and goes back.
        SequenceDataset<double, double> huge = Data(40, (_, targets) => Array.Fill(targets, 1e10));
        (double[] Parameters, long[] Skipped) Run(string? folder, int? every, bool resume = false, CancellationToken token = default, Action<int>? onStep = null)
        {
            int step = 0;
            LoopModel model = new() { OnStep = () => onStep?.Invoke(++step) };
            Recorder recorder = new() { Model = model, Ruined = 6 };
            Fit(model, huge, null, new FitOptions
            {
                Epochs = 2, Optimizer = new Sgd(1e-5), NonFinite = NonFinitePolicy.RollBack(), Callbacks = [recorder],
                Checkpoint = folder is null ? null : new(folder) { EverySteps = every }, Resume = resume,
            }, token);
            return (model.Parameters.ToArray(), [.. recorder.Skipped]);
        }

        (double[] parameters, long[] skipped) = Run(null, null);
        skipped.ShouldBe([7L]);
        parameters.ShouldAllBe(p => double.IsFinite(p));
        for (int every = 1; every <= 7; every++)
        {
            using TemporaryFolder folder = new(), stopped = new();
            (double[] saved, long[] skippedSaved) = Run(folder.Path, every);
            saved.ShouldBe(parameters, $"saved every {every} steps");
            skippedSaved.ShouldBe(skipped);

            // Stopped after the eighth step, it resumes from the seventh or earlier.
            Should.Throw<InvalidDataException>(() => Run(stopped.Path, every, onStep: step => _ = step == 9 ? throw new InvalidDataException() : step));
            string newest = every switch { 1 or 2 or 4 => "8", 5 => "5", _ => "7" };
            string.Join(' ', Directory.GetFiles(stopped.Path).Select(Path.GetFileNameWithoutExtension).Order()).ShouldEndWith(newest, Case.Sensitive, $"saved every {every} steps");
            Run(stopped.Path, every, resume: true).Parameters.ShouldBe(parameters, $"saved every {every} steps and resumed");
        }
    }

    private sealed class Failures(List<string> messages) : TrainingCallback
    {
        public override void OnCheckpointFailed(CheckpointException exception) => messages.Add(exception.Message);
    }

    [Fact]
    public void CarriedStatesNeedStreamsThatFit()
    {
        double[] inputs = [.. Enumerable.Range(0, 240).Select(i => i % 2 == 0 ? Math.Sin(i) : 0)], targets = [.. Enumerable.Range(0, 120).Select(i => Math.Cos(i))];
        SequenceDataset<double, double> eight = SequenceDataset.FromStream(inputs, targets, 120, 3, 8), one = SequenceDataset.FromStream(inputs, targets, 120, 3, 1);
        (eight.Streams, one.Streams, eight.Slice(0, 16).Streams, eight.Slice(8, 32).Streams, eight.Slice(1, 8).Streams, eight.Slice(8, 9).Streams, eight.Select([0, 1]).Streams)
            .ShouldBe((8, 1, 8, 8, 0, 0, 0));
        eight.BucketByLength().Augment((_, _, _) => { }).Streams.ShouldBe(8);
        FitOptions Options(int? batchSize) => new() { Epochs = 2, BatchSize = batchSize, CarryState = true, Optimizer = new Sgd(0.05), Metrics = true };

        // The batch size is that of the streams, said or not; and another one is refused before anything was trained.
        LoopModel said = new(), unsaid = new(), refused = new();
        TrainingResult result = Fit(said, eight, one, Options(8));
        Fit(unsaid, eight, one, Options(null)).Epochs[^1].ValidationLoss.ShouldBe(result.Epochs[^1].ValidationLoss);
        said.Visited.ShouldAllBe(v => v.Length == 8);
        Should.Throw<ArgumentException>(() => Fit(refused, eight, null, Options(4))).Message.ShouldContain("BatchSize is 4, and train has 8 streams");
        Should.Throw<ArgumentException>(() => Fit(refused, eight.Select([0, 1, 2, 3]), null, Options(4))).Message.ShouldContain("train does not know its streams");
        ArgumentException unknown = Should.Throw<ArgumentException>(() => Fit(refused, eight, SequenceDataset.FromArrays(inputs, targets, 40), Options(8)));
        (unknown.ParamName, refused.Visited.Count).ShouldBe(("validation", 0));
        unknown.Message.ShouldContain("FromStream");
        Should.Throw<ArgumentOutOfRangeException>(() => eight.WithStreams(0));
        Should.Throw<ArgumentOutOfRangeException>(() => eight.WithStreams(41));

        // Validation, its measures and Evaluate say the same, which is the mean over the one long sequence.
        double h = 0, sum = 0, absolute = 0;
        for (int t = 0; t < 120; t++)
        {
            h = (h / 2) + inputs[2 * t];
            double error = (said.Parameters[0] * h) + said.Parameters[1] - targets[t];
            sum += error * error / 120;
            absolute += Math.Abs(error) / 120;
        }

        EpochResult last = result.Epochs[^1];
        last.ValidationLoss!.Value.ShouldBe(sum, 1e-14);
        last.Validation!.Loss.ShouldBe(sum, 1e-14);
        last.Validation.Mae!.Value.ShouldBe(absolute, 1e-14);
        Evaluate(said, one).ShouldBe(last.Validation);
        Evaluate(said, one, carryState: true).ShouldBe(last.Validation);
        Evaluate(said, one, carryState: false).Loss.ShouldNotBe(sum);
        Evaluate(said, SequenceDataset.FromArrays(inputs, targets, 40).WithStreams(1)).ShouldBe(last.Validation);
        Should.Throw<ArgumentException>(() => Evaluate(said, eight.Slice(1, 4), carryState: true)).ParamName.ShouldBe("data");
    }
}
