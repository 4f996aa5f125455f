using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>What one model reports on <see cref="ModelMeter"/>. It asks whether anybody listens before it reads a clock, and allocates nothing.</summary>
internal sealed class ModelTelemetry
{
    private const string ModelTag = "rnngen.model.name";

    private static readonly Meter s_meter = new(ModelMeter.Name);

    private static readonly Gauge<double> s_loss = s_meter.CreateGauge<double>("rnngen.training.loss", "1", "Mean loss of the latest batch, before its update.");

    private static readonly Counter<long> s_steps = s_meter.CreateCounter<long>("rnngen.training.steps", "{step}", "Updates of the parameters.");

    private static readonly Counter<long> s_trained = s_meter.CreateCounter<long>("rnngen.training.sequences", "{sequence}", "Sequences whose gradient was computed.");

    private static readonly Gauge<double> s_validationLoss = s_meter.CreateGauge<double>("rnngen.validation.loss", "1", "Loss on the validation set after the latest epoch.");

    private static readonly Counter<long> s_predicted = s_meter.CreateCounter<long>("rnngen.prediction.sequences", "{sequence}", "Sequences that were predicted or decoded.");

    // Predictions take from a microsecond to seconds.
    private static readonly Histogram<double> s_durations = s_meter.CreateHistogram(
        "rnngen.prediction.duration", "s", "Latency of one call that predicts or decodes.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 2.5] });

    private readonly KeyValuePair<string, object?> _model;

    // A field of the model's own is read without asking whether a class was initialised.
    private readonly Histogram<double> _durations = s_durations;
    private readonly Counter<long> _predicted = s_predicted;

    /// <param name="model">The name of the model's class.</param>
    public ModelTelemetry(string model) => _model = new(ModelTag, model);

    /// <summary>A validation of a model was measured.</summary>
    /// <param name="model">The name of the model's class.</param>
    /// <param name="loss">The loss; NaN where nothing had a target.</param>
    public static void Validated(string model, double loss)
    {
        if (s_validationLoss.Enabled && !double.IsNaN(loss))
        {
            s_validationLoss.Record(loss, new KeyValuePair<string, object?>(ModelTag, model));
        }
    }

    /// <summary>When a prediction begins; 0 where nobody wants to know.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long BeginPrediction() => _durations.Enabled || _predicted.Enabled ? Now() : 0;

    /// <summary>A prediction has ended.</summary>
    /// <param name="begin">What <see cref="BeginPrediction"/> returned, and not 0.</param>
    /// <param name="sequences">How many were predicted.</param>
    public void EndPrediction(long begin, int sequences)
    {
        _durations.Record(Stopwatch.GetElapsedTime(begin).TotalSeconds, _model);
        _predicted.Add(sequences, _model);
    }

    /// <summary>The gradient of a batch was computed.</summary>
    /// <param name="loss">Its mean loss; NaN where it had no target.</param>
    /// <param name="sequences">The batch's size.</param>
    public void Trained(double loss, int sequences)
    {
        if (!double.IsNaN(loss))
        {
            s_loss.Record(loss, _model);
            s_trained.Add(sequences, _model);
        }
    }

    // The clock is a call of the operating system, which would cost its caller registers where it is not made, too.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Now() => Stopwatch.GetTimestamp();

    /// <summary>The parameters were updated.</summary>
    public void Updated() => s_steps.Add(1, _model);
}
