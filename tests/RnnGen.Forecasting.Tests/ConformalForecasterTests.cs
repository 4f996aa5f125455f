namespace RnnGen.Forecasting.Tests;

public sealed class ConformalForecasterTests
{
    /// <summary>Five series whose last step errs by -2 to 2 naive errors: the ranks of their scaled errors, by hand.</summary>
    [Fact]
    public void Quantiles_are_ranks_of_held_out_errors()
    {
        // Changes of 1 up and down, then the held-out value: the naive forecast is 0, the history's naive error 1.
        SeriesSet set = new(Enumerable.Range(-2, 5).Select(error => new TimeSeries($"s{error}", new double[] { 0, 1, 0, 1, 0, error })));
        ITrainedForecaster trained = new ConformalForecaster(new Naive(), [0.2, 0.5, 0.8]) { Windows = 1 }.Fit(set, 1);
        // ⌈6 · 0.8⌉ = 5: the highest error, 2, and the lowest. The scale of the new history is its own: (4 · 1 + 3) / 5.
        Forecast forecast = trained.Predict(new SeriesSet([new TimeSeries("n", new double[] { 10, 11, 10, 11, 10, 13 })]))[0];
        forecast.Quantiles.ToArray().ShouldBe([13 - (2 * 1.4), 13, 13 + (2 * 1.4)], 1e-12);
        SeriesDataException few = Should.Throw<SeriesDataException>(() => new ConformalForecaster(new Naive(), [0.9]) { Windows = 1 }.Fit(set, 1));
        few.Message.ShouldContain("5 errors at a step are too few for the level 0.9, which needs 9");
    }

    /// <summary>On series like those that it learned from, intervals have the coverage that they claim, though the errors are not normal.</summary>
    [Fact]
    public void Coverage_is_what_an_interval_claims()
    {
        Random random = new(5);
        SeriesSet set = new(Enumerable.Range(0, 400).Select(i =>
            new TimeSeries($"s{i}", Enumerable.Range(0, 60).Select(t => (1 + (i % 7)) * (20 + (5 * Math.Sin(t * Math.Tau / 6)) - Math.Log(random.NextDouble()))).ToArray())));
        IForecaster forecaster = new ConformalForecaster(new SeasonalNaive(6), [0.05, 0.5, 0.95]) { Period = 6 };
        BacktestResult result = Backtest.Run(set, [forecaster], new BacktestOptions { Horizon = 6, Period = 6, IntervalLevel = 0.9 });
        result.Winner.Coverage.ShouldBe(0.9, 0.03);
        result.Winner.Name.ShouldBe("Seasonal naive (6), conformal");
    }

    [Fact]
    public void A_constant_history_has_an_interval_without_width()
    {
        SeriesSet set = new([.. Enumerable.Range(0, 9).Select(i => new TimeSeries($"s{i}", new double[] { 0, 1, 0, 1, 0, i })), new TimeSeries("constant", new double[] { 4, 4, 4, 4, 4, 4 })]);
        new ConformalForecaster(new Naive(), [0.1, 0.9]) { Windows = 1 }.Fit(set, 1).Predict(set)[^1].Quantiles.ToArray().ShouldBe([4, 4]);
        Should.Throw<SeriesDataException>(() => new ConformalForecaster(new Naive(), [0.5]) { Windows = 6 }.Fit(set, 1)).Message.ShouldContain("cannot be held out");
        Should.Throw<ArgumentException>(() => new ConformalForecaster(new Naive(), []));
    }
}
