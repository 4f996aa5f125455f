using System.Numerics;
using System.Runtime.InteropServices;
using RnnGen.TestModels;
using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Weights of sequences and of output steps: the loss is Σ w ℓ / Σ w over the terms that count, by what each sequence and each step has alone; its gradient matches the stencil; weights of 1 leave every bit.
/// </summary>
[Collection(nameof(Alone))]
public class WeightTests
{
    private static readonly float[] s_weights = [2, 0.25f, 0, 1, 3, 0, 0.7f, 1e-3f, 40];

    public static TheoryData<string> Models => DeclaredModels.Ordinary;

    public static TheoryData<string> Pairs => DeclaredModels.Pairs;

    [Theory, MemberData(nameof(Models))]
    public void Weights_of_one_are_no_weights(string model) => DeclaredModels.Run(model, new OnesCheck());

    [Theory, MemberData(nameof(Models))]
    public void The_loss_is_the_weighted_mean_of_each_sequence_alone(string model) => DeclaredModels.Run(model, new AloneCheck());

    [Theory, MemberData(nameof(Models))]
    public void The_loss_is_the_weighted_mean_of_each_step_alone(string model) => DeclaredModels.Run(model, new StepCheck());

    [Theory, MemberData(nameof(Pairs))]
    public void Gradients_match_a_five_point_stencil(string model) => DeclaredModels.Run(model, new StencilCheck());

    /// <summary>The weights' size does not matter, from the smallest float to the largest.</summary>
    [Theory]
    [InlineData(float.Epsilon)]
    [InlineData(1e-30f)]
    [InlineData(1e30f)]
    [InlineData(float.MaxValue)]
    public void Only_their_ratio_counts(float scale)
    {
        GruEachMaeFloat model = new(1);
        var sample = Sample<float, float>.Draw<GruEachMaeFloat>(5);
        float[] gradients = new float[GruEachMaeFloat.ParameterCount], expected = new float[GruEachMaeFloat.ParameterCount];
        float[] scaled = [scale, 0, scale, scale, scale];
        float loss = model.ComputeGradients(Batch(sample, [1, 0, 1, 1, 1]), expected);
        float.IsFinite(loss).ShouldBeTrue();
        model.ComputeGradients(Batch(sample, scaled), gradients).ShouldBe(loss, 1e-6f);
        gradients.ShouldBeNear(Array.ConvertAll(expected, g => (double)g), GruEachMaeFloat.Layout, 1e-5, $"weights of {scale}");
    }

    /// <summary>A target without a weight is one that is missing, also beside lengths and missing targets.</summary>
    [Fact]
    public void A_weight_of_0_is_a_missing_target()
    {
        Check<MaskedClasses, int>(i => i * 7 % 5 - 1, -1, 4);
        Check<MaskedNumbers, double>(i => i % 4 == 0 ? double.NaN : Math.Sin(i), double.NaN, 4);
        Check<MaskedLabels, double>(i => i % 5 == 0 ? double.NaN : i % 2, double.NaN, 5);

        static void Check<TModel, TTarget>(Func<int, TTarget> target, TTarget missing, int every)
            where TModel : IRnnModel<TModel, double, double, TTarget>
            where TTarget : unmanaged
        {
            const int count = 7;
            ModelLayout layout = TModel.Layout;
            TModel model = TModel.Create(1);
            int step = layout.TargetLength / layout.OutputSteps;
            double[] inputs = [.. Enumerable.Range(0, count * layout.InputLength).Select(i => Math.Cos(i))];
            TTarget[] targets = [.. Enumerable.Range(0, count * layout.TargetLength).Select(target)], masked = [.. targets];
            int[] lengths = [5, 2, 4, 5, 1, 3, 5];
            float[] weights = [.. Enumerable.Range(0, count * layout.OutputSteps).Select(i => i % every == 1 ? 0f : 1f)];
            for (int i = 0; i < weights.Length; i++)
                if (weights[i] == 0)
                    masked.AsSpan(i * step, step).Fill(missing);
            double[] weighted = new double[layout.ParameterCount], expected = new double[layout.ParameterCount];
            double loss = model.ComputeGradients(inputs, masked, count, expected, lengths);
            TrainingBatch<double, TTarget> batch = new() { Inputs = inputs, Targets = targets, Count = count, Lengths = lengths, Weights = weights };
            model.ComputeGradients(batch, weighted).ShouldBe(loss, 1e-14);
            model.ComputeLoss(batch).ShouldBe(loss, 1e-14);
            weighted.ShouldBeNear(expected, layout, 1e-13, "masked");
        }
    }

