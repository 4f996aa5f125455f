namespace RnnGen.Runtime;

/// <summary>Gauss-Legendre quadrature on the interval from 0 to 1: exact for polynomials of degree below twice the number of points.</summary>
internal static class Quadrature
{
    /// <summary>Computes points and weights: the roots of the Legendre polynomial of degree n by Newton's method, from Tricomi's approximation.</summary>
    /// <param name="points">Receives the points, in ascending order.</param>
    /// <param name="weights">Receives as many weights, whose sum is 1.</param>
    public static void Gauss(Span<double> points, Span<double> weights)
    {
        int n = points.Length;
        for (int i = 0; i < n; i++)
        {
            double x = Math.Cos(Math.PI * (i + 0.75) / (n + 0.5)), derivative = 1;
            for (int round = 0; round < 100; round++)
            {
                (double value, double before) = Legendre(n, x);
                derivative = n * (x * value - before) / (x * x - 1);
                double change = value / derivative;
                x -= change;
                if (Math.Abs(change) <= 1e-15)
                {
                    break;
                }
            }

            points[i] = (1 - x) / 2;
            weights[i] = 1 / ((1 - x * x) * derivative * derivative);
        }
    }

    // The polynomial of a degree, and the one before it.
    private static (double Value, double Before) Legendre(int degree, double x)
    {
        (double before, double value) = (1, x);
        for (int k = 2; k <= degree; k++)
        {
            (before, value) = (value, ((2 * k - 1) * x * value - (k - 1) * before) / k);
        }

        return (value, before);
    }
}
