using RnnGen.Data.Tests;
using RnnGen.Tests;
using Xunit.Abstractions;

namespace RnnGen.Forecasting.Tests;

/// <summary>The recipe of <c>docs/how-to/forecast.md</c> on measured temperatures: the daily minima of Melbourne, 1981 to 1990.</summary>
public sealed class DailyTemperaturesTests(ITestOutputHelper output)
{
    [SharedSeriesFact]
    public void The_recipe_of_the_page_beats_the_last_value_and_the_year_before()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs/how-to/forecast.md"));
        page.ShouldContain("new WindowOptions { ContextLength = 28, Horizon = 7, Scaling = Scaling.StandardScore, Calendar = [CalendarFeature.DayOfYear] }");
        page.ShouldContain("Backtest.Run(history, [new Naive(), new SeasonalNaive(365), forecaster], new BacktestOptions { Horizon = 7, Windows = 50, Refit = false, IntervalLevel = 0.8 })");
        page.ShouldContain("[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 28, OutputSize = 7, Loss = Loss.Quantile, Quantiles = new[] { 0.1, 0.5, 0.9 }, MaskedTargets = true)]\n[Gru(24)]\n");
        page.ShouldContain("new FitOptions { Epochs = 8, Optimizer = new Adam(3e-3) { ClipNorm = 1 }, Seed = seed }");
        SeriesSet history = LongTable.Read(
            Path.Combine(Repository.Root, "../shared/data/series/daily-min-temperatures.csv"), new SeriesColumns { Time = "Date", Target = "Temp" }, new SeriesOptions { Gaps = Gaps.Missing });
        WindowOptions windows = new() { ContextLength = 28, Horizon = 7, Scaling = Scaling.StandardScore, Calendar = [CalendarFeature.DayOfYear] };
        DirectForecaster<Weather> forecaster = new(windows) { Training = seed => new FitOptions { Epochs = 8, Optimizer = new Adam(3e-3) { ClipNorm = 1 }, Seed = seed } };
        BacktestResult result = Backtest.Run(history, [new Naive(), new SeasonalNaive(365), forecaster], new BacktestOptions { Horizon = 7, Windows = 50, Refit = false, IntervalLevel = 0.8 });
        output.WriteLine($"{result}");
        result.Winner.Name.ShouldBe(nameof(Weather));

        // The figures of the page; that of the model differs a little from processor to processor.
        double MaseOf(string name) => result.Scores.Single(score => score.Name == name).Mase;
        page.ShouldContain("the same recipe has a MASE of 0.892 over the last 50 weeks, the last value 1.190, and the same day of the year before 1.330");
        result.Winner.Mase.ShouldBe(0.892, 0.02);
        MaseOf("Naive").ShouldBe(1.190, 5e-4);
        MaseOf("Seasonal naive (365)").ShouldBe(1.330, 5e-4);
    }
}
