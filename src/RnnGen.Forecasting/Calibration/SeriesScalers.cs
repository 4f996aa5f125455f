namespace RnnGen.Forecasting;

/// <summary>What makes the errors of different series comparable, at the end of each of their histories.</summary>
/// <param name="windows">The windows whose scaling it is; <see langword="null"/> for the seasonal error of the history.</param>
/// <param name="period">Steps of a season.</param>
/// <param name="horizon">Steps to forecast.</param>
internal sealed class SeriesScalers(WindowOptions? windows, int period, int horizon)
{
    /// <summary>Checks, before anything is learned, that every value can be scaled.</summary>
    /// <exception cref="SeriesDataException">One cannot.</exception>
    public void Check(SeriesSet history)
    {
        foreach (TimeSeries series in history)
        {
            SeriesCheck.Accepts(series, windows?.Scaling ?? Scaling.None);
        }
    }

    /// <summary>A scaler for each series; <see langword="null"/> where nothing has a scale, such as a constant history without a scaling of its own.</summary>
    public IReadOnlyList<WindowScaler?> Of(SeriesSet history)
    {
        if (windows is null)
        {
            return [.. history.Select(BySeasonalError)];
        }

        ForecastWindows latest = ForecastWindows.Latest(history, windows);
        return [.. Enumerable.Range(0, latest.Count).Select(i =>
        {
            WindowReader reader = latest.CreateReader();
            reader.Read(i);
            return reader.Scaler.HasScale ? reader.Scaler : null;
        })];
    }

    private WindowScaler? BySeasonalError(TimeSeries series)
    {
        if (!(ForecastMetrics.SeasonalError(series.Targets.Span, period) > 0))
        {
            return null;
        }

        WindowScaler scaler = Scaling.SeasonalDifferences(period).Then(Scaling.MeanAbsolute).Create(series.Length, horizon);
        SeriesCheck.Fit(scaler, series.Targets.Span, series, series.Length);
        return scaler.HasScale ? scaler : null;
    }
}
