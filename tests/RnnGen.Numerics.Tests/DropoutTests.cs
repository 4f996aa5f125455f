using System.Numerics;
using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Dropout: gradients of the loss with the same units left out, what depends on the seed and what does not, and how much is left out.</summary>
public class DropoutTests
{
    private static readonly int[] s_lengths = [6, 2, 5, 6, 1, 3];

    private static (double[] Inputs, double[] Targets) Numbers()
    {
        Random random = new(1);
        return ([.. Enumerable.Range(0, 6 * LeavingOut.Layout.InputLength).Select(_ => 2 * random.NextDouble() - 1)],
            [.. Enumerable.Range(0, 6 * LeavingOut.OutputSize).Select(_ => 2 * random.NextDouble() - 1)]);
    }

    private static (int[] Inputs, int[] Targets) Tokens()
    {
        Random random = new(2);
        return ([.. Enumerable.Range(0, 6 * LeavingTokensOut.SequenceLength).Select(_ => random.Next(11))],
            [.. Enumerable.Range(0, 6 * LeavingTokensOut.OutputLength).Select(_ => random.Next(9))]);
    }

    [Fact]
    public void Gradients_of_numbers_match_a_five_point_stencil()
    {
        LeavingOut model = new(1) { DropoutSeed = 5, DropoutStep = 3 }, probe = new(0) { DropoutSeed = 5 };
        (double[] inputs, double[] targets) = Numbers();
        Check<LeavingOut, double, double>(model, inputs, targets, p =>
        {
            probe.SetParameters(p);
            probe.DropoutStep = 3;
            return probe.ComputeGradients(inputs, targets, 6, new double[p.Length], s_lengths);
        });
        model.DropoutStep.ShouldBe(4);
    }

    [Fact]
    public void Gradients_of_tokens_match_a_five_point_stencil()
    {
        LeavingTokensOut model = new(1) { DropoutStep = 3 }, probe = new(0);
        (int[] inputs, int[] targets) = Tokens();
        Check<LeavingTokensOut, int, int>(model, inputs, targets, p =>
        {
            probe.SetParameters(p);
            probe.DropoutStep = 3;
            return probe.ComputeGradients(inputs, targets, 6, new double[p.Length], s_lengths);
        });
    }

    [Fact]
    public void Gradients_through_states_match_a_five_point_stencil()
    {
        LeavingStatesOut model = new(1) { DropoutStep = 3 }, probe = new(0);
        (double[] inputs, double[] targets) = Numbers();
        Check<LeavingStatesOut, double, double>(model, inputs, targets, p =>
        {
            probe.SetParameters(p);
            probe.DropoutStep = 3;
            return probe.ComputeGradients(inputs, targets, 6, new double[p.Length], s_lengths);
        }, hasZeros: false);
        LeavingStatesOfCellsOut cells = new(1) { DropoutStep = 3 }, cellsProbe = new(0);
        Check<LeavingStatesOfCellsOut, double, double>(cells, inputs, targets, p =>
        {
            cellsProbe.SetParameters(p);
            cellsProbe.DropoutStep = 3;
            return cellsProbe.ComputeGradients(inputs, targets, 6, new double[p.Length], s_lengths);
        }, hasZeros: false);
        LeavingStatesOfTokensOut decoder = new(1) { DropoutStep = 3 }, decoderProbe = new(0);
        (int[] tokens, int[] answers) = Tokens();
        Check<LeavingStatesOfTokensOut, int, int>(decoder, tokens, answers, p =>
        {
            decoderProbe.SetParameters(p);
            decoderProbe.DropoutStep = 3;
            return decoderProbe.ComputeGradients(tokens, answers, 6, new double[p.Length], s_lengths);
        }, hasZeros: false);
    }

    [Fact]
    public void States_are_left_out_of_products_only_and_in_training_only()
    {
        LeavingStatesOut model = new(3);
        LeavingNoStatesOut plain = new(0);
        plain.SetParameters(model.Parameters);
        (double[] inputs, double[] targets) = Numbers();
        model.ComputeLoss(inputs, targets, 6, s_lengths).ShouldBe(plain.ComputeLoss(inputs, targets, 6, s_lengths));
        double[] found = new double[12], expected = new double[12], gradients = new double[LeavingStatesOut.ParameterCount];
        model.PredictBatch(inputs, found, 6, s_lengths);
        plain.PredictBatch(inputs, expected, 6, s_lengths);
        found.ShouldBe(expected);
        model.ComputeGradients(inputs, targets, 6, gradients, s_lengths).ShouldNotBe(plain.ComputeLoss(inputs, targets, 6, s_lengths));

        // Where no unit's state is read, no weight of its column has a gradient: with one sequence the share of them is the rate.
        LeavingOutOfManyStates many = new(1);
        ParameterInfo weight = LeavingOutOfManyStates.Layout.Parameters.Single(p => p.Kind == ParameterKind.RecurrentWeight);
        double[] ofMany = new double[LeavingOutOfManyStates.ParameterCount];
        int dead = 0;
        for (int i = 0; i < 100; i++)
        {
            many.ComputeGradients([0.5, -1, 2, 1, 0], [1, 0, -1, 1, 1], 1, ofMany);
            for (int column = 0; column < 40; column++)
                dead += Enumerable.Range(0, 120).All(row => ofMany[weight.Offset + row * 40 + column] == 0) ? 1 : 0;
        }

        (dead / 4000.0).ShouldBe(0.3, 0.03);
    }

