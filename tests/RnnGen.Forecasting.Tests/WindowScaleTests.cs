namespace RnnGen.Forecasting.Tests;

/// <summary>Windows whose past has no scale: missing values, zeros, constants. None of them is learned from or forecast in raw units.</summary>
public sealed class WindowScaleTests
{
    private static readonly WindowOptions s_windows = new() { ContextLength = 12, Horizon = 2, Scaling = Scaling.MeanAbsolute }, s_steps = new() { ContextLength = 8, Horizon = 2, Scaling = Scaling.MeanAbsolute };

    // Zeros, and a sale on one day of seven: many a context has none.
    private static readonly SeriesSet s_intermittent = new(Enumerable.Range(0, 4).Select(i =>
    {
        Random random = new(i);
        return new TimeSeries($"s{i}", (double[])[.. Enumerable.Range(0, 90).Select(t => t is > 4 and < 76 && random.NextDouble() < 0.15 ? 1 + (9 * random.NextDouble()) : 0)]);
    }));

    private static readonly Dictionary<string, Scaling> s_offsets = ((Scaling[])
    [
        Scaling.MeanAbsolute, Scaling.StandardScore, Scaling.LastValue.Then(Scaling.StandardScore), Scaling.LastValue.Then(Scaling.MeanAbsolute), Scaling.SeasonalDifferences(4).Then(Scaling.MeanAbsolute),
    ]).ToDictionary(scaling => scaling.ToString());

    public static TheoryData<string> Scalings => [.. ScalingTests.All.Keys.Except(["None", "Log"])];

    /// <summary>The same series in units a power of two apart has the same forecast to the last bit, and in others the same error.</summary>
    [Fact]
    public void Units_do_not_matter()
    {
        IForecaster[] forecasters = [Direct(s_windows), new AutoregressiveForecaster<NormalPathModel>(s_steps) { Paths = 20, Training = Options(2) }, new RidgeLags(8) { Levels = [0.1, 0.5, 0.9] }];
        foreach (IForecaster forecaster in forecasters)
        {
            foreach (double unit in (double[])[1024, 131072])
            {
                SeriesSet other = In(s_intermittent, unit);
                foreach ((Forecast mine, Forecast its) in forecaster.Fit(s_intermittent, 2).Predict(s_intermittent).Zip(forecaster.Fit(other, 2).Predict(other)))
                {
                    its.Values.ToArray().ShouldBe(mine.Values.ToArray().Select(value => value * unit), forecaster.Name);
                    its.Quantiles.ToArray().ShouldBe(mine.Quantiles.ToArray().Select(value => value * unit), forecaster.Name);
                    its.Paths.ToArray().ShouldBe(mine.Paths.ToArray().Select(value => value * unit), forecaster.Name);
                }
            }

            double[] errors = [.. ((double[])[1, 1e3, 1e5]).Select(unit => Backtest.Run(In(s_intermittent, unit), [forecaster], new BacktestOptions { Horizon = 2, Windows = 10, Refit = false }).Scores[0].Mase)];
            errors.ShouldAllBe(error => Math.Abs(error - errors[0]) < 1e-3 * errors[0], forecaster.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Scalings))]
    public void A_past_of_missing_values_has_the_scale_of_the_whole_history(string name)
    {
        Scaling scaling = ScalingTests.All[name];
        double[] values = [.. Enumerable.Range(0, 40).Select(t => t < 28 ? 1e5 * (1 + (0.2 * Math.Sin(t)) + (0.01 * t)) : double.NaN)];
        WindowReader reader = ForecastWindows.Latest(SeriesSet.FromArrays(["a"], [values]), s_windows with { Scaling = scaling }).CreateReader();
        reader.Read(0);
        WindowScaler whole = scaling.Create(40, 2);
        whole.Fit(values);
        reader.Scaler.HasScale.ShouldBeTrue();
        foreach (double scaled in (double[])[-1, 0, 0.5])
        {
            reader.Scaler.Invert(scaled, 1).ShouldBe(whole.Invert(scaled, 1));
        }

        reader.Scaler.Context.ToArray().ShouldBe(whole.Context[^12..].ToArray());
        reader.Scaler.Scale(9e4, 1).ShouldBe(whole.Scale(9e4, 1));
    }

