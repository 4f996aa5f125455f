using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Training.Tests;

/// <summary>Fit trains generated models: with validation, with its defaults, from any optimiser, and the same again from the same seeds.</summary>
public class FitTests
{
    public static TheoryData<string> Optimizers => [.. ShippedOptimizers.Names];

    [Fact]
    public void Fit_with_validation_improves_what_it_has_not_seen()
    {
        SineForecast model = new(1);
        SequenceDataset<float, float> validation = Tasks.Sines(200, 2);
        double before = model.Evaluate(validation).Loss;
        TrainingResult result = model.Fit(Tasks.Sines(300, 1), validation, new FitOptions { Epochs = 5 });

        result.Epochs.Select(e => e.Epoch).ShouldBe([1, 2, 3, 4, 5]);
        result.Epochs[^1].TrainingLoss.ShouldBeLessThan(result.Epochs[0].TrainingLoss);
        result.Epochs[^1].ValidationLoss!.Value.ShouldBe(model.Evaluate(validation).Loss, 1e-9);
        result.Best.ValidationLoss!.Value.ShouldBeLessThan(before / 2);
    }

    [Fact]
    public void The_defaults_learn()
    {
        DelayedEcho model = new(1);
        SequenceDataset<float, float> train = Tasks.Echo(500, 1);
        double before = model.Evaluate(train).Loss;
        model.Fit(train);
        model.Evaluate(train).Loss.ShouldBeLessThan(before / 2);
    }

    [Fact]
    public void Carried_state_remembers_what_came_before_the_window()
    {
        double Loss(bool carry) => new Switch(1).Fit(Tasks.Switches(16_000, 1), Tasks.Switches(16_000, 2), new FitOptions
        {
            Epochs = 8, CarryState = carry, BatchSize = 16, Optimizer = new Adam(1e-2) { ClipNorm = 1 },
        }).Epochs[^1].ValidationLoss!.Value;
        Loss(carry: true).ShouldBeLessThan(0.01);

        // A window of 8 has no turn in more than half of the cases.
        Loss(carry: false).ShouldBeGreaterThan(0.3);
    }

    [Fact]
    public void Validation_measures_and_Evaluate_carry_states_as_the_training_does()
    {
        Switch model = new(1);
        SequenceDataset<float, int> validation = Tasks.Switches(16_000, 2);
        EpochResult last = model.Fit(Tasks.Switches(16_000, 1), validation, new FitOptions
        {
            Epochs = 8, CarryState = true, Optimizer = new Adam(1e-2) { ClipNorm = 1 }, Metrics = true,
        }).Epochs[^1];
        last.ValidationLoss!.Value.ShouldBeLessThan(0.01);
        last.Validation!.Loss.ShouldBe(last.ValidationLoss.Value);
        last.Validation.Perplexity!.Value.ShouldBe(Math.Exp(last.ValidationLoss.Value), 1e-12);
        last.Validation.Accuracy!.Value.ShouldBeGreaterThan(0.99);
        model.Evaluate(validation).ShouldBe(last.Validation);
        model.Evaluate(validation, carryState: false).Accuracy!.Value.ShouldBeLessThan(0.9);
        Should.Throw<ArgumentException>(() => new Switch(1).Fit(validation, options: new FitOptions { CarryState = true, BatchSize = 4 })).Message.ShouldContain("16 streams");
    }

    [Fact]
    public void The_loss_of_a_decoder_is_said_to_be_teacher_forced_and_stands_beside_what_it_decodes()
    {
        SequenceForecaster model = new(1);
        Random random = new(2);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
        double[] inputs = Draw(20 * SequenceForecaster.Layout.InputLength), targets = Draw(20 * SequenceForecaster.Layout.TargetLength), decoded = new double[targets.Length];
        SequenceDataset<double, double> data = SequenceDataset.FromArrays(inputs, targets, 20);
        EpochResult epoch = model.Fit(data, data, new FitOptions { Epochs = 2, Patience = 1 }).Epochs[^1];
        epoch.ValidationLoss!.Value.ShouldBe(model.ComputeLoss(inputs, targets, 20), 1e-12);
        model.PredictBatch(inputs, decoded, 20);
        double rmse = Math.Sqrt(decoded.Zip(targets, (y, t) => (y - t) * (y - t)).Average());
        epoch.Validation!.LossIsTeacherForced.ShouldBeTrue();
        epoch.Validation.Rmse!.Value.ShouldBe(rmse, 1e-12);
        Math.Abs(rmse - Math.Sqrt(epoch.ValidationLoss.Value)).ShouldBeGreaterThan(1e-5);
        epoch.ToString().ShouldContain(FormattableString.Invariant($"validation {epoch.ValidationLoss:G5} (teacher-forced), decoded RMSE {rmse:G5}"));
        model.Evaluate(data).ToString().ShouldStartWith(FormattableString.Invariant($"20 sequences: loss {epoch.ValidationLoss:G5} (teacher-forced), decoded, MAE"));
    }

