using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace RnnGen.Display;

/// <summary>Draws the progress of a training, in six lines of a terminal.</summary>
internal static class ProgressView
{
    private const int LabelWidth = 12, ValueWidth = 12;
    private static readonly Style s_quiet = new(decoration: Decoration.Dim);
    private static readonly Style s_bold = new(decoration: Decoration.Bold);
    private static readonly Style s_training = new(Color.DodgerBlue1);
    private static readonly Style s_validation = new(Color.DarkOrange);

    /// <summary>The lines.</summary>
    /// <param name="progress">The progress.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="end">How it ended, in a few words; <see langword="null"/> while it runs.</param>
    public static IRenderable Draw(TrainingProgress progress, int width, string? end)
    {
        TrainingStarted training = progress.Training;
        List<Paragraph> lines =
        [
            Line((training.Layout.ModelName, s_bold), ("  " + training.Layout.Declaration, s_quiet)),
            Bar(progress, width, end),
            Loss("training", s_training, progress.Last?.TrainingLoss ?? progress.StepLoss, progress.TrainingLosses.Count > 1 ? progress.TrainingLosses : progress.StepLosses, width, ""),
        ];
        if (training.ValidationCount > 0)
        {
            string best = progress.Best is { ValidationLoss: { } loss } epoch ? string.Create(CultureInfo.InvariantCulture, $"  best {loss:G5}, epoch {epoch.Epoch}") : "";
            lines.Add(Loss("validation", s_validation, progress.Last?.ValidationLoss ?? double.NaN, progress.ValidationLosses, width, best));
        }

        lines.Add(Line((Figures(progress), Style.Plain)));
        lines.Add(end is null
            ? Line((string.Create(CultureInfo.InvariantCulture, $"{Clock(progress.Elapsed)} passed"), Style.Plain), (progress.Left is { } left ? $", at most {Clock(left)} left" : "", s_bold))
            : Line((end, s_bold), ($" after {Clock(progress.Elapsed)}", Style.Plain)));
        return new Rows(lines);
    }

    /// <summary>A length of time as <c>1:02:03</c> or <c>2:03</c>.</summary>
    public static string Clock(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");

    // The loss of the last epoch, and of the last step until an epoch has ended.
    private static Paragraph Loss(string name, Style style, double loss, Curve curve, int width, string rest)
    {
        string value = double.IsNaN(loss) && curve.Count == 0 ? "–" : loss.ToString("G5", CultureInfo.InvariantCulture);
        int room = Math.Clamp(width - LabelWidth - ValueWidth - rest.Length - 1, 1, 60);
        return Line((name.PadRight(LabelWidth), style), (value.PadRight(ValueWidth), s_bold), (Sparkline.Draw(curve.Points, room), style), (rest, s_quiet));
    }

    private static Paragraph Bar(TrainingProgress progress, int width, string? end)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"  epoch {progress.Epoch} of {progress.Training.Epochs}, step {progress.StepOfEpoch} of {progress.Training.StepsPerEpoch}");
        int room = Math.Clamp(width - text.Length - 6, 4, 50), done = (int)(progress.Share * room);
        return Line(
            (new string('━', done), end is null ? s_training : s_bold), (new string('─', room - done), s_quiet),
            (string.Create(CultureInfo.InvariantCulture, $" {(int)(100 * progress.Share),3} %"), s_bold), (text, Style.Plain));
    }

    private static string Figures(TrainingProgress progress)
    {
        string norm = progress.GradientNorm is { } value ? string.Create(CultureInfo.InvariantCulture, $", gradient norm {value:G3}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{progress.SequencesPerSecond:N0} sequences/s, learning rate {progress.LearningRate:G3}{norm}");
    }

    // Text as it is: what is in brackets is no markup, and control characters do not reach the terminal.
    private static Paragraph Line(params ReadOnlySpan<(string Text, Style Style)> parts)
    {
        Paragraph line = new() { Overflow = Overflow.Ellipsis };
        foreach (var (text, style) in parts)
        {
            if (text.Length > 0)
            {
                line.Append(string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)), style);
            }
        }

        return line;
    }
}