    /// <summary>In a causal model, steps without a weight at the end are steps beyond the length.</summary>
    [Fact]
    public void Weights_of_the_first_steps_are_lengths()
    {
        StackEachCrossentropy model = new(1);
        ModelLayout layout = StackEachCrossentropy.Layout;
        const int count = 5;
        var sample = Sample<double, int>.Draw<StackEachCrossentropy>(count);
        int[] lengths = [.. Enumerable.Range(0, count).Select(i => 1 + i * 3 % layout.SequenceLength)];
        float[] weights = [.. Enumerable.Range(0, count * layout.OutputSteps).Select(i => i % layout.OutputSteps < lengths[i / layout.OutputSteps] ? 1f : 0f)];
        double[] gradients = new double[layout.ParameterCount], expected = new double[layout.ParameterCount];
        double loss = model.ComputeGradients(sample.Inputs, sample.Targets, count, expected, lengths);
        model.ComputeGradients(Batch(sample, weights), gradients).ShouldBe(loss, 1e-13);
        gradients.ShouldBeNear(expected, layout, 1e-12, "lengths");
    }

    [Fact]
    public void Without_any_weight_there_is_no_loss_and_no_step()
    {
        GruEachMae model = new(1);
        Adam optimizer = new(1e-2) { WeightDecay = 0.1 };
        var sample = Sample<double, double>.Draw<GruEachMae>(4);
        model.TrainStep(Batch(sample, [1, 2, 3, 4]), optimizer);
        double[] parameters = model.Parameters.ToArray(), gradients = Golden.NotANumber<double>(GruEachMae.ParameterCount);
        model.ComputeLoss(Batch(sample, new float[4])).ShouldBe(double.NaN);
        model.ComputeGradients(Batch(sample, new float[4 * GruEachMae.SequenceLength]), gradients).ShouldBe(double.NaN);
        gradients.ShouldAllBe(g => g == 0);
        BatchState<double> state = model.CreateBatchState(4), expected = model.CreateBatchState(4);
        model.TrainStep(Batch(sample, new float[4], state: state), optimizer).ShouldBe(double.NaN);
        model.Parameters.ToArray().ShouldBe(parameters);
        optimizer.StepCount.ShouldBe(1);

        // The states are carried on all the same.
        model.ComputeLoss(sample.Inputs, sample.Targets, 4, expected);
        for (int i = 0; i < 4; i++)
            state[i].ToArray().ShouldBe(expected[i].ToArray());
    }

    /// <summary>A loss that is infinite counts as nothing without a weight.</summary>
    [Fact]
    public void A_weight_of_0_counts_nothing_whatever_the_loss_is()
    {
        GruEachMaeFloat model = new(1);
        var sample = Sample<float, float>.Draw<GruEachMaeFloat>(3);
        float[] gradients = new float[GruEachMaeFloat.ParameterCount];
        float loss = model.ComputeGradients(Batch(sample, [1, 0, 1]), gradients);
        sample.Targets.AsSpan(GruEachMaeFloat.Layout.TargetLength, GruEachMaeFloat.Layout.TargetLength).Fill(float.PositiveInfinity);
        model.ComputeGradients(Batch(sample, [1, 0, 1]), gradients).ShouldBe(loss);
        Should.Throw<NonFiniteException>(() => model.ComputeGradients(Batch(sample, [1, 1, 1]), gradients));
    }

