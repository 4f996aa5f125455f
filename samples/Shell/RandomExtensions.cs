namespace RnnGen.Samples;

/// <summary>What <see cref="Random"/> lacks.</summary>
public static class RandomExtensions
{
    /// <summary>A draw from the standard normal distribution (G. Box and M. Muller 1958).</summary>
    public static double Gaussian(this Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
