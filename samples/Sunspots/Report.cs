using RnnGen.Samples;

namespace Sunspots;

/// <summary>The errors, the verdict and the picture.</summary>
internal static class Report
{
    /// <summary>Adds each method's errors at each horizon, in the units of the series.</summary>
    /// <param name="forecasts">Forecasts of all methods.</param>
    /// <param name="truths">For each horizon, the true values.</param>
    /// <param name="results">What they are added to.</param>
    public static void Score(IReadOnlyList<HeldOutForecast> forecasts, IReadOnlyList<float[]> truths, ResultTable results)
    {
        foreach (HeldOutForecast forecast in forecasts)
        {
            for (int i = 0; i < truths.Count; i++)
            {
                Score score = Sunspots.Score.Of(forecast.Values[i], truths[i]);
                results.Add(forecast.Name, $"RMSE, {Ahead(i)}", score.Rmse);
                results.Add(forecast.Name, $"MAE, {Ahead(i)}", score.Mae);
            }
        }
    }

    /// <summary>Names the networks that beat every naive forecast, in both errors at every horizon.</summary>
    /// <param name="networks">Forecasts of the models.</param>
    /// <param name="naive">Forecasts without a model.</param>
    /// <param name="truths">For each horizon, the true values.</param>
    public static string Verdict(IReadOnlyList<HeldOutForecast> networks, IReadOnlyList<HeldOutForecast> naive, IReadOnlyList<float[]> truths)
    {
        string[] winners = [.. networks.Where(n => naive.All(other => Beats(n, other, truths))).Select(n => n.Name)];
        return winners.Length == 0
            ? "No network beats every naive forecast at every horizon."
            : $"Better than every naive forecast at every horizon: {string.Join(", ", winners)}.";
    }

    /// <summary>Draws forecasts on top of the truth, one panel a horizon.</summary>
    /// <param name="forecasts">Forecasts of some models.</param>
    /// <param name="data">The truth and its times.</param>
    /// <param name="column">What is forecast.</param>
    public static string Draw(IReadOnlyList<HeldOutForecast> forecasts, SunspotData data, string column) => LineChart.Draw(
        "Forecast and truth on the held-out months",
        [.. Settings.Horizons.Select((horizon, i) => new ChartPanel(Ahead(i) + " ahead", data.TimeLabel, column, data.TestTimes(horizon),
        [
            new ChartLine("observed", Doubles(data.Truths[i]), 0),
            .. forecasts.Select((f, color) => new ChartLine(f.Name, Doubles(f.Values[i]), color + 1)),
        ]) { FromZero = true })]);

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, v => (double)v);

    private static string Ahead(int index) => Settings.Horizons[index] == 1 ? "1 month" : $"{Settings.Horizons[index]} months";

    private static bool Beats(HeldOutForecast forecast, HeldOutForecast other, IReadOnlyList<float[]> truths)
    {
        for (int i = 0; i < truths.Count; i++)
        {
            Score mine = Sunspots.Score.Of(forecast.Values[i], truths[i]), its = Sunspots.Score.Of(other.Values[i], truths[i]);
            if (mine.Rmse >= its.Rmse || mine.Mae >= its.Mae)
            {
                return false;
            }
        }

        return true;
    }
}
