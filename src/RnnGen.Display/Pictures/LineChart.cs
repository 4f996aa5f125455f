using System.Globalization;
using System.Text;

namespace RnnGen.Display;

/// <summary>One line of a chart.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Color">Its colour on the page: 0 for the reference, from 1 for the others.</param>
/// <param name="Points">Its points, in the order of their positions.</param>
internal sealed record ChartLine(string Name, int Color, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>Whether the bands of its points are all that is drawn of it.</summary>
    public bool IsBand { get; init; }
}

/// <summary>
/// Lines over one axis, as a figure of an HTML page. A point that merges several has a band from their minimum to their maximum behind the line. A value that is not
/// finite interrupts the line and is marked at the upper edge.
/// </summary>
/// <param name="XLabel">What the horizontal axis counts.</param>
/// <param name="Lines">The lines, the most important last.</param>
internal sealed record LineChart(string XLabel, IReadOnlyList<ChartLine> Lines)
{
    private const int Left = 62, Right = 14, Top = 14, Bottom = 40, FewPoints = 40, MostMarks = 60;

    /// <summary>Whether it has half the page's width.</summary>
    public bool IsHalf { get; init; }

    /// <summary>Whether a logarithmic scale can be chosen, if it is useful; it is the default if the values span more than two decades.</summary>
    public bool MayBeLog { get; init; }

    /// <summary>A position to mark, with its label.</summary>
    public (double X, string Text)? Mark { get; init; }

    private int Width => IsHalf ? 478 : 980;

    private int Height => IsHalf ? 230 : 310;

    /// <summary>Appends the figure.</summary>
    public void Draw(StringBuilder html)
    {
        double[] values = [.. Lines.SelectMany(l => l.Points).SelectMany(p => (double[])[p.Minimum, p.Maximum]).Where(double.IsFinite)];
        html.Append("<figure class=\"chart\">\n");
        DrawLegend(html);
        if (values.Length == 0)
        {
            html.Append("<p class=\"none\">There are no finite values to draw.</p>\n");
        }
        else
        {
            var (minimum, maximum) = Scale.Range(values);
            bool offersLog = MayBeLog && minimum > 0 && maximum / minimum >= 5;
            if (offersLog)
            {
                html.Add($"<label class=\"switch\"><input type=\"checkbox\" class=\"log\"{(maximum / minimum >= 100 ? " checked" : "")}> logarithmic</label>\n");
                DrawPlot(html, Scale.Logarithmic(values), " logarithmic");
            }

            DrawPlot(html, Scale.Round(values, IsHalf ? 4 : 5), " linear");
            html.Append("<div class=\"tip\" hidden></div>\n");
            WriteValues(html);
        }

        long nonFinite = Lines.Sum(l => l.Points.Sum(p => p.NonFinite));
        if (nonFinite > 0)
        {
            html.Add($"<figcaption class=\"bad\">{Html.Count(nonFinite)} {(nonFinite == 1 ? "value is" : "values are")} not finite (×).</figcaption>\n");
        }

        html.Append("</figure>\n");
    }

    private Scale XScale()
    {
        var (minimum, maximum) = Scale.Range(Lines.SelectMany(l => l.Points).Select(p => p.X));
        return Scale.Exact(minimum, maximum, IsHalf ? 5 : 10);
    }

    private void DrawLegend(StringBuilder html)
    {
        if (Lines.Count == 1)
        {
            return;
        }

        html.Append("<div class=\"legend\">");
        foreach (ChartLine line in Lines)
        {
            html.Add($"<span><i class=\"c{line.Color}\"></i>{Html.Text(line.Name)}</span>");
        }

        html.Append("</div>\n");
    }

