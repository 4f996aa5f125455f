namespace RnnGen.Forecasting.Tests;

/// <summary>Forecasters that train declared models, in every way that a declaration forecasts a horizon at once.</summary>
public sealed class DirectForecasterTests
{
    private static readonly WindowOptions s_phases = new() { ContextLength = 24, Horizon = 6, Scaling = Scaling.MeanAbsolute, Periods = [12] };

    private static readonly WindowOptions s_seasons = new()
    {
        ContextLength = 12,
        Horizon = 6,
        HistoryLength = 48,
        Scaling = Scaling.Log.Then(Scaling.BestSeasonalDifferences(12, 24)).Then(Scaling.MeanAbsolutePower(0.5)),
        InputScaling = Scaling.Log.Then(Scaling.MeanOfLast(24)),
        SeasonLags = [new(12, 2)],
        PastStatics = [PastStatic.SeasonalError(12)],
    };

    [Fact]
    public void A_many_to_one_model_beats_the_last_value()
    {
        SeriesSet set = Seasons(8, 96);
        BacktestResult result = Backtest.Run(set, [new Naive(), Forecaster<DirectModel>(s_phases)], new BacktestOptions { Horizon = 6, Period = 12 });
        result.Winner.Name.ShouldBe(nameof(DirectModel));
    }

    [Fact]
    public void A_step_may_read_a_day()
    {
        TrainedForecaster<DayModel> trained = Forecaster<DayModel>(s_phases with { Periods = [] }, epochs: 1).Fit(Seasons(2, 60), 6);
        trained.Predict(Seasons(2, 60)).Count.ShouldBe(2);
    }

    [Fact]
    public void A_decoder_forecasts_the_horizon()
    {
        SeriesSet set = Seasons(8, 96);
        BacktestResult result = Backtest.Run(set, [new Naive(), Forecaster<DecodedModel>(s_phases)], new BacktestOptions { Horizon = 6, Period = 12 });
        result.Winner.Name.ShouldBe(nameof(DecodedModel));
    }

    /// <summary>What a decoder knows in advance halves its error where sales follow a plan; statics are given once.</summary>
    [Fact]
    public void Known_inputs_and_statics_have_their_places()
    {
        Random random = new(5);
        SeriesSet sales = new([.. Enumerable.Range(0, 8).Select(shop =>
        {
            double[] plan = [.. Enumerable.Range(0, 127).Select(_ => random.NextDouble() < 0.3 ? 1.0 : 0)];
            return new TimeSeries($"shop {shop}", (double[])[.. plan.Take(120).Select(planned => (50 + (10 * shop)) * (1 + (0.6 * planned)) * (0.97 + (0.06 * random.NextDouble())))]) { Known = plan, Statics = new[] { shop / 8.0 } };
        })], [], ["promotion"], ["size"]);
        WindowOptions windows = new() { ContextLength = 14, Horizon = 7, Scaling = Scaling.MeanAbsolute };
        BacktestResult result = Backtest.Run(sales, [Forecaster<PlannedModel>(windows), Forecaster<UnplannedModel>(windows)], new BacktestOptions { Horizon = 7, Windows = 2, Refit = false });
        ForecastScore with = result.Scores.Single(score => score.Name == nameof(PlannedModel)), without = result.Scores.Single(score => score.Name == nameof(UnplannedModel));
        with.Mase.ShouldBeLessThan(without.Mase / 2);

        SeriesSet plain = new(sales.Select(series => new TimeSeries(series.Id, series.Targets)));
        Should.Throw<SeriesDataException>(() => Forecaster<PlannedModel>(windows).Fit(plain, 7)).Message.ShouldContain("PlannedModel has 1 values that are given once, but windows of 14 + 7 steps need 0");
    }

    /// <summary>A model over context and horizon, with quantiles that are scaled back: they enclose what comes about as often as they say.</summary>
    [Fact]
    public void A_horizon_network_beats_the_seasonal_naive_forecast_with_intervals_that_hold()
    {
        SeriesSet set = WithStatics(Seasons(24, 120, growth: 0.004));
        BacktestResult result = Backtest.Run(
            set, [new SeasonalNaive(12), Forecaster<HorizonModel>(s_seasons, epochs: 12)], new BacktestOptions { Horizon = 6, Windows = 2, Refit = false, Period = 12, IntervalLevel = 0.8 });
        result.Winner.Name.ShouldBe(nameof(HorizonModel));
        result.Scores.Single(score => score.Name == nameof(HorizonModel)).Coverage.ShouldBeInRange(0.65, 0.95);
    }

