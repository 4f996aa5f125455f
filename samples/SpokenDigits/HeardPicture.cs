using System.Globalization;
using System.Text;
using RnnGen.Samples;

namespace SpokenDigits;

/// <summary>Draws a log-mel spectrum and below it what the model hears at each frame.</summary>
internal static class HeardPicture
{
    private const int Left = 80, Top = 84, FrameWidth = 4, BandHeight = 5, RowHeight = 16, Levels = 12, Digits = 10;
    private const double SecondsPerFrame = 0.0125;

    /// <summary>Writes the picture as text.</summary>
    /// <param name="title">What was said, and what was heard.</param>
    /// <param name="features">[frames × bands] values, about -3 to 3.</param>
    /// <param name="bands">Values of a frame.</param>
    /// <param name="probabilities">[frames × classes] probabilities; class 0 is the blank, class d + 1 the digit d.</param>
    public static string Draw(string title, float[] features, int bands, float[] probabilities)
    {
        int frames = features.Length / bands, width = frames * FrameWidth, below = Top + (bands * BandHeight) + 58;
        SvgPicture picture = new("A spectrum, and the digits heard in it", Left + width + 30) { Height = below + (Digits * RowHeight) + 24 };
        picture.Text(20, 36, title, "heading").Text(Left, Top - 10, "Log-mel spectrum, high bands at the top", "small");
        Map(picture, "s3", frames, bands, BandHeight, Top, (frame, row) => (features[(frame * bands) + bands - 1 - row] + 1.5) / 4);
        for (double second = 0; second <= frames * SecondsPerFrame; second += 0.5)
        {
            double x = Left + (second / SecondsPerFrame * FrameWidth);
            picture.Add($"<line class=\"axis\" x1=\"{x:0.#}\" y1=\"{Top + (bands * BandHeight)}\" x2=\"{x:0.#}\" y2=\"{Top + (bands * BandHeight) + 5}\"/>")
                .Text(x, Top + (bands * BandHeight) + 19, second.ToString("0.0 s", CultureInfo.InvariantCulture), "small", "middle");
        }

        picture.Text(Left, below - 10, "Probability of each digit; everywhere else the model outputs the blank", "small");
        Map(picture, "s1", frames, Digits, RowHeight, below, (frame, digit) => probabilities[(frame * (Digits + 1)) + digit + 1]);
        for (int digit = 0; digit < Digits; digit++)
        {
            picture.Text(Left - 12, below + (digit * RowHeight) + 13, $"{digit}", "", "end");
        }

        return picture.ToString();
    }

    // Values from 0 to 1 as opacities in some levels: one path a level, of strokes over the frames of a row that share it.
    private static void Map(SvgPicture picture, string colour, int frames, int rows, int rowHeight, int top, Func<int, int, double> value)
    {
        var paths = new StringBuilder[Levels + 1];
        for (int row = 0; row < rows; row++)
        {
            for (int frame = 0; frame < frames;)
            {
                int level = Level(frame, row), end = frame + 1;
                while (end < frames && Level(end, row) == level)
                {
                    end++;
                }

                (paths[level] ??= new StringBuilder()).Append(CultureInfo.InvariantCulture, $"M{frame} {row}h{end - frame}");
                frame = end;
            }
        }

        picture.Add($"<g transform=\"translate({Left} {top + (rowHeight / 2.0)}) scale({FrameWidth} {rowHeight})\" class=\"{colour}\" shape-rendering=\"crispEdges\">");
        for (int level = 1; level <= Levels; level++)
        {
            if (paths[level] is { } path)
            {
                picture.Add($"<path opacity=\"{(double)level / Levels:0.##}\" d=\"{path}\"/>");
            }
        }

        picture.Add($"</g>").Add($"<rect class=\"frame\" x=\"{Left}\" y=\"{top}\" width=\"{frames * FrameWidth}\" height=\"{rows * rowHeight}\"/>");

        int Level(int frame, int row) => (int)Math.Round(Math.Clamp(value(frame, row), 0, 1) * Levels);
    }
}
