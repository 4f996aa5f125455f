namespace RnnGen.TestModels;

// Models whose training keeps some states only, each with a twin that keeps everything.

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 12, OutputSize = 2, BatchSize = 12, RecomputeEvery = 3, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Lstm(9)]
[LayerNorm]
[Gru(9, Residual = true)]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class RecomputedSteps;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 12, OutputSize = 2, BatchSize = 12, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Lstm(9)]
[LayerNorm]
[Gru(9, Residual = true)]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class RecomputedStepsTwin;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 12, OutputSize = 3, BatchSize = 12, RecomputeEvery = 4, Loss = Loss.CrossEntropy, Precision = Precision.Double)]
[Lstm(17)]
[Rnn(8)]
[LayerNorm]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class RecomputedEnd;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 12, OutputSize = 3, BatchSize = 12, Loss = Loss.CrossEntropy, Precision = Precision.Double)]
[Lstm(17)]
[Rnn(8)]
[LayerNorm]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class RecomputedEndTwin;

[RnnModel(Architecture.ManyToMany, SequenceLength = 12, OutputSize = 5, BatchSize = 12, RecomputeEvery = 6, Loss = Loss.CrossEntropy, OutputDropout = 0.3, Precision = Precision.Double)]
[Embedding(6, 7)]
[Gru(9, RecurrentDropout = 0.3, Dropout = 0.3)]
public sealed partial class RecomputedTokens;

[RnnModel(Architecture.ManyToMany, SequenceLength = 12, OutputSize = 5, BatchSize = 12, Loss = Loss.CrossEntropy, OutputDropout = 0.3, Precision = Precision.Double)]
[Embedding(6, 7)]
[Gru(9, RecurrentDropout = 0.3, Dropout = 0.3)]
public sealed partial class RecomputedTokensTwin;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1, BatchSize = 12, RecomputeEvery = 4)]
[Gru(8)]
public sealed partial class RecomputedOnce;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1, BatchSize = 12, RecomputeEvery = 1)]
[Gru(8)]
public sealed partial class RecomputedAlways;

[RnnModel(Architecture.ManyToOne, InputSize = 8, SequenceLength = 256, OutputSize = 1, RecomputeEvery = 16)]
[Lstm(64)]
public sealed partial class RecomputedLong;

[RnnModel(Architecture.ManyToOne, InputSize = 8, SequenceLength = 256, OutputSize = 1)]
[Lstm(64)]
public sealed partial class RecomputedLongTwin;
