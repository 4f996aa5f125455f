namespace RnnGen.Forecasting;

/// <summary>How forecasts of several models become one, at each step and for each quantile.</summary>
public enum Combination
{
    /// <summary>Their weighted mean. Of quantiles: the mean of equal levels (Vincent averaging).</summary>
    Mean,

    /// <summary>Their weighted median, which one model that is far off does not move.</summary>
    Median,
}

/// <summary>Combines forecasts of one series.</summary>
internal static class ForecastCombination
{
    /// <summary>One forecast of several.</summary>
    /// <param name="forecasts">At least one, of one series.</param>
    /// <param name="combination">How.</param>
    /// <param name="weights">A weight for each; none if all count the same.</param>
    /// <exception cref="SeriesDataException">They differ in series, horizon or levels.</exception>
    public static Forecast Of(IReadOnlyList<Forecast> forecasts, Combination combination, IReadOnlyList<double> weights)
    {
        Forecast first = forecasts[0];
        if (forecasts.Count == 1)
        {
            return first;
        }

        for (int member = 1; member < forecasts.Count; member++)
        {
            Forecast other = forecasts[member];
            string? difference = other.Id != first.Id ? Invariant($"is of the series '{other.Id}'")
                : other.Horizon != first.Horizon ? Invariant($"has {other.Horizon} steps, and that of member 0 has {first.Horizon}")
                : !other.Levels.SequenceEqual(first.Levels) ? Invariant($"has the quantiles ({Listed(other)}), and that of member 0 has ({Listed(first)})")
                : null;
            if (difference is not null)
            {
                throw new SeriesDataException(Invariant($"the forecast of member {member} {difference}; give all members of an ensemble the same."), first.Id);
            }
        }

        double[] values = Combine([.. forecasts.Select(forecast => forecast.Values)], combination, weights);
        Forecast combined = new(first.Id, values, first.Times);
        return first.Levels.Count == 0 ? combined : combined.WithQuantiles(first.Levels, Combine([.. forecasts.Select(forecast => forecast.Quantiles)], combination, weights));
    }

    private static string Listed(Forecast forecast) => forecast.Levels.Count == 0 ? "none" : DescribedForecaster.Listed(forecast.Levels);

    private static double[] Combine(ReadOnlyMemory<double>[] members, Combination combination, IReadOnlyList<double> weights)
    {
        int unit = Magnitude.Of([.. weights]);
        double[] combined = new double[members[0].Length], values = new double[members.Length], shares = new double[members.Length];
        for (int i = 0; i < combined.Length; i++)
        {
            for (int member = 0; member < members.Length; member++)
            {
                values[member] = members[member].Span[i];
                shares[member] = weights.Count > 0 ? Magnitude.Down(weights[member], unit) : 1;
            }

            combined[i] = combination switch
            {
                Combination.Mean => Mean(values, shares),
                Combination.Median => Median(values, shares),
                _ => throw new InvalidOperationException(Invariant($"There is no {nameof(Combination)} '{combination}'.")),
            };
        }

        return combined;
    }

    private static double Mean(double[] values, double[] shares)
    {
        int exponent = Magnitude.Of(values);
        double sum = 0, all = 0;
        for (int i = 0; i < values.Length; i++)
        {
            sum += shares[i] * Magnitude.Down(values[i], exponent);
            all += shares[i];
        }

        return Magnitude.Up(sum / all, exponent);
    }

    // The value below which half of the weight is; where a value has exactly half of it below or at it, the middle between that and the next.
    private static double Median(double[] values, double[] shares)
    {
        Array.Sort(values, shares);
        double half = shares.Sum() / 2, below = 0;
        for (int i = 0; i < values.Length; i++)
        {
            below += shares[i];
            if (below >= half * (1 - 1e-12))
            {
                return below <= half * (1 + 1e-12) && i + 1 < values.Length ? (values[i] / 2) + (values[i + 1] / 2) : values[i];
            }
        }

        throw new InvalidOperationException("There is no value to combine.");
    }
}
