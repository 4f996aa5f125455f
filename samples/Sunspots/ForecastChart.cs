using System.Globalization;
using System.Text;

namespace Sunspots;

/// <summary>One line of a panel.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Values">One value for each time of the panel.</param>
internal sealed record ChartLine(string Name, IReadOnlyList<float> Values);

/// <summary>One plot of a chart.</summary>
/// <param name="Title">What is drawn.</param>
/// <param name="Times">Years, rising, with fractions.</param>
/// <param name="Lines">The truth first, which is drawn as a backdrop, then the forecasts.</param>
internal sealed record ChartPanel(string Title, IReadOnlyList<double> Times, IReadOnlyList<ChartLine> Lines);

/// <summary>Draws panels of lines over time, one below the other, as an SVG picture that needs no other file and is readable on light and dark pages.</summary>
internal static class ForecastChart
{
    private const int Width = 1200, PanelHeight = 330, Top = 86, Left = 64, Right = 24, PanelTop = 34, PanelBottom = 40;

    /// <summary>Writes the picture as text.</summary>
    /// <param name="title">The heading.</param>
    /// <param name="valueLabel">What the vertical axes measure.</param>
    /// <param name="timeLabel">What the horizontal axes measure.</param>
    /// <param name="panels">At least one; all with the same lines.</param>
    public static string Draw(string title, string valueLabel, string timeLabel, IReadOnlyList<ChartPanel> panels)
    {
        int height = Top + (panels.Count * PanelHeight);
        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img">
            <title>{Escape(title)}</title>
            <style>
              .page {"{"} fill: #ffffff; {"}"}
              text {"{"} font: 14px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f; {"}"}
              .heading {"{"} font-size: 20px; font-weight: 600; {"}"}
              .panel {"{"} font-size: 15px; font-weight: 600; {"}"}
              .grid {"{"} stroke: #d8dee4; stroke-width: 1; {"}"}
              .axis {"{"} stroke: #6e7781; stroke-width: 1; {"}"}
              .line {"{"} fill: none; stroke-width: 1.6; stroke-linejoin: round; {"}"}
              .s0 {"{"} stroke: #8c959f; stroke-width: 2.2; {"}"}
              .s1 {"{"} stroke: #0969da; {"}"}
              .s2 {"{"} stroke: #bc4c00; {"}"}
              .s3 {"{"} stroke: #8250df; {"}"}
              @media (prefers-color-scheme: dark) {"{"}
                .page {"{"} fill: #0d1117; {"}"}
                text {"{"} fill: #e6edf3; {"}"}
                .grid {"{"} stroke: #2b323b; {"}"}
                .s0 {"{"} stroke: #848d97; {"}"}
                .s1 {"{"} stroke: #58a6ff; {"}"}
                .s2 {"{"} stroke: #f0883e; {"}"}
                .s3 {"{"} stroke: #bc8cff; {"}"}
              {"}"}
            </style>
            <rect class="page" width="{Width}" height="{height}"/>
            <text class="heading" x="{Left}" y="36">{Escape(title)}</text>

            """);
        DrawLegend(svg, panels[0].Lines);
        for (int i = 0; i < panels.Count; i++)
        {
            DrawPanel(svg, panels[i], Top + (i * PanelHeight), valueLabel, timeLabel);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawLegend(StringBuilder svg, IReadOnlyList<ChartLine> lines)
    {
        int x = Left;
        for (int i = 0; i < lines.Count; i++)
        {
            Append(svg, $"""
                <line class="line s{i}" x1="{x}" y1="62" x2="{x + 28}" y2="62"/>
                <text x="{x + 36}" y="67">{Escape(lines[i].Name)}</text>

                """);
            x += 72 + (lines[i].Name.Length * 9);
        }
    }

    private static void DrawPanel(StringBuilder svg, ChartPanel panel, int top, string valueLabel, string timeLabel)
    {
        double firstTime = panel.Times[0], lastTime = panel.Times[^1];
        float highest = panel.Lines.Max(line => line.Values.Max());
        double valueStep = RoundStep(highest / 5);
        double ceiling = Math.Max(valueStep, Math.Ceiling(highest / valueStep) * valueStep);
        int plotTop = top + PanelTop, plotBottom = top + PanelHeight - PanelBottom;

        double X(double time) => Left + ((time - firstTime) / Math.Max(lastTime - firstTime, double.Epsilon) * (Width - Left - Right));
        double Y(double value) => plotBottom - (value / ceiling * (plotBottom - plotTop));

        Append(svg, $"""
            <text class="panel" x="{Left}" y="{top + 20}">{Escape(panel.Title)}</text>
            <text x="{Width - Right}" y="{top + 20}" text-anchor="end">{Escape(valueLabel)}</text>

            """);
        for (double value = 0; value <= ceiling + (valueStep / 2); value += valueStep)
        {
            Append(svg, $"""
                <line class="grid" x1="{Left}" y1="{Y(value):F1}" x2="{Width - Right}" y2="{Y(value):F1}"/>
                <text x="{Left - 8}" y="{Y(value) + 5:F1}" text-anchor="end">{value:0.####}</text>

                """);
        }

        double timeStep = Math.Max(1, RoundStep((lastTime - firstTime) / 12));
        for (double time = Math.Ceiling(firstTime / timeStep) * timeStep; time <= lastTime; time += timeStep)
        {
            Append(svg, $"""
                <line class="axis" x1="{X(time):F1}" y1="{plotBottom}" x2="{X(time):F1}" y2="{plotBottom + 5}"/>
                <text x="{X(time):F1}" y="{plotBottom + 21}" text-anchor="middle">{time:0}</text>

                """);
        }

        Append(svg, $"""
            <line class="axis" x1="{Left}" y1="{plotBottom}" x2="{Width - Right}" y2="{plotBottom}"/>
            <text x="{Width - Right}" y="{plotBottom + 36}" text-anchor="end">{Escape(timeLabel)}</text>

            """);
        for (int i = 0; i < panel.Lines.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line s{i}\" points=\"");
            for (int j = 0; j < panel.Times.Count; j++)
            {
                svg.Append(CultureInfo.InvariantCulture, $"{X(panel.Times[j]):F1},{Y(panel.Lines[i].Values[j]):F1} ");
            }

            svg.Append("\"/>\n");
        }
    }

    /// <summary>The least of 1, 2 and 5 times a power of ten that is not below <paramref name="step"/>.</summary>
    private static double RoundStep(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(step, 1e-6))));
        return power * (step / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(FormattableString.Invariant(text));

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