    [Fact]
    public void Bad_weights_are_named()
    {
        GruEachMae model = new(1);
        const int steps = GruEachMae.SequenceLength;
        var sample = Sample<double, double>.Draw<GruEachMae>(2);
        double[] before = model.Parameters.ToArray();
        float[] negative = new float[2 * steps];
        negative[steps + 1] = -1e-30f;
        foreach ((float[] weights, string[] words) in ((float[], string[])[])
            [([1, -2], ["weights[1] is -2", "at least 0"]), ([float.NaN, 1], ["weights[0] is NaN"]), ([1, float.PositiveInfinity], ["weights[1] is Infinity"]), (negative, [$"weights[{steps + 1}] is -1E-30"]),
             ([1], ["hold 2", $"or {2 * steps}", "holds 1"]), (new float[3], ["holds 3"])])
        {
            foreach (Action action in (Action[])[
                () => model.TrainStep(Batch(sample, weights), new Sgd(1)),
                () => model.ComputeGradients(Batch(sample, weights), new double[GruEachMae.ParameterCount]),
                () => model.ComputeLoss(Batch(sample, weights))])
            {
                string message = Should.Throw<ArgumentException>(action).Message;
                foreach (string word in words)
                    message.ShouldContain(word);
            }
        }

        model.Parameters.ToArray().ShouldBe(before);
    }

    [Fact]
    public void A_state_of_another_model_is_named()
    {
        var sample = Sample<double, double>.Draw<GruEachMae>(2);
        Should.Throw<ArgumentException>(() => new GruEachMae(1).ComputeLoss(Batch(sample, [], state: new GruEachMaeFloat(1).CreateBatchState(2)))).Message.ShouldContain("another number type");
        Should.Throw<ArgumentException>(() => new GruEachMae(1).ComputeLoss(Batch(sample, [], state: new GruEachMae(1).CreateBatchState(1)))).Message.ShouldContain("CreateBatchState(2)");
        Should.Throw<ArgumentException>(() => new Labelling(1).ComputeLoss(new() { Inputs = new double[27], Targets = [1, 0, 0, 0], Count = 1, State = new BatchState<double>(1, 8) })).Message
            .ShouldContain("do not set State");
    }

