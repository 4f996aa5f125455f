namespace RnnGen.Forecasting;

/// <summary>Checks of a series that name it.</summary>
internal static class SeriesCheck
{
    /// <summary>Every known value of a history can be scaled.</summary>
    /// <exception cref="SeriesDataException">One cannot.</exception>
    public static void Accepts(TimeSeries series, Scaling scaling)
    {
        ReadOnlySpan<double> values = series.Targets.Span;
        for (int t = 0; t < values.Length; t++)
        {
            if (!double.IsNaN(values[t]) && !scaling.Accepts(values[t]))
            {
                throw new SeriesDataException(Invariant($"value {t} is {values[t]}, which the scaling {scaling} does not take; shift the series, or choose another scaling."), series.Id, series.TimeOf(t));
            }
        }
    }
}
