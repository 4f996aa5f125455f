namespace RnnGen.Forecasting;

/// <summary>Quantiles of the normal distribution.</summary>
internal static class NormalQuantiles
{
    /// <summary>A forecast with the quantiles of a normal distribution around its values.</summary>
    /// <param name="forecast">The forecast; its values are the means.</param>
    /// <param name="levels">The levels; none leaves the forecast as it is.</param>
    /// <param name="deviations">The standard deviation at each step.</param>
    public static Forecast Around(Forecast forecast, IReadOnlyList<double> levels, ReadOnlySpan<double> deviations)
    {
        if (levels.Count == 0)
        {
            return forecast;
        }

        double[] standard = [.. levels.Select(Of)], quantiles = new double[forecast.Horizon * levels.Count];
        ReadOnlySpan<double> values = forecast.Values.Span;
        for (int i = 0; i < quantiles.Length; i++)
        {
            quantiles[i] = values[i / levels.Count] + (deviations[i / levels.Count] * standard[i % levels.Count]);
        }

        return forecast.WithQuantiles(levels, quantiles);
    }

    /// <summary>The quantile of the standard normal distribution, to about 1e-16 relative. Source: Wichura, "Algorithm AS 241", Applied Statistics 37 (1988), PPND16.</summary>
    /// <param name="level">Above 0 and below 1.</param>
    public static double Of(double level)
    {
        double centre = level - 0.5;
        if (Math.Abs(centre) <= 0.425)
        {
            double square = 0.180625 - (centre * centre);
            return centre * Polynomial(square, s_middle) / Polynomial(square, s_middleBelow);
        }

        double tail = Math.Sqrt(-Math.Log(centre < 0 ? level : 1 - level));
        double size = tail <= 5
            ? Polynomial(tail - 1.6, s_near) / Polynomial(tail - 1.6, s_nearBelow)
            : Polynomial(tail - 5, s_far) / Polynomial(tail - 5, s_farBelow);
        return centre < 0 ? -size : size;
    }

    private static double Polynomial(double x, double[] coefficients)
    {
        double sum = 0;
        for (int i = coefficients.Length - 1; i >= 0; i--)
        {
            sum = (sum * x) + coefficients[i];
        }

        return sum;
    }

    private static readonly double[] s_middle =
        [3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3];

    private static readonly double[] s_middleBelow =
        [1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3, 2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3];

    private static readonly double[] s_near =
        [1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4];

    private static readonly double[] s_nearBelow =
        [1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9];

    private static readonly double[] s_far =
        [6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7];

    private static readonly double[] s_farBelow =
        [1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15];
}
