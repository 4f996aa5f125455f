using System.Diagnostics.Metrics;

namespace RnnGen;

/// <summary>
/// The <see cref="Meter"/> through which models report metrics of training and prediction. <c>dotnet-counters monitor --counters RnnGen</c> shows them, OpenTelemetry exports them after
/// <c>AddMeter(ModelMeter.Name)</c>, and a <see cref="MeterListener"/> reads them in the program itself. While nobody listens, no clock is read and nothing is recorded.
/// </summary>
/// <remarks>
/// Each measurement has the tag <c>rnngen.model.name</c>, the name of the model's class without its namespace.
/// <list type="table">
/// <listheader><term>instrument</term><description>what it measures</description></listheader>
/// <item><term><c>rnngen.training.loss</c></term><description>Gauge: the mean loss of the latest batch, before its update.</description></item>
/// <item><term><c>rnngen.training.steps</c></term><description>Counter, {step}: updates of the parameters.</description></item>
/// <item><term><c>rnngen.training.sequences</c></term><description>Counter, {sequence}: sequences whose gradient was computed; its rate is the sequences a second.</description></item>
/// <item><term><c>rnngen.validation.loss</c></term><description>Gauge: the loss that <c>Fit</c> measured on the validation set after the latest epoch.</description></item>
/// <item><term><c>rnngen.prediction.duration</c></term><description>Histogram, s: the latency of one call that predicts or decodes, whatever its number of sequences; its count is the number of calls.</description></item>
/// <item><term><c>rnngen.prediction.sequences</c></term><description>Counter, {sequence}: sequences that were predicted or decoded.</description></item>
/// </list>
/// Calls that throw are not measured, and a batch or a validation set without a target reports no loss. What a listener throws reaches the caller after the call has done its work. Predictions inside <c>Fit</c> and <c>Evaluate</c> do not count as predictions. <c>State.Step</c> is never measured: a step of a small model takes less than its measurement would.
/// </remarks>
public static class ModelMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "RnnGen";
}
