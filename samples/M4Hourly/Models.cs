using RnnGen;

namespace M4Hourly;

/// <summary>
/// Reads the last day and the two days to come, hour by hour: what each hour was in the last 14 days, and what kind of series this is. Forward and backward states see the whole of both days before an
/// hour is forecast.
/// </summary>
[RnnModel(Architecture.ManyToMany, InputSize = 17 + Settings.Statics, SequenceLength = Settings.Day + Settings.Horizon, OutputSize = 1, MaskedTargets = true, BatchSize = 64,
    Loss = Loss.Quantile, Quantiles = new[] { 0.025, 0.5, 0.975 })]
[Gru(64, Bidirectional = true, Dropout = 0.1)]
internal sealed partial class HorizonNetwork;
