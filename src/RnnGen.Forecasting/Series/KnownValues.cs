namespace RnnGen.Forecasting;

/// <summary>What is known of values, some of which may be missing (NaN).</summary>
internal static class KnownValues
{
    /// <summary>Whether any value is known.</summary>
    public static bool ContainsAnyExceptNaN(this ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether any value is known that is not 0.</summary>
    public static bool ContainsAnyExceptZero(this ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (Math.Abs(value) > 0)
            {
                return true;
            }
        }

        return false;
    }
}
