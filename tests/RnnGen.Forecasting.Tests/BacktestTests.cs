namespace RnnGen.Forecasting.Tests;

public sealed class BacktestTests
{
    private static readonly SeriesSet s_set = new(Enumerable.Range(0, 5).Select(i =>
    {
        Random random = new(i);
        return new TimeSeries($"s{i}", Enumerable.Range(0, 100 + i).Select(t => 10 + (4 * Math.Sin(2 * Math.PI * t / 12)) + (0.5 * random.NextDouble())).ToArray());
    }));

    private static readonly IForecaster[] s_forecasters =
    [
        new Naive { Levels = [0.025, 0.5, 0.975] }, new SeasonalNaive(12) { Levels = [0.025, 0.5, 0.975] }, new DampedTrend(12), new RidgeLags(24) { Levels = [0.025, 0.5, 0.975] },
    ];

    private static readonly BacktestOptions s_options = new() { Horizon = 6, Windows = 3, StepSize = 4, Period = 12 };

    /// <summary>A forecaster at an origin sees the history before it, and its scores are those of the values after it.</summary>
    [Fact]
    public void Origins_roll_to_the_end()
    {
        Recorder recorder = new();
        BacktestResult result = Backtest.Run(s_set, [recorder], s_options);
        recorder.Fits.ShouldBe([86, 90, 94], ignoreOrder: true);
        result.Forecasts.Select(fold => fold.History["s0"].Length).ShouldBe([86, 90, 94]);
        recorder.Fits.Clear();
        Backtest.Run(s_set, [recorder], s_options with { Refit = false });
        recorder.Fits.ShouldBe([86]);

        // The recorder forecasts 0, so that sMAPE is 200 and MASE the mean of |y| over the seasonal error.
        result.Scores[0].Smape.ShouldBe(200, 1e-9);
        double expected = s_set.Average(series => ((int[])[14, 10, 6]).Average(back =>
        {
            ReadOnlySpan<double> values = series.Targets.Span;
            double sum = 0;
            foreach (double value in values.Slice(values.Length - back, 6))
            {
                sum += value / 6;
            }

            return sum / ForecastMetrics.SeasonalError(values[..^back], 12);
        }));
        result.Scores[0].Mase.ShouldBe(expected, 1e-9);
    }

    /// <summary>Means over other levels are no competition: the three forecasts are the same.</summary>
    [Fact]
    public void Figures_of_other_levels_have_no_star()
    {
        IForecaster deciles = Own("deciles", 0.1, 0.5, 0.9);
        string[] alike = Backtest.Run(s_set, [deciles, Own("the same", 0.1, 0.5, 0.9)], s_options with { IntervalLevel = 0.8 }).ToString().Split('\n');
        alike.Length.ShouldBe(3);
        alike[1].Count(part => part == '*').ShouldBe(6);

        string[] table = Backtest.Run(s_set, [new DampedTrend(), deciles, Own("ends", 0.005, 0.995), Own("four", 0.025, 0.1, 0.9, 0.975)], s_options with { IntervalLevel = 0.8 }).ToString().Split('\n');
        table.Length.ShouldBe(7);
        table[1..5].Sum(row => row.Count(part => part == '*')).ShouldBe(12);
        table[5].ShouldBe("MSIS has no star, for its levels differ: deciles those of the interval; ends 0.005, 0.995; four those of the interval.");
        table[6].ShouldBe("WQL has no star, for its levels differ: deciles 0.1, 0.5, 0.9; ends 0.005, 0.995; four 0.025, 0.1, 0.9, 0.975.");

        static IForecaster Own(string name, params double[] levels) => new EnsembleForecaster(new Naive { Levels = levels }) { Name = name };
    }

    /// <summary>What a forecaster leaves out would be left out of its means, and it would win by that.</summary>
    [Theory]
    [InlineData(6, double.NaN, "'Own' forecasts NaN for it")]
    [InlineData(6, double.NegativeInfinity, "'Own' forecasts -Infinity for it")]
    [InlineData(5, 1.0, "'Own' forecasts 5 steps of it, where 6 are asked for")]
    public void A_forecaster_that_leaves_something_out_is_an_error(int horizon, double value, string message) =>
        Should.Throw<SeriesDataException>(() => Backtest.Run(s_set, [new Constant(horizon, value)], s_options)).Message.ShouldContain(message);

    /// <summary>Where forecasts and what came have times, these say which values are compared.</summary>
    [Fact]
    public void Scores_find_the_steps_by_their_times()
    {
        SeriesSet full = new(s_set.Select(series => new TimeSeries(series.Id, series.Targets, new TimeAxis(new DateTime(2024, 1, 1), Frequency.Daily)))), history = full.WithoutLast(6);
        IReadOnlyList<Forecast> forecasts = new SeasonalNaive(12).Fit(history, 6).Predict(history);
        ForecastScore score = ForecastScore.Of("", forecasts, history, new SeriesSet(full.Select(series => new TimeSeries(series.Id, series.Targets[^6..]))), 12);
        ForecastScore.Of("", forecasts, history, full, 12).ShouldBe(score);
        Should.Throw<SeriesDataException>(() => ForecastScore.Of("", forecasts, history, history, 12)).Message.ShouldContain("is no step of what came");
        SeriesDataException missing = Should.Throw<SeriesDataException>(() => ForecastScore.Of("", forecasts, history, new SeriesSet(full.Where(series => series.Id != "s3")), 12));
        missing.Series.ShouldBe("s3");
        missing.Message.ShouldContain("what came has no series of this id");
    }

