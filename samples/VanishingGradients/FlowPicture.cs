using System.Globalization;
using RnnGen.Samples;

namespace VanishingGradients;

/// <summary>
/// Draws heat maps of gradients: a row a cell, a column a length; in each map the training goes from left to right and the sequence from bottom to top. Below them what exploded.
/// </summary>
internal static class FlowPicture
{
    private const int MapWidth = 210, MapHeight = 78, Left = 176, Top = 112, Gap = 16, Caption = 22, Heading = 34, Bins = 39, Chart = 250;

    // Powers of ten, from the darkest colour to the reddest.
    private const int Lowest = -12, Highest = 3;

    // Levels a power of ten: few colours, so that the picture stays small.
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
        int width = Math.Max(Left + (memories.Length * (MapWidth + Gap)) + 10, 860);
        SvgPicture picture = new("How far gradients reach back, while networks learn", width) { Height = Top + (tasks.Length * taskHeight) + (explosion is null ? 10 : Chart + Heading) };
        picture.Text(20, 34, "How far gradients reach back, while networks learn", "heading")
            .Text(20, 55, "Norm of ∂L/∂h after each step of the sequence, over its norm where the loss is. In each map training time runs to the right", "small")
            .Text(20, 71, "and the sequence upwards. Dark means that almost no gradient reaches that step. Green numbers: solved.", "small");
        DrawLegend(picture, 20, 82);
        int top = Top;
        foreach (string task in tasks)
        {
            picture.Text(20, top + 30, Title(outcomes.First(o => o.Task == task)), "panel");
            foreach ((int row, string cell) in cells.Index())
            {
                int y = top + Heading + (row * (MapHeight + Caption + Gap)) + Caption;
                picture.Text(Left - 12, y + (MapHeight / 2) + 5, cell, "", "end").Text(Left - 6, y + 9, "end", "small", "end").Text(Left - 6, y + MapHeight, "start", "small", "end");
                foreach ((int column, int memory) in memories.Index())
                {
                    if (outcomes.FirstOrDefault(o => o.Task == task && o.Cell == cell && o.Memory == memory) is { } outcome)
                    {
                        DrawMap(picture, outcome, Left + (column * (MapWidth + Gap)), y);
                    }
                }
            }

            top += taskHeight;
        }

        if (explosion is not null)
        {
            ExplosionPicture.Draw(picture, explosion, top);
        }

        return picture.ToString();
    }

    private static string Title(Outcome outcome) => string.Create(CultureInfo.InvariantCulture,
        $"{char.ToUpperInvariant(outcome.Task[0])}{outcome.Task[1..]}: {outcome.Measure}; {outcome.Baseline:F2} without memory");

    private static void DrawMap(SvgPicture picture, Outcome outcome, int x, int y)
    {
        string verdict = outcome.Failure is null ? outcome.Error.ToString("F3", CultureInfo.InvariantCulture) : "not finite";
        picture.Text(x, y - 7, $"T = {outcome.Memory}, {outcome.Steps} steps", "small").Text(x + MapWidth, y - 7, verdict, outcome.IsSolved ? "small f4" : "small", "end");

        // The first step is at the bottom.
        int columns = outcome.Norms.Count;
        byte[] pixels = new byte[Bins * columns * 3];
        for (int column = 0; column < columns; column++)
        {
            double[] powers = Column(outcome.Norms[column], outcome.LossSteps);
            for (int bin = 0; bin < Bins; bin++)
            {
                Convert.FromHexString(Colour(powers[bin]).AsSpan(1)).CopyTo(pixels, (((Bins - 1 - bin) * columns) + column) * 3);
            }
        }

        picture.Image(x, y, MapWidth, MapHeight, columns, pixels).Add($"<rect class=\"frame\" x=\"{x}\" y=\"{y}\" width=\"{MapWidth}\" height=\"{MapHeight}\"/>");
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

    private static void DrawLegend(SvgPicture picture, int x, int y)
    {
        const int step = 17;
        int count = ((Highest - Lowest) * Levels) + 1;
        for (int i = 0; i < count; i++)
        {
            picture.Add($"<rect x=\"{x + (i * step)}\" y=\"{y}\" width=\"{step}\" height=\"10\" fill=\"{Colour(Lowest + ((double)i / Levels))}\"/>");
            if (i % (3 * Levels) == 0)
            {
                int power = Lowest + (i / Levels);
                picture.Text(x + (i == 0 ? 0 : (i * step) + (step / 2) - 4), y + 25, $"{LineChart.Power(power)}{(power == Lowest ? " and less" : power == Highest ? " and more" : "")}", "small");
            }
        }
    }
}
