using Xunit.Abstractions;

namespace RnnGen.Forecasting.Tests;

/// <summary>What the organisers of the M4 competition published for its hourly series, to the digits that they gave.</summary>
public sealed class M4HourlyTests(ITestOutputHelper output)
{
    [SharedM4Fact]
    public void The_series_are_read_whole()
    {
        SeriesSet train = SharedM4FactAttribute.Train(), test = SharedM4FactAttribute.Test();
        train.Count.ShouldBe(414);
        train.Select(series => series.Id).ShouldBe(test.Select(series => series.Id));
        train["H1"].Targets.Span[0].ShouldBe(605);
        train.Min(series => series.Length).ShouldBe(700);
        train.Max(series => series.Length).ShouldBe(960);
        test.ShouldAllBe(series => series.Length == 48);
    }

    [SharedM4Fact]
    public void Benchmarks_score_what_was_published()
    {
        SeriesSet train = SharedM4FactAttribute.Train(), test = SharedM4FactAttribute.Test();
        ForecastScore naive = Score(new Naive(), train, test), seasonal = Score(new SeasonalNaive(24), train, test), naive2 = Score(new Naive2(24), train, test);
        Math.Round(naive.Smape, 3).ShouldBe(43.003);
        Math.Round(seasonal.Smape, 3).ShouldBe(13.912);
        Math.Round(seasonal.Mase, 3).ShouldBe(1.193);
        Math.Round(naive2.Smape, 3).ShouldBe(18.383);
        Math.Round(naive2.Mase, 3).ShouldBe(2.395);
        ForecastMetrics.Owa(seasonal.Smape, seasonal.Mase, naive2.Smape, naive2.Mase).ShouldBe(0.6275, 5e-4);
    }

    [SharedM4Fact]
    public void The_damped_trend_beats_Naive2_and_has_the_coverage_it_claims()
    {
        SeriesSet train = SharedM4FactAttribute.Train(), test = SharedM4FactAttribute.Test();
        SeriesSet some = new(train.Where((_, i) => i % 4 == 0));
        ForecastScore damped = Score(new DampedTrend(24) { Levels = [0.025, 0.5, 0.975] }, some, test), naive2 = Score(new Naive2(24), some, test);
        damped.Smape.ShouldBeLessThan(naive2.Smape);
        damped.Coverage.ShouldBeInRange(0.9, 0.98);
    }

    [SharedM4Fact]
    public void Ridge_on_lags_beats_the_seasonal_naive_forecast()
    {
        SeriesSet train = SharedM4FactAttribute.Train(), test = SharedM4FactAttribute.Test();
        SeriesSet some = new(train.Where((_, i) => i % 9 == 0));
        ForecastScore naive = Score(new SeasonalNaive(24), some, test);
        ForecastScore ridge = Score(new RidgeLags(168) { Scaling = Scaling.LastValue.Then(Scaling.MeanAbsolute), PerSeries = true, Levels = [0.025, 0.5, 0.975] }, some, test);
        ridge.Mase.ShouldBeLessThan(naive.Mase);
    }

    private ForecastScore Score(IForecaster forecaster, SeriesSet history, SeriesSet actual)
    {
        ForecastScore score = ForecastScore.Of(forecaster.Name, forecaster.Fit(history, 48).Predict(history), history, actual, period: 24);
        output.WriteLine($"{score}");
        return score;
    }
}
