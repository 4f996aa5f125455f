namespace RnnGen.Forecasting.Tests;

public sealed class BaselineTests
{
    [Fact]
    public void Naive_repeats_the_last_known_value()
    {
        Forecast forecast = Predict(new Naive { Levels = [0.1, 0.5, 0.9] }, [1, 3, 2, double.NaN], 4);
        forecast.Values.ToArray().ShouldBe([2, 2, 2, 2]);
        // Changes 2 and -1: σ² = 2.5, which grows with the step.
        forecast.Quantile(0.9)[3].ShouldBe(2 + (1.2815515655446004 * Math.Sqrt(2.5 * 4)), 1e-9);
        forecast.Quantile(0.5).ShouldBe([2, 2, 2, 2]);
    }

    [Fact]
    public void The_seasonal_naive_forecast_repeats_the_last_season()
    {
        Forecast forecast = Predict(new SeasonalNaive(3) { Levels = [0.9] }, [1, 2, 3, 11, 12, double.NaN], 5);
        forecast.Values.ToArray().ShouldBe([11, 12, 3, 11, 12]);
        (forecast.Quantile(0.9)[3] - 11).ShouldBe((forecast.Quantile(0.9)[0] - 11) * Math.Sqrt(2), 1e-9);
        Predict(new SeasonalNaive(5), [1, 2], 2).Values.ToArray().ShouldBe([2, 2]);
    }

    /// <summary>A season of factors around a level: Naive2 finds them. Noise has none.</summary>
    [Fact]
    public void Naive2_adjusts_a_season_that_is_there()
    {
        double[] factors = [0.5, 1, 1.5, 1];
        double[] season = [.. Enumerable.Range(0, 40).Select(t => 10 * factors[t % 4])];
        double[] forecast = Predict(new Naive2(4), season, 6).Values.ToArray();
        for (int step = 0; step < 6; step++)
        {
            forecast[step].ShouldBe(10 * factors[step % 4], 1e-9);
        }

        Random random = new(3);
        double[] noise = [.. Enumerable.Range(0, 40).Select(_ => 10 + random.NextDouble())];
        Predict(new Naive2(4), noise, 2).Values.ToArray().ShouldBe([noise[^1], noise[^1]]);
        Predict(new Naive2(24), season, 2).Values.ToArray().ShouldBe([10, 10]);
    }

    /// <summary>A line without noise continues, at a slope that the damping takes down.</summary>
    [Fact]
    public void The_damped_trend_follows_a_line()
    {
        double[] line = [.. Enumerable.Range(0, 60).Select(t => 5 + (2.0 * t))];
        double[] forecast = Predict(new DampedTrend(), line, 5).Values.ToArray();
        forecast[0].ShouldBe(125, 0.3);
        for (int step = 1; step < 5; step++)
        {
            (forecast[step] - forecast[step - 1]).ShouldBeInRange(1, 2.001);
        }

        Predict(new DampedTrend(), [4, double.NaN, 4, 4, double.NaN, 4], 3).Values.ToArray().ShouldAllBe(value => Math.Abs(value - 4) < 1e-3);
        Predict(new DampedTrend(), [7], 2).Values.ToArray().ShouldAllBe(value => Math.Abs(value - 7) < 1);
    }

    /// <summary>A line and a season are sums of a few earlier values, which the regression finds.</summary>
    [Fact]
    public void Ridge_on_lags_finds_a_linear_rule()
    {
        double[] series = [.. Enumerable.Range(0, 400).Select(t => 20 + (5 * Math.Sin(2 * Math.PI * t / 12)) + (0.05 * t))];
        SeriesSet set = new([new TimeSeries("a", series.AsMemory(0, 388)), new TimeSeries("b", series.Select(value => 3 * value).ToArray().AsMemory(0, 388))]);
        IReadOnlyList<Forecast> forecasts = new RidgeLags(26) { Penalty = 1e-9, Levels = [0.05, 0.95] }.Fit(set, 12).Predict(set);
        for (int step = 0; step < 12; step++)
        {
            forecasts[0].Values.Span[step].ShouldBe(series[388 + step], 0.05);
            forecasts[1].Values.Span[step].ShouldBe(3 * series[388 + step], 0.15);
            forecasts[0].Quantiles.Span[step * 2].ShouldBeLessThanOrEqualTo(forecasts[0].Values.Span[step]);
        }
    }

    /// <summary>Against the closed form for one lag and one step, by hand.</summary>
    [Fact]
    public void Ridge_solves_the_normal_equations()
    {
        // Windows (1, 2), (2, 4), (4, 3) without scaling: minimise Σ (y - w x - b)² + 3 λ w².
        const double Penalty = 0.5;
        double sxx = 1 + 4 + 16 - (49.0 / 3), sxy = 2 + 8 + 12 - (7 * 9 / 3.0), w = sxy / (sxx + (3 * Penalty)), b = 3 - (w * 7 / 3);
        Predict(new RidgeLags(1) { Penalty = Penalty, Scaling = Scaling.None }, [1, 2, 4, 3], 1).Values.Span[0].ShouldBe((3 * w) + b, 1e-8);
    }

