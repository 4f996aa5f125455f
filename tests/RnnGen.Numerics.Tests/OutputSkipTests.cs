using RnnGen.TestModels;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Outputs with the inputs of their steps added.</summary>
public sealed class OutputSkipTests
{
    private const int Steps = SkippedSteps.SequenceLength, Inputs = SkippedSteps.InputSize, Outputs = SkippedSteps.OutputSize;

    [Fact]
    public void The_first_inputs_are_added()
    {
        SkippedSteps model = new(3);
        SkippingNothing twin = new(4);
        twin.SetParameters(model.Parameters);
        double[] x = [.. Enumerable.Range(0, Steps * Inputs).Select(i => Math.Sin(i))], expected = twin.Predict(x), found = model.Predict(x);
        for (int i = 0; i < found.Length; i++)
        {
            found[i].ShouldBe(expected[i] + x[(i / Outputs * Inputs) + (i % Outputs)], 1e-15);
        }

        // A model whose output layer is zero gives the input back.
        model.SetParameters(new double[SkippedSteps.ParameterCount]);
        model.Predict(x).ShouldBe([.. Enumerable.Range(0, Steps * Outputs).Select(i => x[(i / Outputs * Inputs) + (i % Outputs)])]);
    }

    [Fact]
    public void A_stream_may_be_processed_in_place()
    {
        SkippedScan model = new(5);
        float[] x = [.. Enumerable.Range(0, 80).Select(i => MathF.Cos(i))], expected = new float[80];
        model.CreateState().Process(x, expected);
        model.CreateState().Process(x, x);
        x.ShouldBe(expected);
    }
}
