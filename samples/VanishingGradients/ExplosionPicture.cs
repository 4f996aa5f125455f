using System.Globalization;
using System.Security;
using System.Text;

namespace VanishingGradients;

/// <summary>Draws what exploded: the gradient over time, and the error over the training, without and with clipping.</summary>
internal static class ExplosionPicture
{
    private const int Height = 170, Left = 70, Gap = 80;

    public static void Draw(StringBuilder svg, Explosion explosion, int top, int width)
    {
        int plot = (width - (2 * Left) - Gap) / 2, y = top + 66;
        FlowPicture.Append(svg, $"<text class=\"panel\" x=\"20\" y=\"{top + 30}\">Exploding: ReLU units with recurrent spectral radius {Explosion.Radius}, adding over {Explosion.Memory} steps, SGD</text>\n");
        Panel(svg, Left, y, plot, "|∂L/∂h| by time step", [(explosion.Norms, "bad"), (explosion.ClippedNorms, "good")], null);
        Panel(svg, Left + plot + Gap, y, plot, "RMSE by training step", [(explosion.Free, "bad"), (explosion.Clipped, "good")], explosion.FirstNonFinite);
        string ends = explosion.FirstNonFinite is { } step ? $"without clipping: not finite at step {step}" : "without clipping";
        FlowPicture.Append(svg, $"""
            <text class="small badtext" x="{Left + 8}" y="{y + 84}">at first: {explosion.Growth:F3} times larger each step back</text>
            <text class="small goodtext" x="{Left + 8}" y="{y + 100}">at the end of the clipped run</text>
            <text class="small badtext" x="{Left + plot + Gap + plot - 8}" y="{y + 18}" text-anchor="end">{SecurityElement.Escape(ends)}</text>
            <text class="small goodtext" x="{Left + plot + Gap + plot - 8}" y="{y + 34}" text-anchor="end">the same run, gradient clipped to norm 1</text>

            """);
    }

    // Powers of ten from below to above.
    private static void Panel(StringBuilder svg, int x, int y, int width, string title, (IReadOnlyList<double> Values, string Class)[] lines, int? mark)
    {
        double[] powers = [.. lines.SelectMany(l => l.Values).Where(v => v > 0 && double.IsFinite(v)).Select(Math.Log10)];
        double low = Math.Floor(powers.Min()), high = Math.Max(low + 1, Math.Ceiling(powers.Max()));
        int count = lines.Max(l => l.Values.Count), step = Math.Max(1, (int)Math.Ceiling((high - low) / 6));
        FlowPicture.Append(svg, $"<text class=\"small\" x=\"{x}\" y=\"{y - 8}\">{SecurityElement.Escape(title)}</text>\n");
        for (double power = low; power <= high; power += step)
        {
            FlowPicture.Append(svg, $"<line class=\"grid\" x1=\"{x}\" y1=\"{Y(power):F1}\" x2=\"{x + width}\" y2=\"{Y(power):F1}\"/><text class=\"small\" x=\"{x - 6}\" y=\"{Y(power) + 4:F1}\" text-anchor=\"end\">{FlowPicture.Power((int)power)}</text>\n");
        }

        foreach ((IReadOnlyList<double> values, string style) in lines)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line {style}\" points=\"");
            for (int i = 0; i < values.Count; i++)
            {
                if (values[i] > 0 && double.IsFinite(values[i]))
                {
                    svg.Append(CultureInfo.InvariantCulture, $"{X(i):F1},{Y(Math.Log10(values[i])):F1} ");
                }
            }

            svg.Append("\"/>\n");
        }

        if (mark is { } at)
        {
            FlowPicture.Append(svg, $"<circle class=\"mark\" cx=\"{X(at - 1):F1}\" cy=\"{y}\" r=\"5\"/>\n");
        }

        FlowPicture.Append(svg, $"<rect class=\"frame\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{Height}\"/><text class=\"small\" x=\"{x}\" y=\"{y + Height + 16}\">1</text><text class=\"small\" x=\"{x + width}\" y=\"{y + Height + 16}\" text-anchor=\"end\">{count}</text>\n");

        double X(double i) => x + (width * i / Math.Max(1, count - 1));
        double Y(double power) => y + Height - (Height * (power - low) / (high - low));
    }
}
