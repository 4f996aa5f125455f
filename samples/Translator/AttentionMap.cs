using System.Security;
using System.Text;

namespace Translator;

/// <summary>Draws how strongly each word that is written looks at each that was read, as an SVG picture that needs no other file.</summary>
internal static class AttentionMap
{
    private const int Cell = 30, Left = 150, Top = 130, Margin = 24;

    /// <summary>Writes the picture as text.</summary>
    /// <param name="source">What was read, from left to right.</param>
    /// <param name="target">What was written, from top to bottom.</param>
    /// <param name="attention">The weights of each written word over those read.</param>
    public static string Draw(IReadOnlyList<string> source, IReadOnlyList<string> target, IReadOnlyList<float[]> attention)
    {
        int width = Left + source.Count * Cell + Margin + 60, height = Top + target.Count * Cell + Margin;
        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
            <title>Attention of the written words over those that were read</title>
            <style>
              .page {"{"} fill: #ffffff; {"}"} text {"{"} font: 14px system-ui, "DejaVu Sans", sans-serif; fill: #24292f; {"}"}
              .cell {"{"} fill: #0969da; {"}"} .frame {"{"} fill: none; stroke: #d0d7de; {"}"}
              @media (prefers-color-scheme: dark) {"{"} .page {"{"} fill: #0d1117; {"}"} text {"{"} fill: #e6edf3; {"}"} .cell {"{"} fill: #58a6ff; {"}"} .frame {"{"} stroke: #30363d; {"}"} {"}"}
            </style>
            <rect class="page" width="{width}" height="{height}"/>

            """);
        for (int s = 0; s < source.Count; s++)
        {
            int x = Left + s * Cell + Cell / 2;
            Append(svg, $"<text x=\"{x}\" y=\"{Top - 8}\" transform=\"rotate(-55 {x} {Top - 8})\">{SecurityElement.Escape(source[s])}</text>\n");
        }

        for (int t = 0; t < target.Count; t++)
        {
            Append(svg, $"<text x=\"{Left - 10}\" y=\"{Top + t * Cell + Cell / 2 + 5}\" text-anchor=\"end\">{SecurityElement.Escape(target[t])}</text>\n");
            for (int s = 0; s < source.Count; s++)
            {
                Append(svg, $"<rect class=\"cell\" x=\"{Left + s * Cell + 1}\" y=\"{Top + t * Cell + 1}\" width=\"{Cell - 2}\" height=\"{Cell - 2}\" opacity=\"{attention[t][s]:F3}\"/>\n");
            }
        }

        Append(svg, $"<rect class=\"frame\" x=\"{Left}\" y=\"{Top}\" width=\"{source.Count * Cell}\" height=\"{target.Count * Cell}\"/>\n");
        return svg.Append("</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(FormattableString.Invariant(text));
}
