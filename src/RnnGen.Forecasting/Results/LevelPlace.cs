namespace RnnGen.Forecasting;

/// <summary>Where a level is among the levels of quantiles: at one of them, or on the straight line between two.</summary>
/// <param name="Below">The place of the level below it, or of its own.</param>
/// <param name="Above">The place of the level above it, or of its own.</param>
/// <param name="Share">How far it is from the one to the other, from 0 to 1.</param>
internal readonly record struct LevelPlace(int Below, int Above, double Share)
{
    /// <summary>Levels that are equal but for rounding.</summary>
    public const double Tolerance = 1e-9;

    /// <summary>The place of a level that the levels enclose.</summary>
    /// <param name="levels">The levels, rising.</param>
    /// <param name="level">From the lowest to the highest.</param>
    public static LevelPlace Of(IReadOnlyList<double> levels, double level)
    {
        int above = 0;
        while (above < levels.Count - 1 && levels[above] < level - Tolerance)
        {
            above++;
        }

        int below = Math.Abs(levels[above] - level) <= Tolerance ? above : above - 1;
        return new(below, above, below == above ? 0 : (level - levels[below]) / (levels[above] - levels[below]));
    }

    /// <summary>The quantile of the level; half-way, the mean of both.</summary>
    /// <param name="quantiles">Those of the levels.</param>
    public double In(ReadOnlySpan<double> quantiles)
    {
        double low = quantiles[Below], high = quantiles[Above];
        return Below == Above ? low : Math.Abs(Share - 0.5) <= Tolerance ? (low / 2) + (high / 2) : Magnitude.Between(low, high, Share);
    }
}
