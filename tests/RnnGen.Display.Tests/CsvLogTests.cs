using System.Globalization;

namespace RnnGen.Display.Tests;

/// <summary>The CSV log grows by whole lines, keeps what was there, and reads back to the same bits.</summary>
public sealed class CsvLogTests
{
    [Fact]
    public void Each_epoch_is_a_line_that_reads_back_to_the_same_bits()
    {
        using Runs.Folder folder = new();
        SeriesForecast<float> data = Runs.Sine();
        CsvLog log = new(folder.File("epochs.csv"));
        TrainingResult result = new SmallForecaster(seed: 1).Fit(data.Train, data.Validation, new FitOptions { Epochs = 3, Metrics = true, Callbacks = [log] });

        string[] lines = File.ReadAllLines(log.Path);
        string[] header = lines[0].Split(',');
        lines.Length.ShouldBe(4);
        foreach (EpochResult epoch in result.Epochs)
        {
            var line = header.Zip(lines[epoch.Epoch].Split(',')).ToDictionary(x => x.First, x => x.Second);
            double Value(string name) => double.Parse(line[name], CultureInfo.InvariantCulture);
            Value("epoch").ShouldBe(epoch.Epoch);
            Value("step").ShouldBe(epoch.Epoch * Math.Ceiling(data.Train.Count / 32.0));
            Value("training_loss").ShouldBe(epoch.TrainingLoss);
            Value("validation_loss").ShouldBe(epoch.ValidationLoss!.Value);
            Value("learning_rate").ShouldBe(1e-3);
            Value("seconds").ShouldBe(epoch.Seconds);
            Value("rmse").ShouldBe(epoch.Validation!.Rmse!.Value);
            Value("mae").ShouldBe(epoch.Validation.Mae!.Value);
            line["accuracy"].ShouldBe("");
            DateTime.Parse(line["started"], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal).ShouldBeLessThanOrEqualTo(DateTime.UtcNow);
        }

    }

    [Fact]
    public void A_folder_is_no_log()
    {
        using Runs.Folder folder = new();
        string path = Path.GetDirectoryName(folder.File("x"))!;
        Should.Throw<IOException>(() => new SmallForecaster(seed: 1).Fit(Runs.Sine().Train, null, new FitOptions { Epochs = 1, Callbacks = [new CsvLog(path)] }))
            .Message.ShouldBe($"'{path}' is the path of a folder; use the path of a file in it.");
    }

    [Fact]
    public void Another_training_goes_on_in_the_same_file_behind_what_a_crash_left()
    {
        using Runs.Folder folder = new();
        CsvLog log = new(folder.File("epochs.csv"));
        Runs.Play(log, Runs.Started(), 2, epoch => epoch);
        string before = File.ReadAllText(log.Path);
        File.AppendAllText(log.Path, "2026-01-01T00:00:00.000Z,3,0.12");

        Runs.Play(new CsvLog(log.Path), Runs.Started() with { StepsBefore = 20 }, 1, _ => 7);
        string after = File.ReadAllText(log.Path);
        after.ShouldStartWith(before);
        string[] added = after[before.Length..].Split('\n');
        added.Length.ShouldBe(2);
        added[0].ShouldContain(",1,10,7,8.75,0.001,");
        added[1].ShouldBe("");
    }

    [Fact]
    public void Losses_that_are_not_finite_and_missing_validation_are_written_as_such()
    {
        using Runs.Folder folder = new();
        CsvLog log = new(folder.File("epochs.csv"));
        log.OnTrainingStarted(Runs.Started(validationCount: 0));
        log.OnEpochEnded(new EpochResult { Epoch = 1, TrainingLoss = double.NaN, ValidationLoss = null, Seconds = 0.5, SequencesPerSecond = 200, LearningRate = 0.1 });
        File.ReadAllLines(log.Path)[1].ShouldEndWith("Z,1,10,NaN,,0.1,0.5,200,,,,,,,,,");
    }

    [Fact]
    public void A_file_of_something_else_is_left_alone()
    {
        using Runs.Folder folder = new();
        string path = folder.File("data.csv");
        File.WriteAllText(path, "a,b\n1,2\n");
        Should.Throw<InvalidDataException>(() => new CsvLog(path).OnTrainingStarted(Runs.Started())).Message.ShouldContain("is not a training log");
        File.ReadAllText(path).ShouldBe("a,b\n1,2\n");
        Should.Throw<IOException>(() => new CsvLog(folder.File("missing/epochs.csv")).OnTrainingStarted(Runs.Started()));
    }

    [Fact]
    public void A_file_that_vanishes_costs_nobody_the_training()
    {
        using Runs.Folder folder = new();
        CsvLog log = new(folder.File("epochs.csv"));
        Runs.Play(log, Runs.Started(), 1, _ => 1);
        File.Delete(log.Path);
        log.OnEpochEnded(Runs.Epoch(2, 1));
        log.Failure.ShouldBeOfType<FileNotFoundException>();
        File.Exists(log.Path).ShouldBeFalse();
    }

    [Fact]
    public void An_append_that_fails_leaves_the_file_as_it_was()
    {
        if (!File.Exists("/dev/full"))
        {
            return;
        }

        Should.Throw<IOException>(() => LogFile.Append("/dev/full", new byte[10]));
    }
}
