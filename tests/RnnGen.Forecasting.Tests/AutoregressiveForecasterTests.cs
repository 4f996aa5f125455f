namespace RnnGen.Forecasting.Tests;

/// <summary>Sample paths, each of which reads what was drawn for it.</summary>
public sealed class AutoregressiveForecasterTests
{
    private static readonly WindowOptions s_windows = new() { ContextLength = 24, Horizon = 6, Scaling = Scaling.MeanAbsolute, Lags = [12], Periods = [12] };

    [Fact]
    public void Paths_beat_the_last_value_and_enclose_what_comes()
    {
        SeriesSet set = DirectForecasterTests.Seasons(12, 108);
        BacktestResult result = Backtest.Run(set, [new Naive(), Forecaster(20)], new BacktestOptions { Horizon = 6, Windows = 2, Refit = false, Period = 12, IntervalLevel = 0.8 });
        result.Winner.Name.ShouldBe(nameof(PathModel));
        result.Winner.Coverage.ShouldBeInRange(0.6, 0.97);
    }

    /// <summary>The same seed draws the same paths, in the model and in its file; another seed draws others.</summary>
    [Fact]
    public void A_saved_model_draws_the_same_paths()
    {
        SeriesSet set = DirectForecasterTests.Seasons(2, 96);
        TrainedForecaster<PathModel> trained = Forecaster(1).Fit(set, 6);
        using MemoryStream file = new();
        trained.Models[0].Save(file);
        file.Position = 0;
        PathModel loaded = PathModel.Load(file);
        double[] Quantiles(TrainedForecaster<PathModel> forecaster) => [.. forecaster.Predict(set).SelectMany(forecast => forecast.Quantiles.ToArray())];
        Quantiles(new(loaded)).ShouldBe(Quantiles(trained));
        Quantiles(new(loaded) { Seed = 0 }).ShouldNotBe(Quantiles(trained));

        // The seed is that of the forecaster, which the file keeps.
        (trained.Seed, new TrainedForecaster<PathModel>(loaded).Seed, new TrainedForecaster<PathModel>(loaded) { Seed = 0 }.Seed).ShouldBe((1, 1, 0));
        Quantiles(new(loaded) { Seed = 1 }).ShouldBe(Quantiles(trained));
        Forecast forecast = trained.Predict(set)[0];
        forecast.Levels.ShouldBe([0.1, 0.5, 0.9]);

        // The paths are those whose quantiles these are.
        double[] paths = forecast.Paths.ToArray();
        paths.Length.ShouldBe(100 * 6);
        double[] third = [.. Enumerable.Range(0, 100).Select(path => paths[(path * 6) + 3]).Order()];
        ((third[49] + third[50]) / 2).ShouldBe(forecast.Values.Span[3], 1e-9);

        // Those of a series do not depend on its place in the set.
        trained.Predict(new SeriesSet([set[1]]))[0].Paths.ToArray().ShouldBe(trained.Predict(set)[1].Paths.ToArray());
        Should.Throw<ArgumentException>(() => forecast.WithPaths(new double[7])).Message.ShouldContain("There are 7 values; each path has 6 steps.");
    }

    /// <summary>Nothing after the end of the history has a part in the paths, though it is there.</summary>
    [Fact]
    public void Nothing_of_the_future_has_a_part()
    {
        SeriesSet whole = DirectForecasterTests.Seasons(3, 96);
        SeriesSet perturbed = new(whole.Select(series => new TimeSeries(series.Id, (double[])[.. series.Targets.ToArray().Select((value, t) => t < 90 ? value : 1000 - value)])));
        double[] Paths(SeriesSet set) => [.. Forecaster(1).Fit(set.WithoutLast(6), 6).Predict(set.WithoutLast(6)).SelectMany(forecast => forecast.Paths.ToArray())];
        Paths(perturbed).ShouldBe(Paths(whole));
    }

