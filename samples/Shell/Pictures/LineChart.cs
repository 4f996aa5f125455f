using System.Globalization;

namespace RnnGen.Samples;

/// <summary>One line of a panel.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Values">One value for each place of the panel, or the first ones; those that are not finite are left out.</param>
/// <param name="Color">0 (quiet) to 5.</param>
public sealed record ChartLine(string Name, IReadOnlyList<double> Values, int Color)
{
    /// <summary>Further classes of the picture: <c>dashed</c>, <c>wide</c>.</summary>
    public string Style { get; init; } = "";
}

/// <summary>One plot of a chart.</summary>
/// <param name="Title">What is drawn.</param>
/// <param name="XLabel">What the horizontal axis measures.</param>
/// <param name="YLabel">What the vertical axis measures.</param>
/// <param name="Places">Where the values of all lines are, rising.</param>
/// <param name="Lines">What is drawn, the first one below the others.</param>
public sealed record ChartPanel(string Title, string XLabel, string YLabel, IReadOnlyList<double> Places, IReadOnlyList<ChartLine> Lines)
{
    /// <summary>Whether powers of ten have equal distances.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Whether the vertical axis begins at 0, of values that are not negative.</summary>
    public bool FromZero { get; init; }

    /// <summary>Places from 1 to a count.</summary>
    public static IReadOnlyList<double> Counted(int count) => [.. Enumerable.Range(1, count).Select(i => (double)i)];
}

/// <summary>Draws lines over time.</summary>
public static class LineChart
{
    private const int MinimumLeft = 70, LabelGap = 8, Right = 24, PanelTop = 34, PanelBottom = 46;

    /// <summary>Panels one below the other under one legend.</summary>
    /// <param name="title">The heading.</param>
    /// <param name="panels">At least one.</param>
    /// <param name="panelHeight">Pixels of each.</param>
    public static string Draw(string title, IReadOnlyList<ChartPanel> panels, int panelHeight = 330)
    {
        const int Top = 86;
        SvgPicture picture = new(title, 1200) { Height = Top + (panels.Count * panelHeight) };
        int plotHeight = panelHeight - PanelTop - PanelBottom, left = panels.Max(panel => LeftOf(panel, plotHeight));
        picture.Text(left, 36, title, "heading");
        double x = left;
        foreach (ChartLine line in panels.SelectMany(p => p.Lines).DistinctBy(l => l.Name))
        {
            picture.Add($"<line class=\"line s{line.Color} {line.Style}\" x1=\"{x:0.#}\" y1=\"62\" x2=\"{x + 28:0.#}\" y2=\"62\"/>").Text(x + 36, 67, line.Name);
            x += 72 + (line.Name.Length * 8.5);
        }

        for (int i = 0; i < panels.Count; i++)
        {
            int top = Top + (i * panelHeight);
            picture.Text(left, top + 20, panels[i].Title, "panel");
            DrawPanel(picture, panels[i], left, top + PanelTop, picture.Width - left - Right, plotHeight);
        }

        return picture.ToString();
    }

    /// <summary>One panel whose lines have their names beside their ends.</summary>
    /// <param name="panel">What is drawn; its title is the heading.</param>
    /// <param name="names">Pixels for the names.</param>
    public static string DrawNamed(ChartPanel panel, int names = 240)
    {
        const int Width = 960, Height = 480, Top = 84;
        SvgPicture picture = new(panel.Title, Width) { Height = Height };
        int left = LeftOf(panel, Height - Top - PanelBottom);
        picture.Text(left, 36, panel.Title, "heading");
        Func<double, double> y = DrawPanel(picture, panel, left, Top, Width - left - names, Height - Top - PanelBottom);

        // Names that would overlap move down, all together up again where they would leave the plot.
        double[] places = new double[panel.Lines.Count];
        int[] order = [.. Enumerable.Range(0, places.Length).OrderBy(i => y(panel.Lines[i].Values[^1]))];
        double free = double.NegativeInfinity;
        foreach (int i in order)
        {
            places[i] = free = Math.Max(y(panel.Lines[i].Values[^1]), free + 19);
        }

        double beyond = Math.Max(0, free - (Height - PanelBottom));
        foreach (int i in order)
        {
            picture.Text(Width - names + 10, places[i] - beyond + 5, panel.Lines[i].Name, $"f{panel.Lines[i].Color}");
        }

        return picture.ToString();
    }

