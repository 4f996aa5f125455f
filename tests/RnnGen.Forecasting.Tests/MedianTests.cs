namespace RnnGen.Forecasting.Tests;

/// <summary>The values of a forecast with quantiles, and the levels that a model may have.</summary>
public sealed class MedianTests
{
    [Fact]
    public void Values_are_the_quantile_of_the_middle_where_levels_enclose_it()
    {
        Forecast uneven = Forecast<UnevenModel>(), median = Forecast<MedianModel>(), ends = Forecast<EndsModel>();
        uneven.Values.ToArray().ShouldBe(uneven.Quantile(0.5));
        median.Values.ToArray().ShouldBe(median.Quantile(0.5));
        ends.Values.Span[1].ShouldBe((ends.Quantiles.Span[2] + ends.Quantiles.Span[3]) / 2);
    }

    [Fact]
    public void Values_are_the_nearest_quantile_where_none_enclose_the_middle()
    {
        Forecast upper = Forecast<UpperModel>();
        upper.Values.ToArray().ShouldBe(upper.Quantile(0.8));
    }

    [Fact]
    public void Quantiles_of_a_loss_have_the_levels_of_the_loss() =>
        Should.Throw<ArgumentException>(() => new DirectForecaster<MedianModel>(s_windows) { Levels = [0.25, 0.75] }.Fit(s_noise, 2)).Message.ShouldContain("The loss of MedianModel has quantiles of its own, of the levels 0.1, 0.5, 0.9; leave out Levels");

    private static readonly WindowOptions s_windows = new() { ContextLength = 12, Horizon = 2 };

    private static readonly SeriesSet s_noise = Noise();

    // Long enough for quantiles of even noise that do not cross.
    private static Forecast Forecast<TModel>()
        where TModel : IRnnModel<TModel, float, float, float>
    {
        Forecast forecast = new DirectForecaster<TModel>(s_windows) { Training = seed => new FitOptions { Epochs = 20, Seed = seed, Optimizer = new Adam(2e-2) } }.Fit(s_noise, 2).Predict(s_noise)[0];
        forecast.Quantiles.Span[0].ShouldBeLessThan(forecast.Quantiles.Span[1] - 0.01);
        return forecast;
    }

    private static SeriesSet Noise()
    {
        Random random = new(6);
        return SeriesSet.FromArrays(["noise"], [[.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())]]);
    }
}
