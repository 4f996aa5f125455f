using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Decoders whose first layer reads what attention made of the step before: training sees what prediction does, beams report the attention of their steps. <see cref="GradientCheckTests"/> and
/// <see cref="GoldenArchitectureTests"/> hold their gradients against the stencil and PyTorch.
/// </summary>
[Collection(nameof(Alone))]
public class InputFeedingTests
{
    [Fact]
    public void A_decoder_reads_the_attention_of_the_step_before_in_training_as_in_prediction()
    {
        Check<FedForecaster>((model, inputs, targets, lengths) => model.ComputeFreeRunningLoss(inputs, targets, 7, lengths));
        Check<FedKnown>((model, inputs, targets, lengths) => model.ComputeFreeRunningLoss(inputs, targets, 7, lengths));
    }

    private delegate double FreeRunning<TModel>(TModel model, double[] inputs, double[] targets, int[] lengths);

    private static void Check<TModel>(FreeRunning<TModel> freeRunning) where TModel : IRnnModel<TModel, double, double, double>
    {
        TModel model = Sample.Model<TModel, double, double>();
        Sample<double, double> sample = Sample<double, double>.Draw<TModel>(7);
        foreach (int[] lengths in (int[][])[[], [4, 1, 3, 2, 4, 2, 1]])
        {
            double[] outputs = new double[7 * TModel.Layout.OutputLength];
            model.PredictBatch(sample.Inputs, outputs, 7, lengths);
            double expected = outputs.Zip(sample.Targets, (y, target) => (y - target) * (y - target)).Sum() / outputs.Length;
            freeRunning(model, sample.Inputs, sample.Targets, lengths).ShouldBe(expected, 1e-13);

            // Where the targets are what it predicts, what it is fed is too.
            model.ComputeLoss(sample.Inputs, outputs, 7, lengths).ShouldBe(0, 1e-25);
        }
    }

    [Fact]
    public void What_attention_made_of_a_step_counts_at_the_next()
    {
        // Its weights are those of the first layer behind what is fed.
        FedTranslator model = Large(1);
        ParameterInfo weights = FedTranslator.Layout.Parameters.Single(p => p.Name == "decoder.rnn.weight_ih_l0");
        weights.Shape.ShouldBe([27, 3 + 9]);
        double[] fed = new double[24], unfed = new double[24], parameters = model.Parameters.ToArray(), input = [];
        for (int seed = 1; fed[6] == 0; seed++)
        {
            input = Sample<double, int>.Draw<FedTranslator>(1, seed).Inputs;
            model.Predict(input, fed);
        }

        for (int row = 0; row < 27; row++)
            parameters.AsSpan(weights.Offset + row * 12 + 3, 9).Clear();
        model.SetParameters(parameters);
        model.Predict(input, unfed);
        unfed[..6].ShouldBe(fed[..6]);
        unfed[6..12].ShouldNotBe(fed[6..12]);
    }

