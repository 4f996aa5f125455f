using RnnGen;

namespace Library;

/// <summary>What users of the library see: no model.</summary>
public sealed partial class Forecasts
{
    private readonly Model _model = new(seed: 1);

    /// <summary>The value after twelve others.</summary>
    public float Next(ReadOnlySpan<float> values) => _model.Predict(values)[0];

    [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 1)]
    [Gru(16)]
    private sealed partial class Model;
}
