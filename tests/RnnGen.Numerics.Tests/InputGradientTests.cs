using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Gradients of outputs with respect to the input, and integrated gradients: PyTorch's, the stencil's, and with the difference of the outputs as their sum.</summary>
public class InputGradientTests
{
    private delegate double Gradient(double[] input, double[] gradients, int output, int step, int length);

    private delegate Attribution Integral(double[] input, double[] attributions, int output, int step, double[] baseline, int points, int length);

    /// <summary>A model that reads numbers.</summary>
    private sealed record Explained(string Name, ModelLayout Layout, Func<double[], int, double[]> Predict, Gradient Gradients, Integral Integrate)
    {
        public int OutputSize => Layout.OutputLength / Layout.OutputSteps;

        public double Output(double[] input, int output, int step, int length) => Predict(input, length)[(Layout.OutputSteps == 1 ? 0 : step * OutputSize) + output];
    }

    private static Explained[] Models(VectorWidth width)
    {
        ExplainedEach each = new(1) { VectorWidth = width };
        ExplainedEnd end = new(2) { VectorWidth = width };
        ExplainedScans scans = new(3) { VectorWidth = width };
        ExplainedRecomputed recomputed = new(4) { VectorWidth = width };
        ExplainedRecomputedEnd recomputedEnd = new(5) { VectorWidth = width };
        ExplainedQuantiles quantiles = new(6) { VectorWidth = width };
        ExplainedCounts counts = new(7) { VectorWidth = width };
        ExplainedRates rates = new(8) { VectorWidth = width };
        ExplainedProducts products = new(9) { VectorWidth = width };
        return
        [
            new("each step", ExplainedEach.Layout, (x, n) => each.Predict(x, n), (x, g, o, s, n) => each.ComputeInputGradients(x, g, o, s, n), (x, a, o, s, b, p, n) => each.ComputeIntegratedGradients(x, a, o, s, b, p, n)),
            new("the end", ExplainedEnd.Layout, (x, n) => end.Predict(x, n), (x, g, o, _, n) => end.ComputeInputGradients(x, g, o, n), (x, a, o, _, b, p, n) => end.ComputeIntegratedGradients(x, a, o, b, p, n)),
            new("scans", ExplainedScans.Layout, (x, n) => scans.Predict(x, n), (x, g, o, _, n) => scans.ComputeInputGradients(x, g, o, n), (x, a, o, _, b, p, n) => scans.ComputeIntegratedGradients(x, a, o, b, p, n)),
            new("recomputed", ExplainedRecomputed.Layout, (x, n) => recomputed.Predict(x, n), (x, g, o, s, n) => recomputed.ComputeInputGradients(x, g, o, s, n), (x, a, o, s, b, p, n) => recomputed.ComputeIntegratedGradients(x, a, o, s, b, p, n)),
            new("recomputed, the end", ExplainedRecomputedEnd.Layout, (x, n) => recomputedEnd.Predict(x, n), (x, g, o, _, n) => recomputedEnd.ComputeInputGradients(x, g, o, n), (x, a, o, _, b, p, n) => recomputedEnd.ComputeIntegratedGradients(x, a, o, b, p, n)),
            new("quantiles", ExplainedQuantiles.Layout, (x, n) => quantiles.Predict(x, n), (x, g, o, s, n) => quantiles.ComputeInputGradients(x, g, o, s, n), (x, a, o, s, b, p, n) => quantiles.ComputeIntegratedGradients(x, a, o, s, b, p, n)),
            new("counts", ExplainedCounts.Layout, (x, n) => counts.Predict(x, n), (x, g, o, _, n) => counts.ComputeInputGradients(x, g, o, n), (x, a, o, _, b, p, n) => counts.ComputeIntegratedGradients(x, a, o, b, p, n)),
            new("rates", ExplainedRates.Layout, (x, n) => rates.Predict(x, n), (x, g, o, _, n) => rates.ComputeInputGradients(x, g, o, n), (x, a, o, _, b, p, n) => rates.ComputeIntegratedGradients(x, a, o, b, p, n)),
            new("products", ExplainedProducts.Layout, (x, n) => products.Predict(x, n), (x, g, o, s, n) => products.ComputeInputGradients(x, g, o, s, n), (x, a, o, s, b, p, n) => products.ComputeIntegratedGradients(x, a, o, s, b, p, n)),
        ];
    }

