using System.Diagnostics;
using System.Globalization;
using Sunspots;

try
{
    SampleOptions options = SampleOptions.Parse(args);
    if (options.ShowHelp)
    {
        Console.WriteLine(SampleOptions.Help);
        return 0;
    }

    Run(options);
    return 0;
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

static void Run(SampleOptions options)
{
    var watch = Stopwatch.StartNew();
    SunspotData data = SunspotData.Load(options.DataPath ?? Path.Combine(AppContext.BaseDirectory, "sunspot-month.csv"), options.Column);
    string folder = OutputFolder();
    var experiment = new Experiment(data, options, folder);

    var lstm = new LstmForecaster(options.Seed);
    var gru = new GruForecaster(options.Seed);
    var rnn = new RnnForecaster(options.Seed);
    Forecast[] networks =
    [
        experiment.Run("LSTM", lstm, o => lstm.Fit(data.Train, data.Validation, o), lstm.Save, path => LstmForecaster.Load(path)),
        experiment.Run("GRU", gru, o => gru.Fit(data.Train, data.Validation, o), gru.Save, path => GruForecaster.Load(path)),
        experiment.Run("plain RNN", rnn, o => rnn.Fit(data.Train, data.Validation, o), rnn.Save, path => RnnForecaster.Load(path)),
    ];
    List<Forecast> naive =
    [
        experiment.Naive("last value", NaiveForecasts.LastValue),
        experiment.Naive("mean of the last 12 months", NaiveForecasts.MeanOfLastYear),
    ];
    if (data.TargetIndex(0, Settings.Horizons[0]) >= NaiveForecasts.Cycle)
    {
        naive.Add(experiment.Naive($"{NaiveForecasts.Cycle} months ago", NaiveForecasts.CycleAgo));
    }

    float[][] truths = [.. Settings.Horizons.Select(data.TestTruth)];

    Console.WriteLine();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Errors in the units of '{options.Column}' on the held-out last {1 - Settings.TrainFraction - Settings.ValidationFraction:P0}, {data.Test.Count} windows:"));
    Console.WriteLine();
    Console.WriteLine(Report.Table(networks, naive, truths));
    Console.WriteLine(Report.Verdict(networks, naive, truths));

    string picture = Path.Combine(folder, "forecast.svg");
    File.WriteAllText(picture, Chart(data, options.Column, networks[..2], truths));
    Console.WriteLine($"Picture: {Path.GetRelativePath(Environment.CurrentDirectory, picture)}");
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Took {watch.Elapsed.TotalSeconds:F1} s."));
}

// The forecasts on top of the truth, one panel a horizon.
static string Chart(SunspotData data, string column, Forecast[] forecasts, float[][] truths)
{
    IEnumerable<ChartPanel> panels = Settings.Horizons.Select((horizon, i) => new ChartPanel(
        horizon == 1 ? "1 month ahead" : $"{horizon} months ahead",
        data.TestTimes(horizon),
        [new ChartLine("observed", truths[i]), .. forecasts.Select(f => new ChartLine(f.Name, f.Values[i]))]));
    return ForecastChart.Draw("Forecast and truth on the held-out months", column, data.TimeLabel, [.. panels]);
}

// The ignored folder output/ beside this file; where the program was copied elsewhere, in the current folder.
static string OutputFolder()
{
    DirectoryInfo? project = new(AppContext.BaseDirectory);
    while (project is not null && !File.Exists(Path.Combine(project.FullName, "Sunspots.csproj")))
    {
        project = project.Parent;
    }

    return Directory.CreateDirectory(Path.Combine(project?.FullName ?? Environment.CurrentDirectory, "output")).FullName;
}
