namespace RnnGen.Forecasting;

/// <summary>The minimum of a function without its gradient. Source: Nelder and Mead, "A simplex method for function minimization", The Computer Journal 7 (1965), with their coefficients.</summary>
internal static class NelderMead
{
    private const double Reflection = 1, Expansion = 2, Contraction = 0.5, Shrinkage = 0.5;

    /// <summary>Moves a simplex until its values agree to 1e-8 relative, for at most 200 moves for each dimension.</summary>
    /// <param name="function">The function.</param>
    /// <param name="start">Where the simplex begins.</param>
    /// <returns>The best point.</returns>
    public static double[] Minimize(Func<double[], double> function, double[] start)
    {
        int n = start.Length;
        (double[] Point, double Value)[] simplex = new (double[], double)[n + 1];
        for (int i = 0; i <= n; i++)
        {
            double[] point = [.. start];
            if (i < n)
            {
                point[i] += Math.Abs(point[i]) > 1e-3 ? 0.1 * point[i] : 0.01;
            }

            simplex[i] = (point, function(point));
        }

        for (int move = 0; move < 200 * n; move++)
        {
            Array.Sort(simplex, static (a, b) => a.Value.CompareTo(b.Value));
            if (Math.Abs(simplex[n].Value - simplex[0].Value) <= 1e-8 * Math.Abs(simplex[0].Value))
            {
                break;
            }

            Move(function, simplex, n);
        }

        return simplex.MinBy(vertex => vertex.Value).Point;
    }

    private static void Move(Func<double[], double> function, (double[] Point, double Value)[] simplex, int n)
    {
        double[] centre = new double[n];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < n; k++)
            {
                centre[k] += simplex[i].Point[k] / n;
            }
        }

        (double[] Point, double Value) reflected = At(Reflection);
        if (reflected.Value < simplex[0].Value)
        {
            (double[] Point, double Value) expanded = At(Expansion);
            simplex[n] = expanded.Value < reflected.Value ? expanded : reflected;
            return;
        }

        if (reflected.Value < simplex[n - 1].Value)
        {
            simplex[n] = reflected;
            return;
        }

        (double[] Point, double Value) contracted = At(reflected.Value < simplex[n].Value ? Contraction : -Contraction);
        if (contracted.Value < Math.Min(reflected.Value, simplex[n].Value))
        {
            simplex[n] = contracted;
            return;
        }

        for (int i = 1; i <= n; i++)
        {
            double[] point = [.. simplex[i].Point.Select((x, k) => simplex[0].Point[k] + (Shrinkage * (x - simplex[0].Point[k])))];
            simplex[i] = (point, function(point));
        }

        // From the worst point through the centre, as far beyond it as the coefficient says.
        (double[] Point, double Value) At(double coefficient)
        {
            double[] point = [.. centre.Select((c, k) => c + (coefficient * (c - simplex[n].Point[k])))];
            return (point, function(point));
        }
    }
}
