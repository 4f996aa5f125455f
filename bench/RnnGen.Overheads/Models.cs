namespace RnnGen.Overheads;

// Named after (batch, steps, inputs, units); each twice, with gradient flow and without.

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Lstm(128)]
internal sealed partial class Lstm_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32, GradientFlow = true)]
[Lstm(128)]
internal sealed partial class WatchedLstm_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Lstm(32)]
internal sealed partial class Lstm_32_64_16_32;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 64, OutputSize = 1, BatchSize = 32, GradientFlow = true)]
[Lstm(32)]
internal sealed partial class WatchedLstm_32_64_16_32;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 200, OutputSize = 1, BatchSize = 16)]
[Lstm(20)]
internal sealed partial class Lstm_16_200_3_20;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 200, OutputSize = 1, BatchSize = 16, GradientFlow = true)]
[Lstm(20)]
internal sealed partial class WatchedLstm_16_200_3_20;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Gru(128)]
internal sealed partial class Gru_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32, GradientFlow = true)]
[Gru(128)]
internal sealed partial class WatchedGru_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Rnn(128)]
internal sealed partial class Rnn_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32, GradientFlow = true)]
[Rnn(128)]
internal sealed partial class WatchedRnn_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Rnn(32)]
internal sealed partial class Rnn_32_64_16_32;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 64, OutputSize = 1, BatchSize = 32, GradientFlow = true)]
[Rnn(32)]
internal sealed partial class WatchedRnn_32_64_16_32;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Rnn(128, Activation = Activation.Relu)]
internal sealed partial class Relu_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32, GradientFlow = true)]
[Rnn(128, Activation = Activation.Relu)]
internal sealed partial class WatchedRelu_32_64_64_128;

// The smallest calls there are.

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 1, OutputSize = 1, BatchSize = 1)]
[Gru(8)]
internal sealed partial class Gru_1_1_1_8;

// Windows over a table of four columns.

[RnnModel(Architecture.ManyToOne, InputSize = 4, SequenceLength = 48, OutputSize = 1, BatchSize = 32)]
[Lstm(32)]
internal sealed partial class Forecaster;
