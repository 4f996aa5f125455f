using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>What <see cref="RnnModelAttribute.Accuracy"/> changes, and what it leaves alone.</summary>
public class AccuracyTests
{
    [Theory]
    [InlineData(VectorWidth.V128)]
    [InlineData(VectorWidth.V256)]
    [InlineData(VectorWidth.V512)]
    public void Fast_is_close_when_predicting_and_exact_when_training(VectorWidth width)
    {
        FastStackFloat fast = new(3) { VectorWidth = width };
        ExactStackFloat exact = new(3) { VectorWidth = width };
        fast.Parameters.SequenceEqual(exact.Parameters).ShouldBeTrue();
        var sample = Sample<float, float>.Draw<FastStackFloat>(7);

        float[] gradients = new float[FastStackFloat.ParameterCount], expectedGradients = new float[FastStackFloat.ParameterCount];
        fast.ComputeGradients(sample.Inputs, sample.Targets, sample.Count, gradients)
            .ShouldBe(exact.ComputeGradients(sample.Inputs, sample.Targets, sample.Count, expectedGradients));
        gradients.ShouldBe(expectedGradients);

        float[] outputs = new float[sample.Count * FastStackFloat.Layout.OutputLength], expected = new float[outputs.Length];
        fast.PredictBatch(sample.Inputs, outputs, sample.Count);
        exact.PredictBatch(sample.Inputs, expected, sample.Count);
        double greatest = outputs.Zip(expected, (a, b) => Math.Abs((double)a - b)).Max();
        greatest.ShouldBeInRange(1e-7, 1e-3);
    }
}
