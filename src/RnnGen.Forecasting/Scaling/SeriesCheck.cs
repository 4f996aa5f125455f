namespace RnnGen.Forecasting;

/// <summary>Checks of a series that name it.</summary>
internal static class SeriesCheck
{
    /// <summary>A history has a known value.</summary>
    /// <exception cref="SeriesDataException">It has none.</exception>
    public static void IsKnown(TimeSeries series)
    {
        if (!series.Targets.Span.ContainsAnyExceptNaN())
        {
            throw new SeriesDataException("no value of its history is known, so that nothing can be forecast. Give it known values, or leave it out.", series.Id, series.TimeOf(series.Length));
        }
    }

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

    /// <summary>
    /// Fits a scaler to the past of a window. Where that has no scale, it is fitted to the whole past of the series up to the window's origin; where that has none either, it collapses: what is forecast is the
    /// offset itself.
    /// </summary>
    /// <param name="scaler">The scaler.</param>
    /// <param name="past">The past.</param>
    /// <param name="series">The window's series, for the message.</param>
    /// <param name="origin">The first step after the past.</param>
    /// <exception cref="SeriesDataException">The past cannot be scaled.</exception>
    public static void Fit(WindowScaler scaler, ReadOnlySpan<double> past, TimeSeries series, int origin)
    {
        ReadOnlySpan<double> whole = series.Targets.Span[..origin];
        try
        {
            scaler.Fit(past);

            // Zeros alone have no scale however many they are.
            if (!scaler.HasScale && whole.Length > past.Length && (scaler.State == ScaleState.Unknown || whole.ContainsAnyExceptZero()))
            {
                scaler.FitLonger(whole);
            }

            scaler.Collapse();
        }
        catch (ArgumentException e)
        {
            throw NotScaled(series, origin, e);
        }
    }

    /// <summary>Checks that a scaling found known values to measure in a history.</summary>
    /// <param name="scaler">The scaler, fitted to the history.</param>
    /// <param name="scaling">Its scaling.</param>
    /// <param name="series">The series.</param>
    /// <param name="origin">The first step after the history.</param>
    /// <exception cref="SeriesDataException">It found none.</exception>
    public static void IsMeasured(WindowScaler scaler, Scaling scaling, TimeSeries series, int origin)
    {
        if (scaler.State == ScaleState.Unknown)
        {
            IsKnown(series);
            throw new SeriesDataException(Invariant($"the scaling {scaling} finds nothing to measure in the {origin} steps of its history, of which too few are known. Give it a longer history, leave it out, or choose another scaling."), series.Id, series.TimeOf(origin));
        }
    }

    /// <summary>Scales the targets that follow the past of a window.</summary>
    /// <param name="scaler">The scaler, fitted to the past.</param>
    /// <param name="series">The window's series.</param>
    /// <param name="origin">The first step after the past.</param>
    /// <param name="scaled">Receives them; NaN where one is missing, or not known yet.</param>
    /// <exception cref="SeriesDataException">A target cannot be scaled.</exception>
    public static void Scale(WindowScaler scaler, TimeSeries series, int origin, Span<double> scaled)
    {
        ReadOnlySpan<double> targets = series.Targets.Span;
        try
        {
            for (int step = 0; step < scaled.Length; step++)
            {
                scaled[step] = origin + step < targets.Length ? scaler.Scale(targets[origin + step], step) : double.NaN;
            }
        }
        catch (ArgumentException e)
        {
            throw NotScaled(series, origin, e);
        }
    }

    private static SeriesDataException NotScaled(TimeSeries series, int origin, ArgumentException cause) =>
        new(Invariant($"the window whose past ends before step {origin} cannot be scaled. {cause.Message}"), series.Id, series.TimeOf(origin), cause);
}
