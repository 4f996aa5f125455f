using System.Globalization;
using System.Text;

namespace Sunspots;

/// <summary>The table of errors and the verdict.</summary>
internal static class Report
{
    /// <summary>Draws the table: one line a method, the errors at each horizon in the units of the series.</summary>
    /// <param name="networks">Forecasts of the models.</param>
    /// <param name="naive">Forecasts without a model.</param>
    /// <param name="truths">For each horizon, the true values.</param>
    public static string Table(IReadOnlyList<Forecast> networks, IReadOnlyList<Forecast> naive, IReadOnlyList<float[]> truths)
    {
        int nameWidth = networks.Concat(naive).Max(f => f.Name.Length);
        var table = new StringBuilder();
        table.Append(' ', nameWidth);
        foreach (int horizon in Settings.Horizons)
        {
            table.Append(CultureInfo.InvariantCulture, $"{(horizon == 1 ? "1 month ahead" : $"{horizon} months ahead"),20}");
        }

        table.AppendLine().Append("forecast".PadRight(nameWidth));
        foreach (int _ in Settings.Horizons)
        {
            table.Append(CultureInfo.InvariantCulture, $"{"RMSE",12}{"MAE",8}");
        }

        table.AppendLine();
        int width = nameWidth + (20 * Settings.Horizons.Count);
        foreach (IReadOnlyList<Forecast> group in (IReadOnlyList<Forecast>[])[networks, naive])
        {
            table.Append('-', width).AppendLine();
            foreach (Forecast forecast in group)
            {
                table.Append(forecast.Name.PadRight(nameWidth));
                for (int i = 0; i < truths.Count; i++)
                {
                    Score score = Score.Of(forecast.Values[i], truths[i]);
                    table.Append(CultureInfo.InvariantCulture, $"{score.Rmse,12:F2}{score.Mae,8:F2}");
                }

                table.AppendLine();
            }
        }

        return table.ToString();
    }

    /// <summary>Says which networks beat every naive forecast, in both errors at every horizon.</summary>
    /// <param name="networks">Forecasts of the models.</param>
    /// <param name="naive">Forecasts without a model.</param>
    /// <param name="truths">For each horizon, the true values.</param>
    public static string Verdict(IReadOnlyList<Forecast> networks, IReadOnlyList<Forecast> naive, IReadOnlyList<float[]> truths)
    {
        string[] winners = [.. networks.Where(n => naive.All(other => Beats(n, other, truths))).Select(n => n.Name)];
        return winners.Length == 0
            ? "No network beats every naive forecast at every horizon."
            : $"Better than every naive forecast at every horizon: {string.Join(", ", winners)}.";
    }

    private static bool Beats(Forecast forecast, Forecast other, IReadOnlyList<float[]> truths)
    {
        for (int i = 0; i < truths.Count; i++)
        {
            Score mine = Score.Of(forecast.Values[i], truths[i]), its = Score.Of(other.Values[i], truths[i]);
            if (mine.Rmse >= its.Rmse || mine.Mae >= its.Mae)
            {
                return false;
            }
        }

        return true;
    }
}
