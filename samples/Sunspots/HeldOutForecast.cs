namespace Sunspots;

/// <summary>What one method forecast for the test part, in sunspot numbers.</summary>
/// <param name="Name">The method.</param>
/// <param name="Values">For each of <see cref="Settings.Horizons"/>, one value for each test window.</param>
internal sealed record HeldOutForecast(string Name, float[][] Values);

/// <summary>The distance of a forecast from the truth, in the units of both.</summary>
/// <param name="Rmse">Root of the mean squared error.</param>
/// <param name="Mae">Mean absolute error.</param>
internal readonly record struct Score(double Rmse, double Mae)
{
    /// <summary>Compares value by value.</summary>
    /// <param name="forecast">The forecast, at least one value.</param>
    /// <param name="truth">As many values.</param>
    public static Score Of(ReadOnlySpan<float> forecast, ReadOnlySpan<float> truth)
    {
        if (forecast.IsEmpty || forecast.Length != truth.Length)
        {
            throw new ArgumentException($"A score needs as many forecasts as truths, and at least one; found {forecast.Length} and {truth.Length}.");
        }

        double squares = 0, magnitudes = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            double error = forecast[i] - truth[i];
            squares += error * error;
            magnitudes += Math.Abs(error);
        }

        return new Score(Math.Sqrt(squares / truth.Length), magnitudes / truth.Length);
    }
}