    [Fact]
    public void A_forecast_after_missing_values_has_the_size_of_the_series()
    {
        SeriesSet set = In(DirectForecasterTests.Seasons(2, 60), 1000), gap = new(set.Select(series => new TimeSeries(series.Id, (double[])[.. series.Targets.ToArray().Select((value, t) => t < 45 ? value : double.NaN)])));
        foreach (WindowOptions windows in (WindowOptions[])[s_windows, s_windows with { Scaling = Scaling.LastValue.Then(Scaling.StandardScore), InputScaling = Scaling.StandardScore }])
        {
            foreach ((Forecast forecast, TimeSeries series) in Direct(windows).Fit(set, 2).Predict(gap).Zip(set))
            {
                double largest = series.Targets.ToArray().Max(), smallest = series.Targets.ToArray().Min();
                forecast.Values.ToArray().ShouldAllBe(value => value > 0.3 * smallest && value < 2 * largest);
            }
        }
    }

    /// <summary>A gap in a series of 1e5 makes no target of 1e5, and windows before the first known value are left out.</summary>
    [Theory]
    [MemberData(nameof(Scalings))]
    public void Windows_to_learn_from_have_a_scale(string name)
    {
        WindowOptions options = s_windows with { Scaling = ScalingTests.All[name], InputScaling = Scaling.StandardScore, Lags = [3] };
        double[] values = [.. Enumerable.Range(0, 90).Select(t => t is < 16 or (>= 40 and < 62) ? double.NaN : 1 + (0.3 * Math.Sin(t)))];
        SeriesSet set = SeriesSet.FromArrays(["first", "second"], [[.. Enumerable.Range(0, 30).Select(t => 1 + (0.1 * (t % 5)))], [.. values]]), large = In(set, 1 << 20);
        ForecastWindows windows = ForecastWindows.Create(set, options), others = ForecastWindows.Create(large, options);
        windows.Count.ShouldBeLessThan(ForecastWindows.Create(set, options with { Scaling = Scaling.None, InputScaling = null }).Count);
        others.Count.ShouldBe(windows.Count);
        windows.ToSequences<float>().Count().ShouldBe(windows.Count);
        (int series, int origin) before = (-1, -1);
        WindowReader reader = windows.CreateReader(), other = others.CreateReader();
        for (int window = 0; window < windows.Count; window++)
        {
            reader.Read(window);
            other.Read(window);
            reader.Scaler.HasScale.ShouldBeTrue();
            reader.InputScaler.HasScale.ShouldBeTrue();
            (other.Series.Id, other.Origin).ShouldBe((reader.Series.Id, reader.Origin));
            (int, int) place = (reader.Series.Id == "first" ? 0 : 1, reader.Origin);
            place.CompareTo(before).ShouldBeGreaterThan(0);
            before = place;
            other.Past.ToArray().ShouldBe(reader.Past.ToArray(), 1e-6);
        }

        before.ShouldBe((1, 88));
        Should.Throw<ArgumentOutOfRangeException>(() => windows[windows.Count]);
    }

    /// <summary>A scale that is not in the window's past comes from before its origin.</summary>
    [Fact]
    public void Nothing_of_the_future_leaks()
    {
        WindowOptions options = s_steps with { Scaling = Scaling.LastValue.Then(Scaling.MeanAbsolute), InputScaling = Scaling.StandardScore };
        ForecastWindows windows = ForecastWindows.Create(s_intermittent, options);
        WindowReader reader = windows.CreateReader();
        int longer = 0;
        for (int window = 0; window < windows.Count; window++)
        {
            reader.Read(window);
            TimeSeries series = reader.Series;
            int origin = reader.Origin;
            double[] changed = [.. series.Targets.ToArray().Select((value, t) => t < origin ? value : 1000 - value)], past = changed[(origin - 8)..origin];
            longer += past.Distinct().Count() == 1 ? 1 : 0;
            WindowReader latest = ForecastWindows.Latest(new SeriesSet([new TimeSeries(series.Id, changed).Until(origin)]), options).CreateReader();
            latest.Read(0);
            latest.Past.ToArray().ShouldBe(reader.Past.ToArray());
            latest.Scaler.Invert(0.5, 1).ShouldBe(reader.Scaler.Invert(0.5, 1));
            latest.InputScaler.Invert(0.5, 1).ShouldBe(reader.InputScaler.Invert(0.5, 1));
        }

        longer.ShouldBeGreaterThan(20);
    }

