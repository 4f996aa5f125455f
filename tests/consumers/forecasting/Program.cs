using System.Diagnostics;
using System.Globalization;
using RnnGen;
using RnnGen.Forecasting;

// Reads a table of two series, compares baselines and a model at three origins, and forecasts with the one that wins and with the model of a file. With a file of a model and a table it does that alone.
AppContext.SetData(VectorWidths.SwitchName, "256");
if (args is [var saved, var csv])
{
    long start = Stopwatch.GetTimestamp();
    SeriesSet given = LongTable.Read(csv, new SeriesColumns { Id = "shop", Time = "date", Target = "sales" });
    ForecastTable.Write(Console.Out, new TrainedForecaster<Sales>(Sales.Load(saved)).Predict(given));
    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1} ms to the forecasts of {given.Count} series"));
    return;
}

string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".csv");
string[] rows =
[
    "shop,date,sales",
    .. from shop in Enumerable.Range(1, 2)
       from day in Enumerable.Range(0, 70)
       select string.Create(CultureInfo.InvariantCulture, $"S{shop},{new DateTime(2024, 1, 1).AddDays(day):yyyy-MM-dd},{shop * (10 + (3 * Math.Sin(day * Math.Tau / 7)) + (0.05 * day))}"),
];
File.WriteAllLines(path, rows);
SeriesSet sales = LongTable.Read(path, new SeriesColumns { Id = "shop", Time = "date", Target = "sales" });
File.Delete(path);

double[] levels = [0.025, 0.5, 0.975];
IForecaster[] forecasters = [new Naive { Levels = levels }, new SeasonalNaive(7) { Levels = levels }, new DampedTrend(7) { Levels = levels }, new RidgeLags(15) { Levels = levels, Penalty = 1e-6 }];
DirectForecaster<Sales> model = new(new WindowOptions { ContextLength = 14, Horizon = 7, Scaling = Scaling.MeanAbsolute, Calendar = [CalendarFeature.DayOfWeek] }) { Training = seed => new FitOptions { Epochs = 5, Seed = seed } };
BacktestResult result = Backtest.Run(sales, [.. forecasters, model], new BacktestOptions { Horizon = 7, Windows = 3, Period = 7, Threads = 2 });
IForecaster best = forecasters.Single(forecaster => forecaster.Name == result.Winner.Name);
model.Fit(sales, 7).Models[0].Save("sales.safetensors");
File.WriteAllLines("sales.csv", rows);
IReadOnlyList<Forecast> alone = new TrainedForecaster<Sales>(Sales.Load("sales.safetensors")).Predict(sales);
if (!alone[1].Quantiles.Span.SequenceEqual(model.Fit(sales, 7).Predict(sales)[1].Quantiles.Span))
{
    throw new InvalidOperationException("The model of the file forecasts something else.");
}

Forecast forecast = best.Fit(sales, 7).Predict(sales)[1];
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{best.Name}: {forecast.Id} on {forecast.Times![6]:yyyy-MM-dd} {forecast.Values.Span[6]:F2}"));

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 14, OutputSize = 7, Loss = Loss.Quantile, Quantiles = new[] { 0.025, 0.5, 0.975 })]
[Gru(16)]
internal sealed partial class Sales;
