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

    /// <summary>One series of a season of 1 up and down, whose interval is 1 wide on each side: the larger miss of the two ends is ranked, and both move by it in the scale of the history.</summary>
    [Fact]
    public void Intervals_move_by_the_rank_of_what_they_miss()
    {
        // The history's naive error is 1. Values at ±1.5, 2 and 4 miss the interval of ±1 by 0.5, 1 and 3; 0 is within it, 1 from the nearer end.
        SeriesSet set = new(((double[])[-1.5, 2, 4, 0]).Select((error, i) => new TimeSeries($"s{i}", new double[] { 0, 1, 0, 1, 0, error })));
        SeriesSet other = new([new TimeSeries("n", new double[] { 10, 12, 10, 12, 10, 12 })]); // a naive error of 2
        double[] Quantiles(double[] levels, double coverage = 0.6) => new ConformalForecaster(new Band(1, coverage), levels) { Windows = 1 }.Fit(set, 1).Predict(other)[0].Quantiles.ToArray();

        // ⌈5 · 0.6⌉ = 3: of the scores -1, 0.5, 1, 3 the third, 1, which is 2 in the scale of the other series.
        Quantiles([0.2, 0.5, 0.8]).ShouldBe([12 - 1 - 2, 12, 12 + 1 + 2], 1e-12);

        // ⌈5 · 0.2⌉ = 1: the lowest, -1, moves both ends inwards. They would be beyond the median, at which they stop.
        Quantiles([0.4, 0.5, 0.6], 0.2).ShouldBe([12, 12, 12], 1e-12);

        // An end alone: the upper misses by 1, 3, -2.5 and -1; ⌈5 · 0.7⌉ = 4 is 3.
        Quantiles([0.7], 0.4).ShouldBe([12 + 1 + 6], 1e-12);
        Should.Throw<SeriesDataException>(() => Quantiles([0.05, 0.95])).Message.ShouldContain("4 errors are too few for the level 0.05, which needs 9");
    }

    /// <summary>Quantiles keep their order and the median stays, however much is learned to be too wide.</summary>
    [Fact]
    public void Intervals_that_are_too_wide_become_narrower()
    {
        SeriesSet set = new(Enumerable.Range(0, 40).Select(i => new TimeSeries($"s{i}", new double[] { 0, 1, 0, 1, 0, (i - 19.5) / 40 })));
        Forecast wide = new Band(3, 0.9).Fit(set, 1).Predict(set)[7], forecast = new ConformalForecaster(new Band(3, 0.9), [0.05, 0.25, 0.5, 0.75, 0.95]) { Windows = 1 }.Fit(set, 1).Predict(set)[7];
        double[] quantiles = forecast.Quantiles.ToArray();
        quantiles.ShouldBe([.. quantiles.Order()]);
        quantiles[2].ShouldBe(wide.Values.Span[0]);
        forecast.Values.ToArray().ShouldBe(wide.Values.ToArray());
        (double[] lower, double[] upper) = forecast.Interval(0.9);
        (upper[0] - lower[0]).ShouldBeInRange(0.5, 2);
    }

    /// <summary>A model that is trained for long on few windows of heavy noise knows them too well: its interval covers too little, and the calibrated one what it claims. Its file has the correction.</summary>
    [Fact]
    public void A_network_that_covers_too_little_covers_what_it_claims()
    {
        SeriesSet set = Heavy(120, 48);
        WindowOptions windows = new() { ContextLength = 12, Horizon = 6, Stride = 6, Scaling = Scaling.Log.Then(Scaling.StandardScore) };
        DirectForecaster<BandModel> network = new(windows) { Seed = 1, Training = seed => new FitOptions { Epochs = 60, Seed = seed, Optimizer = new Adam(1e-2) { ClipNorm = 1 } } };
        SeriesSet past = set.WithoutLast(6);
        TrainedForecaster<BandModel> raw = network.Fit(past, 6);
        TrainedForecaster<BandModel> widened = (TrainedForecaster<BandModel>)new ConformalForecaster(network, [0.1, 0.5, 0.9]) { Windows = 1 }.Fit(past, 6);
        Coverage(raw).ShouldBeLessThan(0.7);
        Coverage(widened).ShouldBe(0.8, 0.05);

        // The same network, and the same points; the scores are in the scale of logarithms, where both ends moved by one number.
        IReadOnlyList<Forecast> before = raw.Predict(past), after = widened.Predict(past);
        double[] moved = [.. before.Zip(after).Select((pair, i) => (Math.Log(pair.Second.Quantiles.Span[2]) - Math.Log(pair.First.Quantiles.Span[2])) / Deviation(past[i]))];
        moved.ShouldAllBe(shift => Math.Abs(shift - moved[0]) < 1e-9);
        moved[0].ShouldBeGreaterThan(0.1);
        after.SelectMany(forecast => forecast.Values.ToArray()).ShouldBe(before.SelectMany(forecast => forecast.Values.ToArray()));

        using MemoryStream file = new();
        widened.Models[0].Save(file);
        file.Position = 0;
        TrainedForecaster<BandModel> loaded = new(BandModel.Load(file));
        loaded.Predict(past).SelectMany(forecast => forecast.Quantiles.ToArray()).ShouldBe(after.SelectMany(forecast => forecast.Quantiles.ToArray()));

        double Coverage(TrainedForecaster<BandModel> trained) => ForecastScore.Of("", trained.Predict(past), past, new SeriesSet(set.Select(series => new TimeSeries(series.Id, series.Targets[^6..]))), 1, 0.8).Coverage;
    }

    /// <summary>The members of an ensemble have the correction each, so that an ensemble of loaded models has it too; the calibration may be by fewer of them.</summary>
    [Fact]
    public void An_ensemble_of_loaded_models_has_the_calibrated_intervals()
    {
        SeriesSet set = Heavy(20, 60);
        WindowOptions windows = new() { ContextLength = 12, Horizon = 6, Scaling = Scaling.Log.Then(Scaling.StandardScore) };
        DirectForecaster<BandModel>[] members = [.. Enumerable.Range(1, 3).Select(seed => new DirectForecaster<BandModel>(windows) { Seed = seed, Training = each => new FitOptions { Epochs = 1, Seed = each } })];
        ITrainedForecaster Fit(IForecaster calibrator) => new ConformalForecaster(new EnsembleForecaster(members), [0.1, 0.5, 0.9]) { Windows = 1, Calibrator = calibrator }.Fit(set, 6);
        TrainedEnsemble trained = (TrainedEnsemble)Fit(members[0]);
        TrainedEnsemble loaded = new([.. trained.Members.Select(member =>
        {
            using MemoryStream file = new();
            ((TrainedForecaster<BandModel>)member).Models[0].Save(file);
            file.Position = 0;
            return new TrainedForecaster<BandModel>(BandModel.Load(file));
        })]);
        double[] Quantiles(ITrainedForecaster forecaster) => [.. forecaster.Predict(set).SelectMany(forecast => forecast.Quantiles.ToArray())];
        Quantiles(loaded).ShouldBe(Quantiles(trained));
        Quantiles(Fit(members[1])).ShouldNotBe(Quantiles(trained));
        Quantiles(new EnsembleForecaster(members).Fit(set, 6)).ShouldNotBe(Quantiles(trained));

        // Members that scale in different ways share the seasonal error, and nothing is written to a model.
        EnsembleForecaster mixed = new(members[0], new SeasonalNaive(6) { Levels = [0.1, 0.5, 0.9] });
        new ConformalForecaster(mixed, [0.1, 0.9]) { Windows = 1 }.Fit(set, 6).ShouldNotBeOfType<TrainedEnsemble>();
    }

    /// <summary>A model without quantiles has intervals of its errors, in the scaling of its windows, and its file has them.</summary>
    [Fact]
    public void A_model_without_quantiles_forecasts_intervals_alone()
    {
        SeriesSet set = DirectForecasterTests.Seasons(20, 96);
        WindowOptions windows = new() { ContextLength = 24, Horizon = 6, Scaling = Scaling.MeanAbsolute, Periods = [12] };
        DirectForecaster<DirectModel> network = new(windows) { Seed = 1, Training = seed => new FitOptions { Epochs = 2, Seed = seed } };
        TrainedForecaster<DirectModel> trained = (TrainedForecaster<DirectModel>)new ConformalForecaster(network, [0.1, 0.5, 0.9]).Fit(set, 6);
        using MemoryStream file = new();
        trained.Models[0].Save(file);
        file.Position = 0;
        IReadOnlyList<Forecast> forecasts = new TrainedForecaster<DirectModel>(DirectModel.Load(file)).Predict(set);
        double Up(int series) => (forecasts[series].Quantile(0.9)[2] - forecasts[series].Values.Span[2]) / set[series].Targets[^24..].ToArray().Average(Math.Abs);
        Up(0).ShouldBeGreaterThan(0);
        Up(7).ShouldBe(Up(0), 1e-9);
        forecasts.ShouldAllBe(forecast => forecast.Quantile(0.5).SequenceEqual(forecast.Values.ToArray()));
    }

    /// <summary>Nothing after the end of the history has a part in the calibration either.</summary>
    [Fact]
    public void Nothing_of_the_future_has_a_part_in_the_calibration()
    {
        SeriesSet whole = Heavy(20, 66);
        SeriesSet perturbed = new(whole.Select(series => new TimeSeries(series.Id, (double[])[.. series.Targets.ToArray().Select((value, t) => t < 60 ? value : 1000 + value)])));
        WindowOptions windows = new() { ContextLength = 12, Horizon = 6, Scaling = Scaling.Log.Then(Scaling.StandardScore) };
        double[] Quantiles(SeriesSet set)
        {
            DirectForecaster<BandModel> network = new(windows) { Seed = 1, Training = seed => new FitOptions { Epochs = 1, Seed = seed } };
            return [.. new ConformalForecaster(network, [0.1, 0.9]).Fit(set.WithoutLast(6), 6).Predict(set.WithoutLast(6)).SelectMany(forecast => forecast.Quantiles.ToArray())];
        }

        Quantiles(perturbed).ShouldBe(Quantiles(whole));
    }

    /// <summary>What cannot be scaled is an error before anything is learned.</summary>
    [Fact]
    public void A_held_out_value_without_a_logarithm_is_an_error_at_once()
    {
        WindowOptions windows = new() { ContextLength = 12, Horizon = 6, Scaling = Scaling.Log };
        DirectForecaster<BandModel> network = new(windows) { Training = _ => throw new InvalidOperationException("It learns.") };
        SeriesSet set = new(Heavy(3, 60).Select((series, i) => new TimeSeries(series.Id, (double[])[.. series.Targets[..^1].ToArray(), i - 1.0])));
        Should.Throw<SeriesDataException>(() => new ConformalForecaster(network, [0.1, 0.9]).Fit(set, 6)).Message.ShouldContain("value 59 is -1, which the scaling Log does not take");
    }

    private static double Deviation(TimeSeries series)
    {
        double[] logs = [.. series.Targets[^12..].ToArray().Select(value => Math.Log(value))];
        return Math.Sqrt(logs.Average(value => Math.Pow(value - logs.Average(), 2)));
    }

    /// <summary>Levels that differ tenfold, and noise with heavy tails (Student's t with 3 degrees of freedom) in their logarithms.</summary>
    private static SeriesSet Heavy(int count, int length)
    {
        Random random = new(7);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
        return new(Enumerable.Range(0, count).Select(i => new TimeSeries($"s{i}", (double[])[.. Enumerable.Range(0, length).Select(_ =>
            (1 + (i % 10)) * Math.Exp(0.2 * Normal() / Math.Sqrt((Math.Pow(Normal(), 2) + Math.Pow(Normal(), 2) + Math.Pow(Normal(), 2)) / 3)))])));
    }

    /// <summary>The last value, and an interval of one width around it.</summary>
    private sealed class Band(double half, double coverage) : IForecaster
    {
        public string Name => "band";

        public ITrainedForecaster Fit(SeriesSet history, int horizon, CancellationToken cancellationToken = default) => new Trained(half, coverage, horizon);

        private sealed class Trained(double half, double coverage, int horizon) : ITrainedForecaster
        {
            public int Horizon => horizon;

            public IReadOnlyList<Forecast> Predict(SeriesSet history) => [.. history.Select(series => series.Targets.Span[^1]).Zip(history, (last, series) =>
                new Forecast(series.Id, Enumerable.Repeat(last, horizon).ToArray())
                    .WithQuantiles([(1 - coverage) / 2, 0.5, (1 + coverage) / 2], [.. Enumerable.Repeat((double[])[last - half, last, last + half], horizon).SelectMany(each => each)]))];
        }
    }
}
