using System.Globalization;
using System.Text.RegularExpressions;
using RnnGen.Data;
using Spectre.Console;

namespace RnnGen.Display.Tests;

/// <summary>A whole run, as the README has it: a CSV file, early stopping, a report; it says what was printed.</summary>
public sealed class SunspotReportTests
{
    [Fact]
    public void The_report_of_a_real_run_has_the_numbers_that_were_printed()
    {
        string kept = Environment.GetEnvironmentVariable("RNNGEN_SCREENSHOTS") ?? "";
        using Runs.Folder folder = new();
        SeriesForecast<float> data = SeriesForecast.Prepare(CsvSeries.Read("sunspot-month.csv", "sunspots"), SmallForecaster.SequenceLength);
        SmallForecaster model = new(seed: 1);
        StringWriter printed = new();
        TrainingDisplay display = new() { Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(printed) }) };
        TrainingReport report = new(folder.File("report.html")) { Title = "Sunspots, one month ahead" };
        CsvLog log = new(folder.File("epochs.csv"));
        TrainingResult result = model.Fit(data.Train, data.Validation, new FitOptions
        {
            Epochs = 30, Patience = 3, Optimizer = new Adam(5e-3) { ClipNorm = 1 }, Schedule = LearningRateSchedule.Cosine(), Metrics = true, Callbacks = [display, report, log],
        });
        Evaluation test = model.Evaluate(data.Test);
        report.Add("held out", test);
        report.Add(ForecastPlot.Of("Held-out months", model, data.Test, data.Normalizer, xLabel: "month"));
        report.Save();

        string html = File.ReadAllText(report.Path);
        TrainingReportTests.CheckWellFormed(html);
        string[] lines = [.. printed.ToString().Split(Environment.NewLine).Where(l => l.StartsWith("epoch", StringComparison.Ordinal))];
        lines.Length.ShouldBe(result.Epochs.Count);
        string[] logged = File.ReadAllLines(log.Path);
        for (int i = 0; i < lines.Length; i++)
        {
            Match line = Regex.Match(lines[i], @"^epoch +(\d+)  loss (\S+)  validation (\S+)  (\S+) s  (\S+) sequences/s$");
            line.Success.ShouldBeTrue();
            html.ShouldContain($"<td class=\"n\">{line.Groups[1]}</td><td class=\"n\">{line.Groups[2]}</td><td class=\"n\">{line.Groups[3]}</td>");
            html.ShouldContain($"<td class=\"n\">{line.Groups[4]}</td><td class=\"n\">{line.Groups[5]}</td></tr>");
            double.Parse(logged[i + 1].Split(',')[3], CultureInfo.InvariantCulture).ToString("G5", CultureInfo.InvariantCulture).ShouldBe(line.Groups[2].Value);
        }

        // The error below the picture, in the series' own units, is that of the evaluation.
        Match error = Regex.Match(html, "SmallForecaster: RMSE ([0-9.]+), MAE");
        double.Parse(error.Groups[1].Value, CultureInfo.InvariantCulture).ShouldBe(test.Rmse!.Value * data.Normalizer.Scale, 0.01);
        html.ShouldContain(result.HasStoppedEarly ? ">stopped early</span>" : ">ended</span>");
        html.ShouldContain("<h1>Sunspots, one month ahead</h1>");
        if (kept.Length > 0)
        {
            File.Copy(report.Path, Path.Combine(kept, "sunspots.html"), overwrite: true);
            File.WriteAllText(Path.Combine(kept, "sunspots.txt"), printed.ToString());
        }
    }
}