    [Fact]
    public void A_distribution_has_quantiles_from_draws()
    {
        SeriesSet set = Seasons(4, 96);
        DirectForecaster<GaussianModel> forecaster = new(s_phases) { Training = Options(4), Levels = [0.1, 0.9], Paths = 50 };
        Forecast forecast = forecaster.Fit(set, 6).Predict(set)[0];
        (double[] lower, double[] upper) = forecast.Interval(0.8);
        lower.Zip(upper).ShouldAllBe(ends => ends.First < ends.Second);
        lower.Zip(forecast.Values.ToArray()).ShouldAllBe(ends => ends.First <= ends.Second);
        Should.Throw<ArgumentException>(() => new DirectForecaster<DirectModel>(s_phases) { Levels = [0.1, 0.9] }.Fit(set, 6)).Message.ShouldContain("The loss of DirectModel is not a distribution");
    }

    /// <summary>One model that draws has paths; several, whose quantiles are averaged, and corrected ones have none.</summary>
    [Fact]
    public void Paths_are_those_of_one_model()
    {
        SeriesSet set = Seasons(4, 96);
        DirectForecaster<GaussianModel> Of(int snapshots) => new(s_phases) { Training = Options(3), Levels = [0.1, 0.5, 0.9], Paths = 30, Snapshots = snapshots };
        foreach ((IForecaster forecaster, int paths) in (ReadOnlySpan<(IForecaster, int)>)
            [(Of(1), 30), (Of(2), 0), (new EnsembleForecaster(Of(1)), 30), (new EnsembleForecaster(Of(1), Of(1)), 0), (new ConformalForecaster(Of(1), [0.1, 0.5, 0.9]), 0)])
        {
            Forecast forecast = forecaster.Fit(set, 6).Predict(set)[0];
            forecast.Paths.Length.ShouldBe(6 * paths, forecaster.Name);
            forecast.Quantiles.Length.ShouldBe(18);
        }
    }

    /// <summary>A saved model needs nothing but its file: windows, scaling, features and names are in it.</summary>
    [Fact]
    public void A_saved_model_forecasts_alone()
    {
        SeriesSet set = WithStatics(Seasons(3, 96));
        TrainedForecaster<HorizonModel> trained = Forecaster<HorizonModel>(s_seasons, epochs: 1).Fit(set, 6);
        using MemoryStream file = new();
        trained.Models[0].Save(file);
        file.Position = 0;
        TrainedForecaster<HorizonModel> loaded = new(HorizonModel.Load(file));
        loaded.Horizon.ShouldBe(6);
        loaded.Windows.Scaling.ShouldBe(s_seasons.Scaling);
        loaded.Windows.InputScaling.ShouldBe(s_seasons.InputScaling);
        foreach ((Forecast mine, Forecast its) in trained.Predict(set).Zip(loaded.Predict(set)))
        {
            its.Values.ToArray().ShouldBe(mine.Values.ToArray());
            its.Quantiles.ToArray().ShouldBe(mine.Quantiles.ToArray());
            its.Levels.ShouldBe([0.1, 0.5, 0.9]);
        }

        Should.Throw<SeriesDataException>(() => loaded.Predict(Seasons(3, 96))).Message.ShouldContain("The statics of the series are none, but HorizonModel learned from 'size'");
        Should.Throw<ModelFileException>(() => new TrainedForecaster<HorizonModel>(new HorizonModel(1))).Message.ShouldContain("no recipe of forecasts");
        HorizonModel damaged = new(1);
        damaged.Metadata["forecast"] = trained.Models[0].Metadata["forecast"]!.Replace("SeasonalError(12)", "SeasonalError(x)", StringComparison.Ordinal);
        Should.Throw<ModelFileException>(() => new TrainedForecaster<HorizonModel>(damaged)).Message.ShouldContain("cannot be read");
    }