    /// <summary>CTC's loss is that of a whole sequence.</summary>
    [Fact]
    public void Labels_have_one_weight_for_each_sequence()
    {
        const int count = 13;
        Labelling model = new(3);
        Random random = new(1);
        double[] inputs = [.. Enumerable.Range(0, count * 27).Select(_ => 4 * random.NextDouble() - 2)];
        int[] targets = [.. Enumerable.Range(0, count).SelectMany(i => (int[])[1 + i % 4, i % 3 == 0 ? 0 : 2, 0, 0])], lengths = [.. Enumerable.Range(0, count).Select(i => 4 + i % 6)];
        float[] weights = [.. Enumerable.Range(0, count).Select(i => s_weights[i % s_weights.Length])];
        double[] gradients = new double[Labelling.ParameterCount], expected = new double[gradients.Length], one = new double[gradients.Length];
        double sum = 0, whole = weights.Sum(w => (double)w);
        for (int i = 0; i < count; i++)
        {
            sum += weights[i] / whole * model.ComputeGradients(inputs.AsSpan(i * 27, 27), targets.AsSpan(i * 4, 4), 1, one, lengths.AsSpan(i, 1));
            for (int p = 0; p < one.Length; p++)
                expected[p] += weights[i] / whole * one[p];
        }

        TrainingBatch<double, int> batch = new() { Inputs = inputs, Targets = targets, Count = count, Lengths = lengths, Weights = weights };
        model.ComputeGradients(batch, gradients).ShouldBe(sum, 1e-13);
        model.ComputeLoss(batch).ShouldBe(sum, 1e-13);
        gradients.ShouldBeNear(expected, Labelling.Layout, 1e-12, "labels");
        model.Threads = 3;
        model.ComputeGradients(batch, one);
        one.ShouldBe(gradients);
        Should.Throw<ArgumentException>(() => model.ComputeLoss(new() { Inputs = inputs, Targets = targets, Count = count, Weights = new float[count * 9] })).Message.ShouldNotContain("output step");
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Weighted_steps_do_not_allocate(int threads)
    {
        const int count = 19;
        StackEachCrossentropyFloat model = new(1) { Threads = threads };
        var sample = Sample<float, int>.Draw<StackEachCrossentropyFloat>(count);
        float[] ofSequences = Weights(count), ofSteps = Weights(count * StackEachCrossentropyFloat.SequenceLength), gradients = new float[StackEachCrossentropyFloat.ParameterCount];
        BatchState<float> state = model.CreateBatchState(count);
        Adam adam = new(1e-3) { ClipNorm = 1 };
        foreach (float[] weights in (float[][])[ofSequences, ofSteps])
        {
            AllocationTests.ShouldNotAllocate(() => model.TrainStep(Batch(sample, weights), adam), "TrainStep");
            AllocationTests.ShouldNotAllocate(() => model.TrainStep(Batch(sample, weights, state: state), adam), "TrainStep with states");
            AllocationTests.ShouldNotAllocate(() => model.ComputeGradients(Batch(sample, weights), gradients), "ComputeGradients");
            AllocationTests.ShouldNotAllocate(() => model.ComputeLoss(Batch(sample, weights)), "ComputeLoss");
        }
    }

    private static float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(i => s_weights[i * 5 % s_weights.Length])];

    private static TrainingBatch<TNumber, TTarget> Batch<TNumber, TTarget>(Sample<TNumber, TTarget> sample, float[] weights, int[]? lengths = null, BatchState? state = null)
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget> =>
        new() { Inputs = sample.Inputs, Targets = sample.Targets, Count = sample.Count, Weights = weights, Lengths = lengths, State = state };

    private static int[] Lengths(int count, int steps) => [.. Enumerable.Range(0, count).Select(i => 1 + (((i * 7) + 3) % steps))];

