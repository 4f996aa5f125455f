using System.Globalization;
using RnnGen.Forecasting;
using RnnGen.Samples;

namespace M4Hourly;

/// <summary>Eight series: three days of history, the forecast with its interval, and what came.</summary>
internal static class FanPicture
{
    private const int Panels = 8, Columns = 2, Width = 1200, PanelHeight = 240, Top = 84, PlotHeight = PanelHeight - 78, Right = 24;

    /// <summary>Hours of the history that are drawn.</summary>
    public const int Shown = 3 * Settings.Day;

    /// <summary>Draws every n-th series.</summary>
    public static string Draw(IReadOnlyList<Forecast> forecasts, SeriesSet history, SeriesSet actual)
    {
        int count = Math.Min(Panels, forecasts.Count), rows = (count + Columns - 1) / Columns;
        SvgPicture picture = new("Forecasts of 48 hours with their 95 % intervals", Width) { Height = Top + (rows * PanelHeight) };
        (Forecast Forecast, ChartPanel Panel)[] fans = [.. Enumerable.Range(0, count).Select(i => i * forecasts.Count / count).Select(s => (forecasts[s], PanelOf(forecasts[s], history[s], actual[s])))];
        int margin = fans.Max(fan => LineChart.LeftOf(fan.Panel, PlotHeight));
        picture.Text(margin, 36, "The last three days, the forecast of 48 hours (blue) with its 95 % interval, and what came (grey)", "heading");
        for (int i = 0; i < count; i++)
        {
            double width = (Width / (double)Columns) - margin - Right, left = margin + (i % Columns * (Width / (double)Columns)), top = Top + (i / Columns * PanelHeight);
            picture.Text(left, top - 12, fans[i].Forecast.Id, "panel");
            DrawOne(picture, fans[i].Forecast, fans[i].Panel, (left, top, width, PlotHeight));
        }

        return picture.ToString();
    }

    private static ChartPanel PanelOf(Forecast forecast, TimeSeries history, TimeSeries actual)
    {
        double[] past = history.Targets[^Shown..].ToArray(), came = actual.Targets.ToArray(), places = [.. Enumerable.Range(1 - Shown, Shown + Settings.Horizon).Select(t => (double)t)];
        (double[] lower, double[] upper) = forecast.Interval(0.95);
        double[] Ahead(double[] values) => [.. Enumerable.Repeat(double.NaN, Shown - 1), past[^1], .. values];
        return new(forecast.Id, "hours from the end of the history", "", places,
        [
            new("lower", Ahead(lower), 1) { Style = "dashed" }, new("upper", Ahead(upper), 1) { Style = "dashed" }, new("forecast", Ahead(forecast.Values.ToArray()), 1), new("what came", [.. past, .. came], 0),
        ]);
    }

    private static void DrawOne(SvgPicture picture, Forecast forecast, ChartPanel panel, (double Left, double Top, double Width, double Height) place)
    {
        (double[] lower, double[] upper) = forecast.Interval(0.95);
        Func<double, double> y = LineChart.DrawPanel(picture, panel, place.Left, place.Top, place.Width, place.Height);
        double X(int step) => place.Left + ((Shown + step) / (double)(panel.Places.Count - 1) * place.Width);
        IEnumerable<(double X, double Y)> edge = [.. upper.Select((value, step) => (X(step), y(value))), .. lower.Select((value, step) => (X(step), y(value))).Reverse()];
        string points = string.Join(' ', edge.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#},{p.Y:0.#}")));
        picture.Add($"<polygon class=\"f1\" opacity=\"0.18\" points=\"{points}\"/>");
    }
}
