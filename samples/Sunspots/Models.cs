using RnnGen;

namespace Sunspots;

// Each model reads the last 96 months and forecasts two numbers: next month and 12 months ahead.

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = Settings.Window, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = Settings.BatchSize)]
[Lstm(Settings.Hidden)]
internal sealed partial class LstmForecaster;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = Settings.Window, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = Settings.BatchSize)]
[Gru(Settings.Hidden)]
internal sealed partial class GruForecaster;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = Settings.Window, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = Settings.BatchSize)]
[Rnn(Settings.Hidden)]
internal sealed partial class RnnForecaster;
