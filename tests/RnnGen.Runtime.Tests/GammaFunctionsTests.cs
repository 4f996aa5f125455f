namespace RnnGen.Runtime.Tests;

/// <summary>The gamma function's logarithm and its derivative against known values, the recurrence and the stencil.</summary>
public class GammaFunctionsTests
{
    [Theory]
    [InlineData(1e-8, 18.42068073818021)]
    [InlineData(0.5, 0.5723649429247004)]
    [InlineData(1, 0)]
    [InlineData(1.5, -0.12078223763524543)]
    [InlineData(2, 0)]
    [InlineData(10, 12.801827480081467)]
    [InlineData(14.999, 25.18854687054693)]
    [InlineData(15, 25.191221182738683)]
    [InlineData(100, 359.1342053695754)]
    [InlineData(1e10, 220258509288.81058)]
    public void Logarithms_of_the_gamma_function(double x, double expected) => GammaFunctions.Log(x).ShouldBe(expected, 2e-14 * Math.Max(1, Math.Abs(expected)));

    [Theory]
    [InlineData(0.5, -1.9635100260214235)]
    [InlineData(1, -0.5772156649015329)]
    [InlineData(10, 2.251752589066721)]
    public void Values_of_its_derivative(double x, double expected) => GammaFunctions.Digamma(x).ShouldBe(expected, 2e-14 * Math.Max(1, Math.Abs(expected)));

    [Theory]
    [InlineData(0.3, 0.5, 1.516103259342938, 2.5375156554939946)]
    [InlineData(2.5, 7, -4.825399338314249, 1.4945812357577064)]
    [InlineData(1e-06, 3, 13.8155090579649, 1000001.49999875)]
    [InlineData(20, 30, -33.968820791977386, 0.9314656811857431)]
    [InlineData(14, 16, -20.805603730203696, 0.7815200424533026)]
    [InlineData(1000000.0, 0.5, -6.335390211057437, 5.00000125e-07)]
    [InlineData(1000000000.0, 3.5, -71.33045683134037, 3.499999995625e-09)]
    [InlineData(1000000000000.0, 1000000000000.0, -1386294361132.4407, 0.6931471805601953)]
    [InlineData(0.25, 100000000.0, -3.317147660352514, 22.64813427482863)]
    public void Differences_do_not_cancel_out(double a, double b, double beta, double rise)
    {
        GammaFunctions.LogBeta(a, b).ShouldBe(beta, 1e-13 * Math.Max(1, Math.Abs(beta)));
        GammaFunctions.LogBeta(b, a).ShouldBe(GammaFunctions.LogBeta(a, b));
        GammaFunctions.DigammaRise(a, b).ShouldBe(rise, 1e-13 * Math.Abs(rise));
    }

    [Fact]
    public void The_recurrence_holds_and_one_is_the_derivative_of_the_other()
    {
        Random random = new(1);
        for (int i = 0; i < 1000; i++)
        {
            double x = Math.Exp((10 * random.NextDouble()) - 3), step = 1e-3 * x;
            GammaFunctions.Log(x + 1).ShouldBe(GammaFunctions.Log(x) + Math.Log(x), 1e-13 * Math.Max(1, GammaFunctions.Log(x + 1)));
            GammaFunctions.Digamma(x + 1).ShouldBe(GammaFunctions.Digamma(x) + (1 / x), 1e-13 * Math.Max(1, 1 / x));
            double slope = (GammaFunctions.Log(x - (2 * step)) - (8 * GammaFunctions.Log(x - step)) + (8 * GammaFunctions.Log(x + step)) - GammaFunctions.Log(x + (2 * step))) / (12 * step);
            GammaFunctions.Digamma(x).ShouldBe(slope, 1e-9 * Math.Max(1, Math.Abs(slope)) + (1e-13 * Math.Abs(GammaFunctions.Log(x)) / step));
        }
    }

    [Fact]
    public void Numbers_that_are_not_above_zero_and_infinity()
    {
        GammaFunctions.Log(0).ShouldBe(double.PositiveInfinity);
        GammaFunctions.Digamma(0).ShouldBe(double.NegativeInfinity);
        GammaFunctions.Log(double.PositiveInfinity).ShouldBe(double.PositiveInfinity);
        GammaFunctions.Digamma(double.PositiveInfinity).ShouldBe(double.PositiveInfinity);
        foreach (double x in (double[])[-1, -0.5, double.NaN])
        {
            GammaFunctions.Log(x).ShouldBe(double.NaN);
            GammaFunctions.Digamma(x).ShouldBe(double.NaN);
        }
    }
}
