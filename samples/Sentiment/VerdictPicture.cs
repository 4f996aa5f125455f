using System.Security;
using System.Text;

namespace Sentiment;

/// <summary>Draws sentences with each word's share in the verdict as its colour, as an SVG picture that needs no other file.</summary>
internal static class VerdictPicture
{
    private const int Width = 980, Left = 150, RowHeight = 30, CharacterWidth = 8;

    /// <summary>Writes the picture as text.</summary>
    /// <param name="verdicts">Words, how much each moved the score, the score, and the class.</param>
    public static string Draw(IReadOnlyList<(string[] Words, double[] Moved, double Score, int Class)> verdicts)
    {
        var body = new StringBuilder();
        int y = 70;
        foreach ((string[] words, double[] moved, double score, int label) in verdicts)
        {
            bool isRight = score > 0 == (label == 1);
            Append(body, $"<text x=\"20\" y=\"{y}\" class=\"{(isRight ? "right" : "missed")}\">{(score > 0 ? "praise" : "blame")} {1 / (1 + Math.Exp(-Math.Abs(score))):P0}{(isRight ? "" : " ✗")}</text>\n");
            double most = Math.Max(1e-9, moved.Max(Math.Abs));
            int x = Left;
            for (int i = 0; i < words.Length; i++)
            {
                int width = words[i].Length * CharacterWidth + 8;
                if (x + width > Width - 20)
                {
                    (x, y) = (Left, y + RowHeight);
                }

                Append(body, $"<rect x=\"{x}\" y=\"{y - 16}\" width=\"{width - 2}\" height=\"22\" rx=\"3\" class=\"{(moved[i] > 0 ? "praise" : "blame")}\" opacity=\"{Math.Abs(moved[i]) / most * 0.75:F3}\"/>\n");
                Append(body, $"<text x=\"{x + 3}\" y=\"{y}\" class=\"word\">{SecurityElement.Escape(words[i])}</text>\n");
                x += width;
            }

            y += RowHeight + 18;
        }

        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {y}" width="{Width}" height="{y}" role="img">
            <title>Words that moved the verdicts</title>
            <style>
              .page {"{"} fill: #ffffff; {"}"} text {"{"} font: 14px system-ui, "DejaVu Sans", sans-serif; fill: #24292f; {"}"} .word {"{"} font: 13px ui-monospace, "DejaVu Sans Mono", monospace; {"}"}
              .heading {"{"} font-size: 18px; font-weight: 600; {"}"} .missed {"{"} fill: #bc4c00; {"}"} .praise {"{"} fill: #2da44e; {"}"} .blame {"{"} fill: #cf222e; {"}"}
              @media (prefers-color-scheme: dark) {"{"} .page {"{"} fill: #0d1117; {"}"} text {"{"} fill: #e6edf3; {"}"} .missed {"{"} fill: #ffa657; {"}"} {"}"}
            </style>
            <rect class="page" width="{Width}" height="{y}"/>
            <text class="heading" x="20" y="34">Words that moved the verdicts: green to praise, red to blame</text>

            """);
        return svg.Append(body).Append("</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(FormattableString.Invariant(text));
}
