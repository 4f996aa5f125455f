using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RnnGen.Display;

/// <summary>Writes a training's page: one HTML file that loads nothing, with a content policy that forbids it.</summary>
internal static class ReportPage
{
    private const int MostEpochRows = 400;

    private static readonly string s_style = Resource("report.css") + ShadeRules();
    private static readonly string s_script = Resource("report.js");

    /// <summary>Writes the page.</summary>
    /// <param name="title">The heading; <see langword="null"/> for the model's name.</param>
    /// <param name="run">The training; <see langword="null"/> if none has started.</param>
    /// <param name="evaluations">Results to list, by name.</param>
    /// <param name="sections">The added sections.</param>
    /// <param name="writtenUtc">When the page is written.</param>
    public static string Write(string? title, RunRecord? run, IReadOnlyList<(string Name, Evaluation Evaluation)> evaluations, IReadOnlyList<ReportSection> sections, DateTime writtenUtc)
    {
        StringBuilder html = new();
        string heading = Html.Text(title ?? run?.Training.Layout.ModelName ?? "Training report");
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(s_script)));
        html.Add($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'">
            <link rel="icon" href="data:,">
            <title>{heading}</title>
            <style>
            {s_style}
            </style>
            </head>
            <body>
            <main>
            <h1>{heading}</h1>

            """);
        if (run is not null)
        {
            WriteHead(html, run);
        }

        html.Append("<div class=\"cards\">\n");
        if (evaluations.Count > 0)
        {
            Card(html, "Results", () => WriteEvaluations(html, evaluations));
        }

        if (run is not null)
        {
            WriteCurves(html, run);
        }

        foreach (ReportSection section in (IEnumerable<ReportSection>)[.. run?.Flow?.Maps ?? [], .. sections])
        {
            Card(html, section.Title, () => section.Write(html));
        }

        if (run is not null)
        {
            Card(html, "Layers", () => LayerTable.Write(html, run.Training.Layout));
            WriteNotes(html, run);
            WriteEpochs(html, run);
        }

        html.Add($"</div>\n<footer>Written by RnnGen on {Time(writtenUtc)}.</footer>\n</main>\n<script>{s_script}</script>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static void WriteHead(StringBuilder html, RunRecord run)
    {
        TrainingStarted training = run.Training;
        var (state, text) = run.State switch
        {
            RunState.Running => ("running", "running"),
            RunState.Ended => ("ended", "ended"),
            RunState.StoppedEarly => ("ended", "stopped early"),
            RunState.Cancelled => ("failed", "cancelled"),
            _ => ("failed", "failed"),
        };
        string validation = training.ValidationCount == 0 ? "" : $", {Html.Count(training.ValidationCount)} for validation";
        html.Add($"<p class=\"sub\"><span class=\"state {state}\">{text}</span> begun on {Time(run.StartedUtc)}; ")
            .Add($"{Html.Text(training.Optimizer.GetType().Name)}, {Html.Count(training.TrainingCount)} training sequences{validation}</p>\n");
        if (run.Failure is not null)
        {
            html.Add($"<p class=\"bad\">{Html.Text(run.Failure)}</p>\n");
        }

        html.Add($"<div class=\"flow\">{string.Join(" → ", training.Layout.Declaration.Split(" -> ").Select(part => $"<span>{Html.Text(part)}</span>"))}</div>\n<div class=\"tiles\">\n");
        EpochResult? best = run.Best, last = run.Epochs.LastOrDefault();
        if (best is not null)
        {
            Tile(html, Html.Number(RunRecord.Watched(best)), $"lowest {(best.ValidationLoss is null ? "training" : "validation")} loss, epoch {Html.Count(best.Epoch)}");
        }

        else if (last is not null)
        {
            Tile(html, "none", "no epoch has a finite loss");
        }

        if (last is not null)
        {
            double seconds = run.Epochs.Sum(e => e.Seconds), sequences = run.Epochs.Sum(e => e.SequencesPerSecond * e.Seconds);
            Tile(html, Html.Number(last.TrainingLoss), "training loss of the last epoch");
            Tile(html, $"{Html.Count(run.Epochs.Count)} of {Html.Count(training.Epochs)}", "epochs");
            Tile(html, Html.Duration(seconds), "of training steps");
            Tile(html, Html.Count((long)Math.Round(sequences / Math.Max(seconds, 1e-9))), "sequences per second");
        }

        Tile(html, Html.Count(training.Layout.ParameterCount), "parameters");
        html.Append("</div>\n");
    }

    private static void Tile(StringBuilder html, string value, string label) => html.Add($"<div class=\"tile\"><b>{value}</b><span>{label}</span></div>\n");

    private static void WriteCurves(StringBuilder html, RunRecord run)
    {
        List<EpochResult> epochs = run.Epochs;
        Curve Line(Func<EpochResult, double?> value) => Curve.Of(epochs.Where(e => value(e) is not null).Select(e => ((double)e.Epoch, value(e)!.Value)));

        List<ChartLine> losses = [new ChartLine("training", 1, Line(e => e.TrainingLoss).Points)];
        if (epochs.Exists(e => e.ValidationLoss is not null))
        {
            bool isTeacherForced = epochs.Exists(e => e.Validation is { LossIsTeacherForced: true });
            losses.Add(new ChartLine(isTeacherForced ? "validation, teacher-forced" : "validation", 2, Line(e => e.ValidationLoss).Points));
        }

        (double, string)? mark = run.Best is { } best && epochs.Count > 1 ? (best.Epoch, string.Create(CultureInfo.InvariantCulture, $"best: epoch {best.Epoch}")) : null;
        Card(html, "Loss", () =>
        {
            if (epochs.Count == 0)
            {
                html.Append("<p class=\"none\">No epoch has ended.</p>\n");
                return;
            }

            new LineChart("epoch", losses) { MayBeLog = true, Mark = mark }.Draw(html);
        });

        List<(string Title, LineChart Chart)> halves = [];
        foreach (var chart in EvaluationMeasure.All.GroupBy(m => m.Chart))
        {
            ChartLine[] lines = [.. chart.Select((m, i) => new ChartLine(m.Name, i + 2, Line(e => e.Validation is null ? null : m.Of(e.Validation)).Points)).Where(l => l.Points.Count > 0)];
            if (lines.Length > 0)
            {
                halves.Add(($"{chart.Key}, validation", new LineChart("epoch", lines) { Mark = mark }));
            }
        }

        AddSteps("Loss of each step", "loss", run.StepLosses, 1);
        AddSteps("Learning rate", "learning rate", run.LearningRates, 3);
        AddSteps("Norm of the gradient, before clipping", "norm", run.GradientNorms, 4);
        if (epochs.Count > 1)
        {
            halves.Add(("Sequences per second", new LineChart("epoch", [new ChartLine("sequences per second", 0, Line(e => e.SequencesPerSecond).Points)])));
        }

        halves.AddRange(run.Flow?.Charts ?? []);
        for (int i = 0; i < halves.Count; i++)
        {
            // The last of an odd number has the width for itself.
            bool isHalf = i < halves.Count - 1 || halves.Count % 2 == 0;
            var (title, chart) = halves[i];
            Card(html, title, () => (chart with { IsHalf = isHalf }).Draw(html), isHalf);
        }

        void AddSteps(string title, string name, Curve curve, int color)
        {
            if (curve.Count > 0)
            {
                halves.Add((title, new LineChart("step", [new ChartLine(name, color, curve.Points)]) { MayBeLog = true }));
            }
        }
    }

    private static void WriteEvaluations(StringBuilder html, IReadOnlyList<(string Name, Evaluation Evaluation)> evaluations)
    {
        EvaluationMeasure[] measures = [.. EvaluationMeasure.All.Where(m => evaluations.Any(e => m.Of(e.Evaluation) is not null))];
        html.Add($"<div class=\"scroll\"><table><thead><tr><th></th><th class=\"n\">Sequences</th><th class=\"n\">Loss</th>")
            .Add($"{string.Concat(measures.Select(m => $"<th class=\"n\">{m.Name}</th>"))}</tr></thead><tbody>\n");
        foreach (var (name, evaluation) in evaluations)
        {
            html.Add($"<tr><td class=\"name\">{Html.Text(name)}</td><td class=\"n\">{Html.Count(evaluation.Count)}</td><td class=\"n\">{Html.Number(evaluation.Loss)}</td>")
                .Add($"{string.Concat(measures.Select(m => $"<td class=\"n\">{Html.Number(m.Of(evaluation))}</td>"))}</tr>\n");
        }

        html.Append("</tbody></table></div>\n");
        if (evaluations.Any(e => e.Evaluation.LossIsTeacherForced))
        {
            html.Append("<p class=\"note\">The loss of a model that decodes is teacher-forced: each step reads the previous target. All other measures except the perplexity are of what it decodes from its own outputs.</p>\n");
        }
    }

    private static void WriteNotes(StringBuilder html, RunRecord run)
    {
        if (run.NoteCount == 0)
        {
            return;
        }

        Card(html, "Notes", () =>
        {
            foreach (string note in run.Notes)
            {
                html.Add($"<p>{Html.Text(note)}</p>\n");
            }

            if (run.NoteCount > run.Notes.Count)
            {
                html.Add($"<p class=\"note\">and {Html.Count(run.NoteCount - run.Notes.Count)} more.</p>\n");
            }
        });
    }

    private static void WriteEpochs(StringBuilder html, RunRecord run)
    {
        if (run.Epochs.Count == 0)
        {
            return;
        }

        int every = (run.Epochs.Count + MostEpochRows - 1) / MostEpochRows;
        EpochResult? best = run.Best;
        string which = every == 1 ? "" : Invariant($", one of {every}, the best and the last");
        html.Add($"<section class=\"card\"><details><summary>Epochs{which}</summary>")
            .Append("<div class=\"scroll\">\n<table class=\"wide\"><thead><tr><th class=\"n\">Epoch</th><th class=\"n\">Training loss</th><th class=\"n\">Validation loss</th>")
            .Append("<th class=\"n\">Learning rate</th><th class=\"n\">Seconds</th><th class=\"n\">Sequences per second</th></tr></thead><tbody>\n");
        for (int i = 0; i < run.Epochs.Count; i++)
        {
            EpochResult epoch = run.Epochs[i];
            if (i % every == 0 || epoch == best || i == run.Epochs.Count - 1)
            {
                html.Add($"<tr{(epoch == best ? " class=\"best\"" : "")}><td class=\"n\">{epoch.Epoch}</td>")
                    .Add($"<td class=\"n\">{Html.Number(epoch.TrainingLoss)}</td><td class=\"n\">{Html.Number(epoch.ValidationLoss)}</td>")
                    .Add($"<td class=\"n\">{Html.Number(epoch.LearningRate)}</td><td class=\"n\">{epoch.Seconds:F2}</td><td class=\"n\">{epoch.SequencesPerSecond:F0}</td></tr>\n");
            }
        }

        html.Append("</tbody></table></div></details></section>\n");
    }

    private static void Card(StringBuilder html, string title, Action content, bool isHalf = false)
    {
        html.Add($"<section class=\"card{(isHalf ? " half" : "")}\"><h2>{Html.Text(title)}</h2>\n");
        content();
        html.Append("</section>\n");
    }

    private static string Time(DateTime utc) => utc.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    // The shades of heat maps: the lowest recede towards the page, in either scheme.
    private static string ShadeRules()
    {
        int[][] light = [[0xE7, 0xF1, 0xFB], [0x7F, 0xC4, 0xD8], [0x1F, 0x78, 0xB4], [0x2A, 0x1F, 0x6B]];
        int[][] dark = [[0x1B, 0x24, 0x38], [0x23, 0x57, 0x8C], [0x37, 0xA6, 0xB4], [0xF2, 0xF0, 0xA1]];
        StringBuilder css = new();
        Add(light, "");
        css.Append("@media (prefers-color-scheme: dark) {\n");
        Add(dark, "  ");
        return css.Append("}\n").ToString();

        void Add(int[][] stops, string indent)
        {
            for (int i = 0; i < HeatMap.Levels; i++)
            {
                double place = (double)i / (HeatMap.Levels - 1) * (stops.Length - 1);
                int stop = Math.Min((int)place, stops.Length - 2);
                int Channel(int c) => (int)Math.Round(stops[stop][c] + ((place - stop) * (stops[stop + 1][c] - stops[stop][c])));
                css.Add($"{indent}.h{i} {{ fill: #{Channel(0):x2}{Channel(1):x2}{Channel(2):x2}; }}\n");
            }
        }
    }

    private static string Resource(string name)
    {
        using StreamReader reader = new(typeof(ReportPage).Assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
