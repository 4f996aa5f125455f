namespace RnnGen.TestModels;

// Models whose training keeps some states only, each with a twin that keeps everything.

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 12, OutputSize = 2, BatchSize = 12, CheckpointEvery = 3, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Lstm(9)]
[LayerNorm]
[Gru(9, Residual = true)]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class CheckpointedSteps;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 12, OutputSize = 2, BatchSize = 12, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Lstm(9)]
[LayerNorm]
[Gru(9, Residual = true)]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class CheckpointedStepsTwin;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 12, OutputSize = 3, BatchSize = 12, CheckpointEvery = 4, Loss = Loss.CrossEntropy, Precision = Precision.Double)]
[Lstm(17)]
[Rnn(8)]
[LayerNorm]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class CheckpointedEnd;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 12, OutputSize = 3, BatchSize = 12, Loss = Loss.CrossEntropy, Precision = Precision.Double)]
[Lstm(17)]
[Rnn(8)]
[LayerNorm]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class CheckpointedEndTwin;

[RnnModel(Architecture.ManyToMany, SequenceLength = 12, OutputSize = 5, BatchSize = 12, CheckpointEvery = 6, Loss = Loss.CrossEntropy, OutputDropout = 0.3, Precision = Precision.Double)]
[Embedding(6, 7)]
[Gru(9, RecurrentDropout = 0.3, Dropout = 0.3)]
public sealed partial class CheckpointedTokens;

[RnnModel(Architecture.ManyToMany, SequenceLength = 12, OutputSize = 5, BatchSize = 12, Loss = Loss.CrossEntropy, OutputDropout = 0.3, Precision = Precision.Double)]
[Embedding(6, 7)]
[Gru(9, RecurrentDropout = 0.3, Dropout = 0.3)]
public sealed partial class CheckpointedTokensTwin;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1, BatchSize = 12, CheckpointEvery = 4)]
[Gru(8)]
public sealed partial class CheckpointedOnce;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1, BatchSize = 12, CheckpointEvery = 1)]
[Gru(8)]
public sealed partial class CheckpointedAlways;

[RnnModel(Architecture.ManyToOne, InputSize = 8, SequenceLength = 256, OutputSize = 1, CheckpointEvery = 16)]
[Lstm(64)]
public sealed partial class CheckpointedLong;

[RnnModel(Architecture.ManyToOne, InputSize = 8, SequenceLength = 256, OutputSize = 1)]
[Lstm(64)]
public sealed partial class CheckpointedLongTwin;