    /// <summary>Whatever a window may have comes back from the model's metadata.</summary>
    [Fact]
    public void Every_option_of_a_window_is_kept()
    {
        TimeAxis times = new(new DateTime(2024, 1, 1), Frequency.Hourly);
        SeriesSet set = new(Seasons(1, 60).Select(series => new TimeSeries(series.Id, series.Targets, times)));
        foreach (Scaling scaling in ScalingTests.All.Values)
        {
            WindowOptions options = s_phases with { Scaling = scaling };
            Kept<DirectModel>(options).Scaling.ShouldBe(scaling);
        }

        WindowOptions all = new() { ContextLength = 24, Horizon = 6, HistoryLength = 40, MissingInput = -1, Lags = [3], Periods = [], Calendar = [CalendarFeature.DayOfWeek], SeasonLags = [new(6, 1)], PastStatics = [PastStatic.Variation, PastStatic.SeasonalError(6), PastStatic.Trend(4)] };
        WindowOptions kept = Kept<WideModel>(all);
        (kept.ContextLength, kept.Horizon, kept.HistoryLength, kept.MissingInput, kept.InputScaling).ShouldBe((24, 6, 40, -1, null));
        kept.Lags.ShouldBe(all.Lags);
        kept.Periods.ShouldBe(all.Periods);
        kept.Calendar.ShouldBe(all.Calendar);
        kept.SeasonLags.ShouldBe(all.SeasonLags);
        kept.PastStatics.ShouldBe(all.PastStatics);

        WindowOptions Kept<TModel>(WindowOptions options)
            where TModel : IRnnModel<TModel, float, float, float> => new TrainedForecaster<TModel>(Forecaster<TModel>(options, epochs: 1).Fit(set, 6).Models[0]).Windows;
    }

    /// <summary>Nothing after the end of the history has a part in a forecast, though it is there.</summary>
    [Fact]
    public void Nothing_of_the_future_has_a_part()
    {
        SeriesSet whole = WithStatics(Seasons(3, 96)), known = whole.WithoutLast(6);
        SeriesSet perturbed = new([.. whole.Select(series => new TimeSeries(series.Id, (double[])[.. series.Targets.ToArray().Select((value, t) => t < 90 ? value : 1000 - value)]) { Statics = series.Statics })], [], [], ["size"]);
        double[] Values(SeriesSet set)
        {
            TrainedForecaster<HorizonModel> trained = Forecaster<HorizonModel>(s_seasons, epochs: 1).Fit(set.WithoutLast(6), 6);
            return [.. trained.Predict(set.WithoutLast(6)).SelectMany(forecast => forecast.Quantiles.ToArray())];
        }

        Values(perturbed).ShouldBe(Values(whole));
        Values(whole).ShouldNotBe([.. Forecaster<HorizonModel>(s_seasons, epochs: 1).Fit(known, 6).Predict(whole).SelectMany(forecast => forecast.Quantiles.ToArray())]);
    }

    [Fact]
    public void Missing_targets_are_masked_or_an_error()
    {
        SeriesSet set = new(Seasons(3, 96).Select(series => new TimeSeries(series.Id, (double[])[.. series.Targets.ToArray().Select((value, t) => t % 7 == 3 ? double.NaN : value)])));
        foreach (Forecast forecast in Forecaster<DirectModel>(s_phases, epochs: 1).Fit(set, 6).Predict(set))
        {
            forecast.Values.ToArray().ShouldAllBe(value => double.IsFinite(value));
        }

        Should.Throw<SeriesDataException>(() => Forecaster<DayModel>(s_phases with { Periods = [] }, epochs: 1).Fit(set, 6)).Message.ShouldContain("declare MaskedTargets = true for DayModel");

        // The compiler masks no targets of decoders.
        SeriesDataException decoder = Should.Throw<SeriesDataException>(() => Forecaster<DecodedModel>(s_phases, epochs: 1).Fit(set, 6));
        decoder.Message.ShouldContain("an encoder-decoder such as DecodedModel takes none. Fill the missing values, leave the series out, or declare another architecture");
        decoder.Message.ShouldNotContain("for DecodedModel");
    }

