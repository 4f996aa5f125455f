using System.Text.Json.Nodes;

namespace RnnGen.Forecasting.Tests;

/// <summary>What a model's file says of its forecasts, and what does not fit it.</summary>
public sealed class RecipeTests
{
    private static readonly WindowOptions s_windows = new() { ContextLength = 12, Horizon = 2, Scaling = Scaling.MeanAbsolute };

    private static readonly SeriesSet s_hourly = Timed(Frequency.Hourly);

    private static readonly MedianModel s_model = Fit<MedianModel>(s_windows).Models[0];

    [Fact]
    public void Models_of_other_windows_are_not_wrapped_together()
    {
        MedianModel other = Fit<MedianModel>(s_windows with { Scaling = Scaling.LastValue.Then(Scaling.StandardScore) }).Models[0];
        Should.Throw<ArgumentException>(() => new TrainedForecaster<MedianModel>(s_model, s_model, other)).Message
            .ShouldContain("Model 2 was trained otherwise than model 0: Scaling (\"MeanAbsolute\" and \"LastValue, then StandardScore\"). Wrap each of them, and combine the forecasters in a TrainedEnsemble.");
        new TrainedForecaster<MedianModel>(s_model, s_model).Predict(s_hourly).Count.ShouldBe(2);
    }

    /// <summary>Every part of the recipe has a part in the forecast.</summary>
    [Theory]
    [InlineData("\"HistoryLength\":0", "\"HistoryLength\":40", "HistoryLength (0 and 40)")]
    [InlineData("\"MissingInput\":0", "\"MissingInput\":1", "MissingInput (0 and 1)")]
    [InlineData("\"Statics\":[]", "\"Statics\":[\"size\"]", "Statics ([] and [\"size\"])")]
    [InlineData("\"Paths\":200", "\"Paths\":100", "Paths (200 and 100)")]
    [InlineData("\"Horizon\":2", "\"Horizon\":2,\"Correction\":{\"Levels\":[0.5],\"Shifts\":[1,2]}", "Correction (none and")]
    [InlineData("\"Ticks\":36000000000", "\"Ticks\":864000000000", "Frequency (")]
    public void The_whole_recipe_is_compared(string text, string other, string message) =>
        Should.Throw<ArgumentException>(() => new TrainedForecaster<MedianModel>(s_model, With(text, other))).Message.ShouldContain(message);

    [Fact]
    public void Levels_are_those_that_the_model_was_trained_with()
    {
        Should.Throw<ModelFileException>(() => new TrainedForecaster<UnevenModel>(Loaded(s_model.Save, static file => UnevenModel.Load(file)))).Message
            .ShouldContain("UnevenModel was trained with quantiles of the levels 0.1, 0.5, 0.9, but it declares 0.1, 0.2, 0.9");
        new TrainedForecaster<UsualModel>(Loaded(s_model.Save, static file => UsualModel.Load(file))).Predict(s_hourly)[0].Levels.ShouldBe([0.1, 0.5, 0.9]);
    }

    /// <summary>Parameters of one distribution say nothing of another, though the file has the same tensors.</summary>
    [Fact]
    public void The_loss_is_that_which_the_model_was_trained_with()
    {
        NormalModel normal = Fit<NormalModel>(s_windows).Models[0];
        Should.Throw<ModelFileException>(() => new TrainedForecaster<LaplaceModel>(Loaded(normal.Save, static file => LaplaceModel.Load(file)))).Message
            .ShouldBe("LaplaceModel was trained with the loss Gaussian, but it declares Laplace, which reads other forecasts from its outputs; declare the loss that it was trained with, or train it again.");
        Should.Throw<ModelFileException>(() => new TrainedForecaster<SpreadModel>(Loaded(normal.Save, static file => SpreadModel.Load(file)))).Message
            .ShouldContain("SpreadModel was trained with the loss Gaussian, but it declares SpreadLoss, equations with hash ");
        Should.Throw<ModelFileException>(() => new TrainedForecaster<CountModel>(Loaded(Fit<PointModel>(s_windows).Models[0].Save, static file => CountModel.Load(file)))).Message
            .ShouldContain("CountModel was trained with the loss MeanAbsoluteError, but it declares Poisson");
        Should.Throw<ModelFileException>(() => new TrainedForecaster<FlooredModel>(Loaded(Fit<SpreadModel>(s_windows).Models[0].Save, static file => FlooredModel.Load(file)))).Message
            .ShouldContain(", floor = 0.5, which reads other forecasts");
        new TrainedForecaster<NormalModel>(Loaded(normal.Save, static file => NormalModel.Load(file))).Predict(s_hourly).Count.ShouldBe(2);

        // A training may begin with them: afterwards the outputs are the new loss's.
        LaplaceModel again = Fit(s_windows, Loaded(normal.Save, static file => LaplaceModel.Load(file))).Models[0];
        new TrainedForecaster<LaplaceModel>(Loaded(again.Save, static file => LaplaceModel.Load(file))).Predict(s_hourly).Count.ShouldBe(2);
    }

