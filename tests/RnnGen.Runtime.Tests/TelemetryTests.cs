using System.Diagnostics.Metrics;
using RnnGen.Tests;
using RnnGen.Trainee;

namespace RnnGen.Runtime.Tests;

/// <summary>What models report on their meter, and that it costs neither memory nor a clock's reading where nobody listens.</summary>
[Collection(nameof(Alone))]
public sealed class TelemetryTests
{
    private const string Loss = "rnngen.training.loss", Steps = "rnngen.training.steps", Trained = "rnngen.training.sequences", Validation = "rnngen.validation.loss",
        Duration = "rnngen.prediction.duration", Predicted = "rnngen.prediction.sequences";

    private static readonly float[] s_inputs = [.. Enumerable.Range(0, 5 * 12).Select(i => MathF.Sin(i))], s_targets = [0.1f, 0.2f, 0.3f, 0.4f, 0.5f];

    [Fact]
    public void AStepReportsItsLossAndItsSequences()
    {
        using Heard heard = new();
        TraineeModel model = new(1);
        float loss = model.TrainStep(s_inputs, s_targets, 5, new Sgd(0.1));
        heard.Of(Loss).ShouldBe([loss]);
        heard.Of(Steps).ShouldBe([1]);
        heard.Of(Trained).ShouldBe([5]);
        heard.Models.ShouldBe([nameof(TraineeModel)]);
    }

    /// <summary>A loop of one's own may add up the gradients of several batches before an update.</summary>
    [Fact]
    public void GradientsAndUpdatesAreReportedApart()
    {
        using Heard heard = new();
        TraineeModel model = new(1);
        float[] gradients = new float[TraineeModel.ParameterCount];
        float[] losses = [model.ComputeGradients(s_inputs.AsSpan(0, 24), s_targets.AsSpan(0, 2), 2, gradients), model.ComputeGradients(s_inputs.AsSpan(24, 36), s_targets.AsSpan(2, 3), 3, gradients)];
        model.ComputeLoss(s_inputs, s_targets, 5);
        model.ApplyGradients(gradients, new Sgd(0.1));
        heard.Of(Loss).ShouldBe([losses[0], losses[1]]);
        heard.Of(Trained).ShouldBe([2, 3]);
        heard.Of(Steps).ShouldBe([1]);
    }

    [Fact]
    public void ABatchWithoutATargetReportsNothing()
    {
        using Heard heard = new();
        float.IsNaN(new MaskedModel(1).TrainStep([1, 2], [float.NaN], 1, new Sgd(0.1))).ShouldBeTrue();
        heard.All.ShouldBeEmpty();
    }

