using System.Globalization;
using System.Security;
using System.Text;

namespace VanishingGradients;

/// <summary>
/// Draws heat maps of gradients as one SVG picture that needs no other file: a row a cell, a column a length; in each map the training goes from left to right and the
/// sequence from below to above. Below them what exploded.
/// </summary>
internal static class FlowPicture
{
    private const int MapWidth = 210, MapHeight = 78, Left = 176, Top = 112, Gap = 16, Caption = 22, Heading = 34, Bins = 39, Chart = 250;

    // Powers of ten, from the darkest colour to the reddest.
    private const int Lowest = -12, Highest = 3;

    // Levels a power of ten: neighbours of one level are drawn as one.
    private const int Levels = 2;

    private static readonly (double Power, int Red, int Green, int Blue)[] s_stops =
        [(-12, 33, 20, 66), (-9, 62, 47, 133), (-6, 42, 104, 160), (-3, 48, 160, 133), (-1, 150, 205, 90), (0, 253, 226, 100), (1, 250, 152, 56), (3, 205, 35, 40)];

    /// <summary>Writes the picture as text.</summary>
    /// <param name="outcomes">Trials of all cells on all tasks and lengths.</param>
    /// <param name="explosion">What a network did whose gradient grows; none where it was not run.</param>
    public static string Draw(IReadOnlyList<Outcome> outcomes, Explosion? explosion)
    {
        string[] tasks = [.. outcomes.Select(o => o.Task).Distinct()], cells = [.. outcomes.Select(o => o.Cell).Distinct()];
        int[] memories = [.. outcomes.Select(o => o.Memory).Distinct().Order()];
        int taskHeight = Heading + (cells.Length * (MapHeight + Caption + Gap));
        int width = Math.Max(Left + (memories.Length * (MapWidth + Gap)) + 10, 860), height = Top + (tasks.Length * taskHeight) + (explosion is null ? 10 : Chart + Heading);
        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
            <title>How far gradients reach back, while networks learn</title>
            <style>
              .page {"{"} fill: #ffffff; {"}"} text {"{"} font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f; {"}"}
              .heading {"{"} font-size: 19px; font-weight: 600; {"}"} .panel {"{"} font-size: 15px; font-weight: 600; {"}"} .small {"{"} font-size: 12px; fill: #57606a; {"}"}
              .solved {"{"} font-weight: 600; fill: #1a7f37; {"}"} .frame {"{"} fill: none; stroke: #8c959f; {"}"} .grid {"{"} stroke: #d8dee4; {"}"}
              .line {"{"} fill: none; stroke-width: 2; stroke-linejoin: round; {"}"} .bad {"{"} stroke: #cf222e; {"}"} .good {"{"} stroke: #0969da; {"}"} .mark, .badtext {"{"} fill: #cf222e; {"}"} .goodtext {"{"} fill: #0969da; {"}"}
              @media (prefers-color-scheme: dark) {"{"}
                .page {"{"} fill: #0d1117; {"}"} text {"{"} fill: #e6edf3; {"}"} .small {"{"} fill: #9198a1; {"}"} .solved {"{"} fill: #3fb950; {"}"} .frame {"{"} stroke: #57606a; {"}"}
                .grid {"{"} stroke: #2b323b; {"}"} .bad {"{"} stroke: #ff7b72; {"}"} .good {"{"} stroke: #58a6ff; {"}"} .mark, .badtext {"{"} fill: #ff7b72; {"}"} .goodtext {"{"} fill: #58a6ff; {"}"}
              {"}"}
            </style>
            <rect class="page" width="{width}" height="{height}"/>
            <text class="heading" x="20" y="34">How far gradients reach back, while networks learn</text>
            <text class="small" x="20" y="55">Norm of ∂L/∂h after each step of the sequence, over its norm where the loss is. In each map the training goes to the right</text>
            <text class="small" x="20" y="71">and the sequence upwards: dark means that the loss says nothing to what was read there.</text>

            """);
        DrawLegend(svg, 20, 82);
        int top = Top;
        foreach (string task in tasks)
        {
            Append(svg, $"<text class=\"panel\" x=\"20\" y=\"{top + 30}\">{SecurityElement.Escape(Title(outcomes.First(o => o.Task == task)))}</text>\n");
            foreach ((int row, string cell) in cells.Index())
            {
                int y = top + Heading + (row * (MapHeight + Caption + Gap)) + Caption;
                Append(svg, $"<text x=\"{Left - 12}\" y=\"{y + (MapHeight / 2) + 5}\" text-anchor=\"end\">{SecurityElement.Escape(cell)}</text>\n");
                Append(svg, $"<text class=\"small\" x=\"{Left - 6}\" y=\"{y + 9}\" text-anchor=\"end\">end</text><text class=\"small\" x=\"{Left - 6}\" y=\"{y + MapHeight}\" text-anchor=\"end\">start</text>\n");
                foreach ((int column, int memory) in memories.Index())
                {
                    if (outcomes.FirstOrDefault(o => o.Task == task && o.Cell == cell && o.Memory == memory) is { } outcome)
                    {
                        DrawMap(svg, outcome, Left + (column * (MapWidth + Gap)), y);
                    }
                }
            }

            top += taskHeight;
        }

        if (explosion is not null)
        {
            ExplosionPicture.Draw(svg, explosion, top, width);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string Title(Outcome outcome) => string.Create(CultureInfo.InvariantCulture,
        $"{char.ToUpperInvariant(outcome.Task[0])}{outcome.Task[1..]}: {outcome.Measure}; who remembers nothing has {outcome.Baseline:F2}");

    private static void DrawMap(StringBuilder svg, Outcome outcome, int x, int y)
    {
        string verdict = outcome.Failure is null ? outcome.Error.ToString("F3", CultureInfo.InvariantCulture) : "not finite";
        Append(svg, $"<text class=\"small\" x=\"{x}\" y=\"{y - 7}\">T = {outcome.Memory}, {outcome.Steps} steps</text>\n");
        Append(svg, $"<text class=\"{(outcome.IsSolved ? "small solved" : "small")}\" x=\"{x + MapWidth}\" y=\"{y - 7}\" text-anchor=\"end\">{verdict}</text>\n");

        // One path a colour: the cells of a column that share it are one rectangle.
        Dictionary<string, StringBuilder> paths = [];
        int columns = outcome.Norms.Count;
        for (int column = 0; column < columns; column++)
        {
            double[] levels = Column(outcome.Norms[column], outcome.LossSteps);
            double from = MapWidth * (double)column / columns, to = MapWidth * (column + 1.0) / columns;
            for (int bin = 0; bin < Bins;)
            {
                int end = bin + 1;
                string colour = Colour(levels[bin]);
                while (end < Bins && Colour(levels[end]) == colour)
                {
                    end++;
                }

                if (!paths.TryGetValue(colour, out StringBuilder? path))
                {
                    paths[colour] = path = new StringBuilder();
                }

                // The first step is at the bottom.
                Append(path, $"M{x + from:0.#} {y + MapHeight - (bin * MapHeight / Bins)}H{x + to:0.#}V{y + MapHeight - (end * MapHeight / Bins)}H{x + from:0.#}z");
                bin = end;
            }
        }

        foreach ((string colour, StringBuilder path) in paths)
        {
            Append(svg, $"<path fill=\"{colour}\" shape-rendering=\"crispEdges\" d=\"{path}\"/>\n");
        }

        Append(svg, $"<rect class=\"frame\" x=\"{x}\" y=\"{y}\" width=\"{MapWidth}\" height=\"{MapHeight}\"/>\n");
    }

    /// <summary>The power of ten of each bin of time steps, relative to the first step that has a loss; -∞ where nothing is left, NaN where a value is not finite.</summary>
    internal static double[] Column(double[] norms, int lossSteps)
    {
        double reference = norms[^lossSteps];
        double[] powers = new double[Bins];
        for (int bin = 0; bin < Bins; bin++)
        {
            int from = bin * norms.Length / Bins, to = Math.Max(from + 1, (bin + 1) * norms.Length / Bins);
            double greatest = norms[from..to].Max();
            powers[bin] = double.IsFinite(greatest) && reference > 0 ? Math.Log10(greatest / reference) : double.NaN;
        }

        return powers;
    }

    /// <summary>The colour of a power of ten.</summary>
    internal static string Colour(double power)
    {
        if (double.IsNaN(power))
        {
            return "#d63af9";
        }

        double level = Math.Clamp(Math.Round(power * Levels) / Levels, Lowest, Highest);
        int i = 1;
        while (i < s_stops.Length - 1 && s_stops[i].Power < level)
        {
            i++;
        }

        (double low, int red, int green, int blue) = s_stops[i - 1];
        (double high, int red2, int green2, int blue2) = s_stops[i];
        double share = (level - low) / (high - low);
        return string.Create(CultureInfo.InvariantCulture, $"#{Mix(red, red2):x2}{Mix(green, green2):x2}{Mix(blue, blue2):x2}");

        int Mix(int a, int b) => (int)Math.Round(a + (share * (b - a)));
    }

    private static void DrawLegend(StringBuilder svg, int x, int y)
    {
        const int step = 17;
        int count = ((Highest - Lowest) * Levels) + 1;
        for (int i = 0; i < count; i++)
        {
            Append(svg, $"<rect x=\"{x + (i * step)}\" y=\"{y}\" width=\"{step}\" height=\"10\" fill=\"{Colour(Lowest + ((double)i / Levels))}\"/>\n");
            if (i % (3 * Levels) == 0)
            {
                int power = Lowest + (i / Levels);
                string label = power == 0 ? "1" : $"{Power(power)}{(power == Lowest ? " and less" : power == Highest ? " and more" : "")}";
                Append(svg, $"<text class=\"small\" x=\"{x + (i == 0 ? 0 : (i * step) + (step / 2) - 4)}\" y=\"{y + 25}\">{label}</text>\n");
            }
        }
    }

    /// <summary>A power of ten with a raised exponent.</summary>
    internal static string Power(int exponent) =>
        "10" + string.Concat(exponent.ToString(CultureInfo.InvariantCulture).Select(c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']));

    internal static void Append(StringBuilder svg, FormattableString text) => svg.Append(FormattableString.Invariant(text));
}
