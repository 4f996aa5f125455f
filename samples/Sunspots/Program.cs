using RnnGen.Samples;
using Sunspots;

return new Sample("Sunspots", "Forecasts the monthly mean sunspot number 1 and 12 months ahead with an LSTM, a GRU and a plain RNN.")
    .WithData("<file.csv>", "another monthly series of values from 0 up (default: the sunspots)")
    .With(SampleOption.Word("--column", "<name>", "its column", "sunspots"))
    .WithEpochs(Settings.Epochs, quick: 1, help: "passes over the training windows")
    .Run(args, run =>
{
    // Windows of 96 months with what came 1 and 12 months later, split by time; square roots, normalised on the training part.
    SunspotData data = SunspotData.Load(run.Data ?? Path.Combine(AppContext.BaseDirectory, "sunspot-month.csv"), run.Text("--column"));

    // Three networks learn from the first part and forecast the last, and so does what needs no network.
    var lstm = new LstmForecaster(run.Seed);
    var gru = new GruForecaster(run.Seed);
    var rnn = new RnnForecaster(run.Seed);
    Experiment experiment = new(data, run);
    HeldOutForecast[] networks =
    [
        experiment.Train("LSTM", lstm, lstm.Save, path => LstmForecaster.Load(path)),
        experiment.Train("GRU", gru, gru.Save, path => GruForecaster.Load(path)),
        experiment.Train("plain RNN", rnn, rnn.Save, path => RnnForecaster.Load(path)),
    ];
    HeldOutForecast[] naive = experiment.Naive();

    Console.WriteLine($"Held out: the last {1 - Settings.TrainFraction - Settings.ValidationFraction:P0}, {data.Test.Count} windows, in the units of '{run.Text("--column")}'.");
    Report.Score([.. networks, .. naive], data.Truths, run.Results);
    Console.WriteLine(Report.Verdict(networks, naive, data.Truths));
    run.Picture("forecast.svg", Report.Draw(networks[..2], data, run.Text("--column")));
});
