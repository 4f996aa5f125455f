namespace RnnGen.Forecasting;

/// <summary>Forecasts that double holds.</summary>
internal static class ForecastRange
{
    /// <summary>A forecast whose values and quantiles are numbers.</summary>
    /// <exception cref="SeriesDataException">One is beyond the range of double.</exception>
    public static Forecast Checked(Forecast forecast) => AreFinite(forecast.Values.Span) && AreFinite(forecast.Quantiles.Span)
        ? forecast
        : throw new SeriesDataException("its forecast, or a quantile of it, is beyond the range of double; give the series in another unit, or scale it.", forecast.Id);

    private static bool AreFinite(ReadOnlySpan<double> numbers)
    {
        foreach (double number in numbers)
        {
            if (!double.IsFinite(number))
            {
                return false;
            }
        }

        return true;
    }
}
