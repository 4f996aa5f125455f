namespace RnnGen.TestModels;

// Layer normalisation and residual connections: between recurrent layers, after the last, before dense ones, in both directions and in decoders.

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Lstm(9)]
[LayerNorm]
[Gru(9, Residual = true)]
[LayerNorm]
[Dense(9, Activation = Activation.Tanh, Residual = true)]
public sealed partial class NormedSteps;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4)]
[Lstm(9)]
[LayerNorm]
[Gru(9, Residual = true)]
[LayerNorm]
[Dense(9, Activation = Activation.Tanh, Residual = true)]
public sealed partial class NormedStepsFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 6, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Gru(17)]
[LayerNorm]
[Lstm(17, Residual = true)]
[LayerNorm]
[Dense(17, Activation = Activation.Tanh, Residual = true)]
public sealed partial class NormedEnd;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 6, OutputSize = 2, BatchSize = 4)]
[Gru(17)]
[LayerNorm]
[Lstm(17, Residual = true)]
[LayerNorm]
[Dense(17, Activation = Activation.Tanh, Residual = true)]
public sealed partial class NormedEndFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 6, OutputSize = 2, BatchSize = 4, Pooling = Pooling.Mean, Precision = Precision.Double)]
[Gru(8)]
[Gru(8, Residual = true)]
[LayerNorm]
public sealed partial class NormedMean;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 6, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Gru(8, Bidirectional = true)]
[LayerNorm]
[Lstm(8, Bidirectional = true, Residual = true)]
public sealed partial class NormedBothWays;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 6, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Rnn(7)]
[LayerNorm]
public sealed partial class NormedLast;

[RnnModel(Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 4, OutputLength = 3, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Gru(9)]
[LayerNorm]
[Gru(9, Residual = true)]
[Decoder(Attention = Attention.Additive)]
[Gru(9)]
[LayerNorm]
[Gru(9, Residual = true)]
[LayerNorm]
public sealed partial class NormedDecoder;

[RnnModel(Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 4, OutputLength = 3, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Gru(9)]
[Gru(9, Residual = true)]
[Decoder]
[Gru(8)]
[LayerNorm]
public sealed partial class NormedBridge;

[RnnModel(Architecture.OneToMany, InputSize = 5, OutputLength = 4, OutputSize = 3, BatchSize = 4, Precision = Precision.Double)]
[Dense(8)]
[LayerNorm]
[Dense(8, Activation = Activation.Tanh, Residual = true)]
[Decoder]
[Lstm(9)]
public sealed partial class NormedVector;