    [Fact]
    public void Ridge_forecasts_what_is_short_or_has_gaps()
    {
        SeriesSet train = new([new TimeSeries("a", Enumerable.Range(0, 50).Select(t => (double)(t % 5)).ToArray())]);
        ITrainedForecaster trained = new RidgeLags(5).Fit(train, 2);
        SeriesSet others = new([new TimeSeries("short", new double[] { 2, 3 }), new TimeSeries("gaps", new double[] { 0, 1, double.NaN, 3, 4 }), new TimeSeries("ends", new double[] { 1, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN })]);
        trained.Predict(others).ShouldAllBe(forecast => forecast.Values.ToArray().All(double.IsFinite));
        Should.Throw<SeriesDataException>(() => new RidgeLags(49).Fit(train, 2)).Message.ShouldContain("there are no 49 + 2 known values in a row");
    }

    /// <summary>Two rules that one regression cannot have at once: each series has its own.</summary>
    [Fact]
    public void Ridge_learns_each_series_alone_where_asked()
    {
        double[] Alternating(double factor) => [.. Enumerable.Range(0, 40).Select(t => Math.Pow(factor, t))];
        SeriesSet set = new([new TimeSeries("up", Alternating(1.1)), new TimeSeries("down", Alternating(-0.95))]);
        ITrainedForecaster trained = new RidgeLags(1) { PerSeries = true, Scaling = Scaling.None, Penalty = 1e-9 }.Fit(set, 1);
        IReadOnlyList<Forecast> forecasts = trained.Predict(set);
        forecasts[0].Values.Span[0].ShouldBe(Math.Pow(1.1, 40), 1e-3);
        forecasts[1].Values.Span[0].ShouldBe(Math.Pow(-0.95, 40), 1e-3);
        Should.Throw<SeriesDataException>(() => trained.Predict(new SeriesSet([new TimeSeries("new", new double[] { 1 })]))).Message.ShouldContain("Series 'new': nothing was learned");
        Should.Throw<SeriesDataException>(() => new RidgeLags(40) { PerSeries = true }.Fit(set, 1)).Series.ShouldBe("up");
    }

    [Fact]
    public void Forecasts_have_the_times_after_the_history()
    {
        TimeAxis times = new(new DateTime(2024, 1, 31), Frequency.Monthly);
        SeriesSet set = new([new TimeSeries("a", new double[] { 1, 2 }, times)]);
        Forecast forecast = new Naive().Fit(set, 2).Predict(set)[0];
        forecast.Times![0].ShouldBe(new DateTime(2024, 3, 31));
        Should.Throw<SeriesDataException>(() => Predict(new Naive(), [double.NaN], 1)).Series.ShouldBe("a");
    }

    public static IEnumerable<object[]> Local => [[new Naive { Levels = s_levels }], [new SeasonalNaive(4) { Levels = s_levels }], [new Naive2(4) { Levels = s_levels }], [new DampedTrend(4) { Levels = s_levels }]];

    private static readonly double[] s_levels = [0.1, 0.9];

    /// <summary>Values 2^k times as large have forecasts and quantiles 2^k times as large, as far as double holds them.</summary>
    [Theory]
    [MemberData(nameof(Local))]
    public void Values_at_the_ends_of_double_are_forecast(LocalForecaster forecaster)
    {
        double[] history = [.. Enumerable.Range(0, 40).Select(t => (0.5 * ((t % 4) + 1)) + (0.01 * t) + (t % 3 == 0 ? 0.05 : 0))];
        Forecast usual = Predict(forecaster, history, 6);
        foreach (int exponent in (int[])[-1000, -600, -310, 310, 600, 1019])
        {
            Forecast sized = Predict(forecaster, [.. history.Select(value => Math.ScaleB(value, exponent))], 6);
            sized.Values.ToArray().ShouldBe([.. usual.Values.ToArray().Select(value => Math.ScaleB(value, exponent))]);
            sized.Quantiles.ToArray().ShouldBe([.. usual.Quantiles.ToArray().Select(value => Math.ScaleB(value, exponent))]);
        }

        // Beyond: an error that names the series.
        double[] beyond = [.. Enumerable.Range(0, 40).Select(t => t % 3 == 0 ? 1.7e308 : -1.7e308)];
        SeriesDataException error = Should.Throw<SeriesDataException>(() => Predict(forecaster, beyond, 6));
        error.Series.ShouldBe("a");
        error.Message.ShouldContain("beyond the range of double");
    }

    [Fact]
    public void Sizes_that_no_memory_holds_are_errors()
    {
        SeriesSet set = new([new TimeSeries("a", new double[] { 1, 2, 3 })]);
        Should.Throw<ArgumentOutOfRangeException>(() => new RidgeLags(int.MaxValue)).Message.ShouldContain("lags must be from 1 to 16384");
        Should.Throw<ArgumentOutOfRangeException>(() => new RidgeLags(9_999).Fit(set, 100_000)).Message.ShouldContain("horizon must be from 1 to 26843");
        Should.Throw<ArgumentOutOfRangeException>(() => new Naive().Fit(set, int.MaxValue)).Message.ShouldContain("horizon must be from 1 to 16777216");
        Should.Throw<OperationCanceledException>(() => new Naive().Fit(set, 1, new CancellationToken(canceled: true)));
        Should.Throw<OperationCanceledException>(() => new ConformalForecaster(new Naive(), [0.5]).Fit(set, 1, new CancellationToken(canceled: true)));
    }

    private static Forecast Predict(IForecaster forecaster, double[] history, int horizon)
    {
        SeriesSet set = new([new TimeSeries("a", history)]);
        return forecaster.Fit(set, horizon).Predict(set).Single();
    }
}
