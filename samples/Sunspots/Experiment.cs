using RnnGen;
using RnnGen.Forecasting;
using RnnGen.Samples;

namespace Sunspots;

/// <summary>Trains models on the first parts of the series and has every method forecast the last part.</summary>
/// <param name="data">The series.</param>
/// <param name="run">Epochs, seed and output folder.</param>
internal sealed class Experiment(SunspotData data, SampleRun run)
{
    /// <summary>Trains a model, saves it and loads it again, and forecasts with the one that was loaded.</summary>
    /// <typeparam name="TModel">A model of windows of numbers with one output for each of <see cref="Settings.Horizons"/>.</typeparam>
    /// <param name="name">The model's name in the report.</param>
    /// <param name="model">The model, untrained.</param>
    /// <param name="save">The model's <c>Save</c>.</param>
    /// <param name="load">The model's <c>Load</c>.</param>
    public HeldOutForecast Train<TModel>(string name, TModel model, Action<string> save, Func<string, TModel> load)
        where TModel : IRnnModel<TModel, float, float, float>
    {
        Console.WriteLine($"Training the {name}: {TModel.Layout.ParameterCount:N0} parameters, {data.Train.Count:N0} windows of {Settings.Window} months");
        var adam = new Adam(Settings.LearningRate) { ClipNorm = 1 };
        model.Fit(data.Train, data.Validation, new FitOptions { Epochs = run.Epochs, Optimizer = adam, Seed = run.Seed, RestoreBest = true, Progress = ConsoleProgress.Instance });
        Console.WriteLine();
        return Predict(name, run.Reload(model, save, load), data);
    }

    /// <summary>What needs no model, at every origin of the last part; a cycle ago only where the series reaches back that far.</summary>
    public HeldOutForecast[] Naive()
    {
        const int Cycle = Settings.Cycle;
        (string Name, IForecaster Forecaster)[] methods =
        [
            ("last value", new Naive()),
            ("mean of the last 12 months", new MeanOfLastMonths(12)),
            .. data.FirstOrigin >= Cycle ? ((string, IForecaster)[])[($"{Cycle} months ago", new SeasonalNaive(Cycle))] : [],
        ];
        BacktestResult result = Backtest.Run(data.Series, [.. methods.Select(method => method.Forecaster)], new BacktestOptions { Horizon = Settings.Horizons[^1], Windows = data.Test.Count, StepSize = 1, Refit = false });
        return [.. methods.Select(method =>
        {
            BacktestForecasts[] origins = [.. result.Forecasts.Where(origin => origin.Name == method.Forecaster.Name)];
            return new HeldOutForecast(method.Name, [.. Settings.Horizons.Select(horizon => origins.Select(origin => (float)origin.Forecasts[0].Values.Span[horizon - 1]).ToArray())]);
        })];
    }

    /// <summary>What a model forecasts for the last part.</summary>
    public static HeldOutForecast Predict<TModel>(string name, TModel model, SunspotData data)
        where TModel : IRnnModel<TModel, float, float, float>
    {
        float[][] values = [.. Settings.Horizons.Select(_ => new float[data.Test.Count])];
        var output = new float[Settings.Horizons.Count];
        for (int i = 0; i < data.Test.Count; i++)
        {
            model.PredictBatch(data.Test.Input(i), output, 1);
            for (int j = 0; j < output.Length; j++)
            {
                values[j][i] = data.ToCount(output[j]);
            }
        }

        return new(name, values);
    }
}