    /// <summary>Series at the ends of the range of double have their part in the scores.</summary>
    [Fact]
    public void Scores_of_extreme_series_are_numbers()
    {
        double[] shape = [1, 1.5, 1.2, 1.7, 1.4, 1.1];
        SeriesSet Sized(params int[] exponents) => new(exponents.Select(exponent => new TimeSeries(FormattableString.Invariant($"s{exponent}"), (double[])[.. shape.Select(value => Math.ScaleB(value, exponent))])));
        ForecastScore Score(SeriesSet set) => Backtest.Run(set, [new Naive { Levels = [0.4, 0.5, 0.6] }], new BacktestOptions { Horizon = 2, IntervalLevel = 0.2 }).Scores[0];
        ForecastScore usual = Score(Sized(0)), extreme = Score(Sized(1022, 1021, -1000, 600));
        (extreme.Smape, extreme.Mase, extreme.Rmsse, extreme.Msis).ShouldBe((usual.Smape, usual.Mase, usual.Rmsse, usual.Msis));
        extreme.WeightedQuantileLoss.ShouldBe(usual.WeightedQuantileLoss, 1e-12);
        extreme.Crps.ShouldBe((Math.ScaleB(usual.Crps, 1020) + Math.ScaleB(usual.Crps, 1019)), Math.ScaleB(usual.Crps, 980));
    }

    private sealed class Constant(int horizon, double value) : IForecaster, ITrainedForecaster
    {
        public string Name => "Own";

        public int Horizon => horizon;

        public ITrainedForecaster Fit(SeriesSet history, int horizon, CancellationToken cancellationToken = default) => this;

        public IReadOnlyList<Forecast> Predict(SeriesSet history) => [.. history.Select(series => new Forecast(series.Id, Enumerable.Repeat(value, horizon).ToArray()))];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Threads_change_nothing(bool refit)
    {
        BacktestOptions options = s_options with { Refit = refit };
        BacktestResult one = Backtest.Run(s_set, s_forecasters, options), three = Backtest.Run(s_set, s_forecasters, options with { Threads = 3 });
        three.Scores.ShouldBe(one.Scores);
        three.ToString().ShouldBe(one.ToString());
        three.Forecasts.Select(fold => (fold.Name, fold.Window)).ShouldBe(one.Forecasts.Select(fold => (fold.Name, fold.Window)));
    }

    [Fact]
    public void The_table_says_who_wins()
    {
        BacktestResult result = Backtest.Run(s_set, s_forecasters, s_options);
        result.Winner.Name.ShouldBe(result.Scores.MinBy(score => score.Owa)!.Name);
        string[] lines = result.ToString().Split('\n');
        lines.Length.ShouldBe(5);
        lines[1].ShouldStartWith(result.Winner.Name);
        lines[^1].ShouldStartWith("Naive");
        lines.Single(line => line.StartsWith("Damped trend", StringComparison.Ordinal)).ShouldEndWith("-");
        lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["sMAPE", "MASE", "OWA", "RMSSE", "MSIS", "coverage", "WQL"]);
        result.Scores[1].Coverage.ShouldBeInRange(0.85, 1);
        result.Scores[2].Msis.ShouldBe(double.NaN);
        result.Scores[2].Crps.ShouldBe(double.NaN);
    }

    [Fact]
    public void Naive2_against_itself_is_one() => Backtest.Run(s_set, [new Naive2(12)], s_options).Winner.Owa.ShouldBe(1, 1e-12);

    [Fact]
    public void What_cannot_run_is_an_error()
    {
        Should.Throw<SeriesDataException>(() => Backtest.Run(s_set, s_forecasters, s_options with { Horizon = 60, StepSize = 60 })).Message.ShouldContain("Series 's0': it has 100 steps, so that 180 cannot be held out");
        Should.Throw<ArgumentException>(() => Backtest.Run(s_set, [new Naive(), new Naive()], s_options)).Message.ShouldContain("Two forecasters are named 'Naive'");
        Should.Throw<ArgumentException>(() => Backtest.Run(s_set, [], s_options));
        foreach (int threads in (int[])[1, 4])
        {
            Should.Throw<SeriesDataException>(() => Backtest.Run(s_set, [new Naive(), new RidgeLags(90)], s_options with { Threads = threads })).Message.ShouldContain("90 + 6 known values");
        }
    }

    /// <summary>Forecasts 0, and says how long the histories were that it learned from.</summary>
    private sealed class Recorder : IForecaster, ITrainedForecaster
    {
        public string Name => "Recorder";

        public List<int> Fits { get; } = [];

        public int Horizon { get; private set; }

        public ITrainedForecaster Fit(SeriesSet history, int horizon, CancellationToken cancellationToken = default)
        {
            Fits.Add(history["s0"].Length);
            Horizon = horizon;
            return this;
        }

        public IReadOnlyList<Forecast> Predict(SeriesSet history) => [.. history.Select(series => new Forecast(series.Id, new double[Horizon]))];
    }
}
