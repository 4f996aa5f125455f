using RnnGen;
using RnnGen.Samples;

namespace Sunspots;

/// <summary>A forecast without a model: from the series, the index of the value to forecast, and how many months ahead it is.</summary>
internal delegate float NaiveRule(ReadOnlySpan<float> values, int target, int horizon);

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
    public Forecast Train<TModel>(string name, TModel model, Action<string> save, Func<string, TModel> load)
        where TModel : IRnnModel<TModel, float, float, float>
    {
        Console.WriteLine($"Training the {name}: {TModel.Layout.ParameterCount:N0} parameters, {data.Train.Count:N0} windows of {Settings.Window} months");
        var adam = new Adam(Settings.LearningRate) { ClipNorm = 1 };
        model.Fit(data.Train, data.Validation, new FitOptions { Epochs = run.Epochs, Optimizer = adam, Seed = run.Seed, RestoreBest = true, Progress = ConsoleProgress.Instance });
        Console.WriteLine();
        return Predict(name, run.Reload(model, save, load), data);
    }

    /// <summary>What needs no model; a cycle ago only where the series reaches back that far.</summary>
    public Forecast[] Naive() =>
    [
        Naive("last value", NaiveForecasts.LastValue),
        Naive("mean of the last 12 months", NaiveForecasts.MeanOfLastYear),
        .. data.TargetIndex(0, Settings.Horizons[0]) >= NaiveForecasts.Cycle ? (Forecast[])[Naive($"{NaiveForecasts.Cycle} months ago", NaiveForecasts.CycleAgo)] : [],
    ];

    /// <summary>What a model forecasts for the last part.</summary>
    public static Forecast Predict<TModel>(string name, TModel model, SunspotData data)
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

        return new Forecast(name, values);
    }

    private Forecast Naive(string name, NaiveRule rule) => new(
        name,
        [.. Settings.Horizons.Select(horizon => Enumerable.Range(0, data.Test.Count).Select(i => rule(data.Values, data.TargetIndex(i, horizon), horizon)).ToArray())]);
}
