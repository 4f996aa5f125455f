using RnnGen.Forecasting;
using RnnGen.Samples;

namespace M4Hourly;

/// <summary>The competition's measures.</summary>
internal static class Scores
{
    /// <summary>Adds the row of a forecaster.</summary>
    public static void Add(ResultTable results, string name, IReadOnlyList<Forecast> forecasts, SeriesSet history, SeriesSet actual)
    {
        ForecastScore score = ForecastScore.Of(name, forecasts, history, actual, Settings.Day);
        ForecastScore reference = ForecastScore.Of("Naive2", new Naive2(Settings.Day).Fit(history, Settings.Horizon).Predict(history), history, actual, Settings.Day);
        results.Add(name, "sMAPE", score.Smape, 3);
        results.Add(name, "MASE", score.Mase, 3);
        results.Add(name, "OWA", ForecastMetrics.Owa(score.Smape, score.Mase, reference.Smape, reference.Mase), 3);
        results.Add(name, "MSIS", score.Msis, 2);
        results.Add(name, "coverage, %", 100 * score.Coverage, 1);
    }
}