    /// <summary>A step is complete before anybody hears of it: one whose listener throws leaves what an undisturbed one leaves.</summary>
    [Theory]
    [InlineData(Loss)]
    [InlineData(Trained)]
    [InlineData(Steps)]
    public void AListenerThatThrowsLeavesAWholeStep(string instrument)
    {
        CarryingModel expected = new(1), model = new(1);
        double[] inputs = [.. s_inputs.Take(24).Select(i => (double)i)], targets = [.. Enumerable.Range(0, 16).Select(i => 0.1 * i)];
        BatchState<double> states = expected.CreateBatchState(2), state = model.CreateBatchState(2);
        expected.TrainStep(inputs, targets, 2, new Sgd(0.1), states);
        using (MeterListener listener = new())
        {
            listener.InstrumentPublished = (published, to) =>
            {
                if (published.Meter.Name == ModelMeter.Name && published.Name == instrument)
                {
                    to.EnableMeasurementEvents(published);
                }
            };
            listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new TimeoutException());
            listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new TimeoutException());
            listener.Start();
            Should.Throw<TimeoutException>(() => model.TrainStep(inputs, targets, 2, new Sgd(0.1), state));
        }

        model.Parameters.SequenceEqual(expected.Parameters).ShouldBeTrue();
        model.TrainStep(inputs, targets, 2, new Sgd(0.1), state).ShouldBe(expected.TrainStep(inputs, targets, 2, new Sgd(0.1), states));
    }

    /// <summary>What Fit and Evaluate predict is part of them, and no request that was served.</summary>
    [Fact]
    public void AFitReportsEachStepAndEachValidation()
    {
        using Heard heard = new();
        SequenceDataset<float, float> data = SequenceDataset.FromArrays(s_inputs, s_targets, 5);
        TraineeModel model = new(1);
        TrainingResult result = model.Fit(data, data, new FitOptions { Epochs = 3, BatchSize = 2 });
        heard.Of(Steps).Count.ShouldBe(9);
        heard.Of(Trained).Sum().ShouldBe(15);
        heard.Of(Loss).Count.ShouldBe(9);
        heard.Of(Validation).ShouldBe(result.Epochs.Select(e => e.ValidationLoss!.Value));
        model.Evaluate(data);
        heard.Of(Duration).ShouldBeEmpty();
        heard.Of(Predicted).ShouldBeEmpty();
        model.PredictBatch(s_inputs, new float[5], 5);
        heard.Of(Predicted).ShouldBe([5]);
    }

    [Fact]
    public void EveryCallThatPredictsIsReportedOnce()
    {
        TraineeModel plain = new(1);
        CarryingModel carrying = new(1);
        TokenModel tokens = new(1);
        YesOrNoModel probable = new(1);
        SamplingModel decoding = new(1);
        BatchState<double> state = carrying.CreateBatchState(2);
        (string Model, int Sequences, Action Call)[] calls =
        [
            (nameof(TraineeModel), 1, () => plain.Predict(s_inputs.AsSpan(0, 12), new float[1])),
            (nameof(TraineeModel), 1, () => plain.Predict(s_inputs[..12])),
            (nameof(TraineeModel), 5, () => plain.PredictBatch(s_inputs, new float[5], 5)),
            (nameof(CarryingModel), 2, () => carrying.PredictBatch(new double[24], new double[16], 2, state)),
            (nameof(TokenModel), 1, () => tokens.PredictClasses([1, 2, 3, 4], new int[4])),
            (nameof(TokenModel), 1, () => tokens.PredictProbabilities([1, 2, 3, 4], new float[20])),
            (nameof(YesOrNoModel), 1, () => probable.PredictProbabilities(new float[6], new float[6])),
            (nameof(SamplingModel), 1, () => decoding.Predict([1, 2, 3, 4])),
            (nameof(SamplingModel), 1, () => decoding.Generate([1, 2, 3, 4], new int[3])),
        ];
        foreach ((string model, int sequences, Action call) in calls)
        {
            using Heard heard = new();
            call();
            heard.Of(Duration).Count.ShouldBe(1);
            heard.Of(Duration)[0].ShouldBeInRange(0, 10, "seconds");
            heard.Of(Predicted).ShouldBe([sequences]);
            heard.Models.ShouldBe([model]);
        }
    }

    [Fact]
    public void ACallThatThrowsAndAStepOfAStateReportNothing()
    {
        CarryingModel carrying = new(1);
        using Heard heard = new();
        carrying.CreateState().Step(new double[3], new double[2]);
        Should.Throw<ArgumentException>(() => carrying.Predict(new double[5], new double[8]));
        Should.Throw<NonFiniteException>(() => carrying.TrainStep([double.NaN, .. new double[11]], new double[8], 1, new Sgd(0.1)));
        heard.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NothingIsAllocatedWhoeverListens(bool isHeard)
    {
        using Counting? counting = isHeard ? new() : null;
        TraineeModel model = new(1);
        CarryingModel carrying = new(1);
        CarryingModel.State state = carrying.CreateState();
        Adam adam = new();
        double[] x = new double[3], y = new double[2];
        float[] output = new float[5];
        Allocations.Of(() => model.Predict(s_inputs.AsSpan(0, 12), output.AsSpan(0, 1))).ShouldBe(0);
        Allocations.Of(() => model.PredictBatch(s_inputs, output, 5)).ShouldBe(0);
        Allocations.Of(() => state.Step(x, y)).ShouldBe(0);
        Allocations.Of(() => model.TrainStep(s_inputs, s_targets, 5, adam)).ShouldBe(0);
        (counting?.Measurements > 0).ShouldBe(isHeard);
    }

    /// <summary>The page for servers names every instrument that there is.</summary>
    [Fact]
    public void TheHowToNamesEveryInstrument()
    {
        new TraineeModel(1).Predict(s_inputs[..12]);
        using Heard heard = new();
        heard.Instruments.Order().ShouldBe(new[] { Loss, Steps, Trained, Validation, Duration, Predicted }.Order());
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "how-to", "serve.md"));
        heard.Instruments.ShouldAllBe(name => page.Contains($"`{name}`"));
    }

    /// <summary>Hears all that models report.</summary>
    private sealed class Heard : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<(string Name, double Value, string Model)> _all = [];

        public Heard()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == ModelMeter.Name)
                {
                    Instruments.Add(instrument.Name);
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
            _listener.Start();
        }

        public List<string> Instruments { get; } = [];

        public IReadOnlyList<(string Name, double Value, string Model)> All => _all;

        public IEnumerable<string> Models => _all.Select(m => m.Model).Distinct();

        public IReadOnlyList<double> Of(string name) => [.. _all.Where(m => m.Name == name).Select(m => m.Value)];

        public void Dispose() => _listener.Dispose();

        private void Add(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            tags.Length.ShouldBe(1);
            tags[0].Key.ShouldBe("rnngen.model.name");
            lock (_all)
            {
                _all.Add((name, value, (string)tags[0].Value!));
            }
        }
    }

    /// <summary>Counts what models report, without memory of its own.</summary>
    private sealed class Counting : IDisposable
    {
        private readonly MeterListener _listener = new();

        public Counting()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == ModelMeter.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Measurements++);
            _listener.SetMeasurementEventCallback<long>((_, _, _, _) => Measurements++);
            _listener.Start();
        }

        public int Measurements { get; private set; }

        public void Dispose() => _listener.Dispose();
    }
}
