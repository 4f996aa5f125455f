using System.Text;

namespace CustomCell;

/// <summary>Draws each kind's error by epoch, as an SVG picture that needs no other file.</summary>
internal static class CurvePicture
{
    private const int Left = 90, Top = 70, Width = 560, Height = 300;

    private static readonly string[] s_colours = ["#0969da", "#cf222e", "#8250df", "#bf8700", "#1a7f37"];

    /// <param name="what">What the error is, for readers.</param>
    public static string Draw(IReadOnlyList<Score> scores, string what)
    {
        double most = scores.Max(s => s.Curve.Max()), least = Math.Max(1e-6, scores.Min(s => s.Curve.Min()));
        double low = Math.Floor(Math.Log10(least)), high = Math.Ceiling(Math.Log10(most));
        int epochs = scores[0].Curve.Length;
        double X(int epoch) => Left + (Width * epoch / (double)Math.Max(1, epochs - 1));
        double Y(double error) => Top + (Height * (high - Math.Log10(Math.Max(error, Math.Pow(10, low)))) / Math.Max(1, high - low));
        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Left + Width + 190} {Top + Height + 60}" width="{Left + Width + 190}" height="{Top + Height + 60}" role="img">
            <title>Five kinds of LSTM: {what}</title>
            <style>
              .page {"{"} fill: #ffffff; {"}"} text {"{"} font: 14px system-ui, "DejaVu Sans", sans-serif; fill: #24292f; {"}"} .heading {"{"} font-size: 17px; font-weight: 600; {"}"}
              .line {"{"} fill: none; stroke-width: 2; {"}"} .grid {"{"} stroke: #d0d7de; {"}"}
              @media (prefers-color-scheme: dark) {"{"} .page {"{"} fill: #0d1117; {"}"} text {"{"} fill: #e6edf3; {"}"} .grid {"{"} stroke: #30363d; {"}"} {"}"}
            </style>
            <rect class="page" width="{Left + Width + 190}" height="{Top + Height + 60}"/>
            <text class="heading" x="20" y="34">Five kinds of LSTM: {what}</text>
            <text x="{Left + (Width / 2)}" y="{Top + Height + 46}" text-anchor="middle">epoch</text>

            """);
        for (double power = low; power <= high; power++)
        {
            Append(svg, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Left + Width}\" y1=\"{Y(Math.Pow(10, power)):F1}\" y2=\"{Y(Math.Pow(10, power)):F1}\"/>\n<text x=\"{Left - 10}\" y=\"{Y(Math.Pow(10, power)) + 5:F1}\" text-anchor=\"end\">{Math.Pow(10, power)}</text>\n");
        }

        foreach (int epoch in new[] { 0, (epochs - 1) / 2, epochs - 1 }.Distinct())
        {
            Append(svg, $"<text x=\"{X(epoch):F1}\" y=\"{Top + Height + 22}\" text-anchor=\"middle\">{epoch + 1}</text>\n");
        }

        // Names stand beside the ends of their lines, apart from each other.
        double lowest = Top - 20;
        foreach ((Score score, int index) in scores.Select((s, i) => (s, i)).OrderBy(s => Y(s.s.Curve[^1])))
        {
            string points = string.Join(" ", score.Curve.Select((e, i) => FormattableString.Invariant($"{X(i):F1},{Y(e):F1}")));
            lowest = Math.Max(lowest + 19, Y(score.Curve[^1]) + 5);
            Append(svg, $"<polyline class=\"line\" stroke=\"{s_colours[index % s_colours.Length]}\" points=\"{points}\"/>\n<text x=\"{Left + Width + 10}\" y=\"{lowest:F1}\" style=\"fill: {s_colours[index % s_colours.Length]}\">{score.Kind}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(FormattableString.Invariant(text));
}
