using System.Globalization;
using RnnGen;

namespace Sunspots;

/// <summary>A forecast without a model: from the series, the index of the value to forecast, and how many months ahead it is.</summary>
internal delegate float NaiveRule(ReadOnlySpan<float> values, int target, int horizon);

/// <summary>Trains models on the first parts of the series and has every method forecast the last part.</summary>
/// <param name="data">The series.</param>
/// <param name="options">What the command line says.</param>
/// <param name="folder">Where models are saved.</param>
internal sealed class Experiment(SunspotData data, SampleOptions options, string folder)
{
    /// <summary>Trains a model, forecasts with it, and checks that it forecasts the same after it was saved and loaded.</summary>
    /// <typeparam name="TModel">A model of windows of numbers with one output for each of <see cref="Settings.Horizons"/>.</typeparam>
    /// <param name="name">The model's name in the report.</param>
    /// <param name="model">The model, untrained.</param>
    /// <param name="fit">The model's <c>Fit</c> on the training and validation windows.</param>
    /// <param name="save">The model's <c>Save</c>.</param>
    /// <param name="load">The model's <c>Load</c>.</param>
    public Forecast Run<TModel>(string name, TModel model, Func<FitOptions, TrainingResult> fit, Action<string> save, Func<string, TModel> load)
        where TModel : IRnnModel<TModel, float, float, float>
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Training the {name}: {TModel.Layout.ParameterCount:N0} parameters, {data.Train.Count:N0} windows of {Settings.Window} months"));
        var adam = new Adam(Settings.LearningRate) { ClipNorm = 1 };
        fit(new FitOptions { Epochs = options.Epochs, Optimizer = adam, Seed = options.Seed, Progress = ConsoleProgress.Instance });
        Forecast forecast = Predict(name, model);

        string path = Path.Combine(folder, $"{TModel.Layout.ModelName}.safetensors");
        save(path);
        Forecast again = Predict(name, load(path));
        for (int i = 0; i < forecast.Values.Length; i++)
        {
            if (!forecast.Values[i].AsSpan().SequenceEqual(again.Values[i]))
            {
                throw new InvalidOperationException($"The {name} forecasts otherwise after it was saved to {path} and loaded again.");
            }
        }

        Console.WriteLine();
        return forecast;
    }

    /// <summary>Forecasts the test part without a model.</summary>
    /// <param name="name">The method's name in the report.</param>
    /// <param name="rule">The method.</param>
    public Forecast Naive(string name, NaiveRule rule) => new(
        name,
        [.. Settings.Horizons.Select(horizon => Enumerable.Range(0, data.Test.Count).Select(i => rule(data.Values, data.TargetIndex(i, horizon), horizon)).ToArray())]);

    private Forecast Predict<TModel>(string name, TModel model)
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
}
