namespace RnnGen.Comparison;

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

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 200, OutputSize = 1, BatchSize = 16)]
[Lstm(20)]
public sealed partial class Lstm_16_200_3_20;

[RnnModel(Architecture.ManyToOne, InputSize = 28, SequenceLength = 28, OutputSize = 1, BatchSize = 128)]
[Lstm(128)]
public sealed partial class Lstm_128_28_28_128;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Gru(128)]
public sealed partial class Gru_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Gru(32)]
public sealed partial class Gru_32_64_16_32;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Rnn(128)]
public sealed partial class Rnn_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Rnn(32)]
public sealed partial class Rnn_32_64_16_32;

// Cells that are written in equations: a user's own LSTM, and those that ship so.

[Cell("""
    start b_f = 1
    i  = sigmoid(W x + b + U h + d)
    f  = sigmoid(W x + b + U h + d)
    g  = tanh(W x + b + U h + d)
    o  = sigmoid(W x + b + U h + d)
    c' = f * c + i * g
    h' = o * tanh(c')
    """)]
public sealed class OwnLstm : ICell;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Recurrent<OwnLstm>(128)]
public sealed partial class OwnLstm_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[CoupledLstm(128)]
public sealed partial class CoupledLstm_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[PeepholeLstm(128)]
public sealed partial class PeepholeLstm_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[LayerNormLstm(128)]
public sealed partial class LayerNormLstm_32_64_64_128;

// Sequences of very different length: up to 512 steps, 64 in the mean.

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 512, OutputSize = 1, BatchSize = 32)]
[Lstm(128)]
public sealed partial class Lstm_32_512_64_128;

// The products of an LSTM without its functions: what a step saves without them is what they take.

[Cell("""
    i  = W x + b + U h + d
    f  = W x + b + U h + d
    g  = W x + b + U h + d
    o  = W x + b + U h + d
    c' = f * c + i * g
    h' = o * c'
    """)]
public sealed class Linear : ICell;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Recurrent<Linear>(128)]
public sealed partial class Linear_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 100, OutputSize = 1, BatchSize = 64)]
[Recurrent<Linear>(64)]
public sealed partial class Linear_64_100_1_64;

[RnnModel(Architecture.ManyToOne, InputSize = 256, SequenceLength = 128, OutputSize = 1, BatchSize = 32)]
[Recurrent<Linear>(256)]
public sealed partial class Linear_32_128_256_256;

[RnnModel(Architecture.ManyToOne, InputSize = 28, SequenceLength = 28, OutputSize = 1, BatchSize = 128)]
[Recurrent<Linear>(128)]
public sealed partial class Linear_128_28_28_128;

// Streaming: one row, step by step. Named after (inputs, units).

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Lstm(8)]
public sealed partial class StreamLstm_1_8;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Lstm(16)]
public sealed partial class StreamLstm_1_16;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Lstm(20)]
public sealed partial class StreamLstm_1_20;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Lstm(40)]
public sealed partial class StreamLstm_1_40;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Lstm(64)]
public sealed partial class StreamLstm_1_64;

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Lstm(64)]
public sealed partial class StreamLstm_64_64;

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Lstm(128)]
public sealed partial class StreamLstm_64_128;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Gru(8)]
public sealed partial class StreamGru_1_8;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Gru(16)]
public sealed partial class StreamGru_1_16;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Gru(20)]
public sealed partial class StreamGru_1_20;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Gru(40)]
public sealed partial class StreamGru_1_40;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Gru(64)]
public sealed partial class StreamGru_1_64;

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Gru(64)]
public sealed partial class StreamGru_64_64;

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Gru(128)]
public sealed partial class StreamGru_64_128;
