namespace RnnGen.TestModels;

// States that are learned, given, or carried from window to window.

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 12, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Lstm(9)]
[Gru(7)]
public sealed partial class LearnedStates;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 12, InitialState = InitialState.Learned, Pooling = Pooling.Mean, Precision = Precision.Double)]
[Lstm(8, Bidirectional = true)]
[Rnn(17, Bidirectional = true)]
public sealed partial class LearnedStatesOfBothWays;

[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 4, OutputLength = 3, OutputSize = 2, BatchSize = 12, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Lstm(7)]
[Decoder]
[Lstm(7)]
public sealed partial class LearnedStatesOfAnEncoder;

[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 5, Loss = Loss.CrossEntropy, BatchSize = 3, InitialState = InitialState.Learned)]
[Embedding(5, 6)]
[Gru(33)]
public sealed partial class LearnedStateOfTokens;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 6, OutputSize = 2, BatchSize = 12, Precision = Precision.Double)]
[Lstm(9)]
[Gru(16)]
[Rnn(7)]
public sealed partial class CarriedStates;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 12, OutputSize = 2, BatchSize = 12, Precision = Precision.Double)]
[Lstm(9)]
[Gru(16)]
[Rnn(7)]
public sealed partial class CarriedStatesAtOnce;

// As many rows as a chunk of the weight gradient has: one step a chunk.
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 3, OutputSize = 1, BatchSize = 300, Precision = Precision.Double)]
[Lstm(15)]
public sealed partial class CarriedStatesOfMany;

// What is read of a loss of several values, at each of as many steps as the other models of these tests have.
[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 12, OutputSize = 2, Loss = Loss.Quantile, BatchSize = 4)]
[Lstm(9)]
[Gru(5)]
public sealed partial class ResetQuantiles;