    /// <summary>Where the whole history has a scale of 0, the forecast is what the scaling subtracts, at every level and in every path, in any unit.</summary>
    [Theory]
    [InlineData("MeanAbsolute", 0, 0)]
    [InlineData("StandardScore", 3, 0)]
    [InlineData("LastValue, then StandardScore", 0.1, 0)]
    [InlineData("LastValue, then MeanAbsolute", 1e5, 0)]
    [InlineData("SeasonalDifferences(4), then MeanAbsolute", 1e5, 1)]
    public void A_history_without_a_scale_is_forecast_as_its_offset(string scaling, double level, double season)
    {
        SeriesSet set = DirectForecasterTests.Seasons(3, 60);
        double[] constant = [.. Enumerable.Range(0, 40).Select(t => season == 0 && t is (31 or 36) ? double.NaN : level * (1 + (season * (t % 4))))], expected = [level, level * (1 + season)];
        SeriesSet odd = new([set[0], new TimeSeries("odd", constant), new TimeSeries("short", constant.AsMemory(0, 13))]);
        WindowOptions direct = s_windows with { Scaling = s_offsets[scaling], InputScaling = Scaling.StandardScore }, steps = s_steps with { Scaling = s_offsets[scaling] };
        IForecaster path = new AutoregressiveForecaster<NormalPathModel>(steps) { Paths = 5, Training = Options(1) };
        IForecaster[] forecasters =
        [
            Direct(direct), path, new RidgeLags(8) { Scaling = s_offsets[scaling], Levels = [0.1, 0.5, 0.9] }, new EnsembleForecaster(Direct(direct), Direct(direct)),
            new ConformalForecaster(Direct(direct), [0.2, 0.5, 0.8]), new ConformalForecaster(new EnsembleForecaster(path, path), [0.2, 0.5, 0.8]),
        ];
        foreach (IForecaster forecaster in forecasters)
        {
            IReadOnlyList<Forecast> forecasts = forecaster.Fit(set, 2).Predict(odd);
            for (int step = 0; step < 2; step++)
            {
                forecasts[1].Values.Span[step].ShouldBe(expected[step], 1e-12 * level, forecaster.Name);
                forecasts[1].Quantiles.ToArray()[(step * forecasts[1].Levels.Count)..((step + 1) * forecasts[1].Levels.Count)].ShouldAllBe(value => Math.Abs(value - expected[step]) <= 1e-12 * level);
                forecasts[1].Paths.ToArray().Where((_, i) => i % 2 == step).ShouldAllBe(value => Math.Abs(value - expected[step]) <= 1e-12 * level);
            }

            forecasts[0].Quantile(0.8)[0].ShouldBeGreaterThan(forecasts[0].Quantile(0.2)[0]);
            (forecasts[1].Paths.Length > 0).ShouldBe(forecaster == path);
        }
    }

