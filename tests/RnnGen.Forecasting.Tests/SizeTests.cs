namespace RnnGen.Forecasting.Tests;

/// <summary>Series whose size double or float does not hold: an error that names the series, never a forecast of another size.</summary>
public sealed class SizeTests
{
    private static readonly WindowOptions s_windows = new() { ContextLength = 12, Horizon = 2, Scaling = Scaling.StandardScore };

    [Theory]
    [InlineData(1e-198)]
    [InlineData(1e-160)]
    [InlineData(1e160)]
    [InlineData(1e200)]
    [InlineData(1.7e308)]
    [InlineData(5e-320)]
    public void A_standard_score_is_not_left_out(double size)
    {
        WindowScaler scaler = Scaling.StandardScore.Create(4, 1);
        Should.Throw<ArgumentException>(() => scaler.Fit([0.5 * size, size, 0.7 * size, 0.1 * size])).Message.ShouldContain("beyond the range of double");

        // Constant values of the same size have no scale, which is no error; at the end of the range their sum is infinite.
        if (size < 1e308)
        {
            scaler.Fit([size, size, size, size]);
            scaler.Scale(size, 0).ShouldBe(0, Math.Max(1e-13, size * 1e-13));
        }
    }

    [Fact]
    public void Every_scaling_is_checked()
    {
        Scaling[] scalings = [Scaling.MeanAbsolute, Scaling.MeanAbsolutePower(0.5), Scaling.MeanOfLast(4), Scaling.LastValue, Scaling.Differences, Scaling.Differences.Then(Scaling.Differences), Scaling.BestSeasonalDifferences(1, 2)];
        foreach (Scaling scaling in scalings)
        {
            Should.Throw<ArgumentException>(() => scaling.Create(4, 1).Fit([1.7e308, -1.7e308, 1.7e308, 1.7e308]), scaling.ToString()).Message.ShouldContain("beyond the range of double");
        }

        // A subnormal scale has lost digits.
        Should.Throw<ArgumentException>(() => Scaling.MeanAbsolute.Create(2, 1).Fit([1e-310, 2e-310])).Message.ShouldContain("beyond the range of double");

        // One small difference among large values is rounding.
        WindowScaler scaler = Scaling.StandardScore.Create(4, 1);
        scaler.Fit([0, 1e-170, 1, 2]);
        scaler.Scale(0.75, 0).ShouldBe(0, 1e-12);
    }

    [Theory]
    [InlineData(1e-198)]
    [InlineData(1e200)]
    public void A_forecast_names_the_series_that_cannot_be_scaled(double size)
    {
        SeriesSet set = DirectForecasterTests.Seasons(2, 60), other = new([set[0], new TimeSeries("odd", (double[])[.. set[1].Targets.ToArray().Select(value => value * size)])]);
        DirectForecaster<MedianModel> forecaster = new(s_windows) { Training = seed => new FitOptions { Epochs = 1, Seed = seed } };
        TrainedForecaster<MedianModel> trained = forecaster.Fit(set, 2);
        SeriesDataException inForecast = Should.Throw<SeriesDataException>(() => trained.Predict(other)), inTraining = Should.Throw<SeriesDataException>(() => forecaster.Fit(other, 2));
        inForecast.Message.ShouldContain("Series 'odd': the window whose past ends before step 60 cannot be scaled. The context is too large or too small");
        (inForecast.Series, inTraining.Series).ShouldBe(("odd", "odd"));
    }

    [Fact]
    public void A_later_part_of_a_scaling_names_the_series()
    {
        SeriesSet set = DirectForecasterTests.Seasons(2, 60);
        Should.Throw<SeriesDataException>(() => new DirectForecaster<MedianModel>(s_windows with { Scaling = Scaling.StandardScore.Then(Scaling.Log) }).Fit(set, 2)).Message.ShouldContain("a logarithm needs values above 0");
        Should.Throw<SeriesDataException>(() => new RidgeLags(4) { Scaling = Scaling.StandardScore.Then(Scaling.Log) }.Fit(set, 2)).Series.ShouldBe("s0");
        SeriesSet rising = SeriesSet.FromArrays(["rising, then falling"], [[.. Enumerable.Range(0, 15).Select(t => t < 13 ? Math.Pow(2, t) : 0)]]);
        Should.Throw<SeriesDataException>(() => new DirectForecaster<MedianModel>(s_windows with { Scaling = Scaling.Differences.Then(Scaling.Log) }).Fit(rising, 2)).Message.ShouldContain("has no logarithm");
    }