    [Fact]
    public void A_decoder_with_scheduled_sampling_is_watched_as_it_is_used()
    {
        SequenceForecaster model = new(1) { ScheduledSampling = 1 };
        Random random = new(2);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
        double[] inputs = Draw(20 * SequenceForecaster.Layout.InputLength), targets = Draw(20 * SequenceForecaster.Layout.TargetLength);
        SequenceDataset<double, double> data = SequenceDataset.FromArrays(inputs, targets, 20);
        TrainingResult result = model.Fit(data, data, new FitOptions { Epochs = 4, Patience = 4 });
        EpochResult epoch = result.Epochs[^1];
        epoch.FreeRunningLoss!.Value.ShouldBe(epoch.Validation!.Rmse!.Value * epoch.Validation.Rmse.Value, 1e-12);
        epoch.WatchedLoss.ShouldBe(epoch.FreeRunningLoss.Value);
        epoch.ValidationLoss!.Value.ShouldNotBe(epoch.FreeRunningLoss.Value);
        epoch.ToString().ShouldContain(FormattableString.Invariant($"validation {epoch.FreeRunningLoss:G5} (teacher-forced {epoch.ValidationLoss:G5}), decoded RMSE"));
        result.Best.ShouldBe(result.Epochs.MinBy(e => e.FreeRunningLoss));
        new SequenceForecaster(1).Fit(data, data, new FitOptions { Epochs = 1 }).Epochs[0].FreeRunningLoss.ShouldBeNull();
    }

    [Fact]
    public void A_model_that_reads_sequences_as_a_whole_carries_none() =>
        Should.Throw<ArgumentException>(() => new BidirectionalLstmFloat(1).Fit(
            SequenceDataset.FromArrays(new float[BidirectionalLstmFloat.Layout.InputLength], new float[BidirectionalLstmFloat.Layout.TargetLength], 1), options: new FitOptions { CarryState = true }))
            .Message.ShouldContain("as a whole");

    [Theory, MemberData(nameof(Optimizers))]
    public void Each_optimiser_reduces_the_loss(string name)
    {
        SineForecast model = new(1);
        SequenceDataset<float, float> unseen = Tasks.Sines(200, 2);
        double before = model.Evaluate(unseen).Loss;
        model.Fit(Tasks.Sines(500, 1), null, new FitOptions { Epochs = 5, Optimizer = ShippedOptimizers.Create(name) });
        model.Evaluate(unseen).Loss.ShouldBeLessThan(before / 100);
    }

    [Fact]
    public void The_same_seeds_train_to_the_same_bits_with_any_number_of_threads()
    {
        float[] Train(int seed, int threads)
        {
            SineForecast model = new(seed) { Threads = threads };
            model.Fit(Tasks.Sines(100, 1), null, new FitOptions { Epochs = 2, Seed = seed });
            return model.Parameters.ToArray();
        }

        float[] first = Train(4, 1);
        Train(4, 1).ShouldBe(first);
        Train(4, 2).ShouldBe(first);
        Train(5, 1).ShouldNotBe(first);
    }

    [Fact]
    public void What_stands_beyond_a_sequences_end_and_the_number_of_threads_do_not_change_a_bit()
    {
        float[] Train(float padding, int threads)
        {
            RunningSum model = new(3) { Threads = threads };
            TrainingResult result = model.Fit(Tasks.RunningSums(150, 1, padding), Tasks.RunningSums(50, 2, padding), new FitOptions { Epochs = 2 });
            return [.. model.Parameters, .. result.Epochs.Select(e => (float)e.TrainingLoss), .. result.Epochs.Select(e => (float)e.ValidationLoss!.Value)];
        }

        float[] first = Train(0, 1);
        first.ShouldAllBe(value => float.IsFinite(value));
        Train(float.NaN, 1).ShouldBe(first);
        Train(1e30f, 2).ShouldBe(first);
    }

    [Fact]
    public void A_saved_model_goes_on_as_the_original()
    {
        AddingLstm model = new(1);
        SequenceDataset<float, float> data = Tasks.Adding(200, 1);
        FitOptions Options() => new() { Epochs = 2, Optimizer = new Adam(1e-3) };
        model.Fit(data, null, Options());
        using MemoryStream file = new();
        model.Save(file);
        file.Position = 0;
        AddingLstm again = AddingLstm.Load(file);
        model.Fit(data, null, Options());
        again.Fit(data, null, Options());
        again.Parameters.ToArray().ShouldBe(model.Parameters.ToArray());
        again.Evaluate(data).ShouldBe(model.Evaluate(data));
    }

    [Fact]
    public void Cancelling_stops_between_steps_and_keeps_the_model()
    {
        AddingLstm model = new(1);
        float[] before = model.Parameters.ToArray();
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => model.Fit(Tasks.Adding(100, 1), null, null, cancelled.Token));
        model.Parameters.ToArray().ShouldBe(before);
    }
}
