using System.Globalization;
using System.Text;

namespace RnnGen.Display;

/// <summary>Positive numbers in columns and rows, coloured by their logarithms, as a figure of an HTML page.</summary>
/// <param name="XLabel">What the columns count.</param>
/// <param name="YLabel">What the rows count, from the lowest to the highest.</param>
/// <param name="Columns">The label of each column.</param>
/// <param name="Rows">The label of each row, the lowest first.</param>
/// <param name="Logarithms">The decimal logarithm of a column's row: -∞ for 0, NaN for a value that was not finite.</param>
internal sealed record HeatMap(string XLabel, string YLabel, IReadOnlyList<string> Columns, IReadOnlyList<string> Rows, Func<int, int, double> Logarithms)
{
    /// <summary>Shades between the minimum and the maximum value.</summary>
    public const int Levels = 24;

    private const int Width = 980, Left = 62, Right = 14, Top = 8, Bottom = 40, MostDecades = 16;

    private int Height => Top + Bottom + Math.Clamp(Rows.Count * 12, 120, 320);

    /// <summary>Appends the figure.</summary>
    public void Draw(StringBuilder html)
    {
        double[] finite = [.. Cells().Select(c => Logarithms(c.Column, c.Row)).Where(double.IsFinite)];
        html.Append("<figure class=\"chart heat\">\n");
        if (finite.Length == 0)
        {
            html.Append("<p class=\"none\">There are no positive, finite values to draw.</p>\n</figure>\n");
            return;
        }

        var (low, high) = Scale.Range(finite);
        low = Math.Max(low, high - MostDecades);
        high = Math.Max(high, low + 0.1);
        DrawKey(html, low, high);
        html.Add($"<svg class=\"plot\" viewBox=\"0 0 {Width} {Height}\" role=\"img\"><title>{Html.Text(YLabel)} over {Html.Text(XLabel)}</title>\n");
        DrawCells(html, low, high);
        DrawAxes(html);
        html.Add($"<rect class=\"cell\" width=\"{Html.Coordinate(CellWidth)}\" height=\"{Html.Coordinate(CellHeight)}\" x=\"-99\" y=\"-99\"/></svg>\n<div class=\"tip\" hidden></div>\n");
        WriteValues(html);
        html.Append("</figure>\n");
    }

    private double CellWidth => (double)(Width - Left - Right) / Columns.Count;

    private double CellHeight => (double)(Height - Top - Bottom) / Rows.Count;

    private IEnumerable<(int Column, int Row)> Cells() => Enumerable.Range(0, Rows.Count).SelectMany(row => Enumerable.Range(0, Columns.Count).Select(column => (column, row)));

    private static string Shade(double logarithm, double low, double high) =>
        double.IsNaN(logarithm) ? "bad"
        : logarithm < low ? "zero"
        : Invariant($"h{Math.Clamp((int)((logarithm - low) / (high - low) * Levels), 0, Levels - 1)}");

    // One path a shade: neighbours in a row are one rectangle.
    private void DrawCells(StringBuilder html, double low, double high)
    {
        SortedDictionary<string, StringBuilder> paths = new(StringComparer.Ordinal);
        for (int row = 0; row < Rows.Count; row++)
        {
            double y = Top + ((Rows.Count - 1 - row) * CellHeight);
            for (int column = 0; column < Columns.Count;)
            {
                string shade = Shade(Logarithms(column, row), low, high);
                int end = column + 1;
                while (end < Columns.Count && Shade(Logarithms(end, row), low, high) == shade)
                {
                    end++;
                }

                if (!paths.TryGetValue(shade, out StringBuilder? path))
                {
                    paths[shade] = path = new StringBuilder();
                }

                double left = Edge(Left + (column * CellWidth)), width = Edge(Left + (end * CellWidth)) - left, top = Edge(y), height = Edge(y + CellHeight) - top;
                path.Add($"M{Html.Coordinate(left)},{Html.Coordinate(top)}h{Html.Coordinate(width)}v{Html.Coordinate(height)}h-{Html.Coordinate(width)}z");
                column = end;
            }
        }

        foreach (var (shade, path) in paths)
        {
            html.Add($"<path class=\"{shade}\" d=\"{path}\"/>\n");
        }
    }

    // Neighbours share their edge, so that nothing shines through between them.
    private static double Edge(double value) => Math.Round(value, 1);

    // The first of the columns or rows that are merged into one.
    private static string TickText(string label) => Html.Text(label.Split('–')[0]);

    private void DrawAxes(StringBuilder html)
    {
        int bottom = Height - Bottom;
        foreach (int column in Some(Columns.Count, 10))
        {
            html.Add($"<text x=\"{Html.Coordinate(Left + ((column + 0.5) * CellWidth))}\" y=\"{bottom + 18}\" text-anchor=\"middle\">{TickText(Columns[column])}</text>");
        }

        foreach (int row in Some(Rows.Count, Math.Max(2, (bottom - Top) / 28)))
        {
            html.Add($"<text x=\"{Left - 8}\" y=\"{Html.Coordinate(bottom - ((row + 0.5) * CellHeight) + 4)}\" text-anchor=\"end\">{TickText(Rows[row])}</text>");
        }

        html.Add($"<text class=\"quiet\" x=\"{Width - Right}\" y=\"{Height - 5}\" text-anchor=\"end\">{Html.Text(XLabel)}</text>")
            .Add($"<text class=\"quiet\" transform=\"translate(12 {(bottom + Top) / 2}) rotate(-90)\" text-anchor=\"middle\">{Html.Text(YLabel)}</text>\n");
    }

    private static void DrawKey(StringBuilder html, double low, double high)
    {
        html.Add($"<div class=\"key\"><span>{Power(low)}</span><svg viewBox=\"0 0 {Levels * 8} 10\" width=\"{Levels * 8}\" height=\"10\" aria-hidden=\"true\">");
        for (int i = 0; i < Levels; i++)
        {
            html.Add($"<rect class=\"h{i}\" x=\"{i * 8}\" width=\"8\" height=\"10\"/>");
        }

        html.Add($"</svg><span>{Power(high)}</span></div>\n");
    }

    private void WriteValues(StringBuilder html)
    {
        html.Add($"<script type=\"application/json\">{{\"left\":{Left},\"right\":{Width - Right},\"top\":{Top},\"bottom\":{Height - Bottom},\"width\":{Width},")
            .Add($"\"label\":{Html.Json(XLabel)},\"rowLabel\":{Html.Json(YLabel)},\"columns\":[");
        html.AppendJoin(',', Columns.Select(Html.Json)).Append("],\"rows\":[");
        html.AppendJoin(',', Rows.Select(Html.Json)).Append("],\"values\":[");
        html.AppendJoin(',', Cells().Select(c => Logarithms(c.Column, c.Row)).Select(v => double.IsNaN(v) ? "null" : Math.Max(v, -999).ToString("0.##", CultureInfo.InvariantCulture)));
        html.Append("]}</script>\n");
    }

    // Some of them, evenly, the first among them.
    private static IEnumerable<int> Some(int count, int maximum)
    {
        int step = Math.Max(1, (int)Math.Ceiling((double)count / maximum));
        for (int i = 0; i < count; i += step)
        {
            yield return i;
        }
    }

    private static string Power(double logarithm) => Math.Pow(10, logarithm).ToString("0.#e0", CultureInfo.InvariantCulture);
}