    private void DrawPlot(StringBuilder html, Scale y, string kind)
    {
        Scale x = XScale();
        int right = Width - Right, bottom = Height - Bottom;
        double X(double value) => Left + (x.Share(value) * (right - Left));
        double Y(double value) => bottom - (y.Share(value) * (bottom - Top));

        html.Add($"<svg class=\"plot{kind}\" viewBox=\"0 0 {Width} {Height}\" role=\"img\"><title>{Html.Text(string.Join(", ", Lines.Select(l => l.Name)))} by {Html.Text(XLabel)}</title>\n");
        foreach (double tick in y.Ticks)
        {
            html.Add($"<line class=\"grid\" x1=\"{Left}\" x2=\"{right}\" y1=\"{Html.Coordinate(Y(tick))}\" y2=\"{Html.Coordinate(Y(tick))}\"/>")
                .Add($"<text x=\"{Left - 8}\" y=\"{Html.Coordinate(Y(tick) + 4)}\" text-anchor=\"end\">{TickText(tick)}</text>\n");
        }

        foreach (double tick in x.Ticks)
        {
            html.Add($"<line class=\"axis\" x1=\"{Html.Coordinate(X(tick))}\" x2=\"{Html.Coordinate(X(tick))}\" y1=\"{bottom}\" y2=\"{bottom + 4}\"/>")
                .Add($"<text x=\"{Html.Coordinate(X(tick))}\" y=\"{bottom + 18}\" text-anchor=\"middle\">{TickText(tick)}</text>\n");
        }

        html.Add($"<line class=\"axis\" x1=\"{Left}\" x2=\"{right}\" y1=\"{bottom}\" y2=\"{bottom}\"/>")
            .Add($"<text class=\"quiet\" x=\"{right}\" y=\"{Height - 5}\" text-anchor=\"end\">{Html.Text(XLabel)}</text>\n");
        if (Mark is { } mark)
        {
            bool isLate = x.Share(mark.X) > 0.6;
            html.Add($"<line class=\"mark\" x1=\"{Html.Coordinate(X(mark.X))}\" x2=\"{Html.Coordinate(X(mark.X))}\" y1=\"{Top}\" y2=\"{bottom}\"/>")
                .Add($"<text class=\"quiet\" x=\"{Html.Coordinate(X(mark.X) + (isLate ? -6 : 6))}\" y=\"{Top + 10}\" text-anchor=\"{(isLate ? "end" : "start")}\">{Html.Text(mark.Text)}</text>\n");
        }

        foreach (ChartLine line in Lines)
        {
            DrawLine(html, line, X, Y);
        }

        html.Add($"<line class=\"rule\" y1=\"{Top}\" y2=\"{bottom}\" x1=\"-9\" x2=\"-9\"/></svg>\n");
    }

    private static void DrawLine(StringBuilder html, ChartLine line, Func<double, double> x, Func<double, double> y)
    {
        string At(double px, double py) => $"{Html.Coordinate(x(px))},{Html.Coordinate(y(py))}";

        int marks = 0;
        foreach (CurvePoint point in line.Points.Where(p => p.NonFinite > 0))
        {
            if (marks++ < MostMarks)
            {
                html.Add($"<text class=\"cross\" x=\"{Html.Coordinate(x(point.X))}\" y=\"{Top + 4}\" text-anchor=\"middle\">×</text>");
            }
        }

        foreach (List<CurvePoint> run in Runs(line.Points))
        {
            if (run.Exists(p => p.Minimum < p.Maximum))
            {
                html.Add($"<path class=\"band c{line.Color}\" d=\"M{string.Join('L', run.Select(p => At(p.X, p.Maximum)).Concat(run.AsEnumerable().Reverse().Select(p => At(p.X, p.Minimum))))}Z\"/>\n");
            }

            if (line.IsBand)
            {
                continue;
            }

            if (run.Count > 1)
            {
                html.Add($"<path class=\"line c{line.Color}\" d=\"M{string.Join('L', run.Select(p => At(p.X, p.Mean)))}\"/>\n");
            }

            if (run.Count == 1 || line.Points.Count <= FewPoints)
            {
                foreach (CurvePoint point in run)
                {
                    html.Add($"<circle class=\"dot c{line.Color}\" cx=\"{Html.Coordinate(x(point.X))}\" cy=\"{Html.Coordinate(y(point.Mean))}\" r=\"2.6\"/>");
                }

                html.Append('\n');
            }
        }
    }

    // The stretches between values that are not finite.
    private static IEnumerable<List<CurvePoint>> Runs(IReadOnlyList<CurvePoint> points)
    {
        List<CurvePoint> run = [];
        foreach (CurvePoint point in points)
        {
            if (double.IsFinite(point.Mean))
            {
                run.Add(point);
            }
            else if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    // What the page's script shows under the pointer.
    private void WriteValues(StringBuilder html)
    {
        Scale x = XScale();
        html.Add($"<script type=\"application/json\">{{\"left\":{Left},\"right\":{Width - Right},\"width\":{Width},")
            .Add($"\"low\":{Html.Json(x.Low)},\"high\":{Html.Json(x.High)},\"label\":{Html.Json(XLabel)},\"lines\":[");
        html.AppendJoin(',', Lines.Where(l => !l.IsBand).Select(l => Invariant($"{{\"name\":{Html.Json(l.Name)},\"color\":{l.Color},\"x\":{Html.Json(l.Points.Select(p => p.X))},\"y\":{Html.Json(l.Points.Select(p => p.Mean))}}}")));
        html.Append("]}</script>\n");
    }

    private static string TickText(double value) =>
        value == 0 ? "0"
        : Math.Abs(value) is >= 1e-4 and < 1e7 ? value.ToString("#,0.#######", CultureInfo.InvariantCulture)
        : value.ToString("0.##e0", CultureInfo.InvariantCulture);
}
