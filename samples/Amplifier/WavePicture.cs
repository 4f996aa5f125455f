using System.Text;

namespace Amplifier;

/// <summary>Draws what is played, what the circuit makes of it, and what a model makes of it, as an SVG picture that needs no other file.</summary>
internal static class WavePicture
{
    private const int Width = 960, Height = 520, Left = 60, Right = 20;

    /// <summary>Writes the picture as text.</summary>
    public static string Draw(ReadOnlySpan<float> played, ReadOnlySpan<float> expected, ReadOnlySpan<float> found, double milliseconds)
    {
        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" role="img">
            <title>A string, the circuit, and the model</title>
            <style>
              .page {"{"} fill: #ffffff; {"}"} text {"{"} font: 14px system-ui, "DejaVu Sans", sans-serif; fill: #24292f; {"}"} .line {"{"} fill: none; stroke-width: 1.5; {"}"} .grid {"{"} stroke: #d8dee4; {"}"}
              .played {"{"} stroke: #8c959f; {"}"} .expected {"{"} stroke: #bc4c00; stroke-width: 4; opacity: 0.45; {"}"} .found {"{"} stroke: #0969da; {"}"}
              @media (prefers-color-scheme: dark) {"{"} .page {"{"} fill: #0d1117; {"}"} text {"{"} fill: #e6edf3; {"}"} .grid {"{"} stroke: #2b323b; {"}"} .found {"{"} stroke: #58a6ff; {"}"} {"}"}
            </style>
            <rect class="page" width="{Width}" height="{Height}"/>
            <text x="{Left}" y="30">what is played, -1 to 1</text>
            <text x="{Left}" y="215">what comes out: the circuit (wide, orange) and the model (blue)</text>
            <line class="grid" x1="{Left}" y1="110" x2="{Width - Right}" y2="110"/>
            <line class="grid" x1="{Left}" y1="350" x2="{Width - Right}" y2="350"/>
            <text x="{Width - Right}" y="{Height - 14}" text-anchor="end">{milliseconds:F0} ms</text>

            """);
        float peak = Math.Max(1e-6f, Math.Max(Peak(expected), Peak(found)));
        Line("played", played, 110, 65);
        Line("expected", expected, 350, 120 / peak);
        Line("found", found, 350, 120 / peak);
        return svg.Append("</svg>\n").ToString();

        void Line(string style, ReadOnlySpan<float> values, double middle, double scale)
        {
            svg.Append(System.Globalization.CultureInfo.InvariantCulture, $"<polyline class=\"line {style}\" points=\"");
            for (int i = 0; i < values.Length; i++)
            {
                svg.Append(System.Globalization.CultureInfo.InvariantCulture, $"{Left + i * (double)(Width - Left - Right) / values.Length:F1},{middle - scale * values[i]:F1} ");
            }

            svg.Append("\"/>\n");
        }
    }

    private static float Peak(ReadOnlySpan<float> values)
    {
        float peak = 0;
        foreach (float value in values)
        {
            peak = Math.Max(peak, Math.Abs(value));
        }

        return peak;
    }

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(FormattableString.Invariant(text));
}