    /// <summary>One panel without its title.</summary>
    /// <returns>Where a value is drawn.</returns>
    public static Func<double, double> DrawPanel(SvgPicture picture, ChartPanel panel, double left, double top, double width, double height)
    {
        double first = panel.Places[0], last = panel.Places[^1], bottom = top + height;
        (double Low, double High, double[] Ticks) axis = Axis(panel, height);
        (double low, double high, double[] ticks) = axis;
        foreach (double tick in ticks)
        {
            picture.Add($"<line class=\"grid\" x1=\"{left:0.#}\" y1=\"{Y(tick):0.#}\" x2=\"{left + width:0.#}\" y2=\"{Y(tick):0.#}\"/>")
                .Text(left - LabelGap, Y(tick) + 5, TickText(tick, panel, axis), "", "end");
        }

        double step = RoundStep((last - first) / (width / 90));
        step = panel.Places.All(p => p == Math.Floor(p)) ? Math.Max(1, step) : step;
        for (double place = Math.Ceiling(first / step) * step; place <= last + (step / 1e6); place += step)
        {
            picture.Add($"<line class=\"axis\" x1=\"{X(place):0.#}\" y1=\"{bottom:0.#}\" x2=\"{X(place):0.#}\" y2=\"{bottom + 5:0.#}\"/>")
                .Text(X(place), bottom + 20, place.ToString("0.####", CultureInfo.InvariantCulture), "", "middle");
        }

        picture.Add($"<line class=\"axis\" x1=\"{left:0.#}\" y1=\"{bottom:0.#}\" x2=\"{left + width:0.#}\" y2=\"{bottom:0.#}\"/>")
            .Text(left + width, bottom + 36, panel.XLabel, "small", "end").Text(left + width, top - 12, panel.YLabel, "small", "end");
        foreach (ChartLine line in panel.Lines)
        {
            (double X, double Y)[] points = [.. line.Values.Select((value, i) => (Place: panel.Places[i], Value: value))
                .Where(p => double.IsFinite(p.Value) && (p.Value > 0 || !panel.IsLogarithmic)).Select(p => (X(p.Place), Y(p.Value)))];
            string drawn = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#},{p.Y:0.#}")));
            picture.Add(points.Length == 1
                ? $"<circle class=\"f{line.Color}\" cx=\"{points[0].X:0.#}\" cy=\"{points[0].Y:0.#}\" r=\"4\"/>"
                : (FormattableString)$"<polyline class=\"line s{line.Color} {line.Style}\" points=\"{drawn}\"/>");
        }

        return Y;

        double X(double place) => left + ((place - first) / Math.Max(last - first, double.Epsilon) * width);
        double Y(double value) => bottom - (height * (panel.IsLogarithmic ? Math.Log10(value / low) / Math.Log10(high / low) : (value - low) / (high - low)));
    }

    private static (double Low, double High, double[] Ticks) Axis(ChartPanel panel, double height) => panel.IsLogarithmic ? Powers(panel) : Steps(panel, (int)(height / 50));

    /// <summary>Pixels left of a panel, so that the plot begins right of the longest label: its digits have nine, its signs five.</summary>
    public static int LeftOf(ChartPanel panel, double height)
    {
        (double Low, double High, double[] Ticks) axis = Axis(panel, height);
        return Math.Max(MinimumLeft, LabelGap + 4 + axis.Ticks.Max(tick => TickText(tick, panel, axis).Sum(c => c is ',' or '.' or '-' ? 5 : 9)));
    }

    private static IEnumerable<double> Finite(ChartPanel panel) => panel.Lines.SelectMany(l => l.Values).Where(double.IsFinite);

    private static (double Low, double High, double[] Ticks) Steps(ChartPanel panel, int count)
    {
        double low = Finite(panel).DefaultIfEmpty(0).Min(), high = Finite(panel).DefaultIfEmpty(1).Max();
        low = panel.FromZero ? Math.Min(0, low) : low;
        double size = Math.Max(Math.Abs(low), Math.Abs(high)), step = RoundStep(Math.Max(high - low, 1e-6 * (size > 0 ? size : 1)) / Math.Max(1, count));
        double first = Math.Floor(low / step), last = Math.Max(first + 1, Math.Ceiling(high / step));
        return (first * step, last * step, [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)]);
    }

    private static (double Low, double High, double[] Ticks) Powers(ChartPanel panel)
    {
        double[] powers = [.. Finite(panel).Where(v => v > 0).DefaultIfEmpty(1).Select(Math.Log10)];
        int first = (int)Math.Floor(powers.Min()), last = Math.Max(first + 1, (int)Math.Ceiling(powers.Max())), every = Math.Max(1, (last - first + 5) / 6);
        return (Math.Pow(10, first), Math.Pow(10, last), [.. Enumerable.Range(0, ((last - first) / every) + 1).Select(i => Math.Pow(10, first + (i * every)))]);
    }

    /// <summary>A power of ten with a raised exponent; 1 as it is.</summary>
    public static string Power(int exponent) => exponent == 0
        ? "1"
        : "10" + string.Concat(exponent.ToString(CultureInfo.InvariantCulture).Select(c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']));

    // All digits that tell a tick from its neighbours; short numbers stay as they are.
    private static string TickText(double tick, ChartPanel panel, (double Low, double High, double[] Ticks) axis)
    {
        if (panel.IsLogarithmic)
        {
            return axis.Low < 1e-4 || axis.High > 1e4 ? Power((int)Math.Round(Math.Log10(tick))) : tick.ToString("#,0.####", CultureInfo.InvariantCulture);
        }

        int decimals = (int)Math.Clamp(-Math.Floor(Math.Log10(axis.Ticks[1] - axis.Ticks[0]) + 1e-9), 0, 15);
        return tick.ToString("#,0." + new string('#', decimals), CultureInfo.InvariantCulture);
    }

    // The lowest of 1, 2 and 5 times a power of ten that is not below a step.
    private static double RoundStep(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return power * (step / power) switch { <= 1.0000001 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