    [Fact]
    public void What_cannot_be_drawn_is_an_error()
    {
        SeriesSet set = DirectForecasterTests.Seasons(2, 96);
        Should.Throw<SeriesDataException>(() => new AutoregressiveForecaster<PathModel>(s_windows with { InputScaling = Scaling.Log }).Fit(set, 6)).Message.ShouldContain("the model reads what it forecasts");
        Should.Throw<SeriesDataException>(() => new AutoregressiveForecaster<PathModel>(s_windows with { Lags = [] }).Fit(set, 6)).Message.ShouldContain("Declare InputSize = 3");
        Should.Throw<SeriesDataException>(() => new AutoregressiveForecaster<GaussianModel>(s_windows).Fit(set, 6)).Message.ShouldContain("it must be many-to-many with OutputSize = 1 and SequenceLength = 30");
        Should.Throw<ArgumentException>(() => new AutoregressiveForecaster<DirectModel>(s_windows).Fit(set, 6)).Message.ShouldContain("DirectModel cannot forecast sample paths: it must be causal");
    }

    /// <summary>Statics that are given once are those of each series in the streams of its paths: the paths are drawn from the distribution that the model predicts of the whole window.</summary>
    [Fact]
    public void Statics_are_given_once()
    {
        Random random = new(4);
        SeriesSet set = new([.. Enumerable.Range(0, 12).Select(i => new TimeSeries($"s{i}", (double[])[.. Enumerable.Range(0, 30).Select(_ => (3 * (i % 2)) - (2 * (i % 3)) + (0.4 * random.NextDouble()))])
        {
            Statics = new double[] { i % 2, i % 3 },
        })], [], [], ["size", "place"]);
        AutoregressiveForecaster<StaticPathModel> forecaster = new(new WindowOptions { ContextLength = 4, Horizon = 1 })
        {
            Seed = 1,
            Levels = [0.1, 0.5, 0.9],
            Paths = 4000,
            Training = seed => new FitOptions { Epochs = 20, Seed = seed, Optimizer = new Adam(1e-2) { ClipNorm = 1 } },
        };
        TrainedForecaster<StaticPathModel> trained = forecaster.Fit(set, 1);
        float[] parameters = new float[StaticPathModel.Layout.OutputLength * 2];
        foreach (SeriesSet series in (SeriesSet[])[set, new SeriesSet([.. set.Select(one => new TimeSeries(one.Id, one.Targets) { Statics = new double[] { 1 - one.Statics.Span[0], 2 } })], [], [], ["size", "place"])])
        {
            foreach ((Forecast forecast, TimeSeries history) in trained.Predict(series).Zip(series))
            {
                // Before the first step nothing is read; then each step reads the value before it. Statics are behind all steps.
                float[] row = [0, .. history.Targets[^4..].ToArray().Select(value => (float)value), .. history.Statics.ToArray().Select(value => (float)value)];
                trained.Models[0].PredictParameters(row, parameters);
                (double mean, double deviation) = (parameters[^2], parameters[^1]);
                double[] expected = [mean - (1.2816 * deviation), mean, mean + (1.2816 * deviation)];
                forecast.Quantiles.ToArray().ShouldBe(expected, 0.1 * deviation);
            }
        }

        SeriesSet plain = new(set.Select(one => new TimeSeries(one.Id, one.Targets)));
        Should.Throw<SeriesDataException>(() => forecaster.Fit(plain, 1)).Message.ShouldContain("StaticPathModel has 2 values that are given once, but the windows have 0");
    }

    private static AutoregressiveForecaster<PathModel> Forecaster(int epochs) => new(s_windows)
    {
        Seed = 1,
        Levels = [0.1, 0.5, 0.9],
        Paths = 100,
        Training = seed => new FitOptions { Epochs = epochs, Seed = seed, Optimizer = new Adam(1e-2) { ClipNorm = 1 } },
    };
}
