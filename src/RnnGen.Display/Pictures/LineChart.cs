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
    // The plot begins right of the longest label; a band of one step is as wide as two half bars.
    private const int MinimumLeft = 62, Right = 14, Top = 14, Bottom = 40, TickGap = 8, LabelGap = 12, HalfBar = 6, FewPoints = 40, MostMarks = 60;

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
            Scale linear = Scale.Round(values, IsHalf ? 4 : 5);
            Scale? logarithmic = offersLog ? Scale.Logarithmic(values) : null;
            int left = LeftOf(linear, logarithmic);
            if (logarithmic is not null)
            {
                html.Add($"<label class=\"switch\"><input type=\"checkbox\" class=\"log\"{(maximum / minimum >= 100 ? " checked" : "")}> logarithmic</label>\n");
                DrawPlot(html, logarithmic, left, " logarithmic");
            }

            DrawPlot(html, linear, left, " linear");
            html.Append("<div class=\"tip\" hidden></div>\n");
            WriteValues(html, left, linear.Digits);
        }

        long nonFinite = Lines.Sum(l => l.Points.Sum(p => p.NonFinite));
        if (nonFinite > 0)
        {
            html.Add($"<figcaption class=\"bad\">{Html.Count(nonFinite)} {(nonFinite == 1 ? "value is" : "values are")} not finite (×).</figcaption>\n");
        }

        html.Append("</figure>\n");
    }

    // Both scales of a chart have one place, so that the pointer reads both.
    private static int LeftOf(Scale linear, Scale? logarithmic)
    {
        IEnumerable<string> labels = [.. linear.Ticks.Select(linear.Label), .. logarithmic?.Ticks.Select(logarithmic.Label) ?? []];
        return Math.Max(MinimumLeft, (int)Math.Ceiling(labels.Max(Html.Width)) + TickGap + 4);
    }

    // As many ticks as have room for their labels.
    private Scale XScale(int left)
    {
        var (minimum, maximum) = Scale.Range(Lines.SelectMany(l => l.Points).Select(p => p.X));
        int ticks = IsHalf ? 5 : 10;
        Scale scale = Scale.Exact(minimum, maximum, ticks);
        while (ticks > 1 && scale.Ticks.Select(scale.Label).Select(Html.Width).DefaultIfEmpty().Max() + LabelGap > scale.Step / (scale.High - scale.Low) * (Width - Right - left))
        {
            scale = Scale.Exact(minimum, maximum, --ticks);
        }

        return scale;
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

    private void DrawPlot(StringBuilder html, Scale y, int left, string kind)
    {
        Scale x = XScale(left);
        int right = Width - Right, bottom = Height - Bottom;
        double X(double value) => left + (x.Share(value) * (right - left));
        double Y(double value) => bottom - (y.Share(value) * (bottom - Top));

        html.Add($"<svg class=\"plot{kind}\" viewBox=\"0 0 {Width} {Height}\" role=\"img\"><title>{Html.Text(string.Join(", ", Lines.Select(l => l.Name)))} by {Html.Text(XLabel)}</title>\n");
        foreach (double tick in y.Ticks)
        {
            html.Add($"<line class=\"grid\" x1=\"{left}\" x2=\"{right}\" y1=\"{Html.Coordinate(Y(tick))}\" y2=\"{Html.Coordinate(Y(tick))}\"/>")
                .Add($"<text x=\"{left - TickGap}\" y=\"{Html.Coordinate(Y(tick) + 4)}\" text-anchor=\"end\">{y.Label(tick)}</text>\n");
        }

        foreach (double tick in x.Ticks)
        {
            double half = Html.Width(x.Label(tick)) / 2, place = Math.Clamp(X(tick), half, Width - half);
            html.Add($"<line class=\"axis\" x1=\"{Html.Coordinate(X(tick))}\" x2=\"{Html.Coordinate(X(tick))}\" y1=\"{bottom}\" y2=\"{bottom + 4}\"/>")
                .Add($"<text x=\"{Html.Coordinate(place)}\" y=\"{bottom + 18}\" text-anchor=\"middle\">{x.Label(tick)}</text>\n");
        }

        html.Add($"<line class=\"axis\" x1=\"{left}\" x2=\"{right}\" y1=\"{bottom}\" y2=\"{bottom}\"/>")
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
        string At(double px, double py, double beside = 0) => $"{Html.Coordinate(x(px) + beside)},{Html.Coordinate(y(py))}";

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
                double half = run.Count == 1 ? HalfBar : 0;
                html.Add($"<path class=\"band c{line.Color}\" d=\"M{string.Join('L', Outline(run).Select(p => At(p.X, p.Y, p.Side * half)))}Z\"/>\n");
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

    // The maxima from left to right and the minima back. One point has a left and a right side, as a bar.
    private static IEnumerable<(double X, double Y, int Side)> Outline(List<CurvePoint> run) => run.Count == 1
        ? [(run[0].X, run[0].Maximum, -1), (run[0].X, run[0].Maximum, 1), (run[0].X, run[0].Minimum, 1), (run[0].X, run[0].Minimum, -1)]
        : [.. run.Select(p => (p.X, p.Maximum, 0)), .. run.AsEnumerable().Reverse().Select(p => (p.X, p.Minimum, 0))];

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
    private void WriteValues(StringBuilder html, int left, int digits)
    {
        Scale x = XScale(left);
        html.Add($"<script type=\"application/json\">{{\"left\":{left},\"right\":{Width - Right},\"width\":{Width},\"digits\":{digits},\"places\":{x.Digits},")
            .Add($"\"low\":{Html.Json(x.Low, 17)},\"high\":{Html.Json(x.High, 17)},\"label\":{Html.Json(XLabel)},\"lines\":[");
        html.AppendJoin(',', Lines.Where(l => !l.IsBand).Select(l => Invariant($"{{\"name\":{Html.Json(l.Name)},\"color\":{l.Color},\"x\":{Html.Json(l.Points.Select(p => p.X), x.Digits + 1)},\"y\":{Html.Json(l.Points.Select(p => p.Mean), digits + 1)}}}")));
        html.Append("]}</script>\n");
    }
}
