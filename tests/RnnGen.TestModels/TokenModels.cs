namespace RnnGen.TestModels;

// Models that read tokens through an embedding, at awkward sizes of vocabulary, embedding and batch: in double, and the
// same in float. The first two stand in tests/golden/make_golden.py too.

[RnnModel(Architecture.ManyToOne, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = 2, Precision = Precision.Double)]
[Embedding(11, 3)]
[Gru(7)]
public sealed partial class EmbeddingGruLastMse;

[RnnModel(Architecture.ManyToOne, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = 2)]
[Embedding(11, 3)]
[Gru(7)]
public sealed partial class EmbeddingGruLastMseFloat;

[RnnModel(Architecture.ManyToMany, SequenceLength = 7, OutputSize = 4, Loss = Loss.CrossEntropy, BatchSize = 2, Precision = Precision.Double)]
[Embedding(9, 17)]
[Lstm(9)]
[Rnn(5)]
public sealed partial class EmbeddingStackEachCrossentropy;

[RnnModel(Architecture.ManyToMany, SequenceLength = 7, OutputSize = 4, Loss = Loss.CrossEntropy, BatchSize = 2)]
[Embedding(9, 17)]
[Lstm(9)]
[Rnn(5)]
public sealed partial class EmbeddingStackEachCrossentropyFloat;

/// <summary>One token, one value, one step.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 1, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 1, Precision = Precision.Double)]
[Embedding(1, 1)]
[Rnn(1)]
public sealed partial class EmbeddingOfOne;

/// <inheritdoc cref="EmbeddingOfOne"/>
[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 1, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 1)]
[Embedding(1, 1)]
[Rnn(1)]
public sealed partial class EmbeddingOfOneFloat;

[RnnModel(Architecture.ManyToOne, SequenceLength = 4, OutputSize = 3, Loss = Loss.CrossEntropy, BatchSize = 13, Precision = Precision.Double)]
[Embedding(33, 64, Initializer = Initializer.Uniform)]
[Dense(8, Activation = Activation.Tanh)]
[Lstm(16)]
public sealed partial class EmbeddingDenseLastCrossentropy;

[RnnModel(Architecture.ManyToOne, SequenceLength = 4, OutputSize = 3, Loss = Loss.CrossEntropy, BatchSize = 13)]
[Embedding(33, 64, Initializer = Initializer.Uniform)]
[Dense(8, Activation = Activation.Tanh)]
[Lstm(16)]
public sealed partial class EmbeddingDenseLastCrossentropyFloat;

/// <summary>Says at the end which of 20 tokens came first.</summary>
[RnnModel(Architecture.ManyToOne, SequenceLength = 10, OutputSize = 20, Loss = Loss.CrossEntropy)]
[Embedding(20, 8)]
[Gru(24)]
public sealed partial class FirstToken;