    [Fact]
    public void Another_declaration_is_an_error_that_says_what_fits()
    {
        SeriesSet set = Seasons(2, 96);
        Should.Throw<SeriesDataException>(() => Forecaster<DirectModel>(s_phases with { Lags = [1] }).Fit(set, 6)).Message
            .ShouldContain("DirectModel reads 3 values at each step, but a window has 4: target, lag1, Phase12Sin, Phase12Cos. Declare InputSize = 4");
        Should.Throw<SeriesDataException>(() => Forecaster<DirectModel>(s_phases with { Horizon = 5 }).Fit(set, 5)).Message.ShouldContain("DirectModel has 6 outputs of a window, but windows of 24 + 5 steps need 5");
        Should.Throw<SeriesDataException>(() => Forecaster<DirectModel>(s_phases with { ContextLength = 25 }).Fit(set, 6)).Message.ShouldContain("SequenceLength");
        Should.Throw<ArgumentException>(() => Forecaster<DirectModel>(s_phases).Fit(set, 7)).Message.ShouldContain("a horizon of 6 steps, not 7");
    }

    [Fact]
    public void A_training_starts_from_another_and_keeps_snapshots()
    {
        SeriesSet set = Seasons(3, 96);
        TrainedForecaster<DirectModel> first = Forecaster<DirectModel>(s_phases, epochs: 2).Fit(set, 6);
        DirectForecaster<DirectModel> again = new(s_phases) { Training = seed => new FitOptions { Epochs = 3, Optimizer = new Sgd(1e-6), Seed = seed }, Start = first.Models[0], Snapshots = 3, ValidationWindows = 1 };
        TrainedForecaster<DirectModel> second = again.Fit(set, 6);
        second.Models.Count.ShouldBe(3);
        second.Predict(set)[1].Values.Span[2].ShouldBe(first.Predict(set)[1].Values.Span[2], 0.5);
        second.Models[1].Parameters.ToArray().ShouldNotBe(second.Models[0].Parameters.ToArray());
    }

    /// <summary>Three epochs make three models; with the best epoch first, the others are other epochs.</summary>
    [Fact]
    public void Each_snapshot_is_a_model_of_its_own_epoch()
    {
        SeriesSet set = Seasons(3, 96);
        foreach (int snapshots in (int[])[3, 4, 9])
        {
            Distinct(new(s_phases) { Training = Options(3), Snapshots = snapshots }, 3);
        }

        Distinct(new(s_phases) { Training = Options(4), Snapshots = 3 }, 3);
        List<int> epochs = [];
        Distinct(new(s_phases)
        {
            Training = seed => new FitOptions { Epochs = 40, Patience = 2, Seed = seed, Optimizer = new Adam(0.3), Callbacks = [new CountCallback(epochs)] },
            Snapshots = 3,
            ValidationWindows = 1,
        }, 3);
        epochs.Count.ShouldBeLessThan(40);

        void Distinct(DirectForecaster<DirectModel> forecaster, int models)
        {
            string[] parameters = [.. forecaster.Fit(set, 6).Models.Select(model => string.Join(" ", model.Parameters.ToArray()))];
            parameters.Length.ShouldBe(models);
            parameters.ShouldBeUnique();
        }
    }

    /// <summary>A series that is all held out is not learned from, as one that is too short for a window is not; a set of such series is an error.</summary>
    [Fact]
    public void Short_series_are_left_out_of_a_training_with_validation()
    {
        SeriesSet whole = Seasons(3, 96), mixed = new([.. whole, new TimeSeries("short", new double[] { 1, 2, 3 }), new TimeSeries("empty", Array.Empty<double>())]);
        foreach (int held in (int[])[0, 2])
        {
            DirectForecaster<DirectModel> forecaster = new(s_phases) { Training = Options(1), ValidationWindows = held };
            forecaster.Fit(mixed, 6).Models[0].Parameters.ToArray().ShouldBe(forecaster.Fit(whole, 6).Models[0].Parameters.ToArray());
        }

        Should.Throw<SeriesDataException>(() => new DirectForecaster<DirectModel>(s_phases) { ValidationWindows = 2 }.Fit(new SeriesSet([mixed["short"]]), 6)).Message.ShouldContain("it has 3 steps, so that 12 cannot be held out");
        Should.Throw<InvalidOperationException>(() => new DirectForecaster<DirectModel>(s_phases) { Training = _ => null! }.Fit(whole, 6)).Message.ShouldContain("Training of 'DirectModel' returned null");
    }

    private sealed class CountCallback(List<int> epochs) : TrainingCallback
    {
        public override void OnEpochEnded(EpochResult epoch) => epochs.Add(epoch.Epoch);
    }