    [Fact]
    public void Nothing_to_measure_is_an_error_that_names_the_series()
    {
        SeriesSet set = DirectForecasterTests.Seasons(2, 60);
        TimeAxis times = new(new DateTime(2024, 1, 1), Frequency.Daily);
        SeriesSet unknown = new([new TimeSeries("odd", Enumerable.Repeat(double.NaN, 20).ToArray(), times)]), brief = new([new TimeSeries("odd", new double[] { 1, 2, 3 }, times)]);
        WindowOptions seasons = s_windows with { Scaling = Scaling.SeasonalDifferences(4).Then(Scaling.MeanAbsolute) };
        foreach (IForecaster forecaster in (IForecaster[])[Direct(seasons), Direct(s_windows with { InputScaling = seasons.Scaling }), new RidgeLags(4) { Scaling = seasons.Scaling }])
        {
            ITrainedForecaster trained = forecaster.Fit(set, 2);
            SeriesDataException error = Should.Throw<SeriesDataException>(() => trained.Predict(unknown));
            error.Message.ShouldBe("Series 'odd' at 2024-01-21: no value of its history is known, so that nothing can be forecast. Give it known values, or leave it out.");
            error = Should.Throw<SeriesDataException>(() => trained.Predict(brief));
            (error.Series, error.Time).ShouldBe(("odd", new DateTime(2024, 1, 4)));
            error.Message.ShouldContain("the scaling SeasonalDifferences(4), then MeanAbsolute finds nothing to measure in the 3 steps of its history");
        }

        SeriesSet zeros = SeriesSet.FromArrays(["a"], [new double[60]]);
        Should.Throw<SeriesDataException>(() => Direct(s_windows).Fit(zeros, 2)).Message.ShouldContain("No window has a scale");
        new RidgeLags(4) { PerSeries = true }.Fit(zeros, 2).Predict(zeros)[0].Values.ToArray().ShouldBe([0, 0]);
        new RidgeLags(4).Fit(zeros, 2).Predict(zeros)[0].Values.ToArray().ShouldBe([0, 0]);
    }

    /// <summary>A season that the past of a window does not have is an error where the forecaster or the windows are made, and in a file.</summary>
    [Fact]
    public void A_past_shorter_than_a_season_is_an_error()
    {
        WindowOptions windows = s_windows with { Scaling = Scaling.Log.Then(Scaling.BestSeasonalDifferences(4, 13)) };
        SeriesSet set = DirectForecasterTests.Seasons(2, 60);
        const string message = "WindowOptions.Scaling is Log, then BestSeasonalDifferences(4, 13), which needs a past of 13 steps, but that of a window has 12. Set HistoryLength to 13 or more";
        Should.Throw<ArgumentException>(() => new DirectForecaster<MedianModel>(windows)).Message.ShouldContain(message);
        Should.Throw<ArgumentException>(() => new AutoregressiveForecaster<NormalPathModel>(windows)).Message.ShouldContain(message);
        Should.Throw<ArgumentException>(() => ForecastWindows.Create(set, windows)).Message.ShouldContain(message);
        Should.Throw<ArgumentException>(() => ForecastWindows.Latest(set, windows)).Message.ShouldContain(message);
        Should.Throw<ArgumentException>(() => ForecastWindows.Create(set, s_windows with { InputScaling = Scaling.SeasonalDifferences(13) })).Message.ShouldContain("WindowOptions.InputScaling is SeasonalDifferences(13)");
        Should.Throw<ArgumentException>(() => new RidgeLags(12) { Scaling = Scaling.SeasonalDifferences(13) }.Fit(set, 2)).Message.ShouldContain("Scaling is SeasonalDifferences(13), which needs 13 values, but Lags is 12");
        ForecastWindows.Create(set, windows with { HistoryLength = 13 }).Count.ShouldBeGreaterThan(0);
        ForecastWindows.Create(set, windows with { Lags = [1] }).Count.ShouldBeGreaterThan(0);

        MedianModel model = Direct(s_windows).Fit(set, 2).Models[0];
        model.Metadata["forecast"] = model.Metadata["forecast"]!.Replace("\"MeanAbsolute\"", "\"SeasonalDifferences(13)\"", StringComparison.Ordinal);
        Should.Throw<ModelFileException>(() => new TrainedForecaster<MedianModel>(model)).Message.ShouldContain("needs a past of 13 steps");
    }

    private static SeriesSet In(SeriesSet set, double unit) => new(set.Select(series => new TimeSeries(series.Id, (double[])[.. series.Targets.ToArray().Select(value => value * unit)])));

    private static DirectForecaster<MedianModel> Direct(WindowOptions windows) => new(windows) { Training = Options(2) };

    private static Func<int, FitOptions> Options(int epochs) => seed => new FitOptions { Epochs = epochs, Seed = seed, Optimizer = new Adam(1e-2) { ClipNorm = 1 } };
}
