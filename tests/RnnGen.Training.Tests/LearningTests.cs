using Shouldly;
using Xunit;

namespace RnnGen.Training.Tests;

/// <summary>
/// Models learn tasks whose answers are known: measured on sequences that they have not seen, over three seeds of
/// parameters, data and order, against thresholds far from what chance or a constant answer reaches.
/// </summary>
public class LearningTests
{
    private const int Unseen = 1000;

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void An_LSTM_adds_two_marked_numbers(int seed)
    {
        AddingLstm model = new(seed);
        model.Fit(Tasks.Adding(2000, seed), null, Options(20, seed, 5e-3));
        model.Evaluate(Tasks.Adding(Unseen, seed + Unseen)).Loss.ShouldBeLessThan(0.02); // A constant answer: 1/6.
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void A_GRU_adds_two_marked_numbers(int seed)
    {
        AddingGru model = new(seed);
        model.Fit(Tasks.Adding(2000, seed), null, Options(20, seed, 5e-3));
        model.Evaluate(Tasks.Adding(Unseen, seed + Unseen)).Loss.ShouldBeLessThan(0.02); // A constant answer: 1/6.
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void A_GRU_remembers_the_first_symbol(int seed)
    {
        FirstSymbol model = new(seed);
        model.Fit(Tasks.FirstSymbols(1500, seed), null, Options(15, seed, 1e-2));
        Evaluation unseen = model.Evaluate(Tasks.FirstSymbols(Unseen, seed + Unseen));
        unseen.Accuracy!.Value.ShouldBeGreaterThan(0.99); // Chance: 1/8.

        SequenceDataset<float, int> one = Tasks.FirstSymbols(1, seed + 5);
        model.PredictClass(one.Input(0)).ShouldBe(one.Target(0)[0]);
        float[] probabilities = model.PredictProbabilities(one.Input(0));
        probabilities.Sum().ShouldBe(1, 1e-5f);
        probabilities[one.Target(0)[0]].ShouldBeGreaterThan(0.9f);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void An_embedding_and_a_GRU_remember_the_first_token(int seed)
    {
        FirstToken model = new(seed);
        model.Fit(Tasks.FirstTokens(2000, seed), null, Options(20, seed, 1e-2));
        model.Evaluate(Tasks.FirstTokens(Unseen, seed + Unseen)).Accuracy!.Value.ShouldBeGreaterThan(0.98); // Chance: 1/20.

        SequenceDataset<int, int> one = Tasks.FirstTokens(1, seed + 5);
        model.PredictClass(one.Input(0)).ShouldBe(one.Target(0)[0]);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void An_embedding_and_a_GRU_find_the_end_of_sequences_of_different_lengths(int seed)
    {
        LastButOne model = new(seed);
        model.Fit(Tasks.LastButOnes(2000, seed), null, Options(20, seed, 1e-2));
        model.Evaluate(Tasks.LastButOnes(Unseen, seed + Unseen)).Accuracy!.Value.ShouldBeGreaterThan(0.98); // Chance: 1/8.
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void An_LSTM_adds_up_for_as_long_as_each_sequence_lasts(int seed)
    {
        RunningSum model = new(seed);
        model.Fit(Tasks.RunningSums(1000, seed, float.NaN), null, Options(15, seed, 5e-3));
        Evaluation evaluation = model.Evaluate(Tasks.RunningSums(Unseen, seed + Unseen, float.NaN));
        evaluation.RSquared!.Value.ShouldBeGreaterThan(0.98);
        evaluation.Rmse!.Value.ShouldBeLessThan(0.08); // Always 0: about 0.6.
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void An_LSTM_keeps_a_running_parity(int seed)
    {
        RunningParity model = new(seed);
        model.Fit(Tasks.Parity(1500, seed), null, Options(30, seed, 1e-2));
        model.Evaluate(Tasks.Parity(Unseen, seed + Unseen)).Accuracy!.Value.ShouldBeGreaterThan(0.99); // Chance: 1/2.
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void A_plain_layer_echoes_with_a_delay(int seed)
    {
        DelayedEcho model = new(seed);
        model.Fit(Tasks.Echo(1000, seed), null, Options(15, seed, 5e-3));
        model.Evaluate(Tasks.Echo(Unseen, seed + Unseen)).RSquared!.Value.ShouldBeGreaterThan(0.97);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void A_GRU_forecasts_a_sine(int seed)
    {
        SineForecast model = new(seed);
        model.Fit(Tasks.Sines(500, seed), null, Options(15, seed, 5e-3));
        model.Evaluate(Tasks.Sines(Unseen, seed + Unseen)).Rmse!.Value.ShouldBeLessThan(0.05); // The last value again: about 0.21.
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Binary_cross_entropy_separates_two_levels(int seed)
    {
        AboveZero model = new(seed);
        model.Fit(Tasks.Levels(1000, seed), null, Options(10, seed, 5e-3));
        SequenceDataset<float, float> unseen = Tasks.Levels(Unseen, seed + Unseen);
        int right = Enumerable.Range(0, Unseen).Count(i => model.PredictProbabilities(unseen.Input(i))[0] > 0.5f == unseen.Target(i)[0] > 0.5f);
        right.ShouldBeGreaterThan(980); // Chance: 500.
        Evaluation evaluation = model.Evaluate(unseen);
        evaluation.Loss.ShouldBeLessThan(0.1); // Always ½: 0.69.
        evaluation.Accuracy.ShouldBe((double)right / Unseen);
        evaluation.F1!.Value.ShouldBeGreaterThan(0.98);
        evaluation.Mae.ShouldBeNull();
    }

    private static FitOptions Options(int epochs, int seed, double learningRate) => new()
    {
        Epochs = epochs,
        Seed = seed,
        Optimizer = new Adam(learningRate) { ClipNorm = 1 },
    };
}
