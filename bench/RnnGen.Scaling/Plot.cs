using System.Text;

namespace RnnGen.Scaling;

/// <summary>Draws a series as an SVG picture: time and memory side by side, on logarithmic axes, with lines of the goal's slope.</summary>
internal static class Plot
{
    private const int Width = 1160, Height = 470, PanelWidth = 480, PanelTop = 92, PanelBottom = 410;

    /// <summary>Writes the picture as text.</summary>
    public static string Draw(Series series)
    {
        string growth = series.Goal == 1 ? $"linear in {series.Name}" : $"quadratic in {series.Name}";
        var svg = new StringBuilder();
        Svg.Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" role="img">
            <title>Loss and gradients of a batch against {series.Title}</title>
            {Svg.Style}
            <rect class="page" width="{Width}" height="{Height}"/>
            <text class="heading" x="70" y="34">Loss and gradients of a batch against {series.Title}</text>
            <line class="goal" x1="70" y1="55" x2="110" y2="55"/>
            <text x="118" y="60">{growth}, through the middle size</text>

            """);
        DrawPanel(svg, series, 70, "time, ms", c => c.Seconds * 1e3);
        DrawPanel(svg, series, 70 + PanelWidth + 100, "memory to train, MB", c => c.Training / 1e6);
        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawPanel(StringBuilder svg, Series series, int left, string label, Func<Case, double> value)
    {
        IReadOnlyList<Case> cases = series.Cases;
        double first = Math.Log2(cases[0].Size), last = Math.Log2(cases[^1].Size);
        double low = Math.Floor(Math.Log10(cases.Min(value))), high = Math.Ceiling(Math.Log10(cases.Max(value)));
        int right = left + PanelWidth;

        double X(double log2) => left + ((log2 - first) / (last - first) * PanelWidth);
        double Y(double log10) => PanelBottom - ((log10 - low) / (high - low) * (PanelBottom - PanelTop));

        Svg.Append(svg, $"<text class=\"panel\" x=\"{left}\" y=\"{PanelTop - 10}\">{label}</text>\n");
        for (double power = low; power <= high; power++)
        {
            Svg.Append(svg, $"""
                <line class="grid" x1="{left}" y1="{Y(power):F1}" x2="{right}" y2="{Y(power):F1}"/>
                <text x="{left - 8}" y="{Y(power) + 5:F1}" text-anchor="end">{Math.Pow(10, power):0.####}</text>

                """);
        }

        foreach (Case item in cases)
        {
            double x = X(Math.Log2(item.Size));
            Svg.Append(svg, $"""
                <line class="grid" x1="{x:F1}" y1="{PanelTop}" x2="{x:F1}" y2="{PanelBottom}"/>
                <text x="{x:F1}" y="{PanelBottom + 21}" text-anchor="middle">{item.Size}</text>

                """);
        }

        Svg.Append(svg, $"""
            <line class="axis" x1="{left}" y1="{PanelBottom}" x2="{right}" y2="{PanelBottom}"/>
            <line class="axis" x1="{left}" y1="{PanelTop}" x2="{left}" y2="{PanelBottom}"/>
            <text x="{right}" y="{PanelBottom + 43}" text-anchor="end">{series.Name}</text>

            """);

        // The goal's line, cut where it leaves the panel.
        Case middle = cases[cases.Count / 2];
        double at = Math.Log2(middle.Size), height = Math.Log10(value(middle)), slope = series.Goal * Math.Log10(2);
        double from = Math.Max(first, at + ((low - height) / slope)), to = Math.Min(last, at + ((high - height) / slope));
        double fromY = Y(height + ((from - at) * slope)), toY = Y(height + ((to - at) * slope));
        Svg.Append(svg, $"<line class=\"goal\" x1=\"{X(from):F1}\" y1=\"{fromY:F1}\" x2=\"{X(to):F1}\" y2=\"{toY:F1}\"/>\n");

        IEnumerable<(double X, double Y)> points = cases.Select(c => (X(Math.Log2(c.Size)), Y(Math.Log10(value(c)))));
        Svg.Append(svg, $"<polyline class=\"line\" points=\"{string.Join(' ', points.Select(p => FormattableString.Invariant($"{p.X:F1},{p.Y:F1}")))}\"/>\n");
        foreach ((double x, double y) in points)
        {
            Svg.Append(svg, $"<circle class=\"point\" cx=\"{x:F1}\" cy=\"{y:F1}\" r=\"4\"/>\n");
        }
    }
}
