namespace RnnGen.Forecasting.Tests;

/// <summary>Losses that values can be drawn from, step by step, and those of counts, whose targets and draws no scaling may change.</summary>
public sealed class CountLossTests
{
    private static readonly WindowOptions s_windows = new() { ContextLength = 8, Horizon = 2 };

    private static readonly SeriesSet s_counts = new(Enumerable.Range(0, 3).Select(i =>
    {
        Random random = new(i);
        return new TimeSeries($"s{i}", (double[])[.. Enumerable.Range(0, 60).Select(_ => (double)random.Next(0, 6 + i))]);
    }));

    [Fact]
    public void Each_loss_that_draws_has_paths()
    {
        Check<NormalPathModel>(Scaling.StandardScore, isCount: false);
        Check<StudentPathModel>(Scaling.StandardScore, isCount: false);
        Check<LaplacePathModel>(Scaling.MeanAbsolute, isCount: false);
        Check<QuantilePathModel>(Scaling.StandardScore, isCount: false);
        Check<CountPathModel>(Scaling.None, isCount: true);
        Check<PoissonPathModel>(Scaling.None, isCount: true);
        Check<OwnCountPathModel>(Scaling.None, isCount: true);

        static void Check<TModel>(Scaling scaling, bool isCount)
            where TModel : IRnnModel<TModel, float, float, float>
        {
            Forecast forecast = Forecaster<TModel>(s_windows with { Scaling = scaling }).Fit(s_counts, 2).Predict(s_counts)[0];
            forecast.Paths.Length.ShouldBe(60, typeof(TModel).Name);
            forecast.Paths.ToArray().All(value => value >= 0 && value == Math.Floor(value)).ShouldBe(isCount, typeof(TModel).Name);
            forecast.Quantile(0.9)[1].ShouldBeGreaterThan(forecast.Quantile(0.1)[1]);
        }
    }

    /// <summary>A count times a scale is no count: an error, whatever the loss is called, and in a file too.</summary>
    [Fact]
    public void Counts_are_not_scaled()
    {
        Rejects<CountPathModel>("The loss of CountPathModel, NegativeBinomial, has counts as targets and draws, which the scaling MeanAbsolute makes other numbers of: set WindowOptions.Scaling to Scaling.None, or declare a loss of numbers such as Loss.StudentT.");
        Rejects<PoissonPathModel>("The loss of PoissonPathModel, Poisson,");
        Rejects<OwnCountPathModel>("The loss of OwnCountPathModel, OwnCountLoss, equations with hash");
        Should.Throw<ArgumentException>(() => new DirectForecaster<CountModel>(new WindowOptions { ContextLength = 12, Horizon = 2, Scaling = Scaling.StandardScore }).Fit(s_counts, 2)).Message.ShouldContain("which the scaling StandardScore makes other numbers of");

        // What a model reads may be scaled.
        new DirectForecaster<CountModel>(new WindowOptions { ContextLength = 12, Horizon = 2, InputScaling = Scaling.StandardScore }) { Training = seed => new FitOptions { Epochs = 1, Seed = seed } }.Fit(s_counts, 2).Predict(s_counts).Count.ShouldBe(3);

        CountPathModel model = Forecaster<CountPathModel>(s_windows).Fit(s_counts, 2).Models[0];
        model.Metadata["forecast"] = model.Metadata["forecast"]!.Replace("\"Scaling\":\"None\"", "\"Scaling\":\"MeanAbsolute\"", StringComparison.Ordinal);
        Should.Throw<ModelFileException>(() => new TrainedForecaster<CountPathModel>(model)).Message.ShouldContain("The recipe of forecasts of CountPathModel does not fit its loss: the loss of CountPathModel, NegativeBinomial, has counts");

        static void Rejects<TModel>(string message)
            where TModel : IRnnModel<TModel, float, float, float> => Should.Throw<ArgumentException>(() => Forecaster<TModel>(s_windows with { Scaling = Scaling.MeanAbsolute }).Fit(s_counts, 2)).Message.ShouldContain(message);
    }

    /// <summary>Logits are no values of a series.</summary>
    [Fact]
    public void Yes_or_no_is_not_forecast() => Should.Throw<ArgumentException>(() => new DirectForecaster<BinaryModel>(new WindowOptions { ContextLength = 12, Horizon = 2 }).Fit(s_counts, 2))
        .Message.ShouldBe("The loss of BinaryModel, BinaryCrossEntropy, predicts yes or no, and its outputs are logits: declare a loss of numbers such as Loss.MeanSquaredError.");

    private static AutoregressiveForecaster<TModel> Forecaster<TModel>(WindowOptions windows)
        where TModel : IRnnModel<TModel, float, float, float> => new(windows) { Paths = 30, Training = seed => new FitOptions { Epochs = 2, Seed = seed, Optimizer = new Adam(1e-2) { ClipNorm = 1 } } };
}