    [Fact]
    public void The_bits_of_left_out_states_do_not_depend_on_threads()
    {
        (double[] inputs, double[] targets) = Numbers();
        byte[] Bits(int threads)
        {
            double[] gradients = new double[LeavingStatesOut.ParameterCount];
            new LeavingStatesOut(1) { Threads = threads }.ComputeGradients(inputs, targets, 6, gradients, s_lengths);
            return MemoryMarshal.AsBytes<double>(gradients).ToArray();
        }

        Bits(3).ShouldBe(Bits(1));
        Bits(2).ShouldBe(Bits(1));
    }

    private static void Check<TModel, TInput, TTarget>(TModel model, TInput[] inputs, TTarget[] targets, Func<double[], double> loss, bool hasZeros = true)
        where TModel : IRnnModel<TModel, double, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        double[] gradients = new double[TModel.Layout.ParameterCount], shifted = model.Parameters.ToArray();
        model.ComputeGradients(inputs, targets, 6, gradients, s_lengths).ShouldBe(loss(shifted));
        if (hasZeros)
            gradients.ShouldContain(0);
        foreach (ParameterInfo p in TModel.Layout.Parameters)
        {
            double Loss(double[] direction, double step)
            {
                for (int i = 0; i < p.Length; i++)
                    shifted[p.Offset + i] = model.Parameters[p.Offset + i] + step * direction[i];
                return loss(shifted);
            }

            new Stencil(Loss, hasKinks: false).CheckDirections(gradients[p.Offset..(p.Offset + p.Length)], p.Name);
            Loss(new double[p.Length], 0);
        }
    }

    [Fact]
    public void The_bits_depend_on_seed_and_step_and_not_on_threads_or_groups()
    {
        (double[] inputs, double[] targets) = Numbers();
        byte[] Bits(int seed, long step, int threads, int count = 6)
        {
            LeavingOut model = new(1) { DropoutSeed = seed, DropoutStep = step, Threads = threads };
            double[] gradients = new double[LeavingOut.ParameterCount];
            model.ComputeGradients(inputs.AsSpan(0, count * 30), targets.AsSpan(0, count * 2), count, gradients, s_lengths.AsSpan(0, count));
            return MemoryMarshal.AsBytes<double>(gradients).ToArray();
        }

        byte[] expected = Bits(1, 0, 1);
        Bits(1, 0, 2).ShouldBe(expected);
        Bits(1, 0, 3).ShouldBe(expected);
        Bits(2, 0, 1).ShouldNotBe(expected);
        Bits(1, 1, 1).ShouldNotBe(expected);

        // Steps advance by themselves, and a copy continues at the model's step.
        LeavingOut two = new(1) { DropoutSeed = 1 };
        double[] first = new double[LeavingOut.ParameterCount];
        two.ComputeGradients(inputs, targets, 6, first, s_lengths);
        two.Clone().ComputeGradients(inputs, targets, 6, first, s_lengths);
        MemoryMarshal.AsBytes<double>(first).ToArray().ShouldBe(Bits(1, 1, 1));
    }

    [Fact]
    public void Predictions_and_measured_losses_leave_nothing_out()
    {
        LeavingOut model = new(3);
        LeavingNothingOut plain = new(0);
        plain.SetParameters(model.Parameters);
        (double[] inputs, double[] targets) = Numbers();
        model.ComputeLoss(inputs, targets, 6, s_lengths).ShouldBe(plain.ComputeLoss(inputs, targets, 6, s_lengths));
        double[] found = new double[12], expected = new double[12];
        model.PredictBatch(inputs, found, 6, s_lengths);
        plain.PredictBatch(inputs, expected, 6, s_lengths);
        found.ShouldBe(expected);
        model.DropoutStep.ShouldBe(0);
    }

    [Fact]
    public void The_share_is_left_out_for_all_steps_of_a_sequence()
    {
        // A dead unit's weights get no gradient from any step; with one sequence, a column of weight_ih_l1 is 0 where its input is left out.
        int dead = 0, all = 0;
        ParameterInfo weight = LeavingOutOfMany.Layout.Parameters.Single(p => p.Name == "rnn.weight_ih_l1");
        LeavingOutOfMany model = new(1);
        double[] gradients = new double[LeavingOutOfMany.ParameterCount];
        for (int i = 0; i < 400; i++)
        {
            model.ComputeGradients([0.5, -1, 2], [1, 0, -1], 1, gradients);
            for (int column = 0; column < 7; column++, all++)
                dead += Enumerable.Range(0, 400).All(row => gradients[weight.Offset + row * 7 + column] == 0) ? 1 : 0;
        }

        (dead / (double)all).ShouldBe(0.3, 0.03);
    }
}
