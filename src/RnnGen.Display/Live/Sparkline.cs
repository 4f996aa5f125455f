namespace RnnGen.Display;

/// <summary>Values as a row of blocks: ▁▂▃▄▅▆▇█ from the minimum to the maximum.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>Draws the values; the lowest block is the minimum, and × a value that is not finite.</summary>
    /// <param name="points">The values, in order; if there are more than fit, neighbours share a block.</param>
    /// <param name="width">The maximum number of blocks, at least 1.</param>
    public static string Draw(IReadOnlyList<CurvePoint> points, int width)
    {
        int count = Math.Min(points.Count, width);
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            int first = (int)((long)i * points.Count / count), end = (int)((i + 1L) * points.Count / count);
            double[] finite = [.. points.Skip(first).Take(end - first).Select(p => p.Mean).Where(double.IsFinite)];
            values[i] = finite.Length > 0 ? finite.Average() : double.NaN;
        }

        var (minimum, maximum) = Scale.Range(values);
        return string.Concat(values.Select(v => double.IsNaN(v) ? '×' : Blocks[maximum > minimum ? (int)Math.Round((v - minimum) / (maximum - minimum) * (Blocks.Length - 1)) : 0]));
    }
}
