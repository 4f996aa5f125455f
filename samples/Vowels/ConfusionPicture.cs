using System.Text;

namespace Vowels;

/// <summary>Draws who was taken for whom, as an SVG picture that needs no other file.</summary>
internal static class ConfusionPicture
{
    private const int Cell = 44, Left = 90, Top = 110;

    /// <summary>Writes the picture as text.</summary>
    /// <param name="counts">Recordings of each speaker (row) that were taken for each speaker (column).</param>
    public static string Draw(int[,] counts)
    {
        int size = counts.GetLength(0), width = Left + size * Cell + 30, height = Top + size * Cell + 30;
        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
            <title>Speakers, and whom they were taken for</title>
            <style>
              .page {"{"} fill: #ffffff; {"}"} text {"{"} font: 14px system-ui, "DejaVu Sans", sans-serif; fill: #24292f; {"}"} .heading {"{"} font-size: 17px; font-weight: 600; {"}"}
              .right {"{"} fill: #2da44e; {"}"} .wrong {"{"} fill: #cf222e; {"}"} .frame {"{"} fill: none; stroke: #d0d7de; {"}"}
              @media (prefers-color-scheme: dark) {"{"} .page {"{"} fill: #0d1117; {"}"} text {"{"} fill: #e6edf3; {"}"} .frame {"{"} stroke: #30363d; {"}"} {"}"}
            </style>
            <rect class="page" width="{width}" height="{height}"/>
            <text class="heading" x="20" y="34">Speakers, and whom they were taken for</text>
            <text x="{Left + size * Cell / 2}" y="{Top - 34}" text-anchor="middle">taken for</text>
            <text x="26" y="{Top + size * Cell / 2}">is</text>

            """);
        for (int i = 0; i < size; i++)
        {
            Append(svg, $"<text x=\"{Left + i * Cell + Cell / 2}\" y=\"{Top - 10}\" text-anchor=\"middle\">{i + 1}</text>\n<text x=\"{Left - 12}\" y=\"{Top + i * Cell + Cell / 2 + 5}\" text-anchor=\"end\">{i + 1}</text>\n");
            int all = Math.Max(1, Enumerable.Range(0, size).Sum(j => counts[i, j]));
            for (int j = 0; j < size; j++)
            {
                double share = counts[i, j] / (double)all, opacity = counts[i, j] == 0 ? 0 : 0.25 + 0.6 * share;
                Append(svg, $"<rect class=\"{(i == j ? "right" : "wrong")}\" x=\"{Left + j * Cell + 1}\" y=\"{Top + i * Cell + 1}\" width=\"{Cell - 2}\" height=\"{Cell - 2}\" opacity=\"{opacity:F3}\"/>\n");
                if (counts[i, j] > 0)
                {
                    Append(svg, $"<text x=\"{Left + j * Cell + Cell / 2}\" y=\"{Top + i * Cell + Cell / 2 + 5}\" text-anchor=\"middle\">{counts[i, j]}</text>\n");
                }
            }
        }

        Append(svg, $"<rect class=\"frame\" x=\"{Left}\" y=\"{Top}\" width=\"{size * Cell}\" height=\"{size * Cell}\"/>\n");
        return svg.Append("</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(FormattableString.Invariant(text));
}
