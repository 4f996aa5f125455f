using System.Security;
using System.Text;

namespace Captioner;

/// <summary>Draws pictures with the captions that were written for them, as one SVG picture that needs no other file.</summary>
internal static class Gallery
{
    private const int Columns = 4, Scale = 7, Gap = 26, CaptionHeight = 46;

    /// <summary>Writes the picture as text.</summary>
    /// <param name="pictures">Pixels, what was written, and what should have been.</param>
    public static string Draw(IReadOnlyList<(float[] Pixels, string Written, string Expected)> pictures)
    {
        int side = Scene.Size * Scale, rows = (pictures.Count + Columns - 1) / Columns;
        int width = Gap + Columns * (side + Gap), height = Gap + rows * (side + CaptionHeight + Gap);
        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
            <title>Pictures with the captions written for them</title>
            <style>
              .page {"{"} fill: #ffffff; {"}"} text {"{"} font: 12px system-ui, "DejaVu Sans", sans-serif; fill: #24292f; {"}"} .wrong {"{"} fill: #bc4c00; {"}"}
              @media (prefers-color-scheme: dark) {"{"} .page {"{"} fill: #0d1117; {"}"} text {"{"} fill: #e6edf3; {"}"} .wrong {"{"} fill: #ffa657; {"}"} {"}"}
            </style>
            <rect class="page" width="{width}" height="{height}"/>

            """);
        for (int i = 0; i < pictures.Count; i++)
        {
            (float[] pixels, string written, string expected) = pictures[i];
            int left = Gap + i % Columns * (side + Gap), top = Gap + i / Columns * (side + CaptionHeight + Gap);
            Append(svg, $"<g shape-rendering=\"crispEdges\" transform=\"translate({left} {top})\">\n");
            for (int pixel = 0; pixel < Scene.Size * Scene.Size; pixel++)
            {
                int red = Byte(pixels[pixel * 3]), green = Byte(pixels[pixel * 3 + 1]), blue = Byte(pixels[pixel * 3 + 2]);
                Append(svg, $"<path d=\"M{pixel % Scene.Size * Scale} {pixel / Scene.Size * Scale}h{Scale}v{Scale}h-{Scale}z\" fill=\"#{red:x2}{green:x2}{blue:x2}\"/>");
            }

            // A caption takes two lines.
            string[] words = written.Split(' ');
            int half = (words.Length + 1) / 2;
            string style = written == expected ? "" : " class=\"wrong\"";
            Append(svg, $"\n</g>\n<text{style} x=\"{left}\" y=\"{top + side + 18}\">{SecurityElement.Escape(string.Join(' ', words.Take(half)))}</text>\n");
            Append(svg, $"<text{style} x=\"{left}\" y=\"{top + side + 35}\">{SecurityElement.Escape(string.Join(' ', words.Skip(half)))}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static int Byte(float value) => (int)MathF.Round(255 * value);

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(FormattableString.Invariant(text));
}
