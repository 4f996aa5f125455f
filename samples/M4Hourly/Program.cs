using System.Diagnostics;
using M4Hourly;
using RnnGen.Forecasting;
using RnnGen.Samples;

return new Sample("M4Hourly", "Forecasts hundreds of hourly series two days ahead with one ensemble of networks, and says how sure it is.")
    .WithData("<folder>", "the M4 competition's Hourly-train.csv and Hourly-test.csv (default: series that it simulates)")
    .With(SampleOption.Flag("--validate", "scores the last 48 hours of the training series, which it then does not learn from, and does not read the test"))
    .With(SampleOption.Flag("--single", "one network instead of an ensemble, with intervals that are not calibrated"))
    .WithEpochs(12, quick: 1)
    .Run(args, run =>
{
    // Histories, and what came after them.
    (SeriesSet history, SeriesSet actual) = run.Data is { } folder ? HourlyData.Read(folder, run.Has("--validate")) : HourlyData.Simulate(run.IsQuick ? 6 : 60, run.Seed);
    Console.WriteLine($"{history.Count} series of {history.Min(s => s.Length)} to {history.Max(s => s.Length)} hours, {Settings.Horizon} hours to forecast");

    // Several networks learn from the windows of all series, two at a time.
    TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
    long start = Stopwatch.GetTimestamp();
    IForecaster forecaster = Networks.Create(run);
    ITrainedForecaster trained = forecaster.Fit(history, Settings.Horizon);
    Console.WriteLine($"{forecaster.Name} learned in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s, {(Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds:F0} s of processor time");

    // Their files are enough to forecast.
    ITrainedForecaster loaded = Networks.Reload(trained, run, history);
    IReadOnlyList<Forecast> forecasts = loaded.Predict(history);
    Scores.Add(run.Results, "seasonal naive", new SeasonalNaive(Settings.Day) { Levels = Settings.Levels }.Fit(history, Settings.Horizon).Predict(history), history, actual);
    Scores.Add(run.Results, forecaster.Name, forecasts, history, actual);
    ForecastTable.Write(run.File("forecast.csv"), forecasts);
    run.Picture("fans.svg", FanPicture.Draw(forecasts, history, actual));
});
