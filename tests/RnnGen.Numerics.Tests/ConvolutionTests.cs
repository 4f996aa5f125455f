using RnnGen.TestModels;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Convolutions against sums that are written out, and their streams. PyTorch's numbers, the stencil, widths, lengths, batches and blocks are those of all models.</summary>
public sealed class ConvolutionTests
{
    private const int Steps = ConvolvedOutputs.SequenceLength;

    /// <summary>The layer before the output reads the recurrent layer's outputs of three steps.</summary>
    [Fact]
    public void A_filter_reads_its_step_and_those_before()
    {
        ConvolvedOutputs model = new(7);
        double[] parameters = model.Parameters.ToArray();
        ParameterInfo weight = Find("conv.0.weight"), bias = Find("conv.0.bias"), head = Find("head.weight");
        weight.Shape.ShouldBe([1, 1, 3]);
        double[] x = [.. Enumerable.Range(0, Steps * ConvolvedOutputs.InputSize).Select(i => Math.Sin(i))];

        // The output layer is left out by weight 1, and the input that is added is taken away.
        parameters[head.Offset] = 1;
        parameters[bias.Offset] = 0;
        double[][] answers = new double[4][];
        for (int tap = 0; tap < 4; tap++)
        {
            for (int i = 0; i < 3; i++)
            {
                parameters[weight.Offset + i] = tap == 3 ? i + 2 : tap == i ? 1 : 0;
            }

            model.SetParameters(parameters);
            answers[tap] = [.. model.Predict(x).Select((y, t) => y - x[t * ConvolvedOutputs.InputSize] - model.Parameters[Find("head.bias").Offset])];
        }

        double[] h = answers[2];
        for (int t = 0; t < Steps; t++)
        {
            answers[0][t].ShouldBe(t < 2 ? 0 : h[t - 2], 1e-15);
            answers[1][t].ShouldBe(t < 1 ? 0 : h[t - 1], 1e-15);
            answers[3][t].ShouldBe((4 * h[t]) + (t < 1 ? 0 : 3 * h[t - 1]) + (t < 2 ? 0 : 2 * h[t - 2]), 1e-14);
        }

        static ParameterInfo Find(string name) => ConvolvedOutputs.Layout.Parameters.Single(p => p.Name == name);
    }

    /// <summary>A ring that is saved anywhere on its way round continues anywhere: in a state, in a stream, in a block.</summary>
    [Fact]
    public void A_saved_stream_continues_in_every_form()
    {
        ConvolvedStepsFloat model = new(3);
        float[] x = [.. Enumerable.Range(0, 40 * 3).Select(i => MathF.Sin(i))], expected = new float[40 * 2], y = new float[2], saved = new float[ConvolvedStepsFloat.State.Length];
        ConvolvedStepsFloat.State whole = model.CreateState();
        for (int t = 0; t < 40; t++)
        {
            whole.Step(x.AsSpan(t * 3, 3), expected.AsSpan(t * 2, 2));
        }

        for (int cut = 0; cut < 9; cut++)
        {
            ConvolvedStepsFloat.State first = model.CreateState(), second = model.CreateState();
            ConvolvedStepsFloat.Streams streams = model.CreateStreams(2);
            for (int t = 0; t < cut; t++)
            {
                first.Step(x.AsSpan(t * 3, 3), y);
                streams.Step([.. x.AsSpan(t * 3, 3), .. x.AsSpan(t * 3, 3)], new float[4]);
            }

            first.Save(saved);
            second.Restore(saved);
            streams.Reset(0);
            streams.Restore(0, saved);
            float[] atOnce = new float[(40 - cut) * 2], two = new float[4];
            first.Process(x.AsSpan(cut * 3), atOnce);
            for (int t = cut; t < 40; t++)
            {
                second.Step(x.AsSpan(t * 3, 3), y);
                streams.Step([.. x.AsSpan(t * 3, 3), .. x.AsSpan(t * 3, 3)], two);
                for (int k = 0; k < 2; k++)
                {
                    y[k].ShouldBe(expected[(t * 2) + k], $"cut at {cut}, step {t}");
                    atOnce[((t - cut) * 2) + k].ShouldBe(expected[(t * 2) + k], 1e-5f, $"cut at {cut}, step {t}, in a block");
                    two[k].ShouldBe(expected[(t * 2) + k], 1e-5f, $"cut at {cut}, step {t}, in a stream");
                    two[2 + k].ShouldBe(expected[(t * 2) + k], 1e-5f, $"cut at {cut}, step {t}, in the stream that went on");
                }
            }
        }
    }

    [Fact]
    public void Weights_are_drawn_with_the_fans_of_a_convolution()
    {
        ConvolvedScan model = new(1);
        ParameterInfo weight = ConvolvedScan.Layout.Parameters.Single(p => p.Name == "conv.0.weight");
        double bound = Math.Sqrt(6.0 / (4 * (17 + 33))), greatest = model.Parameters.Slice(weight.Offset, weight.Length).ToArray().Max(Math.Abs);
        greatest.ShouldBeInRange(0.98 * bound, bound);
    }
}
