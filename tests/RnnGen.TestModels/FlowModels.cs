namespace RnnGen.TestModels;

// Models that measure how their gradient flows, with twins that do not.

/// <summary>Stands in tests/golden/make_gradient_flow.py too.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 6, OutputSize = 2, BatchSize = 16, Precision = Precision.Double, GradientFlow = true)]
[Lstm(9)]
[Gru(17, Bidirectional = true)]
[Rnn(8, Activation = Activation.Relu)]
[Dense(7, Activation = Activation.Relu)]
public sealed partial class FlowSteps;

/// <inheritdoc cref="FlowSteps"/>
[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 6, OutputSize = 2, BatchSize = 16, GradientFlow = true)]
[Lstm(9)]
[Gru(17, Bidirectional = true)]
[Rnn(8, Activation = Activation.Relu)]
[Dense(7, Activation = Activation.Relu)]
public sealed partial class FlowStepsFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 6, OutputSize = 2, BatchSize = 16, Precision = Precision.Double)]
[Lstm(9)]
[Gru(17, Bidirectional = true)]
[Rnn(8, Activation = Activation.Relu)]
[Dense(7, Activation = Activation.Relu)]
public sealed partial class FlowStepsTwin;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 12, OutputSize = 3, BatchSize = 4, Precision = Precision.Double, GradientFlow = true)]
[Lstm(17)]
[Rnn(8)]
[LayerNorm]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class FlowEnd;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 12, OutputSize = 3, BatchSize = 4, RecomputeEvery = 4, Precision = Precision.Double, GradientFlow = true)]
[Lstm(17)]
[Rnn(8)]
[LayerNorm]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class FlowRecomputed;

/// <summary><see cref="Attentive"/>, measured.</summary>
[RnnModel(Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 7, OutputLength = 5, OutputSize = 8, Loss = Loss.CrossEntropy, StartToken = 2, EndToken = 5, BatchSize = 4, Precision = Precision.Double, GradientFlow = true)]
[Gru(9, Bidirectional = true)]
[Decoder(Attention = Attention.Multiplicative)]
[Embedding(8, 5)]
[Gru(16)]
public sealed partial class FlowAttentive;

[RnnModel(Architecture.ManyToOne, SequenceLength = 5, OutputSize = 2, BatchSize = 4, Precision = Precision.Double, GradientFlow = true)]
[Embedding(50, 7)]
[Gru(9, Frozen = true)]
[Rnn(5)]
public sealed partial class FlowTokens;

/// <summary>So long that gates are counted at every second step.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 70, OutputSize = 1, BatchSize = 4, Precision = Precision.Double, GradientFlow = true)]
[Lstm(9)]
public sealed partial class FlowLong;

/// <summary>States of two widths, neither that of the other.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 1, OutputSize = 1, BatchSize = 4, Precision = Precision.Double, GradientFlow = true)]
[ProjectedLstm(9, Projection = 3)]
public sealed partial class FlowProjected;
