using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// The mean and the maximum over the steps. Gradients, widths, lengths, threads, streaming and memory are held by the tests of all models;
/// here are the definition itself, ties and tokens.
/// </summary>
public class PoolingTests
{
    [Theory]
    [InlineData(VectorWidth.V128)]
    [InlineData(VectorWidth.V256)]
    [InlineData(VectorWidth.V512)]
    public void The_mean_and_the_maximum_are_those_of_the_outputs_of_all_live_steps(VectorWidth width)
    {
        LstmMean mean = new(4) { VectorWidth = width };
        double[] inputs = Sample<double, double>.Draw<LstmMean>(1).Inputs;
        foreach (int length in (int[])[1, 2, 7])
        {
            // What the head gives of the mean state: it is linear, so the mean of what it gives of each.
            LstmMean.State state = mean.CreateState();
            double[] expected = new double[2], y = new double[2], saved = new double[LstmMean.State.Length];
            for (int t = 0; t < length; t++)
            {
                state.Step(inputs.AsSpan(t * 3, 3), y);
                state.Save(saved);
                double[] head = Head(mean, saved.AsSpan(0, 17), 17);
                expected[0] += head[0] / length;
                expected[1] += head[1] / length;
            }

            double[] found = mean.Predict(inputs.AsSpan(0, length * 3), length);
            found[0].ShouldBe(expected[0], 1e-13);
            found[1].ShouldBe(expected[1], 1e-13);
            y[0].ShouldBe(found[0], 1e-13);
            y[1].ShouldBe(found[1], 1e-13);
        }
    }

    /// <summary>The head's output, from the parameters.</summary>
    private static double[] Head(LstmMean model, ReadOnlySpan<double> h, int size)
    {
        ParameterInfo weight = LstmMean.Layout.Parameters.Single(p => p.Name == "head.weight"), bias = LstmMean.Layout.Parameters.Single(p => p.Name == "head.bias");
        double[] y = new double[LstmMean.OutputSize];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = model.Parameters[bias.Offset + i];
            for (int j = 0; j < size; j++)
                y[i] += model.Parameters[weight.Offset + i * size + j] * h[j];
        }

        return y;
    }

    [Fact]
    public void The_maximum_of_equal_outputs_gives_its_gradient_to_the_first()
    {
        // All weights 0 but a constant hidden state: tanh of the bias at every step, so that every step ties.
        RnnMax model = new(1);
        double[] parameters = new double[RnnMax.ParameterCount];
        ParameterInfo Info(string name) => RnnMax.Layout.Parameters.Single(p => p.Name == name);
        parameters[Info("rnn.bias_ih_l0").Offset] = 0.5;
        parameters[Info("head.weight").Offset] = 1;
        model.SetParameters(parameters);
        double[] gradients = new double[parameters.Length];
        model.ComputeGradients([1, 10, 100], [0], 1, gradients);

        // L = tanh(½)², so ∂L/∂W = 2 tanh(½) (1 - tanh²(½)) x of the step that the gradient goes to.
        double h = Math.Tanh(0.5);
        gradients[Info("rnn.weight_ih_l0").Offset].ShouldBe(2 * h * (1 - h * h) * 1, 1e-12);
    }

    [Fact]
    public void Tokens_are_pooled_too()
    {
        TokensMax model = new(5);
        int[] tokens = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 10, 0, 0, 0, 0, 0], lengths = [6, 6, 1], targets = [0, 1, 1];
        double[] outputs = new double[6], gradients = new double[TokensMax.ParameterCount], parameters = model.Parameters.ToArray();
        model.PredictBatch(tokens, outputs, 3, lengths);
        outputs.AsSpan(2, 2).ToArray().ShouldBe(model.Predict(tokens.AsSpan(6, 6)));
        outputs.AsSpan(4, 2).ToArray().ShouldBe(model.Predict(tokens.AsSpan(12, 1), 1));
        model.ComputeGradients(tokens, targets, 3, gradients, lengths);
        ParameterInfo table = TokensMax.Layout.Parameters[0];
        double Loss(double[] direction, double step)
        {
            double[] shifted = [.. parameters];
            for (int i = 0; i < direction.Length; i++)
                shifted[table.Offset + i] += step * direction[i];
            model.SetParameters(shifted);
            return model.ComputeLoss(tokens, targets, 3, lengths);
        }

        new Stencil(Loss, hasKinks: true).CheckEntries(gradients[table.Offset..(table.Offset + table.Length)], parameters[table.Offset..(table.Offset + table.Length)], hasNoEffect: false, "the table");
    }
}
