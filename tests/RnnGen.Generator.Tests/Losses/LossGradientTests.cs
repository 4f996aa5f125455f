using RnnGen.Generator.Losses;

namespace RnnGen.Generator.Tests.Losses;

/// <summary>Values of losses against formulas of their own, and derived gradients against differences.</summary>
public sealed class LossGradientTests
{
    public static TheoryData<string> Names => LossCase.Names;

    [Theory, MemberData(nameof(Names))]
    public void TheValueIsWhatTheFormulaSays(string name)
    {
        LossCase loss = LossCase.Of(name);
        Random random = new(1);
        for (int i = 0; i < 50; i++)
        {
            (double[] outputs, double target) = loss.Draw(random);
            double expected = loss.Value(outputs, target);
            LossInterpreter.Derived(loss.Definition, outputs, target).Loss.ShouldBe(expected, 1e-12 * Math.Max(1, Math.Abs(expected)));
            LossInterpreter.Compiled(loss.Definition, outputs, target, 1).Loss.ShouldBe(expected, 1e-12 * Math.Max(1, Math.Abs(expected)));
        }
    }

    /// <summary>A five-point stencil of the formula, which knows nothing of the equations.</summary>
    [Theory, MemberData(nameof(Names))]
    public void TheGradientIsTheDerivative(string name)
    {
        const double step = 1e-3;
        LossCase loss = LossCase.Of(name);
        Random random = new(2);
        int checkedPoints = 0;
        for (int i = 0; i < 50; i++)
        {
            (double[] outputs, double target) = loss.Draw(random);
            double[] numeric = [.. outputs.Select((_, at) => (Shifted(at, -2 * step) - (8 * Shifted(at, -step)) + (8 * Shifted(at, step)) - Shifted(at, 2 * step)) / (12 * step))];
            double[] halved = [.. outputs.Select((_, at) => (Shifted(at, step / 2) - Shifted(at, -step / 2)) / step)];
            if (numeric.Zip(halved, (a, b) => Math.Abs(a - b)).Max() > 1e-4)
            {
                // A kink lies between the points.
                continue;
            }

            checkedPoints++;
            double[] gradient = LossInterpreter.Derived(loss.Definition, outputs, target).Gradient;
            double[] compiled = LossInterpreter.Compiled(loss.Definition, outputs, target, 3).Gradient;
            for (int k = 0; k < outputs.Length; k++)
            {
                gradient[k].ShouldBe(numeric[k], 1e-7 * Math.Max(1, Math.Abs(gradient[k])), $"{name}, output {k}");
                compiled[k].ShouldBe(3 * gradient[k], 1e-12 * Math.Max(1, Math.Abs(gradient[k])), $"{name}, output {k}");
            }

            double Shifted(int at, double shift)
            {
                double[] moved = [.. outputs];
                moved[at] += shift;
                return loss.Value(moved, target);
            }
        }

        checkedPoints.ShouldBeGreaterThan(40);
    }

    /// <summary>The gradient by the mean is -(t - m) / s², that by s is 1 / s - (t - m)² / s³, and s has its link's slope.</summary>
    [Fact]
    public void TheGaussianHasItsClosedForm()
    {
        (double mean, double raw, double target) = (0.3, -0.7, 1.9);
        double scale = 1e-6 + Math.Log(1 + Math.Exp(raw)), slope = 1 / (1 + Math.Exp(-raw)), d = target - mean;
        (_, double[] gradient, double prediction) = LossInterpreter.Derived(LossCase.Of("Gaussian").Definition, [mean, raw], target);
        gradient[0].ShouldBe(-d / (scale * scale), 1e-14);
        gradient[1].ShouldBe(((1 / scale) - (d * d / (scale * scale * scale))) * slope, 1e-13);
        prediction.ShouldBe(mean);
    }

