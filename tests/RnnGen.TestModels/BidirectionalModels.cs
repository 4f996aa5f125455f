namespace RnnGen.TestModels;

// Both directions: read at the end, at every step and pooled, in stacks, with each cell, in one and in several blocks of units; in
// double, and the same in float.

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 7, OutputSize = 2, BatchSize = 13, Precision = Precision.Double)]
[Lstm(17, Bidirectional = true)]
public sealed partial class BidirectionalLstm;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 7, OutputSize = 2, BatchSize = 13)]
[Lstm(17, Bidirectional = true)]
public sealed partial class BidirectionalLstmFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 9, OutputSize = 3, Loss = Loss.CrossEntropy, BatchSize = 4, Precision = Precision.Double)]
[Gru(8, Bidirectional = true)]
[Dense(9, Activation = Activation.Tanh)]
[Rnn(7, Bidirectional = true)]
public sealed partial class BidirectionalTagger;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 9, OutputSize = 3, Loss = Loss.CrossEntropy, BatchSize = 4)]
[Gru(8, Bidirectional = true)]
[Dense(9, Activation = Activation.Tanh)]
[Rnn(7, Bidirectional = true)]
public sealed partial class BidirectionalTaggerFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 6, OutputSize = 3, Pooling = Pooling.Max, Loss = Loss.CrossEntropy, BatchSize = 3, Precision = Precision.Double)]
[Lstm(16)]
[Gru(9, Bidirectional = true)]
[Dense(8, Activation = Activation.Relu)]
public sealed partial class BidirectionalPooled;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 6, OutputSize = 3, Pooling = Pooling.Max, Loss = Loss.CrossEntropy, BatchSize = 3)]
[Lstm(16)]
[Gru(9, Bidirectional = true)]
[Dense(8, Activation = Activation.Relu)]
public sealed partial class BidirectionalPooledFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 1, OutputSize = 1, BatchSize = 1, Precision = Precision.Double)]
[Gru(33, Bidirectional = true)]
public sealed partial class BidirectionalOfOne;

/// <summary>Reads tokens.</summary>
[RnnModel(Architecture.ManyToOne, SequenceLength = 6, OutputSize = 2, Loss = Loss.CrossEntropy, BatchSize = 3, Precision = Precision.Double)]
[Embedding(11, 5)]
[Lstm(7, Bidirectional = true)]
public sealed partial class BidirectionalTokens;
