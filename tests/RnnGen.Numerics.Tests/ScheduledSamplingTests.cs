using System.Runtime.InteropServices;
using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Scheduled sampling: what the decoder reads in training is what it would give, at a share of the steps.</summary>
public class ScheduledSamplingTests
{
    private const int Count = 7;

    private static readonly int[] s_lengths = [6, 2, 4, 6, 1, 3, 5];

    private static (double[] Inputs, double[] Targets) Numbers()
    {
        Random random = new(1);
        return ([.. Enumerable.Range(0, Count * SequenceForecaster.Layout.InputLength).Select(_ => 2 * random.NextDouble() - 1)],
            [.. Enumerable.Range(0, Count * SequenceForecaster.Layout.TargetLength).Select(_ => 2 * random.NextDouble() - 1)]);
    }

    private static (double[] Inputs, int[] Targets) Tokens(bool canEnd)
    {
        Random random = new(2);
        return ([.. Enumerable.Range(0, Count * Attentive.Layout.InputLength).Select(_ => 2 * random.NextDouble() - 1)],
            [.. Enumerable.Range(0, Count * Attentive.OutputLength).Select(_ => random.Next(8) is var t && !canEnd && t == Attentive.EndToken ? 0 : t)]);
    }

    [Fact]
    public void With_a_share_of_1_the_loss_is_that_of_the_predicted_numbers()
    {
        SequenceForecaster model = new(1) { ScheduledSampling = 1 };
        (double[] inputs, double[] targets) = Numbers();
        double[] outputs = new double[targets.Length], gradients = new double[SequenceForecaster.ParameterCount];
        model.PredictBatch(inputs, outputs, Count, s_lengths);
        model.ComputeGradients(inputs, targets, Count, gradients, s_lengths).ShouldBe(outputs.Zip(targets, (y, t) => (y - t) * (y - t)).Average(), 1e-13);

        // A loss that is only measured is that of teacher forcing.
        double forced = new SequenceForecaster(1).ComputeGradients(inputs, targets, Count, gradients, s_lengths);
        model.ComputeLoss(inputs, targets, Count, s_lengths).ShouldBe(forced);

        // And the free-running loss is that of the predicted numbers, whatever the share is; it changes nothing.
        SequenceForecaster forcing = new(1);
        forcing.ComputeFreeRunningLoss(inputs, targets, Count, s_lengths).ShouldBe(model.ComputeGradients(inputs, targets, Count, gradients, s_lengths));
        forcing.ComputeLoss(inputs, targets, Count, s_lengths).ShouldBe(forced);
        forcing.SamplingStep.ShouldBe(0);
    }

    [Fact]
    public void With_a_share_of_1_the_loss_is_that_of_the_predicted_tokens()
    {
        Attentive model = new(1) { ScheduledSampling = 1 };
        double[] parameters = model.Parameters.ToArray();
        parameters[Attentive.Layout.Parameters.Single(p => p.Name == "head.bias").Offset + Attentive.EndToken] = -100;
        model.SetParameters(parameters);
        (double[] inputs, int[] targets) = Tokens(canEnd: false);
        double[] logits = new double[Count * Attentive.Layout.OutputLength];
        model.PredictBatch(inputs, logits, Count);
        double sum = 0;
        for (int i = 0; i < targets.Length; i++)
            sum += Math.Log(logits[(i * 8)..(i * 8 + 8)].Sum(Math.Exp)) - logits[i * 8 + targets[i]];
        model.ComputeGradients(inputs, targets, Count, new double[Attentive.ParameterCount]).ShouldBe(sum / targets.Length, 1e-13);
        model.ComputeFreeRunningLoss(inputs, targets, Count).ShouldBe(sum / targets.Length, 1e-13);
    }

    [Fact]
    public void Gradients_match_a_five_point_stencil()
    {
        Attentive model = new(1) { ScheduledSampling = 0.5, SamplingStep = 3 }, probe = new(0) { ScheduledSampling = 0.5 };
        (double[] inputs, int[] targets) = Tokens(canEnd: true);
        double[] gradients = new double[Attentive.ParameterCount], teacher = new double[Attentive.ParameterCount], shifted = model.Parameters.ToArray();
        double loss = model.ComputeGradients(inputs, targets, Count, gradients, s_lengths);
        model.SamplingStep.ShouldBe(4);
        new Attentive(1).ComputeGradients(inputs, targets, Count, teacher, s_lengths).ShouldNotBe(loss);
        foreach (ParameterInfo p in Attentive.Layout.Parameters)
        {
            new Stencil((direction, step) =>
            {
                for (int i = 0; i < p.Length; i++)
                    shifted[p.Offset + i] = model.Parameters[p.Offset + i] + step * direction[i];
                probe.SetParameters(shifted);
                probe.SamplingStep = 3;
                return probe.ComputeGradients(inputs, targets, Count, new double[shifted.Length], s_lengths);
            }, hasKinks: false).CheckDirections(gradients[p.Offset..(p.Offset + p.Length)], p.Name);
            model.Parameters.CopyTo(shifted);
        }
    }

    [Fact]
    public void The_bits_depend_on_seed_and_step_and_not_on_threads()
    {
        (double[] inputs, int[] targets) = Tokens(canEnd: true);
        byte[] Bits(int seed, long step, int threads, double share = 0.5)
        {
            double[] gradients = new double[Attentive.ParameterCount];
            new Attentive(1) { ScheduledSampling = share, SamplingSeed = seed, SamplingStep = step, Threads = threads }.ComputeGradients(inputs, targets, Count, gradients);
            return MemoryMarshal.AsBytes<double>(gradients).ToArray();
        }

        byte[] one = Bits(1, 1, 1);
        Bits(1, 1, 3).ShouldBe(one);
        Bits(2, 1, 1).ShouldNotBe(one);
        Bits(1, 2, 1).ShouldNotBe(one);
        Bits(2, 1, 1, 0).ShouldBe(Bits(1, 2, 1, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new Attentive(1) { ScheduledSampling = 1.5 }).Message.ShouldContain("0 to 1");
        Should.Throw<ArgumentOutOfRangeException>(() => new Attentive(1) { ScheduledSampling = double.NaN });
    }

    [Fact]
    public void Nothing_is_allocated_after_the_first_step()
    {
        Attentive model = new(1) { ScheduledSampling = 0.5 };
        (double[] inputs, int[] targets) = Tokens(canEnd: true);
        Adam adam = new(1e-3);
        model.TrainStep(inputs, targets, Count, adam);
        Allocations.Of(() => model.TrainStep(inputs, targets, Count, adam)).ShouldBe(0);
    }
}