    /// <summary>Outputs that are forecasts themselves stay so, whatever the loss of a next training.</summary>
    [Fact]
    public void Forecasts_themselves_may_have_another_loss()
    {
        TrainedForecaster<PointModel> trained = Fit<PointModel>(s_windows);
        new TrainedForecaster<HuberModel>(Loaded(trained.Models[0].Save, static file => HuberModel.Load(file))).Predict(s_hourly)[0].Values.ToArray().ShouldBe(trained.Predict(s_hourly)[0].Values.ToArray());
    }

    [Fact]
    public void Series_of_another_frequency_are_an_error()
    {
        TrainedForecaster<MedianModel> trained = new(s_model);
        Should.Throw<SeriesDataException>(() => trained.Predict(Timed(Frequency.Daily))).Message.ShouldContain("The series have steps of 1 day, but MedianModel learned from steps of 1 hour");
        trained.Predict(Timed(null))[1].Values.ToArray().ShouldBe(trained.Predict(s_hourly)[1].Values.ToArray());

        MedianModel monthly = With("\"Frequency\":{\"Months\":0,\"Ticks\":36000000000}", "\"Frequency\":{\"Months\":3,\"Ticks\":0}");
        new TrainedForecaster<MedianModel>(monthly).Predict(Timed(Frequency.Quarterly)).Count.ShouldBe(2);
        Should.Throw<SeriesDataException>(() => new TrainedForecaster<MedianModel>(monthly).Predict(s_hourly)).Message.ShouldContain("learned from steps of 3 months");
    }

    /// <summary>The hour of the day is that of the zone that was learned.</summary>
    [Fact]
    public void Calendars_of_another_zone_are_an_error()
    {
        WindowOptions calendar = new() { ContextLength = 28, Horizon = 7, Calendar = [CalendarFeature.HourOfDay] };
        TimeZoneInfo berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), tokyo = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");
        TrainedForecaster<Weather> Fit(SeriesSet set) => new DirectForecaster<Weather>(calendar) { Training = seed => new FitOptions { Epochs = 1, Seed = seed } }.Fit(set, 7);
        SeriesSet learned = In(DateTimeKind.Utc, berlin);
        Weather model = Fit(learned).Models[0];
        TrainedForecaster<Weather> loaded = new(Loaded(model.Save, static file => Weather.Load(file)));
        loaded.Predict(learned).Count.ShouldBe(2);
        Should.Throw<SeriesDataException>(() => loaded.Predict(In(DateTimeKind.Utc, tokyo))).Message
            .ShouldBe("Series 's0': its calendar is that of the zone Asia/Tokyo, but Weather learned the calendar of Europe/Berlin; read the times with that zone (SeriesOptions.TimeZone), or train a model for this one.");
        Should.Throw<SeriesDataException>(() => loaded.Predict(In(DateTimeKind.Utc, null))).Message.ShouldContain("is that of the zone UTC, but Weather learned the calendar of Europe/Berlin");
        Should.Throw<SeriesDataException>(() => Fit(In(DateTimeKind.Utc, null)).Predict(learned)).Message.ShouldContain("is that of the zone Europe/Berlin, but Weather learned the calendar of UTC");

        // Times without a zone may be those of any, and so may those of a file that does not say; a model that reads no calendar does not ask.
        loaded.Predict(In(DateTimeKind.Unspecified, null)).Count.ShouldBe(2);
        Fit(In(DateTimeKind.Unspecified, null)).Predict(learned).Count.ShouldBe(2);
        new TrainedForecaster<MedianModel>(s_model).Predict(In(DateTimeKind.Utc, tokyo)).Count.ShouldBe(2);
        JsonObject recipe = JsonNode.Parse(model.Metadata["forecast"]!)!.AsObject();
        recipe.Remove("Zones").ShouldBeTrue();
        Weather older = new(1);
        older.SetParameters(model.Parameters);
        older.Metadata["forecast"] = recipe.ToJsonString();
        new TrainedForecaster<Weather>(older).Predict(In(DateTimeKind.Utc, tokyo)).Count.ShouldBe(2);
        Should.Throw<SeriesDataException>(() => new TrainedForecaster<Weather>(older, model).Predict(In(DateTimeKind.Utc, tokyo))).Message.ShouldContain("Europe/Berlin");

