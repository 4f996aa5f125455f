namespace RnnGen.TestModels;

// Convolutions over time: in front of recurrent layers and between them, stacked, dilated, of sizes around the vectors', and such as read later steps.

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 7, OutputSize = 2, BatchSize = 12, Precision = Precision.Double)]
[Conv1D(7, 3, Activation = Activation.Tanh)]
[Lstm(9)]
[Conv1D(9, 2, Dilation = 2, Residual = true)]
[Gru(8)]
public sealed partial class ConvolvedSteps;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 7, OutputSize = 2, BatchSize = 12)]
[Conv1D(7, 3, Activation = Activation.Tanh)]
[Lstm(9)]
[Conv1D(9, 2, Dilation = 2, Residual = true)]
[Gru(8)]
public sealed partial class ConvolvedStepsFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 9, OutputSize = 3, Loss = Loss.CrossEntropy, BatchSize = 4, Precision = Precision.Double)]
[Conv1D(15, 3, Dilation = 3)]
[Conv1D(17, 1)]
[Conv1D(16, 2)]
[Gru(17)]
[Dense(8, Activation = Activation.Tanh)]
public sealed partial class ConvolvedEnd;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 9, OutputSize = 3, Loss = Loss.CrossEntropy, BatchSize = 4)]
[Conv1D(15, 3, Dilation = 3)]
[Conv1D(17, 1)]
[Conv1D(16, 2)]
[Gru(17)]
[Dense(8, Activation = Activation.Tanh)]
public sealed partial class ConvolvedEndFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 17, SequenceLength = 5, OutputSize = 2, BatchSize = 4, Pooling = Pooling.Mean, Precision = Precision.Double)]
[Conv1D(33, 4, Activation = Activation.Sigmoid)]
[QuasiRnn(33)]
public sealed partial class ConvolvedScan;

[RnnModel(Architecture.ManyToOne, InputSize = 17, SequenceLength = 5, OutputSize = 2, BatchSize = 4, Pooling = Pooling.Mean)]
[Conv1D(33, 4, Activation = Activation.Sigmoid)]
[QuasiRnn(33)]
public sealed partial class ConvolvedScanFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 8, SequenceLength = 6, OutputSize = 1, BatchSize = 4, OutputSkip = true, Precision = Precision.Double)]
[Gru(1)]
[Conv1D(1, 3)]
public sealed partial class ConvolvedOutputs;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 7, OutputSize = 2, BatchSize = 12, Precision = Precision.Double)]
[Conv1D(9, 3, Causal = false, Activation = Activation.Tanh)]
[Conv1D(9, 4, Causal = false, Dilation = 2, Residual = true)]
[Lstm(8)]
public sealed partial class ConvolvedBothWays;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 7, OutputSize = 2, BatchSize = 12)]
[Conv1D(9, 3, Causal = false, Activation = Activation.Tanh)]
[Conv1D(9, 4, Causal = false, Dilation = 2, Residual = true)]
[Lstm(8)]
public sealed partial class ConvolvedBothWaysFloat;

[RnnModel(Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 6, OutputLength = 3, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Conv1D(8, 3, Causal = false)]
[Gru(7, Bidirectional = true)]
[Decoder(Attention = Attention.Additive)]
[Gru(9)]
public sealed partial class ConvolvedEncoder;

// The convolution learns, and what it reads does not; and the other way round.
[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 6, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Gru(9, Frozen = true)]
[Conv1D(7, 3)]
[Gru(8)]
[Conv1D(9, 2, Frozen = true)]
public sealed partial class ConvolvedFrozen;

[RnnModel(Architecture.ManyToMany, SequenceLength = 6, OutputSize = 5, Loss = Loss.CrossEntropy, BatchSize = 4, Precision = Precision.Double)]
[Embedding(9, 7)]
[Conv1D(8, 3, Dilation = 2)]
[Lstm(8)]
public sealed partial class ConvolvedTokens;

// Windows are shorter than what convolutions read; the twin keeps everything.
[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 12, OutputSize = 2, BatchSize = 12, RecomputeEvery = 2, Precision = Precision.Double)]
[Conv1D(5, 3, Dilation = 2, Activation = Activation.Tanh)]
[Lstm(9)]
[Conv1D(9, 4, Residual = true)]
[Gru(8)]
[Conv1D(3, 2)]
public sealed partial class ConvolvedWindows;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 12, OutputSize = 2, BatchSize = 12, Precision = Precision.Double)]
[Conv1D(5, 3, Dilation = 2, Activation = Activation.Tanh)]
[Lstm(9)]
[Conv1D(9, 4, Residual = true)]
[Gru(8)]
[Conv1D(3, 2)]
public sealed partial class ConvolvedWindowsTwin;
