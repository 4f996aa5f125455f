using Shouldly;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Derivatives of a loss by the five-point stencil (−f(x+2h) + 8f(x+h) − 8f(x−h) + f(x−2h)) / 12h. Where a
/// loss with kinks gives different derivatives for h and h/2, a kink is within reach and a shorter step is taken; where
/// none is short enough the derivative is left out, which may happen to a tenth of them.
/// </summary>
/// <param name="loss">The loss at x + step × direction.</param>
/// <param name="hasKinks">Whether the loss has kinks.</param>
internal sealed class Stencil(Func<double[], double, double> loss, bool hasKinks)
{
    private const double Tolerance = 1e-7;
    private const double Rounding = 1e-9;
    private const double SmoothStep = 5e-4;
    private const int MostEntries = 250;

    private static readonly double[] s_kinkedSteps = [2e-3, 2e-4, 2e-5, 2e-6];

    private readonly Random _random = new(5);

    /// <summary>All entries of a small tensor; of a large one 60 at random, and directions through all of it. They must not all be 0, unless the tensor has no effect.</summary>
    public void CheckEntries(double[] gradient, double[] values, bool hasNoEffect, string what)
    {
        int[] entries = gradient.Length <= MostEntries
            ? [.. Enumerable.Range(0, gradient.Length)]
            : [.. Enumerable.Range(0, 60).Select(_ => _random.Next(gradient.Length)).Distinct()];
        Check([.. entries.Select(i =>
        {
            double[] direction = new double[gradient.Length];
            direction[i] = 1;
            return (gradient[i], Derivative(direction, Math.Max(1, Math.Abs(values[i]))));
        })], mayBeZero: hasNoEffect, what);
        if (entries.Length < gradient.Length)
            CheckDirections(gradient, what);
    }

    /// <summary>Derivatives of the whole tensor along random directions of length 1. They may be 0, as where a few signs of |d| cancel.</summary>
    public void CheckDirections(double[] gradient, string what)
    {
        Check([.. Enumerable.Range(0, 4).Select(_ =>
        {
            double[] direction = [.. gradient.Select(_ => (2 * _random.NextDouble()) - 1)];
            double norm = Math.Sqrt(direction.Sum(d => d * d));
            direction = [.. direction.Select(d => d / norm)];
            return (gradient.Zip(direction, (g, d) => g * d).Sum(), Derivative(direction, 1));
        })], mayBeZero: true, what + " along directions");
    }

    private static void Check((double Analytic, double? Numeric)[] derivatives, bool mayBeZero, string what)
    {
        (double A, double N)[] found = [.. derivatives.Where(d => d.Numeric is not null).Select(d => (d.Analytic, d.Numeric!.Value))];
        ((double)(derivatives.Length - found.Length)).ShouldBeLessThanOrEqualTo(Math.Max(1, 0.1 * derivatives.Length), $"{what}: too many kinks; take another seed");
        double a = Norm(found.Select(f => f.A)), n = Norm(found.Select(f => f.N)), error = Norm(found.Select(f => f.A - f.N));
        if (mayBeZero && a == 0)
        {
            n.ShouldBeLessThanOrEqualTo(Rounding, what);
            return;
        }

        a.ShouldBeGreaterThan(0, $"{what}: a gradient of 0 checks nothing; take another seed");
        (error / (a + n)).ShouldBeLessThanOrEqualTo(Tolerance, $"{what}: ‖a−n‖ = {error:G3}, ‖a‖ = {a:G3}, ‖n‖ = {n:G3}");
    }

    /// <summary>The derivative at the longest step that has no kink within reach; null where none has.</summary>
    private double? Derivative(double[] direction, double scale)
    {
        if (!hasKinks)
            return FivePoints(direction, SmoothStep * scale);
        double rounding = 1e-15 * Math.Max(1, Math.Abs(loss(direction, 0)));
        foreach (double step in s_kinkedSteps)
        {
            double derivative = FivePoints(direction, step * scale), nearer = FivePoints(direction, step * scale / 2);
            if (Math.Abs(derivative - nearer) <= (1e-8 * Math.Abs(nearer)) + (rounding / step))
                return derivative;
        }

        return null;
    }

    private double FivePoints(double[] direction, double h) =>
        ((8 * (loss(direction, h) - loss(direction, -h))) - (loss(direction, 2 * h) - loss(direction, -2 * h))) / (12 * h);

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(v => v * v));
}
