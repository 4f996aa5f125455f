using System.Globalization;
using System.Text;

namespace CharLanguageModel;

/// <summary>Draws the loss of each epoch beside what counting reaches, as an SVG picture that needs no other file.</summary>
internal static class LearningCurve
{
    private const int Width = 960, Height = 480, Left = 70, Right = 275, Top = 70, Bottom = 50;

    /// <summary>Writes the picture as text.</summary>
    /// <param name="train">Nats a character, by epoch, on what was learned from.</param>
    /// <param name="heldOut">The same on what was held out.</param>
    /// <param name="baselines">Names and nats a character of what needs no network.</param>
    public static string Draw(IReadOnlyList<double> train, IReadOnlyList<double> heldOut, IReadOnlyList<(string Name, double Nats)> baselines)
    {
        double[] all = [.. train, .. heldOut, .. baselines.Select(b => b.Nats)];
        double low = Math.Floor(all.Min() * 4) / 4, high = Math.Ceiling(all.Max() * 4) / 4;
        double step = high - low > 2 ? 0.5 : 0.25;
        double X(int epoch) => Left + (epoch - 1.0) / Math.Max(1, train.Count - 1) * (Width - Left - Right);
        double Y(double nats) => Top + (high - nats) / (high - low) * (Height - Top - Bottom);

        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" role="img">
            <title>Nats a character by epoch</title>
            <style>
              .page {"{"} fill: #ffffff; {"}"} text {"{"} font: 14px system-ui, "DejaVu Sans", sans-serif; fill: #24292f; {"}"}
              .heading {"{"} font-size: 19px; font-weight: 600; {"}"} .grid {"{"} stroke: #d8dee4; {"}"} .line {"{"} fill: none; stroke-width: 2; {"}"}
              .train {"{"} stroke: #bc4c00; {"}"} .held {"{"} stroke: #0969da; {"}"} .base {"{"} stroke: #8c959f; stroke-dasharray: 6 4; {"}"}
              @media (prefers-color-scheme: dark) {"{"} .page {"{"} fill: #0d1117; {"}"} text {"{"} fill: #e6edf3; {"}"} .grid {"{"} stroke: #2b323b; {"}"} {"}"}
            </style>
            <rect class="page" width="{Width}" height="{Height}"/>
            <text class="heading" x="{Left}" y="34">Nats a character by epoch, beside counting</text>

            """);
        for (double nats = low; nats <= high + 1e-9; nats += step)
        {
            Append(svg, $"""
                <line class="grid" x1="{Left}" y1="{Y(nats):F1}" x2="{Width - Right}" y2="{Y(nats):F1}"/>
                <text x="{Left - 10}" y="{Y(nats) + 5:F1}" text-anchor="end">{nats:0.00}</text>

                """);
        }

        for (int epoch = 1; epoch <= train.Count; epoch += Math.Max(1, train.Count / 10))
        {
            Append(svg, $"<text x=\"{X(epoch):F1}\" y=\"{Height - Bottom + 22}\" text-anchor=\"middle\">{epoch}</text>\n");
        }

        Append(svg, $"<text x=\"{Width - Right}\" y=\"{Height - 10}\" text-anchor=\"end\">epoch</text>\n");
        List<(double Y, string Text)> labels = [];
        foreach ((string name, double nats) in baselines)
        {
            Append(svg, $"<line class=\"line base\" x1=\"{Left}\" y1=\"{Y(nats):F1}\" x2=\"{Width - Right}\" y2=\"{Y(nats):F1}\"/>\n");
            labels.Add((Y(nats), string.Create(CultureInfo.InvariantCulture, $"{name}: {nats:F3}")));
        }

        Line("train", train, "learned from");
        Line("held", heldOut, "held out");

        // Labels that would overlap move down.
        double free = double.NegativeInfinity;
        foreach ((double y, string text) in labels.OrderBy(l => l.Y))
        {
            free = Math.Max(y, free + 18);
            Append(svg, $"<text x=\"{Width - Right + 10}\" y=\"{free + 5:F1}\">{text}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();

        void Line(string style, IReadOnlyList<double> values, string name)
        {
            string points = string.Join(" ", values.Select((v, i) => string.Create(CultureInfo.InvariantCulture, $"{X(i + 1):F1},{Y(v):F1}")));
            Append(svg, $"<polyline class=\"line {style}\" points=\"{points}\"/>\n");
            labels.Add((Y(values[^1]), string.Create(CultureInfo.InvariantCulture, $"{name}: {values[^1]:F3}")));
        }
    }

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(FormattableString.Invariant(text));
}
