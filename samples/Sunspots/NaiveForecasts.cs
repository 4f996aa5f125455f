namespace Sunspots;

/// <summary>Forecasts that need no model. A network that does not beat them has learnt nothing worth having.</summary>
internal static class NaiveForecasts
{
    /// <summary>Months of an average solar cycle.</summary>
    public const int Cycle = 132;

    /// <summary>The last known value stays.</summary>
    /// <param name="values">The whole series.</param>
    /// <param name="target">Index of the value to forecast.</param>
    /// <param name="horizon">Months from the last known value to the target.</param>
    public static float LastValue(ReadOnlySpan<float> values, int target, int horizon) => values[target - horizon];

    /// <summary>What was <see cref="Cycle"/> months before the target comes again.</summary>
    /// <param name="values">The whole series.</param>
    /// <param name="target">Index of the value to forecast, at least <see cref="Cycle"/>.</param>
    /// <param name="horizon">Months from the last known value to the target, at most <see cref="Cycle"/>.</param>
    public static float CycleAgo(ReadOnlySpan<float> values, int target, int horizon) => horizon <= Cycle
        ? values[target - Cycle]
        : throw new ArgumentOutOfRangeException(nameof(horizon), horizon, $"The value {Cycle} months before the target is not known yet.");

    /// <summary>The mean of the last 12 known values stays.</summary>
    /// <param name="values">The whole series.</param>
    /// <param name="target">Index of the value to forecast.</param>
    /// <param name="horizon">Months from the last known value to the target.</param>
    public static float MeanOfLastYear(ReadOnlySpan<float> values, int target, int horizon)
    {
        float sum = 0;
        foreach (float value in values.Slice(target - horizon - 11, 12))
        {
            sum += value;
        }

        return sum / 12;
    }
}
