using RnnGen;

namespace Starter;

/// <summary>Forecasts of one series; the model behind them is nobody's concern.</summary>
public sealed partial class Forecasts
{
    private readonly Model _model;

    private Forecasts(Model model) => _model = model;

    /// <summary>Values that a forecast is made from.</summary>
    public static int Length => Model.SequenceLength;

    /// <summary>Learns from a series, one number a step, of more than <see cref="Length"/> numbers.</summary>
    public static Forecasts Learn(float[] series, int epochs = 10)
    {
        var model = new Model(seed: 1);
        model.Fit(SeriesWindows.Create(series, Model.SequenceLength), options: new FitOptions { Epochs = epochs });
        return new Forecasts(model);
    }

    /// <summary>Loads what <see cref="Save"/> saved.</summary>
    public static Forecasts Load(string path) => new(Model.Load(path));

    /// <summary>Saves what was learned.</summary>
    public void Save(string path) => _model.Save(path);

    /// <summary>The value after the last <see cref="Length"/> ones. Many threads may ask at once.</summary>
    public float Next(ReadOnlySpan<float> values) => _model.Predict(values)[0];

    [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 24, OutputSize = 1, Loss = Loss.MeanSquaredError)]
    [Lstm(32)]
    private sealed partial class Model;
}