    private static double[] Draw(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextDouble()) - 1)];
    }

    private static TModel Load<TModel, TNumber, TInput, TTarget>(GoldenFile file, VectorWidth width)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        TModel model = TModel.Create(0).With(width);
        TNumber[] parameters = new TNumber[TModel.Layout.ParameterCount];
        foreach (ParameterInfo p in TModel.Layout.Parameters)
            Array.ConvertAll(file[p.Name], TNumber.CreateChecked).CopyTo(parameters, p.Offset);
        model.SetParameters(parameters);
        return model;
    }

    private static void ShouldBe(ReadOnlySpan<double> found, double[] expected, double tolerance, string what)
    {
        found.Length.ShouldBe(expected.Length, what);
        for (int i = 0; i < expected.Length; i++)
            found[i].ShouldBe(expected[i], tolerance, $"{what}, value {i}");
    }

    [Fact]
    public void Gradients_of_numbers_are_PyTorchs()
    {
        GoldenFile file = GoldenFile.Open("explained", "ExplainedEach");
        foreach (VectorWidth width in Members.Widths)
        {
            ExplainedEach model = Load<ExplainedEach, double, double, double>(file, width);
            ExplainedEachFloat single = Load<ExplainedEachFloat, float, float, float>(file, width);
            foreach (int length in new[] { 6, 4 })
            {
                double[] input = file[$"input{length}"], baseline = file[$"baseline{length}"], gradients = new double[input.Length];
                model.ComputeInputGradients(input, gradients, output: 1, step: 2, length).ShouldBe(file[$"output{length}"][0], 1e-13);
                ShouldBe(gradients, file[$"gradient{length}"], 1e-13, $"gradient, {width}, {length}");
                model.ComputeIntegratedGradients(input, gradients, 1, 2, baseline, points: 20, length).Output.ShouldBe(file[$"output{length}"][0], 1e-13);
                ShouldBe(gradients, file[$"integrated{length}"], 1e-13, $"integrated gradient, {width}, {length}");

                float[] floats = new float[input.Length];
                single.ComputeInputGradients(Array.ConvertAll(input, x => (float)x), floats, 1, 2, length);
                ShouldBe(Array.ConvertAll(floats, x => (double)x), file[$"gradient{length}"], 1e-5, $"gradient in float, {width}, {length}");
                single.ComputeIntegratedGradients(Array.ConvertAll(input, x => (float)x), floats, 1, 2, Array.ConvertAll(baseline, x => (float)x), 20, length);
                ShouldBe(Array.ConvertAll(floats, x => (double)x), file[$"integrated{length}"], 1e-5, $"integrated gradient in float, {width}, {length}");
            }
        }
    }

    [Fact]
    public void Gradients_of_tokens_are_PyTorchs()
    {
        GoldenFile file = GoldenFile.Open("explained", "ExplainedTokens");
        int[] tokens = Array.ConvertAll(file["input"], x => (int)x);
        foreach (VectorWidth width in Members.Widths)
        {
            ExplainedTokens model = Load<ExplainedTokens, double, int, int>(file, width);
            double[] gradients = new double[tokens.Length * 5], attributions = new double[tokens.Length];
            model.ComputeInputGradients(tokens, gradients, output: 2, tokens.Length).ShouldBe(file["output"][0], 1e-13);
            ShouldBe(gradients, file["gradient"], 1e-13, $"gradient, {width}");
            Attribution attribution = model.ComputeIntegratedGradients(tokens, attributions, 2, new int[tokens.Length], points: 20, tokens.Length);
            ShouldBe(attributions, file["integrated"], 1e-13, $"integrated gradient, {width}");

            // The outputs are those of predictions, and their difference is the sum.
            attribution.Output.ShouldBe(model.Predict(tokens, tokens.Length)[2], 1e-13);
            attribution.BaselineOutput.ShouldBe(model.Predict(new int[tokens.Length], tokens.Length)[2], 1e-13);
            attribution.Sum.ShouldBe(attributions.Sum(), 1e-13);
            attribution.Error.ShouldBe(0, 1e-9);
            model.ComputeIntegratedGradients(tokens, attributions, 2, length: tokens.Length).Error.ShouldBe(0, 1e-9, "embeddings of 0");
        }
    }

    [Theory]
    [InlineData(VectorWidth.V128)]
    [InlineData(VectorWidth.V256)]
    [InlineData(VectorWidth.V512)]
    public void Gradients_are_the_stencils_at_every_output_and_length(VectorWidth width)
    {
        foreach (Explained model in Models(width))
        {
            int features = model.Layout.InputStep, full = model.Layout.SequenceLength;
            foreach ((int length, int output) in new[] { (full, 0), (1, 1), (full - 2, 1), (full, 1) })
            {
                foreach (int step in model.Layout.OutputSteps == 1 ? [0] : new[] { 0, length / 2, length - 1 }.Distinct().ToArray())
                {
                    double[] input = Draw(length * features, length + step), gradients = [.. input.Select(_ => double.NaN)];
                    model.Gradients(input, gradients, output, step, length).ShouldBe(model.Output(input, output, step, length), 1e-13, model.Name);
                    double[] Moved(double[] direction, double by) => [.. input.Zip(direction, (x, d) => x + (by * d))];
                    new Stencil((direction, by) => model.Output(Moved(direction, by), output, step, length), hasKinks: false)
                        .CheckEntries(gradients, input, hasNoEffect: false, $"{model.Name}, output {output} at step {step} of {length}, {width}");
                }
            }
        }
    }

    [Fact]
    public void Attributions_sum_to_the_difference_of_the_outputs()
    {
        foreach (Explained model in Models(VectorWidth.V256))
        {
            foreach (int length in new[] { model.Layout.SequenceLength, 3 })
            {
                double[] input = Draw(length * model.Layout.InputStep, 1), attributions = new double[input.Length];
                foreach (double[] baseline in new[] { Draw(input.Length, 2), [] })
                {
                    int step = model.Layout.OutputSteps == 1 ? 0 : length - 1;
                    Attribution found = model.Integrate(input, attributions, 1, step, baseline, 200, length);
                    found.Output.ShouldBe(model.Output(input, 1, step, length), 1e-13, model.Name);
                    found.BaselineOutput.ShouldBe(model.Output(baseline.Length == 0 ? new double[input.Length] : baseline, 1, step, length), 1e-13, model.Name);
                    attributions.Sum().ShouldBe(found.Output - found.BaselineOutput, 1e-9, model.Name);
                    found.Error.ShouldBe(attributions.Sum() - (found.Output - found.BaselineOutput), 1e-14, model.Name);
                    Math.Abs(found.Output - found.BaselineOutput).ShouldBeGreaterThan(1e-5, model.Name);
                }

                // From the input to itself there is nothing to attribute.
                model.Integrate(input, attributions, 0, 0, input, 7, length).Sum.ShouldBe(0);
            }
        }
    }

    /// <summary>Of few points the sum is not the difference yet: the error says so.</summary>
    [Fact]
    public void The_error_falls_with_the_points()
    {
        Explained model = Models(VectorWidth.V256)[0];
        double[] input = [.. Draw(18, 3).Select(x => 6 * x)], attributions = new double[input.Length];
        double[] errors = [.. new[] { 1, 8, 64 }.Select(points => Math.Abs(model.Integrate(input, attributions, 0, 5, [], points, 6).Error))];
        errors[0].ShouldBeGreaterThan(1e-3);
        errors[1].ShouldBeLessThan(errors[0] / 2);
        errors[2].ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void Neither_earlier_calls_nor_other_threads_change_a_bit()
    {
        ExplainedEnd model = new(3);
        double[] input = Draw(9, 1), expected = new double[9], attributed = new double[9];
        model.ComputeInputGradients(input, expected, 1, 3);
        model.ComputeIntegratedGradients(input, attributed, 1, length: 3);
        model.ComputeIntegratedGradients([.. Draw(21, 2).Select(x => 1e3 * x)], new double[21], 0);
        Parallel.For(0, 16, _ =>
        {
            double[] found = new double[9];
            model.ComputeInputGradients(input, found, 1, 3);
            found.ShouldBe(expected);
            model.ComputeIntegratedGradients(input, found, 1, length: 3);
            found.ShouldBe(attributed);
        });
    }

    [Fact]
    public void Models_train_to_the_same_bits_with_and_without()
    {
        ExplainedEnd model = new(1);
        ExplainedEndTwin twin = new(1);
        var sample = Sample<double, double>.Draw<ExplainedEnd>(11);
        Adam adam = new(1e-2), other = new(1e-2);
        for (int step = 0; step < 3; step++)
        {
            model.TrainStep(sample.Inputs, sample.Targets, 11, adam).ShouldBe(twin.TrainStep(sample.Inputs, sample.Targets, 11, other));
            model.ComputeInputGradients(Draw(21, step), new double[21], 0);
        }

        model.Parameters.SequenceEqual(twin.Parameters).ShouldBeTrue();
        model.DropoutStep.ShouldBe(3);
    }

    [Fact]
    public void What_does_not_fit_is_rejected()
    {
        ExplainedEach model = new(1);
        double[] input = new double[18];
        Should.Throw<ArgumentException>(() => model.ComputeInputGradients(input, new double[17], 0, 0)).ParamName.ShouldBe("gradients");
        Should.Throw<ArgumentException>(() => model.ComputeInputGradients(input, new double[18], 0, 0, 5)).ParamName.ShouldBe("input");
        Should.Throw<ArgumentOutOfRangeException>(() => model.ComputeInputGradients(input, new double[18], 2, 0)).Message.ShouldStartWith("The model has 2 outputs, from 0.");
        Should.Throw<ArgumentOutOfRangeException>(() => model.ComputeInputGradients(input, new double[18], -1, 0)).ParamName.ShouldBe("output");
        Should.Throw<ArgumentOutOfRangeException>(() => model.ComputeInputGradients(input.AsSpan(0, 12), new double[12], 0, 4, 4)).Message.ShouldStartWith("The sequence has outputs at 4 steps, from 0.");
        Should.Throw<ArgumentException>(() => model.ComputeIntegratedGradients(input, new double[6], 0, 0)).ParamName.ShouldBe("attributions");
        Should.Throw<ArgumentException>(() => model.ComputeIntegratedGradients(input, new double[18], 0, 0, new double[3])).ParamName.ShouldBe("baseline");
        Should.Throw<ArgumentOutOfRangeException>(() => model.ComputeIntegratedGradients(input, new double[18], 0, 0, points: 0)).Message.ShouldStartWith("The path has 0 points; give a number from 1 to 1000.");
        ExplainedTokens tokens = new(1);
        Should.Throw<ArgumentException>(() => tokens.ComputeInputGradients([1, 11], new double[10], 0, 2)).ParamName.ShouldBe("input");
        Should.Throw<ArgumentException>(() => tokens.ComputeIntegratedGradients([1, 2], new double[2], 0, [-1, 0], length: 2)).ParamName.ShouldBe("baseline");
    }
}
