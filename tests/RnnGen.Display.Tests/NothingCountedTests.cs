namespace RnnGen.Display.Tests;

/// <summary>Epochs in which nothing was counted: they are shown as such everywhere, and are never the best.</summary>
public sealed class NothingCountedTests
{
    // The first epoch has a loss; the second was skipped as a whole, and its validation is not finite.
    private static void Play(TrainingCallback callback)
    {
        callback.OnTrainingStarted(Runs.Started(epochs: 2));
        callback.OnEpochEnded(Runs.Epoch(1, 0.5));
        for (int step = 11; step <= 20; step++)
        {
            callback.OnStepSkipped(step, new NonFiniteException("The loss is NaN."));
        }

        callback.OnValidationNonFinite(2, new NonFiniteException("The loss is ∞ in sequence 7 (from 0) of validation."));
        callback.OnEpochEnded(Runs.Epoch(2, double.NaN) with { LearningRate = double.NaN, SkippedSteps = 10 });
    }

    [Fact]
    public void Lines_and_the_end_say_so()
    {
        foreach (bool isTerminal in (bool[])[false, true])
        {
            TrainingDisplayTests.Terminal terminal = new(isTerminal);
            TrainingDisplay display = new() { Console = terminal.Console };
            Play(display);
            display.OnTrainingFailed(new OperationCanceledException());
            terminal.Plain.ShouldContain("NaN");
            terminal.Plain.ShouldContain("10 steps skipped, no training target counted");
            terminal.Plain.ShouldContain("Validation of epoch 2: The loss is ∞ in sequence 7 (from 0) of validation.");
            terminal.Plain.ShouldContain(isTerminal ? "best 0.625, epoch 1" : "lowest validation loss 0.625 in epoch 1");
        }
    }

    [Fact]
    public void The_report_marks_them_and_names_no_best_epoch_where_there_is_none()
    {
        using Runs.Folder folder = new();
        TrainingReport report = new(folder.File("report.html"));
        Play(report);
        string html = report.ToHtml();
        html.ShouldContain("<b>0.625</b><span>lowest validation loss, epoch 1</span>");
        html.ShouldContain("Epoch 2: 10 steps skipped, no training target counted, no validation loss");
        html.ShouldContain("Validation of epoch 2: The loss is ∞ in sequence 7");
        html.ShouldContain("2 values are not finite (×).");
        html.ShouldContain("<td class=\"n\">2</td><td class=\"n\">NaN</td><td class=\"n\">NaN</td><td class=\"n\">NaN</td>");

        TrainingReport none = new(folder.File("none.html"));
        none.OnTrainingStarted(Runs.Started());
        none.OnEpochEnded(Runs.Epoch(1, double.NaN));
        none.ToHtml().ShouldContain("no epoch has a finite loss");
    }

    [Fact]
    public void Logs_have_NaN()
    {
        using Runs.Folder folder = new();
        CsvLog log = new(folder.File("epochs.csv"));
        Play(log);
        File.ReadAllLines(log.Path)[^1].ShouldContain(",2,20,NaN,NaN,NaN,");
        TensorBoardLog events = new(folder.File("events"));
        Play(events);
        (log.Failure, events.Failure).ShouldBe((null, null));
        TensorBoardLogTests.Read(File.ReadAllBytes(events.Path!))[^1].Values.ShouldContain(v => v.Tag == "loss/validation" && float.IsNaN(v.Value));
    }
}
