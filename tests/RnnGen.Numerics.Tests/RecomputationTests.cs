using System.Runtime.InteropServices;
using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Training that keeps some states only computes what training that keeps all does, in less memory.</summary>
public class RecomputationTests
{
    private const int Count = 7;

    private static readonly int[] s_lengths = [12, 2, 4, 7, 1, 3, 11];

    private static T[] Draw<T>(int count, int below, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => typeof(T) == typeof(int) ? (T)(object)random.Next(below) : typeof(T) == typeof(float) ? (T)(object)(2 * random.NextSingle() - 1) : (T)(object)(2 * random.NextDouble() - 1))];
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, true)]
    public void Losses_and_gradients_are_those_of_a_twin_that_keeps_everything(int threads, bool haveLengths)
    {
        Check<RecomputedSteps, RecomputedStepsTwin, double, double>(threads, haveLengths);
        Check<RecomputedEnd, RecomputedEndTwin, double, int>(threads, haveLengths);
        Check<ConvolvedWindows, ConvolvedWindowsTwin, double, double>(threads, haveLengths);
        Check<RecomputedTokens, RecomputedTokensTwin, int, int>(threads, haveLengths);
    }

    private static void Check<TModel, TTwin, TInput, TTarget>(int threads, bool haveLengths)
        where TModel : IRnnModel<TModel, double, TInput, TTarget>
        where TTwin : IRnnModel<TTwin, double, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ModelLayout layout = TModel.Layout;
        int[] lengths = haveLengths ? s_lengths : [];
        TInput[] inputs = Draw<TInput>(Count * layout.InputLength, layout.VocabularySize, 1);
        TTarget[] targets = Draw<TTarget>(Count * layout.TargetLength, layout.ClassCount, 2);
        TTwin twin = TTwin.Create(1);
        TModel model = TModel.Create(0).With(threads: threads);
        Random random = new(5);
        model.SetParameters([.. twin.Parameters.ToArray().Select(p => p + 0.1 * random.NextDouble())]);
        twin.SetParameters(model.Parameters);
        double[] expected = new double[layout.ParameterCount], gradients = Golden.NotANumber<double>(layout.ParameterCount);
        model.ComputeLoss(inputs, targets, Count, lengths).ShouldBe(twin.ComputeLoss(inputs, targets, Count, lengths), 1e-14);

        // Twice: nothing is left of the step before.
        for (int step = 0; step < 2; step++)
        {
            double loss = twin.ComputeGradients(inputs, targets, Count, expected, lengths);
            model.ComputeGradients(inputs, targets, Count, gradients, lengths).ShouldBe(loss, 1e-14);
            gradients.ShouldBeNear(expected, layout, 1e-12, $"{threads} threads, step {step}");
        }

        double[] outputs = new double[Count * layout.OutputLength], same = new double[outputs.Length];
        model.PredictBatch(inputs, outputs, Count, lengths);
        twin.PredictBatch(inputs, same, Count, lengths);
        outputs.ShouldBe(same);
    }

    [Fact]
    public void States_are_given_carried_and_differentiated_as_without()
    {
        RecomputedSteps model = new(1);
        RecomputedStepsTwin twin = new(0);
        twin.SetParameters(model.Parameters);
        BatchState<double> state = model.CreateBatchState(Count), expected = twin.CreateBatchState(Count);
        for (int i = 1; i < Count; i++)
        {
            double[] given = Draw<double>(state.Length, 0, i);
            state.Set(i, given);
            expected.Set(i, given);
        }

        double[] inputs = Draw<double>(Count * 24, 0, 1), targets = Draw<double>(Count * 24, 0, 2), gradients = new double[RecomputedSteps.ParameterCount], wanted = new double[gradients.Length];
        for (int window = 0; window < 2; window++)
        {
            double loss = twin.ComputeGradients(inputs, targets, Count, wanted, expected, s_lengths);
            model.ComputeGradients(inputs, targets, Count, gradients, state, s_lengths).ShouldBe(loss, 1e-14);
            gradients.ShouldBeNear(wanted, RecomputedSteps.Layout, 1e-12, $"window {window}");
            for (int i = 0; i < Count; i++)
            {
                Golden.Distance(state[i], expected[i].ToArray()).ShouldBeLessThan(1e-13);
                Golden.Distance(state.Gradient(i), expected.Gradient(i).ToArray()).ShouldBeLessThan(1e-13);
            }
        }
    }

    [Fact]
    public void Training_takes_a_part_of_the_memory_has_the_same_bits_with_any_threads_and_allocates_nothing()
    {
        (RecomputedLong.Layout.TrainingMemory / (double)RecomputedLongTwin.Layout.TrainingMemory).ShouldBeLessThan(0.2);
        float[] inputs = Draw<float>(40 * RecomputedLong.Layout.InputLength, 0, 1), targets = Draw<float>(40, 0, 2);
        byte[] Train(int threads)
        {
            RecomputedLong model = new(1) { Threads = threads };
            Adam adam = new(1e-3) { ClipNorm = 1 };
            model.TrainStep(inputs, targets, 40, adam);
            Allocations.Of(() => model.TrainStep(inputs, targets, 40, adam)).ShouldBe(0);
            return MemoryMarshal.AsBytes(model.Parameters).ToArray();
        }

        Train(2).ShouldBe(Train(1));
    }

    [Fact]
    public void What_is_not_finite_is_found_at_its_step()
    {
        RecomputedSteps steps = new(1);
        double[] inputs = Draw<double>(Count * 24, 0, 1), targets = Draw<double>(Count * 24, 0, 2), before = steps.Parameters.ToArray();
        inputs[3 * 24 + 7 * 2] = double.NaN;
        Should.Throw<NonFiniteException>(() => steps.TrainStep(inputs, targets, Count, new Sgd(0.1))).Message.ShouldContain("the input is not finite at time step 7, sequence 3");
        steps.Parameters.ToArray().ShouldBe(before);
        RecomputedEnd end = new(1);
        Should.Throw<NonFiniteException>(() => end.TrainStep(inputs, Draw<int>(Count, 3, 1), Count, new Sgd(0.1))).Message.ShouldContain("time step 7, sequence 3");
        inputs[3 * 24 + 7 * 2] = 0;
        targets[0] = double.PositiveInfinity;
        Should.Throw<NonFiniteException>(() => steps.TrainStep(inputs, targets, Count, new Sgd(0.1))).Message.ShouldContain("targets");
        targets[0] = 0;
        steps.TrainStep(inputs, targets, Count, new Sgd(0.1)).ShouldBeLessThan(10);
    }
}
