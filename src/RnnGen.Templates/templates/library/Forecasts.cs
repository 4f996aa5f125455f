using RnnGen;

namespace Starter;

/// <summary>Forecasts of one series. The model is not part of the public surface.</summary>
public sealed partial class Forecasts
{
    private readonly Model _model;
    private readonly NormalizedModel<Model, float> _inUnits;

    private Forecasts(Model model) => (_model, _inUnits) = (model, new NormalizedModel<Model, float>(model, model.Metadata));

    /// <summary>The number of values that a forecast needs.</summary>
    public static int Length => Model.SequenceLength;

    /// <summary>Learns from a series, one number a step, of more than <see cref="Length"/> numbers.</summary>
    public static Forecasts Learn(float[] series, int epochs = 10)
    {
        var model = new Model(seed: 1);
        Normalizer normalizer = Normalizer.StandardScore<float>(series);
        model.Metadata.SetNormalizer("input", normalizer);
        model.Metadata.SetNormalizer("target", normalizer);
        model.Fit(SeriesWindows.Create(normalizer.Apply(series), Model.SequenceLength), options: new FitOptions { Epochs = epochs });
        return new Forecasts(model);
    }

    /// <summary>Loads what <see cref="Save"/> saved.</summary>
    public static Forecasts Load(string path) => new(Model.Load(path));

    /// <summary>Saves the model, with the series' mean and standard deviation.</summary>
    public void Save(string path) => _model.Save(path);

    /// <summary>The value after the last <see cref="Length"/> ones, in the units of the series. Many threads may ask at once.</summary>
    public float Next(ReadOnlySpan<float> values) => _inUnits.Predict(values)[0];

    [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 24, OutputSize = 1, Loss = Loss.MeanSquaredError)]
    [Lstm(32)]
    private sealed partial class Model;
}