    // Steps with a loss of each sequence.
    private static double[] Live<TModel, TNumber, TTarget>(Sample<TNumber, TTarget> sample, int[] lengths)
        where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        ModelLayout layout = TModel.Layout;
        return layout.EndToken >= 0 ? sample.Weights<TModel>() : [.. lengths.Select(length => layout.IsDecoded || layout.OutputSteps == 1 ? layout.OutputSteps : (double)length)];
    }

    private sealed class OnesCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            ModelLayout layout = TModel.Layout;
            int count = layout.BatchSize + 3;
            var sample = Sample<TNumber, TTarget>.Draw<TModel>(count);
            int[] lengths = Lengths(count, layout.SequenceLength);
            float[] ones = new float[count], everywhere = new float[count * layout.OutputSteps];
            ones.AsSpan().Fill(1);
            everywhere.AsSpan().Fill(1);
            foreach (VectorWidth width in Members.Widths.Where(w => w <= VectorWidths.Widest))
            {
                TModel model = Sample.Model<TModel, TNumber, TTarget>().With(width);
                (byte[] Gradients, TNumber Trained, TNumber Measured) expected = Of([]);
                foreach (float[] weights in (float[][])[ones, everywhere])
                    foreach (int threads in (int[])[1, 3])
                    {
                        model.With(threads: threads);
                        (byte[] Gradients, TNumber Trained, TNumber Measured) found = Of(weights);
                        found.Gradients.ShouldBe(expected.Gradients, $"{width}, {threads} threads");
                        found.Trained.ShouldBe(expected.Trained);
                        found.Measured.ShouldBe(expected.Measured);
                    }

                (byte[], TNumber, TNumber) Of(float[] weights)
                {
                    TNumber[] gradients = Golden.NotANumber<TNumber>(layout.ParameterCount);
                    TNumber loss = model.ComputeGradients(Batch(sample, weights, lengths), gradients);
                    return (MemoryMarshal.AsBytes<TNumber>(gradients).ToArray(), loss, model.ComputeLoss(Batch(sample, weights, lengths)));
                }
            }
        }
    }

    private sealed class AloneCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            ModelLayout layout = TModel.Layout;
            int count = layout.BatchSize + 3;
            double tolerance = typeof(TNumber) == typeof(double) ? 1e-12 : 1e-5;
            var sample = Sample<TNumber, TTarget>.Draw<TModel>(count);
            TModel model = Sample.Model<TModel, TNumber, TTarget>();
            int[] lengths = Lengths(count, layout.SequenceLength);
            float[] weights = Weights(count);
            double[] live = Live<TModel, TNumber, TTarget>(sample, lengths), expected = new double[layout.ParameterCount];
            double sum = live.Zip(weights, (n, w) => n * w).Sum(), loss = 0;
            for (int i = 0; i < count; i++)
            {
                TNumber[] one = new TNumber[layout.ParameterCount];
                Sample<TNumber, TTarget> alone = sample.Slice(i, 1);
                double share = live[i] * weights[i] / sum;
                loss += share * double.CreateChecked(model.ComputeGradients(alone.Inputs, alone.Targets, 1, one, lengths.AsSpan(i, 1)));
                for (int p = 0; p < one.Length; p++)
                    expected[p] += share * double.CreateChecked(one[p]);
            }

            TNumber[] gradients = Golden.NotANumber<TNumber>(layout.ParameterCount), again = Golden.NotANumber<TNumber>(layout.ParameterCount);
            double.CreateChecked(model.ComputeGradients(Batch(sample, weights, lengths), gradients)).ShouldBe(loss, tolerance);
            double.CreateChecked(model.ComputeLoss(Batch(sample, weights, lengths))).ShouldBe(loss, tolerance);
            double norm = Math.Sqrt(expected.Sum(g => g * g));
            Golden.Distance<TNumber>(gradients, expected).ShouldBeLessThanOrEqualTo(10 * tolerance * norm);

            // The same weight at each step of a sequence is the sequence's.
            float[] ofSteps = [.. weights.SelectMany(w => Enumerable.Repeat(w, layout.OutputSteps))];
            foreach (int threads in (int[])[2, 3])
            {
                model.With(threads: threads).ComputeGradients(Batch(sample, ofSteps, lengths), again);
                again.ShouldBe(gradients, $"{threads} threads");
            }
        }
    }

    private sealed class StepCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            ModelLayout layout = TModel.Layout;
            if (layout.OutputSteps == 1)
                return;

            const int count = 3;
            double tolerance = typeof(TNumber) == typeof(double) ? 1e-12 : 1e-5;
            var sample = Sample<TNumber, TTarget>.Draw<TModel>(count);
            TModel model = Sample.Model<TModel, TNumber, TTarget>();
            int[] lengths = [layout.SequenceLength, 1, (layout.SequenceLength + 1) / 2];
            double[] live = Live<TModel, TNumber, TTarget>(sample, lengths), expected = new double[layout.ParameterCount];
            float[] weights = Weights(count * layout.OutputSteps);
            TNumber[] one = new TNumber[layout.ParameterCount], gradients = Golden.NotANumber<TNumber>(layout.ParameterCount);
            double sum = 0, loss = 0;
            for (int i = 0; i < count; i++)
            {
                double together = 0;
                for (int t = 0; t < layout.OutputSteps; t++)
                {
                    float[] single = new float[weights.Length];
                    single[i * layout.OutputSteps + t] = 1;
                    double own = double.CreateChecked(model.ComputeGradients(Batch(sample, single, lengths), one));
                    if (t >= live[i])
                    {
                        own.ShouldBe(double.NaN, $"step {t} of sequence {i}");
                        continue;
                    }

                    together += own;
                    double weight = weights[i * layout.OutputSteps + t];
                    sum += weight;
                    loss += weight * own;
                    for (int p = 0; p < one.Length; p++)
                        expected[p] += weight * double.CreateChecked(one[p]);
                    CheckPlace(i, t, single, own);
                }

                Sample<TNumber, TTarget> alone = sample.Slice(i, 1);
                double.CreateChecked(model.ComputeLoss(alone.Inputs, alone.Targets, 1, lengths.AsSpan(i, 1))).ShouldBe(together / live[i], tolerance);
            }

            sum.ShouldBeGreaterThan(0);
            double.CreateChecked(model.ComputeGradients(Batch(sample, weights, lengths), gradients)).ShouldBe(loss / sum, tolerance);
            double norm = Math.Sqrt(expected.Sum(g => g * g));
            Golden.Distance<TNumber>(gradients, [.. expected.Select(g => g / sum)]).ShouldBeLessThanOrEqualTo(10 * tolerance * norm / sum);

            // The step's own target is in its loss, and so is none after it.
            void CheckPlace(int i, int t, float[] single, double own)
            {
                int length = layout.TargetLength / layout.OutputSteps, first = i * layout.TargetLength + t * length;
                Sample<TNumber, TTarget> other = sample with { Targets = [.. sample.Targets] };
                for (int n = first; n < first + length; n++)
                    other.Targets[n] = layout.ClassCount > 0 ? TTarget.CreateChecked((int.CreateChecked(other.Targets[n]) + 1) % layout.ClassCount) : layout.AreCounts ? TTarget.One + other.Targets[n] : TTarget.One - other.Targets[n];
                double.CreateChecked(model.ComputeLoss(Batch(other, single, lengths))).ShouldNotBe(own, $"step {t} of sequence {i}");
                if (t + 1 < live[i] && layout.EndToken < 0)
                {
                    other = sample with { Targets = [.. sample.Targets] };
                    other.Targets.AsSpan(first + length, length).Fill(TTarget.One);
                    double.CreateChecked(model.ComputeLoss(Batch(other, single, lengths))).ShouldBe(own, $"step {t} of sequence {i}, and the target after it");
                }
            }
        }
    }

    private sealed class StencilCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            ModelLayout layout = TModel.Layout;
            TModel model = Sample.Model<TModel, TNumber, TTarget>(), probe = TModel.Create(0);
            int count = layout.BatchSize + 1;
            var sample = Sample<TNumber, TTarget>.Draw<TModel>(count, seed: 100 + count);
            int[] lengths = Lengths(count, layout.SequenceLength);
            float[] weights = Weights(count * layout.OutputSteps);
            TNumber[] gradients = Golden.NotANumber<TNumber>(layout.ParameterCount), shifted = model.Parameters.ToArray();
            TNumber loss = model.ComputeGradients(Batch(sample, weights, lengths), gradients);
            loss.ShouldBe(model.ComputeLoss(Batch(sample, weights, lengths)));
            foreach (ParameterInfo p in layout.Parameters.Where(p => !p.IsFrozen))
            {
                double Loss(double[] direction, double step)
                {
                    for (int i = 0; i < p.Length; i++)
                        shifted[p.Offset + i] = model.Parameters[p.Offset + i] + TNumber.CreateChecked(step * direction[i]);
                    probe.SetParameters(shifted);
                    return double.CreateChecked(probe.ComputeLoss(Batch(sample, weights, lengths)));
                }

                new Stencil(Loss, Layers.HasKinks<TModel>()).CheckDirections(
                    [.. gradients.AsSpan(p.Offset, p.Length).ToArray().Select(double.CreateChecked)], $"{layout.ModelName}, {p.Name}");
                Loss(new double[p.Length], 0);
            }
        }
    }
}
