namespace RnnGen.TestModels;

// The mean and the maximum over the steps: of a state that is the output, of stacks, below dense layers, in one and in
// several blocks of units; in double, and the same in float.

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 7, OutputSize = 2, Pooling = Pooling.Mean, Loss = Loss.MeanSquaredError,
    BatchSize = 13, Precision = Precision.Double)]
[Lstm(17)]
public sealed partial class LstmMean;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 7, OutputSize = 2, Pooling = Pooling.Mean, Loss = Loss.MeanSquaredError,
    BatchSize = 13)]
[Lstm(17)]
public sealed partial class LstmMeanFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 9, OutputSize = 4, Pooling = Pooling.Max, Loss = Loss.CrossEntropy,
    BatchSize = 4, Precision = Precision.Double)]
[Rnn(8)]
[Gru(33)]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class GruMaxDense;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 9, OutputSize = 4, Pooling = Pooling.Max, Loss = Loss.CrossEntropy,
    BatchSize = 4)]
[Rnn(8)]
[Gru(33)]
[Dense(7, Activation = Activation.Tanh)]
public sealed partial class GruMaxDenseFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 1, OutputSize = 1, Pooling = Pooling.Mean, BatchSize = 1, Precision = Precision.Double)]
[Rnn(9)]
public sealed partial class RnnMeanOfOne;

/// <summary>Small enough to work out by hand.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 3, OutputSize = 1, Pooling = Pooling.Max, BatchSize = 1, Precision = Precision.Double)]
[Rnn(1)]
public sealed partial class RnnMax;

/// <summary>Reads tokens.</summary>
[RnnModel(Architecture.ManyToOne, SequenceLength = 6, OutputSize = 2, Pooling = Pooling.Max, Loss = Loss.CrossEntropy, BatchSize = 3, Precision = Precision.Double)]
[Embedding(11, 5)]
[Lstm(7)]
public sealed partial class TokensMax;
