namespace RnnGen.TestModels;

// Dropout before a recurrent layer, between layers, before dense ones, on tokens and in decoders. These stand apart from the models of
// numbers and tokens, whose losses are the same whenever they are computed.

[RnnModel(Architecture.ManyToOne, InputSize = 5, SequenceLength = 6, OutputSize = 2, BatchSize = 12, Precision = Precision.Double)]
[Lstm(9, Dropout = 0.25)]
[Gru(17, Dropout = 0.5, Bidirectional = true)]
[Dense(8, Dropout = 0.5, Activation = Activation.Tanh)]
public sealed partial class LeavingOut;

[RnnModel(Architecture.ManyToOne, InputSize = 5, SequenceLength = 6, OutputSize = 2, BatchSize = 12, Precision = Precision.Double)]
[Lstm(9)]
[Gru(17, Bidirectional = true)]
[Dense(8, Activation = Activation.Tanh)]
public sealed partial class LeavingNothingOut;

[RnnModel(Architecture.EncoderDecoder, SequenceLength = 6, OutputLength = 5, OutputSize = 9, Loss = Loss.CrossEntropy, BatchSize = 12, OutputDropout = 0.5, Precision = Precision.Double)]
[Embedding(11, 8)]
[Gru(9, Dropout = 0.5, Bidirectional = true)]
[Decoder(Attention = Attention.Multiplicative)]
[Embedding(9, 7)]
[Gru(8, Dropout = 0.5)]
[Gru(9, Dropout = 0.25)]
[Dense(7, Dropout = 0.5, Activation = Activation.Tanh)]
public sealed partial class LeavingTokensOut;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 3, OutputSize = 1, BatchSize = 2, Precision = Precision.Double)]
[Rnn(7)]
[Rnn(400, Dropout = 0.3)]
public sealed partial class LeavingOutOfMany;

[RnnModel(Architecture.ManyToOne, InputSize = 5, SequenceLength = 6, OutputSize = 2, BatchSize = 12, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Lstm(9, RecurrentDropout = 0.5)]
[Gru(17, RecurrentDropout = 0.25, Dropout = 0.25, Bidirectional = true)]
[Rnn(8, RecurrentDropout = 0.5)]
public sealed partial class LeavingStatesOut;

[RnnModel(Architecture.ManyToOne, InputSize = 5, SequenceLength = 6, OutputSize = 2, BatchSize = 12, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Lstm(9)]
[Gru(17, Bidirectional = true)]
[Rnn(8)]
public sealed partial class LeavingNoStatesOut;

[RnnModel(Architecture.EncoderDecoder, SequenceLength = 6, OutputLength = 5, OutputSize = 9, Loss = Loss.CrossEntropy, BatchSize = 12, Precision = Precision.Double)]
[Embedding(11, 8)]
[Lstm(9, RecurrentDropout = 0.5)]
[Decoder(Attention = Attention.Multiplicative)]
[Embedding(9, 7)]
[Lstm(9, RecurrentDropout = 0.5)]
public sealed partial class LeavingStatesOfTokensOut;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 5, OutputSize = 1, BatchSize = 2, Precision = Precision.Double)]
[Gru(40, RecurrentDropout = 0.3)]
public sealed partial class LeavingOutOfManyStates;

[RnnModel(Architecture.ManyToOne, InputSize = 5, SequenceLength = 6, OutputSize = 2, BatchSize = 12, Precision = Precision.Double)]
[ProjectedLstm(9, Projection = 5, RecurrentDropout = 0.5)]
[Recurrent<CoupledGate>(17, Dropout = 0.25, RecurrentDropout = 0.25)]
[ProjectedLstm(8, Projection = 9, Dropout = 0.25, RecurrentDropout = 0.25, Bidirectional = true)]
public sealed partial class LeavingStatesOfCellsOut;

/// <summary><see cref="LeavingOut"/> with other rates.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 5, SequenceLength = 6, OutputSize = 2, BatchSize = 12, Precision = Precision.Double)]
[Lstm(9, Dropout = 0.1)]
[Gru(17, Dropout = 0.6, Bidirectional = true)]
[Dense(8, Dropout = 0.3, Activation = Activation.Tanh)]
public sealed partial class LeavingLessOut;
