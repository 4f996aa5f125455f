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
        using MemoryStream file = new();
        s_model.Save(file);
        file.Position = 0;
        UnevenModel loaded = new(1);
        loaded.SetParameters(s_model.Parameters);
        loaded.Metadata["forecast"] = s_model.Metadata["forecast"];
        Should.Throw<ModelFileException>(() => new TrainedForecaster<UnevenModel>(loaded)).Message
            .ShouldContain("UnevenModel was trained with quantiles of the levels 0.1, 0.5, 0.9, but it declares 0.1, 0.2, 0.9");
        new TrainedForecaster<MedianModel>(MedianModel.Load(file)).Predict(s_hourly)[0].Levels.ShouldBe([0.1, 0.5, 0.9]);
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

    /// <summary>Files that were written before levels and frequency were kept forecast as they did.</summary>
    [Fact]
    public void Older_recipes_are_read()
    {
        JsonObject recipe = JsonNode.Parse(s_model.Metadata["forecast"]!)!.AsObject();
        recipe.Remove("LossLevels").ShouldBeTrue();
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
    public void A_damaged_recipe_is_a_typed_error(string text, string damaged) =>
        Should.Throw<ModelFileException>(() => new TrainedForecaster<MedianModel>(With(text, damaged))).Message.ShouldContain("The recipe of forecasts of MedianModel cannot be read");

    private static TrainedForecaster<TModel> Fit<TModel>(WindowOptions windows)
        where TModel : IRnnModel<TModel, float, float, float> => new DirectForecaster<TModel>(windows) { Training = seed => new FitOptions { Epochs = 1, Seed = seed } }.Fit(s_hourly, windows.Horizon);

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