    /// <summary>What a model reads, and what it learns, is single precision.</summary>
    [Theory]
    [InlineData("target")]
    [InlineData("observed")]
    [InlineData("static")]
    public void Values_beyond_float_are_an_error_in_training_and_in_forecasts(string what)
    {
        DirectForecaster<CovariateModel> forecaster = new(new WindowOptions { ContextLength = 8, Horizon = 2 }) { Training = seed => new FitOptions { Epochs = 1, Seed = seed } };
        TrainedForecaster<CovariateModel> trained = forecaster.Fit(Covariates(""), 2);
        SeriesSet large = Covariates(what);
        foreach (Action action in (Action[])[() => trained.Predict(large), () => forecaster.Fit(large, 2), () => _ = ForecastWindows.Create(large, trained.Windows).ToSequences<float>().Last()])
        {
            SeriesDataException error = Should.Throw<SeriesDataException>(action);
            error.Message.ShouldContain("is beyond the range of the model's numbers. Scale the targets (WindowOptions.Scaling)");
            error.Series.ShouldBe("a");
        }

        static SeriesSet Covariates(string large)
        {
            double Of(string value) => value == large ? 1e39 : 1;
            double[] Values(double late) => [.. Enumerable.Range(0, 20).Select(t => t == 17 ? late : 1 + (0.1 * (t % 3)))]; // in the context of the last window of a training too
            return new([new TimeSeries("a", Values(Of("target"))) { Observed = Values(Of("observed")), Statics = new[] { Of("static") } }], ["wind"], [], ["size"]);
        }
    }

    [Fact]
    public void Sample_paths_read_what_float_holds()
    {
        SeriesSet set = new(DirectForecasterTests.Seasons(1, 60).Select(series => new TimeSeries(series.Id, (double[])[.. series.Targets.ToArray().Select(value => value / 100)])));
        AutoregressiveForecaster<PathModel> forecaster = new(new WindowOptions { ContextLength = 24, Horizon = 6, Lags = [12], Periods = [12] }) { Paths = 2, Training = seed => new FitOptions { Epochs = 1, Seed = seed } };
        TrainedForecaster<PathModel> trained = forecaster.Fit(set, 6);
        SeriesSet large = new([new TimeSeries("large", (double[])[.. set[0].Targets.ToArray().Select(value => value * 1e40)])]);
        Should.Throw<SeriesDataException>(() => trained.Predict(large)).Series.ShouldBe("large");
        Should.Throw<SeriesDataException>(() => forecaster.Fit(large, 6)).Series.ShouldBe("large");
    }

    [Fact]
    public void Ridge_regression_forecasts_no_infinity()
    {
        SeriesSet set = DirectForecasterTests.Seasons(1, 60), large = new([new TimeSeries("large", (double[])[.. set[0].Targets.ToArray().Select(value => value / set[0].Targets.ToArray().Max() * 1.7e308)])]);
        Should.Throw<SeriesDataException>(() => new RidgeLags(4).Fit(set, 2).Predict(large)).Series.ShouldBe("large");
        Should.Throw<SeriesDataException>(() => new RidgeLags(4).Fit(large, 2)).Series.ShouldBe("large");
        Should.Throw<SeriesDataException>(() => new RidgeLags(4) { Scaling = Scaling.None }.Fit(large, 2).Predict(large)).Message.ShouldContain("beyond the range of double");
    }

    /// <summary>Numbers of steps that no memory holds are errors of the option, or say what of the series cannot be held out.</summary>
    [Fact]
    public void Endless_steps_are_an_error()
    {
        SeriesSet set = DirectForecasterTests.Seasons(2, 60);
        Should.Throw<ArgumentOutOfRangeException>(() => s_windows with { Lags = [int.MaxValue] }).Message.ShouldContain("Lags must be from 1 to 16777216");
        Should.Throw<ArgumentOutOfRangeException>(() => s_windows with { HistoryLength = int.MaxValue }).Message.ShouldContain("HistoryLength must be from 0 to 16777216");
        Should.Throw<ArgumentOutOfRangeException>(() => s_windows with { Periods = [int.MaxValue] }).Message.ShouldContain("Periods must be from 1");
        Should.Throw<ArgumentOutOfRangeException>(() => s_windows with { SeasonLags = [new(1 << 20, 1 << 20)] }).Message.ShouldContain("SeasonLags must be from 1");
        Should.Throw<SeriesDataException>(() => new DirectForecaster<MedianModel>(s_windows) { ValidationWindows = int.MaxValue }.Fit(set, 2)).Message.ShouldContain("it has 60 steps, so that 4294967294 cannot be held out");
        Should.Throw<SeriesDataException>(() => new ConformalForecaster(new Naive(), [0.5]) { Windows = int.MaxValue }.Fit(set, 2)).Message.ShouldContain("so that 4294967294 cannot be held out");
        Should.Throw<SeriesDataException>(() => Backtest.Run(set, [new Naive()], new BacktestOptions { Horizon = 4, Windows = 3, StepSize = 1 << 30 })).Message.ShouldContain("so that 2147483652 cannot be held out");
        Should.Throw<SeriesDataException>(() => Backtest.Run(set, [new Naive()], new BacktestOptions { Horizon = 4, Windows = int.MaxValue })).Message.ShouldContain("so that 8589934588 cannot be held out");
        new DirectForecaster<CovariateModel>(new WindowOptions { ContextLength = 8, Horizon = 2, PastStatics = [PastStatic.Trend(int.MaxValue), PastStatic.SeasonalError(int.MaxValue)] }) { Training = seed => new FitOptions { Epochs = 1, Seed = seed } }
            .Fit(set, 2).Predict(set).Count.ShouldBe(2);
    }
}
