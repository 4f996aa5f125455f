using System.Text;

namespace SpokenDigits;

/// <summary>Draws a log-mel spectrum and below it what the model hears at each frame, as an SVG picture that needs no other file.</summary>
internal static class HeardPicture
{
    private const int Left = 70, Top = 60, FrameWidth = 4, BandHeight = 5, RowHeight = 16;

    /// <summary>Writes the picture as text.</summary>
    /// <param name="title">What was said, and what was heard.</param>
    /// <param name="features">[frames × bands] values, about -3 to 3.</param>
    /// <param name="bands">Values of a frame.</param>
    /// <param name="probabilities">[frames × classes] probabilities; class 0 is the blank, class d + 1 the digit d.</param>
    public static string Draw(string title, float[] features, int bands, float[] probabilities)
    {
        int frames = features.Length / bands, classes = 11, width = Left + frames * FrameWidth + 30, below = Top + bands * BandHeight + 30, height = below + 10 * RowHeight + 40;
        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
            <title>A spectrum, and the digits heard in it</title>
            <style>
              .page {"{"} fill: #ffffff; {"}"} text {"{"} font: 13px system-ui, "DejaVu Sans", sans-serif; fill: #24292f; {"}"} .heading {"{"} font-size: 17px; font-weight: 600; {"}"}
              .sound {"{"} fill: #8250df; {"}"} .heard {"{"} fill: #0969da; {"}"} .frame {"{"} fill: none; stroke: #d0d7de; {"}"}
              @media (prefers-color-scheme: dark) {"{"} .page {"{"} fill: #0d1117; {"}"} text {"{"} fill: #e6edf3; {"}"} .sound {"{"} fill: #bc8cff; {"}"} .heard {"{"} fill: #58a6ff; {"}"} .frame {"{"} stroke: #30363d; {"}"} {"}"}
            </style>
            <rect class="page" width="{width}" height="{height}"/>
            <text class="heading" x="20" y="32">{title}</text>
            <g class="sound" shape-rendering="crispEdges">

            """);
        for (int t = 0; t < frames; t++)
        {
            for (int band = 0; band < bands; band++)
            {
                double opacity = Math.Clamp((features[t * bands + band] + 1.5) / 4, 0, 1);
                if (opacity > 0.05)
                {
                    Append(svg, $"<path d=\"M{Left + t * FrameWidth} {Top + (bands - 1 - band) * BandHeight}h{FrameWidth}v{BandHeight}h-{FrameWidth}z\" opacity=\"{opacity:F2}\"/>");
                }
            }
        }

        Append(svg, $"\n</g>\n<text x=\"{Left}\" y=\"{below - 10}\">time, a step each 12.5 ms; below, the probability of each digit</text>\n<g class=\"heard\" shape-rendering=\"crispEdges\">\n");
        for (int t = 0; t < frames; t++)
        {
            for (int digit = 0; digit < 10; digit++)
            {
                double p = probabilities[t * classes + digit + 1];
                if (p > 0.02)
                {
                    Append(svg, $"<path d=\"M{Left + t * FrameWidth} {below + digit * RowHeight}h{FrameWidth}v{RowHeight - 2}h-{FrameWidth}z\" opacity=\"{p:F2}\"/>");
                }
            }
        }

        Append(svg, $"\n</g>\n");
        for (int digit = 0; digit < 10; digit++)
        {
            Append(svg, $"<text x=\"{Left - 12}\" y=\"{below + digit * RowHeight + 12}\" text-anchor=\"end\">{digit}</text>\n");
        }

        Append(svg, $"<rect class=\"frame\" x=\"{Left}\" y=\"{Top}\" width=\"{frames * FrameWidth}\" height=\"{bands * BandHeight}\"/>\n<rect class=\"frame\" x=\"{Left}\" y=\"{below}\" width=\"{frames * FrameWidth}\" height=\"{10 * RowHeight}\"/>\n");
        return svg.Append("</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(FormattableString.Invariant(text));
}