        static SeriesSet In(DateTimeKind kind, TimeZoneInfo? zone) =>
            new(DirectForecasterTests.Seasons(2, 60).Select(series => new TimeSeries(series.Id, series.Targets, new TimeAxis(new DateTime(2024, 1, 1, 0, 0, 0, kind), Frequency.Hourly, zone))));
    }

    /// <summary>Whether missing inputs were chosen is part of the recipe: a blank in the horizon is read as that, and is an error otherwise.</summary>
    [Fact]
    public void Missing_inputs_are_read_as_in_the_training()
    {
        SeriesSet blank = new([new TimeSeries("a", s_hourly[0].Targets) { Known = (double[])[.. Enumerable.Range(0, 62).Select(static t => t < 61 ? t : double.NaN)] }], [], ["price"], []);
        foreach ((WindowOptions windows, bool isSet) in (ReadOnlySpan<(WindowOptions, bool)>)[(s_windows, false), (s_windows with { MissingInput = 0 }, true), (s_windows with { MissingInput = 2 }, true)])
        {
            MedianModel model = Fit<MedianModel>(windows).Models[0];
            WindowOptions loaded = new TrainedForecaster<MedianModel>(Loaded(model.Save, static file => MedianModel.Load(file))).Windows;
            loaded.MissingInput.ShouldBe(windows.MissingInput);
            if (isSet)
            {
                ForecastWindows.Latest(blank, loaded).Count.ShouldBe(1);
            }
            else
            {
                Should.Throw<SeriesDataException>(() => ForecastWindows.Latest(blank, loaded)).Message.ShouldContain("'price' is missing at step 2 of the 2 to forecast");
            }
        }
    }

    /// <summary>Files that were written before levels, loss and frequency were kept forecast as they did.</summary>
    [Fact]
    public void Older_recipes_are_read()
    {
        JsonObject recipe = JsonNode.Parse(s_model.Metadata["forecast"]!)!.AsObject();
        recipe.Remove("LossLevels").ShouldBeTrue();
        recipe.Remove("Loss").ShouldBeTrue();
        recipe.Remove("Frequency").ShouldBeTrue();
        MedianModel older = Copy(recipe.ToJsonString());
        new TrainedForecaster<MedianModel>(older).Predict(Timed(Frequency.Daily))[1].Quantiles.ToArray().ShouldBe(new TrainedForecaster<MedianModel>(s_model).Predict(s_hourly)[1].Quantiles.ToArray());

        // Beside a newer one, what that says holds.
        TrainedForecaster<MedianModel> both = new(older, s_model);
        both.Predict(s_hourly).Count.ShouldBe(2);
        Should.Throw<SeriesDataException>(() => both.Predict(Timed(Frequency.Daily))).Message.ShouldContain("learned from steps of 1 hour");
    }

    [Theory]
    [InlineData("\"Scaling\":\"MeanAbsolute\"", "\"Scaling\":null")]
    [InlineData("\"InputScaling\":\"\"", "\"InputScaling\":null")]
    [InlineData("\"HistoryLength\":0", "\"HistoryLength\":2147483647")]
    [InlineData("\"Paths\":200", "\"Paths\":0")]
    [InlineData("\"Paths\":200", "\"Paths\":2147483647")]
    [InlineData("\"Levels\":[]", "\"Levels\":[2]")]
    [InlineData("\"Lags\":[]", "\"Lags\":[1.5]")]
    [InlineData("\"SeasonLags\":[]", "\"SeasonLags\":[\"SeasonLags(1.5, 1)\"]")]
    [InlineData("\"Calendar\":[]", "\"Calendar\":[\"17\"]")]
    [InlineData("\"Statics\":[]", "\"Statics\":[null]")]
    [InlineData("\"Months\":0", "\"Months\":1")]
    [InlineData("\"Ticks\":36000000000", "\"Ticks\":-1")]
    [InlineData("\"Loss\":{\"Name\":\"Quantile\"", "\"Loss\":{\"Name\":null")]
    [InlineData("\"IsRead\":true", "\"IsRead\":1")]
    public void A_damaged_recipe_is_a_typed_error(string text, string damaged) =>
        Should.Throw<ModelFileException>(() => new TrainedForecaster<MedianModel>(With(text, damaged))).Message.ShouldContain("The recipe of forecasts of MedianModel cannot be read");

    private static TrainedForecaster<TModel> Fit<TModel>(WindowOptions windows, TModel? start = default)
        where TModel : IRnnModel<TModel, float, float, float> => new DirectForecaster<TModel>(windows) { Start = start, Training = seed => new FitOptions { Epochs = 1, Seed = seed } }.Fit(s_hourly, windows.Horizon);

    // A model's file, read by another class.
    private static TOther Loaded<TOther>(Action<Stream> save, Func<Stream, TOther> load)
    {
        using MemoryStream file = new();
        save(file);
        file.Position = 0;
        return load(file);
    }

    private static SeriesSet Timed(Frequency? frequency) =>
        new(DirectForecasterTests.Seasons(2, 60).Select(series => new TimeSeries(series.Id, series.Targets, frequency is { } steps ? new TimeAxis(new DateTime(2024, 1, 1), steps) : null)));

    private static MedianModel With(string text, string other)
    {
        string recipe = s_model.Metadata["forecast"]!;
        recipe.ShouldContain(text);
        return Copy(recipe.Replace(text, other, StringComparison.Ordinal));
    }

    private static MedianModel Copy(string recipe)
    {
        MedianModel model = new(1);
        model.SetParameters(s_model.Parameters);
        model.Metadata["forecast"] = recipe;
        return model;
    }
}
