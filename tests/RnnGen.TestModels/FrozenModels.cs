namespace RnnGen.TestModels;

// Models with layers that training leaves alone, each with a twin that learns everything; and models whose output layer is their embedding.

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Lstm(9, Frozen = true)]
[LayerNorm(Frozen = true)]
[Gru(9)]
[LayerNorm]
public sealed partial class FrozenBelow;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Lstm(9)]
[LayerNorm]
[Gru(9)]
[LayerNorm]
public sealed partial class FrozenBelowTwin;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4, Pooling = Pooling.Max, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Gru(8, Bidirectional = true)]
[Lstm(8, Bidirectional = true, Residual = true, Frozen = true)]
[LayerNorm(Frozen = true)]
[Dense(7, Activation = Activation.Tanh, Frozen = true)]
public sealed partial class FrozenAbove;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4, Pooling = Pooling.Max, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Gru(8, Bidirectional = true)]
[Lstm(8, Bidirectional = true, Residual = true)]
[LayerNorm]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class FrozenAboveTwin;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Gru(8, Frozen = true)]
[Gru(8, Residual = true, Frozen = true)]
[LayerNorm]
public sealed partial class FrozenBody;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Gru(8)]
[Gru(8, Residual = true)]
[LayerNorm]
public sealed partial class FrozenBodyTwin;

[RnnModel(Architecture.EncoderDecoder, SequenceLength = 5, OutputLength = 4, OutputSize = 9, Loss = Loss.CrossEntropy, BatchSize = 4, Precision = Precision.Double)]
[Embedding(11, 7, Frozen = true)]
[Gru(8, Bidirectional = true, Frozen = true)]
[Decoder(Attention = Attention.Additive)]
[Embedding(9, 6)]
[Gru(8)]
public sealed partial class FrozenEncoder;

[RnnModel(Architecture.EncoderDecoder, SequenceLength = 5, OutputLength = 4, OutputSize = 9, Loss = Loss.CrossEntropy, BatchSize = 4, Precision = Precision.Double)]
[Embedding(11, 7)]
[Gru(8, Bidirectional = true)]
[Decoder(Attention = Attention.Additive)]
[Embedding(9, 6)]
[Gru(8)]
public sealed partial class FrozenEncoderTwin;

[RnnModel(Architecture.EncoderDecoder, SequenceLength = 5, OutputLength = 4, OutputSize = 9, Loss = Loss.CrossEntropy, BatchSize = 4, Precision = Precision.Double)]
[Embedding(11, 7)]
[Lstm(8)]
[Decoder(Attention = Attention.Multiplicative)]
[Embedding(9, 6, Frozen = true)]
[Lstm(8, Frozen = true)]
public sealed partial class FrozenDecoder;

[RnnModel(Architecture.EncoderDecoder, SequenceLength = 5, OutputLength = 4, OutputSize = 9, Loss = Loss.CrossEntropy, BatchSize = 4, Precision = Precision.Double)]
[Embedding(11, 7)]
[Lstm(8)]
[Decoder(Attention = Attention.Multiplicative)]
[Embedding(9, 6)]
[Lstm(8)]
public sealed partial class FrozenDecoderTwin;

[RnnModel(Architecture.ManyToMany, SequenceLength = 5, OutputSize = 9, Loss = Loss.CrossEntropy, BatchSize = 4, TiedEmbedding = true, Precision = Precision.Double)]
[Embedding(9, 7)]
[Lstm(8)]
[Dense(7)]
public sealed partial class TiedWriter;

[RnnModel(Architecture.EncoderDecoder, SequenceLength = 5, OutputLength = 4, OutputSize = 9, Loss = Loss.CrossEntropy, BatchSize = 4, TiedEmbedding = true, Precision = Precision.Double)]
[Embedding(11, 7)]
[Gru(8)]
[Decoder]
[Embedding(9, 8)]
[Gru(8)]
public sealed partial class TiedDecoder;

// States that sequences start from have a gradient through whatever is frozen.

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 6, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Gru(9, Frozen = true)]
[Lstm(7, Frozen = true)]
public sealed partial class FrozenWhole;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 6, OutputSize = 2, BatchSize = 4, RecomputeEvery = 3, Precision = Precision.Double)]
[Lstm(9, Frozen = true)]
[LayerNorm]
[Gru(9, Residual = true, Frozen = true)]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class FrozenInWindows;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 6, OutputSize = 2, BatchSize = 4, Pooling = Pooling.Mean, Precision = Precision.Double)]
[Gru(7)]
[Lstm(9, Frozen = true)]
[Dense(5, Activation = Activation.Tanh, Frozen = true)]
public sealed partial class FrozenOverLearned;

[RnnModel(Architecture.ManyToMany, SequenceLength = 6, OutputSize = 5, Loss = Loss.CrossEntropy, BatchSize = 4, Precision = Precision.Double)]
[Embedding(9, 7, Frozen = true)]
[Gru(8, Frozen = true)]
[Rnn(6)]
public sealed partial class FrozenTokens;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 6, OutputSize = 2, BatchSize = 4, InitialState = InitialState.Learned, Precision = Precision.Double)]
[ProjectedLstm(9, Projection = 5, Frozen = true)]
[PeepholeLstm(7, Frozen = true)]
[Rnn(6, Frozen = true)]
public sealed partial class FrozenCells;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 6, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Dense(5, Activation = Activation.Tanh, Frozen = true)]
[Gru(8, Frozen = true)]
[Dense(8, Activation = Activation.Tanh, Frozen = true)]
[Lstm(7)]
public sealed partial class FrozenBetweenDense;
