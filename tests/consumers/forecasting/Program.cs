using System.Globalization;
using RnnGen.Forecasting;

// Reads a table of two series, compares baselines at three origins, and forecasts with the one that wins.
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
BacktestResult result = Backtest.Run(sales, forecasters, new BacktestOptions { Horizon = 7, Windows = 3, Period = 7, Threads = 2 });
IForecaster best = forecasters.Single(forecaster => forecaster.Name == result.Winner.Name);
Forecast forecast = best.Fit(sales, 7).Predict(sales)[1];
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{best.Name}: {forecast.Id} on {forecast.Times![6]:yyyy-MM-dd} {forecast.Values.Span[6]:F2}"));
