using RnnGen.Samples;

namespace VanishingGradients;

/// <summary>Draws what exploded: the gradient over time, and the error over the training, without and with clipping.</summary>
internal static class ExplosionPicture
{
    private const int Height = 170, Left = 70, Gap = 80;

    public static void Draw(SvgPicture picture, Explosion explosion, int top)
    {
        int width = (picture.Width - (2 * Left) - Gap) / 2, y = top + 66, right = Left + width + Gap;
        picture.Text(20, top + 30, $"Exploding: ReLU units with recurrent spectral radius {FormattableString.Invariant($"{Explosion.Radius}")}, adding over {Explosion.Memory} steps, SGD", "panel");
        Panel(picture, Left, y, width, "|∂L/∂h| by time step", "time step", explosion.Norms, explosion.ClippedNorms);
        Panel(picture, right, y, width, "RMSE by training step", "training step", explosion.Free, explosion.Clipped);
        picture.Text(Left + 8, y + 84, FormattableString.Invariant($"at first: {explosion.Growth:F3} times larger each step back"), "small f5")
            .Text(Left + 8, y + 100, "at the end of the clipped run", "small f1")
            .Text(right + width - 8, y + 18, explosion.FirstNonFinite is { } step ? $"without clipping: not finite at step {step}" : "without clipping", "small f5", "end")
            .Text(right + width - 8, y + 34, "the same run, gradient clipped to norm 1", "small f1", "end");
    }

    private static void Panel(SvgPicture picture, int x, int y, int width, string title, string steps, IReadOnlyList<double> free, IReadOnlyList<double> clipped)
    {
        picture.Text(x, y - 12, title, "small");
        IReadOnlyList<double> places = ChartPanel.Counted(Math.Max(free.Count, clipped.Count));
        LineChart.DrawPanel(picture, new ChartPanel(title, steps, "", places, [new ChartLine("without clipping", free, 5), new ChartLine("clipped", clipped, 1)]) { IsLogarithmic = true }, x, y, width, Height);
    }
}
