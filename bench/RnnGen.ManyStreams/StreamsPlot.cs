using System.Text;
using RnnGen.Scaling;

namespace RnnGen.ManyStreams;

/// <summary>Draws the cost of a stream's step against the number of streams, on logarithmic axes, with a State's step beside it.</summary>
internal static class StreamsPlot
{
    private const int Width = 760, Height = 470, Left = 80, Right = 620, Top = 70, Bottom = 400;

    /// <summary>Writes the picture as text.</summary>
    public static string Draw(IReadOnlyList<StreamSeries> all)
    {
        var svg = new StringBuilder();
        Svg.Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" role="img">
            <title>Cost of one stream's step against the number of streams in a set</title>
            {Svg.Style}
            <rect class="page" width="{Width}" height="{Height}"/>
            <text class="heading" x="{Left}" y="34">One stream's step, float, one thread, ns</text>

            """);
        double last = Math.Log2(all[0].Sets[^1].Streams);
        double low = Math.Floor(Math.Log10(all.Min(s => s.Sets.Min(Cost)))), high = Math.Ceiling(Math.Log10(all.Max(s => s.Sets.Max(Cost))));
        double X(double log2) => Left + (log2 / last * (Right - Left));
        double Y(double log10) => Bottom - ((log10 - low) / (high - low) * (Bottom - Top));

        for (double power = low; power <= high; power++)
        {
            Svg.Append(svg, $"<line class=\"grid\" x1=\"{Left}\" y1=\"{Y(power):F1}\" x2=\"{Right}\" y2=\"{Y(power):F1}\"/>\n<text x=\"{Left - 8}\" y=\"{Y(power) + 5:F1}\" text-anchor=\"end\">{Math.Pow(10, power):0.####}</text>\n");
        }

        for (int power = 0; power <= last; power++)
        {
            Svg.Append(svg, $"<line class=\"grid\" x1=\"{X(power):F1}\" y1=\"{Top}\" x2=\"{X(power):F1}\" y2=\"{Bottom}\"/>\n<text x=\"{X(power):F1}\" y=\"{Bottom + 21}\" text-anchor=\"middle\">{1 << power}</text>\n");
        }

        Svg.Append(svg, $"""
            <line class="axis" x1="{Left}" y1="{Bottom}" x2="{Right}" y2="{Bottom}"/>
            <line class="axis" x1="{Left}" y1="{Top}" x2="{Left}" y2="{Bottom}"/>
            <text x="{Right}" y="{Bottom + 43}" text-anchor="end">streams in a set</text>
            <line class="goal" x1="{Left}" y1="{Bottom + 39}" x2="{Left + 40}" y2="{Bottom + 39}"/>
            <text x="{Left + 48}" y="{Bottom + 44}">a State's step</text>

            """);
        for (int i = 0; i < all.Count; i++)
        {
            StreamSeries series = all[i];
            string second = i == 0 ? "" : "second ";
            double state = Y(Math.Log10(series.State.Seconds * 1e9));
            (double X, double Y)[] points = [.. series.Sets.Select(s => (X(Math.Log2(s.Streams)), Y(Math.Log10(Cost(s)))))];
            Svg.Append(svg, $"<line class=\"goal\" x1=\"{Left}\" y1=\"{state:F1}\" x2=\"{Right}\" y2=\"{state:F1}\"/>\n");
            Svg.Append(svg, $"<polyline class=\"{second}line\" points=\"{string.Join(' ', points.Select(p => FormattableString.Invariant($"{p.X:F1},{p.Y:F1}")))}\"/>\n");
            foreach ((double x, double y) in points)
            {
                Svg.Append(svg, $"<circle class=\"{second}point\" cx=\"{x:F1}\" cy=\"{y:F1}\" r=\"4\"/>\n");
            }

            Svg.Append(svg, $"<text x=\"{Right + 12}\" y=\"{points[^1].Y + 5:F1}\">LSTM {series.Name}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static double Cost(Timed set) => set.Seconds / set.Streams * 1e9;
}
