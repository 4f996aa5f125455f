using System.Numerics;

namespace RnnGen.Forecasting;

/// <summary>The sums of a least-squares problem with several outputs: XᵀX, XᵀY and the squares of Y. The last input is 1.</summary>
internal sealed class RidgeSums(int inputs, int outputs)
{
    private readonly double[] _products = new double[inputs * inputs], _targets = new double[inputs * outputs], _squares = new double[outputs];

    /// <summary>Rows added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds one row.</summary>
    public void Add(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        for (int i = 0; i < inputs; i++)
        {
            AddMultiple(_products.AsSpan(i * inputs, i + 1), x[i], x[..(i + 1)]);
            AddMultiple(_targets.AsSpan(i * outputs, outputs), x[i], y);
        }

        for (int k = 0; k < outputs; k++)
        {
            _squares[k] += y[k] * y[k];
        }

        Count++;
    }

    /// <summary>Solves (XᵀX + λ n I') W = XᵀY by Cholesky factors, with I' 0 for the input that is 1, and finds each output's residual deviation.</summary>
    /// <param name="penalty">λ, above 0.</param>
    public RidgeSolution Solve(double penalty)
    {
        double[] factors = [.. _products], weights = [.. _targets], deviations = new double[outputs];
        double jitter = 1e-10 * Math.Max(1, _products[^1]);
        for (int i = 0; i < inputs; i++)
        {
            factors[(i * inputs) + i] += i < inputs - 1 ? penalty * Count : jitter;
        }

        Factor(factors);
        Substitute(factors, weights);
        for (int k = 0; k < outputs; k++)
        {
            double explained = 0, quadratic = 0;
            for (int i = 0; i < inputs; i++)
            {
                double w = weights[(i * outputs) + k];
                explained += w * _targets[(i * outputs) + k];
                for (int j = 0; j < i; j++)
                {
                    quadratic += 2 * w * _products[(i * inputs) + j] * weights[(j * outputs) + k];
                }

                quadratic += w * w * _products[(i * inputs) + i];
            }

            deviations[k] = Math.Sqrt(Math.Max(0, _squares[k] - (2 * explained) + quadratic) / Count);
        }

        return new(weights, deviations);
    }

    // The lower triangle becomes L with L Lᵀ = A.
    private void Factor(double[] a)
    {
        for (int i = 0; i < inputs; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = a[(i * inputs) + j];
                for (int k = 0; k < j; k++)
                {
                    sum -= a[(i * inputs) + k] * a[(j * inputs) + k];
                }

                a[(i * inputs) + j] = i == j ? Math.Sqrt(sum) : sum / a[(j * inputs) + j];
            }
        }
    }

    private void Substitute(double[] factors, double[] weights)
    {
        for (int i = 0; i < inputs; i++)
        {
            for (int j = 0; j < i; j++)
            {
                AddMultiple(weights.AsSpan(i * outputs, outputs), -factors[(i * inputs) + j], weights.AsSpan(j * outputs, outputs));
            }

            Divide(weights.AsSpan(i * outputs, outputs), factors[(i * inputs) + i]);
        }

        for (int i = inputs - 1; i >= 0; i--)
        {
            for (int j = i + 1; j < inputs; j++)
            {
                AddMultiple(weights.AsSpan(i * outputs, outputs), -factors[(j * inputs) + i], weights.AsSpan(j * outputs, outputs));
            }

            Divide(weights.AsSpan(i * outputs, outputs), factors[(i * inputs) + i]);
        }
    }

    private static void Divide(Span<double> values, double divisor)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] /= divisor;
        }
    }

    /// <summary>to += factor · from.</summary>
    internal static void AddMultiple(Span<double> to, double factor, ReadOnlySpan<double> from)
    {
        Vector<double> factors = new(factor);
        int i = 0;
        for (; i <= to.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            (new Vector<double>(to[i..]) + (factors * new Vector<double>(from[i..]))).CopyTo(to[i..]);
        }

        for (; i < to.Length; i++)
        {
            to[i] += factor * from[i];
        }
    }
}

/// <summary>The weights of a ridge regression, <c>[input, output]</c>, and each output's residual deviation.</summary>
internal sealed class RidgeSolution(double[] weights, double[] deviations)
{
    public double[] Deviations => deviations;

    /// <summary>The outputs of one row.</summary>
    public void Apply(ReadOnlySpan<double> x, Span<double> y)
    {
        y.Clear();
        for (int i = 0; i < x.Length; i++)
        {
            RidgeSums.AddMultiple(y, x[i], weights.AsSpan(i * y.Length, y.Length));
        }
    }
}