    /// <summary>Each quantile's gradient is its level below the target and its level less one above, over their number.</summary>
    [Fact]
    public void TheQuantilesHaveTheirClosedForm()
    {
        double[] y = [-1, 0.5, 2];
        double[] z = [-1, -1 + Math.Log(1 + Math.Exp(0.5)), -1 + Math.Log(1 + Math.Exp(0.5)) + Math.Log(1 + Math.Exp(2))];
        double target = (z[1] + z[2]) / 2;
        (_, double[] gradient, double prediction) = LossInterpreter.Derived(LossCase.Of("Quantile").Definition, y, target);
        double[] byQuantile = [-0.1 / 3, -0.5 / 3, (1 - 0.9) / 3];
        gradient[0].ShouldBe(byQuantile.Sum(), 1e-15);
        gradient[1].ShouldBe((byQuantile[1] + byQuantile[2]) / (1 + Math.Exp(-0.5)), 1e-15);
        gradient[2].ShouldBe(byQuantile[2] / (1 + Math.Exp(-2)), 1e-15);
        prediction.ShouldBe(z[1], 1e-15);
        z.ShouldBeInOrder();
    }

    /// <summary>A target's weight is in front of its loss and its gradient.</summary>
    [Theory, MemberData(nameof(Names))]
    public void AWeightMultipliesLossAndGradient(string name)
    {
        LossCase loss = LossCase.Of(name);
        (double[] outputs, double target) = loss.Draw(new Random(3));
        (double plain, double[] gradient, _) = LossInterpreter.Derived(loss.Definition, outputs, target);
        (double weighted, double[] times, _) = LossInterpreter.Derived(loss.Definition with { IsWeighted = true }, outputs, target, weight: 2.5);
        weighted.ShouldBe(2.5 * plain, 1e-13 * Math.Max(1, Math.Abs(plain)));
        times.Zip(gradient, (a, b) => Math.Abs(a - (2.5 * b))).Max().ShouldBeLessThan(1e-12);
    }

    /// <summary>Where the plain formula overflows or cancels out.</summary>
    [Theory]
    [InlineData("BinaryCrossEntropy", new[] { 1000.0 }, 0, 1000, new[] { 1.0 })]
    [InlineData("BinaryCrossEntropy", new[] { -1000.0 }, 1, 1000, new[] { -1.0 })]
    [InlineData("BinaryCrossEntropy", new[] { 40.0 }, 1, 4.248354255291589e-18, new[] { 0.0 })]
    [InlineData("BinaryCrossEntropy", new[] { -40.0 }, 0, 4.248354255291589e-18, new[] { 4.248354255291589e-18 })]
    [InlineData("CrossEntropy", new[] { 1000.0, -1000, 0 }, 1, 2000, new[] { 1.0, -1, 0 })]
    [InlineData("CrossEntropy", new[] { 100.0, 60, 0 }, 0, 0, new[] { 0.0, 4.248354255291589e-18, 3.720075976020836E-44 })]
    [InlineData("LogCosh", new[] { 1e4 }, 0, 9999.306852819441, new[] { 1.0 })]
    [InlineData("LogCosh", new[] { 1e-5 }, 0, 4.999999999916667e-11, new[] { 9.999999999666668e-06 })]
    public void FarOutTheyStayExact(string name, double[] outputs, double target, double loss, double[] gradient)
    {
        (double found, double[] slopes) = LossInterpreter.Compiled(LossCase.Of(name).Definition, outputs, target, 1);
        found.ShouldBe(loss, 1e-13 * Math.Abs(loss));
        for (int i = 0; i < gradient.Length; i++)
        {
            slopes[i].ShouldBe(gradient[i], 1e-13 * Math.Abs(gradient[i]), $"output {i}");
        }
    }

    [Fact]
    public void NumbersOfTheDeclarationReplaceTheTexts()
    {
        LossDefinition definition = LossParser.Parse("number q = 0.9; numbers w = 1, 2; values y[w]; loss = q * sum(w * y) - target; prediction = mean(y)", "L", new([new("q", new([0.5]), false), new("w", new([1.0, 10, 100]), true)]));
        definition.ValuesPerTarget.ShouldBe(3);
        LossInterpreter.Derived(definition, [1, 1, 1], 0).Gradient.ShouldBe([0.5, 5, 50]);
    }
}
