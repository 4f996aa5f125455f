namespace RnnGen.Benchmarks;

// Named after (batch, steps, inputs, units). Many-to-one with one output, mean squared error.

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Lstm(128)]
public sealed partial class Lstm_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Lstm(32)]
public sealed partial class Lstm_32_64_16_32;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 100, OutputSize = 1, BatchSize = 64)]
[Lstm(64)]
public sealed partial class Lstm_64_100_1_64;

[RnnModel(Architecture.ManyToOne, InputSize = 256, SequenceLength = 128, OutputSize = 1, BatchSize = 32)]
[Lstm(256)]
public sealed partial class Lstm_32_128_256_256;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Gru(128)]
public sealed partial class Gru_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Rnn(128)]
public sealed partial class Rnn_32_64_64_128;

// Streaming: one input, one output, step by step.

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Lstm(8)]
public sealed partial class StreamLstm_1_8;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Lstm(20)]
public sealed partial class StreamLstm_1_20;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Lstm(40)]
public sealed partial class StreamLstm_1_40;

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Gru(64)]
public sealed partial class StreamGru_64_64;