    /// <summary>What is drawn for a series does not depend on its place in the set.</summary>
    [Fact]
    public void Draws_of_a_series_are_its_own()
    {
        SeriesSet set = Seasons(3, 96);
        TrainedForecaster<GaussianModel> trained = new DirectForecaster<GaussianModel>(s_phases) { Training = Options(1), Levels = [0.1, 0.9], Paths = 20 }.Fit(set, 6);
        double[] among = trained.Predict(set)[2].Paths.ToArray();
        trained.Predict(new SeriesSet([set[2]]))[0].Paths.ToArray().ShouldBe(among);
        trained.Predict(new SeriesSet([new TimeSeries("other", set[2].Targets)]))[0].Paths.ToArray().ShouldNotBe(among);
    }

    [Fact]
    public void An_ensemble_combines_its_members()
    {
        SeriesSet set = Seasons(3, 96);
        DirectForecaster<DirectModel>[] members = [.. Enumerable.Range(1, 3).Select(seed => new DirectForecaster<DirectModel>(s_phases) { Seed = seed, Training = Options(1) })];
        double[] each = [.. members.Select(member => member.Fit(set, 6).Predict(set)[1].Values.Span[4])];
        double Of(EnsembleForecaster ensemble) => ensemble.Fit(set, 6).Predict(set)[1].Values.Span[4];
        Of(new(members)).ShouldBe(each.Average(), 1e-9);
        Of(new(members) { Weights = [2, 1, 1] }).ShouldBe(((2 * each[0]) + each[1] + each[2]) / 4, 1e-9);
        Of(new(members) { Combination = Combination.Median, Threads = 2 }).ShouldBe(each.Order().ElementAt(1));
        Of(new(members) { Combination = Combination.Median, Weights = [5, 1, 1] }).ShouldBe(each[0]);
        Of(new(members[..2]) { Combination = Combination.Median }).ShouldBe((each[0] + each[1]) / 2, 1e-9);
        Of(new(members) { Weights = [1e308, 1e308, 1e308] }).ShouldBe(each.Average(), 1e-9);
        Of(new(members) { Combination = Combination.Median, Weights = [1e308, 1e308, 1e308] }).ShouldBe(each.Order().ElementAt(1));
        Should.Throw<ArgumentException>(() => new EnsembleForecaster(members) { Weights = [1, 0, 1] });
        Should.Throw<ArgumentException>(() => new EnsembleForecaster(members[0], null!)).Message.ShouldContain("Member 1 is null.");
        Should.Throw<ArgumentException>(() => new TrainedEnsemble(null!, members[0].Fit(set, 6)));
        Should.Throw<ArgumentOutOfRangeException>(() => new EnsembleForecaster(members) { Combination = (Combination)7 });
        Should.Throw<SeriesDataException>(() => Of(new(members[0], new SeasonalNaive(12) { Levels = [0.1, 0.9] }))).Message.ShouldContain("member 1 has the quantiles (0.1, 0.9), and that of member 0 has");
    }

    private static DirectForecaster<TModel> Forecaster<TModel>(WindowOptions windows, int epochs = 20)
        where TModel : IRnnModel<TModel, float, float, float> => new(windows) { Seed = 1, Training = Options(epochs) };

    private static Func<int, FitOptions> Options(int epochs) => seed => new FitOptions { Epochs = epochs, Seed = seed, Optimizer = new Adam(1e-2) { ClipNorm = 1 } };

    /// <summary>Levels that differ a hundredfold, with a season of 12 steps and noise, some of them growing.</summary>
    internal static SeriesSet Seasons(int count, int length, double growth = 0)
    {
        Random random = new(3);
        return new(Enumerable.Range(0, count).Select(i =>
        {
            double level = Math.Pow(10, 1 + (2 * random.NextDouble())), rate = growth * (i % 3);
            return new TimeSeries($"s{i}", (double[])[.. Enumerable.Range(0, length).Select(t => level * Math.Exp(rate * t) * (1 + (0.5 * Math.Sin(t * Math.Tau / 12)) + (0.1 * (random.NextDouble() - 0.5))))]);
        }));
    }

    private static SeriesSet WithStatics(SeriesSet set) => new([.. set.Select((series, i) => new TimeSeries(series.Id, series.Targets) { Statics = new double[] { i % 3 } })], [], [], ["size"]);
}