    [Fact]
    public void Beams_find_the_best_sequence_and_report_its_attention()
    {
        const int Sequences = 40;
        FedTranslator model = Large(3);
        Sample<double, int> sample = Sample<double, int>.Draw<FedTranslator>(Sequences);
        int[] tokens = new int[4], greedy = new int[4], only = new int[4];
        double[] looked = new double[20], before = new double[20], alone = new double[20];
        int same = 0, other = 0;
        for (int i = 0; i < Sequences; i++)
        {
            double[] input = sample.Slice(i, 1).Inputs;
            int length = 2 + i % 4, steps = model.GenerateWithAttention(input.AsSpan(0, length * 3), greedy, before, length);
            model.GenerateWithAttention(input.AsSpan(0, length * 3), only, alone, new DecodingOptions { Beams = 1 }, length).ShouldBe(steps);
            alone.ShouldBe(before);
            int count = model.GenerateWithAttention(input.AsSpan(0, length * 3), tokens, looked, new DecodingOptions { Beams = 16, LengthPenalty = 0 }, length);
            Score(tokens[..count], input, length).ShouldBe(Enumerable.Range(0, 1296).Max(code => Score(Tokens(code), input, length)), 1e-12);

            // Attention is that of the tokens: where they begin as the most probable ones do, it does too.
            int common = 0;
            while (common < Math.Min(count, steps) && tokens[common] == greedy[common])
                common++;
            for (int t = 0; t < 4; t++)
            {
                double[] row = looked[(t * 5)..(t * 5 + 5)];
                row.Sum().ShouldBe(t < count ? 1 : 0, 1e-12);
                row[length..].ShouldAllBe(w => w == 0);
                if (t < Math.Min(common + 1, Math.Min(count, steps)))
                    Golden.ShouldBeNear<double>(row, before[(t * 5)..(t * 5 + 5)], 1e-14, $"{i}, {t}");
                else if (t < Math.Min(count, steps))
                    row.ShouldNotBe(before[(t * 5)..(t * 5 + 5)]);
            }

            same += count > 0 && common == count ? 1 : 0;
            other += common < Math.Min(count, steps) - 1 ? 1 : 0;
        }

        (same > 0 && other > 0).ShouldBeTrue($"{same}, {other}");

        double Score(int[] sequence, double[] input, int length)
        {
            int[] target = [.. sequence, .. Enumerable.Repeat(FedTranslator.EndToken, 4 - sequence.Length)];
            return -model.ComputeLoss(input, target, 1, [length]) * Math.Min(sequence.Length + 1, 4);
        }

        static int[] Tokens(int code)
        {
            int[] all = [code % 6, code / 6 % 6, code / 36 % 6, code / 216];
            int end = Array.IndexOf(all, FedTranslator.EndToken);
            return end < 0 ? all : all[..end];
        }
    }

    // With weights that leave each step a choice of its own.
    private static FedTranslator Large(int seed)
    {
        FedTranslator model = new(seed);
        model.SetParameters([.. model.Parameters.ToArray().Select(p => 3 * p)]);
        return model;
    }

    [Fact]
    public void Nothing_is_allocated_after_the_first_call()
    {
        FedTranslatorFloat model = new(1);
        Sample<float, int> sample = Sample<float, int>.Draw<FedTranslatorFloat>(5);
        float[] outputs = new float[5 * 24], looked = new float[20];
        int[] tokens = new int[4];
        Adam optimizer = new();
        DecodingOptions beams = new() { Beams = 5 };
        Allocations.Of(() => model.PredictBatch(sample.Inputs, outputs, 5)).ShouldBe(0);
        Allocations.Of(() => model.TrainStep(sample.Inputs, sample.Targets, 5, optimizer)).ShouldBe(0);
        Allocations.Of(() => model.GenerateWithAttention(sample.Inputs.AsSpan(0, 15), tokens, looked, beams)).ShouldBe(0);
    }

    [Fact]
    public void Its_gradient_with_dropout_is_the_stencils()
    {
        FedDropping model = Sample.Model<FedDropping, double, double>();
        Sample<double, double> sample = Sample<double, double>.Draw<FedDropping>(4);
        double[] gradients = new double[FedDropping.ParameterCount], unread = new double[FedDropping.ParameterCount], shifted = model.Parameters.ToArray();
        FedDropping probe = new(0);
        long step = model.DropoutStep;
        model.ComputeGradients(sample.Inputs, sample.Targets, 4, gradients);
        foreach (ParameterInfo p in FedDropping.Layout.Parameters)
        {
            double Loss(double[] direction, double size)
            {
                for (int i = 0; i < p.Length; i++)
                    shifted[p.Offset + i] = model.Parameters[p.Offset + i] + size * direction[i];
                probe.SetParameters(shifted);
                (probe.DropoutSeed, probe.DropoutStep) = (model.DropoutSeed, step);
                return probe.ComputeGradients(sample.Inputs, sample.Targets, 4, unread);
            }

            new Stencil(Loss, false).CheckDirections(gradients.AsSpan(p.Offset, p.Length).ToArray(), p.Name);
            Loss(new double[p.Length], 0);
        }
    }
}
