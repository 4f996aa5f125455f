namespace RnnGen.TestModels;

// Models whose inputs are columns of numbers and of categories, and inputs that are given once: in double, and the same in float.

[RnnModel(Architecture.ManyToOne, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = 3, Precision = Precision.Double)]
[Feature("sales", Size = 2)]
[Feature("weekday", Categories = 7, EmbeddingSize = 3)]
[Static("store", Categories = 11, EmbeddingSize = 5)]
[Static("area")]
[Gru(7)]
public sealed partial class ColumnsLastMse;

[RnnModel(Architecture.ManyToOne, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = 3)]
[Feature("sales", Size = 2)]
[Feature("weekday", Categories = 7, EmbeddingSize = 3)]
[Static("store", Categories = 11, EmbeddingSize = 5)]
[Static("area")]
[Gru(7)]
public sealed partial class ColumnsLastMseFloat;

/// <summary>What <see cref="ColumnsLastMse"/> is behind its inputs.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 11, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = 3, Precision = Precision.Double)]
[Gru(7)]
public sealed partial class ElevenLastMse;

/// <inheritdoc cref="ElevenLastMse"/>
[RnnModel(Architecture.ManyToOne, InputSize = 11, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = 3)]
[Gru(7)]
public sealed partial class ElevenLastMseFloat;

/// <summary>Two numbers without a name, and two categories, one of whose tables does not learn; predicted layer by layer.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 4, SequenceLength = 7, OutputSize = 4, Loss = Loss.CrossEntropy, BatchSize = 2, Precision = Precision.Double)]
[Feature("kind", Categories = 5, EmbeddingSize = 17)]
[Feature("fixed", Categories = 4, EmbeddingSize = 2, Frozen = true)]
[Lstm(9, Bidirectional = true)]
public sealed partial class ColumnsBothCrossentropy;

/// <inheritdoc cref="ColumnsBothCrossentropy"/>
[RnnModel(Architecture.ManyToMany, InputSize = 4, SequenceLength = 7, OutputSize = 4, Loss = Loss.CrossEntropy, BatchSize = 2)]
[Feature("kind", Categories = 5, EmbeddingSize = 17)]
[Feature("fixed", Categories = 4, EmbeddingSize = 2, Frozen = true)]
[Lstm(9, Bidirectional = true)]
public sealed partial class ColumnsBothCrossentropyFloat;

/// <summary>One category a step, predicted as a block of steps.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 2, Precision = Precision.Double)]
[Feature("word", Categories = 33, EmbeddingSize = 64, Initializer = Initializer.Uniform)]
[Dense(8, Activation = Activation.Tanh)]
[Lstm(16)]
public sealed partial class ColumnsBlockMse;

/// <inheritdoc cref="ColumnsBlockMse"/>
[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 2)]
[Feature("word", Categories = 33, EmbeddingSize = 64, Initializer = Initializer.Uniform)]
[Dense(8, Activation = Activation.Tanh)]
[Lstm(16)]
public sealed partial class ColumnsBlockMseFloat;

/// <summary>Windows of a sequence whose category is given once.</summary>
[RnnModel(Architecture.ManyToMany, SequenceLength = 6, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 3, RecomputeEvery = 2, Precision = Precision.Double)]
[Feature("value")]
[Static("group", Categories = 3, EmbeddingSize = 2)]
[Lstm(8)]
public sealed partial class ColumnsRecomputed;

/// <inheritdoc cref="ColumnsRecomputed"/>
[RnnModel(Architecture.ManyToMany, SequenceLength = 6, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 3, RecomputeEvery = 2)]
[Feature("value")]
[Static("group", Categories = 3, EmbeddingSize = 2)]
[Lstm(8)]
public sealed partial class ColumnsRecomputedFloat;

[RnnModel(Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = 3, Precision = Precision.Double)]
[Feature("value", Size = 3)]
[Feature("day", Categories = 4, EmbeddingSize = 3)]
[Static("area")]
[Gru(5)]
[Decoder(Attention = Attention.Multiplicative)]
[Gru(6)]
public sealed partial class ColumnsDecoded;

[RnnModel(Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = 3)]
[Feature("value", Size = 3)]
[Feature("day", Categories = 4, EmbeddingSize = 3)]
[Static("area")]
[Gru(5)]
[Decoder(Attention = Attention.Multiplicative)]
[Gru(6)]
public sealed partial class ColumnsDecodedFloat;

/// <summary>A decoder of numbers that is told what is known of its steps, with statics beside.</summary>
[RnnModel(Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = 3, Precision = Precision.Double)]
[Feature("value")]
[Static("group", Categories = 3, EmbeddingSize = 2)]
[Known("price", Size = 2)]
[Known("day", Categories = 5, EmbeddingSize = 4)]
[Gru(6)]
[Decoder(Attention = Attention.Additive)]
[Gru(6)]
public sealed partial class KnownNumbers;

/// <summary>A decoder of tokens from one vector, that is told what is known of its steps.</summary>
[RnnModel(Architecture.OneToMany, InputSize = 3, OutputLength = 4, OutputSize = 5, Loss = Loss.CrossEntropy, BatchSize = 3, Precision = Precision.Double)]
[Known("kind", Categories = 4, EmbeddingSize = 3)]
[Known("weight")]
[Decoder]
[Embedding(5, 2)]
[Lstm(7)]
public sealed partial class KnownTokens;

/// <summary>A decoder of numbers that is told what is known of its steps, with statics beside.</summary>
[RnnModel(Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = 3)]
[Feature("value")]
[Static("group", Categories = 3, EmbeddingSize = 2)]
[Known("price", Size = 2)]
[Known("day", Categories = 5, EmbeddingSize = 4)]
[Gru(6)]
[Decoder(Attention = Attention.Additive)]
[Gru(6)]
public sealed partial class KnownNumbersFloat;

/// <summary>A decoder of tokens from one vector, that is told what is known of its steps.</summary>
[RnnModel(Architecture.OneToMany, InputSize = 3, OutputLength = 4, OutputSize = 5, Loss = Loss.CrossEntropy, BatchSize = 3)]
[Known("kind", Categories = 4, EmbeddingSize = 3)]
[Known("weight")]
[Decoder]
[Embedding(5, 2)]
[Lstm(7)]
public sealed partial class KnownTokensFloat;

/// <summary>A loss that reads several values of each output, beside what is given once.</summary>
[RnnModel(Architecture.ManyToMany, SequenceLength = 5, OutputSize = 2, Loss = Loss.Quantile, BatchSize = 3, Precision = Precision.Double)]
[Feature("value")]
[Static("group", Categories = 3, EmbeddingSize = 2)]
[Lstm(9)]
public sealed partial class ColumnsBand;

/// <inheritdoc cref="ColumnsBand"/>
[RnnModel(Architecture.ManyToMany, SequenceLength = 5, OutputSize = 2, Loss = Loss.Quantile, BatchSize = 3)]
[Feature("value")]
[Static("group", Categories = 3, EmbeddingSize = 2)]
[Lstm(9)]
public sealed partial class ColumnsBandFloat;

/// <summary>What <see cref="ColumnsBand"/> is behind its inputs.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, Loss = Loss.Quantile, BatchSize = 3, Precision = Precision.Double)]
[Lstm(9)]
public sealed partial class ThreeBand;

/// <inheritdoc cref="ThreeBand"/>
[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, Loss = Loss.Quantile, BatchSize = 3)]
[Lstm(9)]
public sealed partial class ThreeBandFloat;

/// <summary>Windows of columns, and of what is given once.</summary>
[RnnModel(Architecture.ManyToOne, SequenceLength = 7, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = 3, Precision = Precision.Double)]
[Feature("value", Size = 2)]
[Feature("kind", Categories = 4, EmbeddingSize = 3)]
[Static("area")]
[Conv1D(7, 3, Dilation = 2, Activation = Activation.Tanh)]
[Gru(5)]
public sealed partial class ColumnsConvolved;

/// <inheritdoc cref="ColumnsConvolved"/>
[RnnModel(Architecture.ManyToOne, SequenceLength = 7, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = 3)]
[Feature("value", Size = 2)]
[Feature("kind", Categories = 4, EmbeddingSize = 3)]
[Static("area")]
[Conv1D(7, 3, Dilation = 2, Activation = Activation.Tanh)]
[Gru(5)]
public sealed partial class ColumnsConvolvedFloat;

/// <summary>What <see cref="ColumnsConvolved"/> is behind its inputs.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 6, SequenceLength = 7, OutputSize = 2, Loss = Loss.MeanSquaredError, BatchSize = 3, Precision = Precision.Double)]
[Conv1D(7, 3, Dilation = 2, Activation = Activation.Tanh)]
[Gru(5)]
public sealed partial class SixConvolved;

/// <summary>Weights of fewer bits behind columns, some of whose tables do not learn, with dropout of what the first layer reads.</summary>
[RnnModel(Architecture.ManyToOne, SequenceLength = 5, OutputSize = 3, Loss = Loss.MeanSquaredError, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Feature("value")]
[Feature("kind", Categories = 4, EmbeddingSize = 6, Frozen = true)]
[Static("area")]
[Lstm(16, Dropout = 0.25)]
public sealed partial class ColumnsInt8;

/// <summary>What <see cref="ColumnsInt8"/> is behind its inputs.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 8, SequenceLength = 5, OutputSize = 3, Loss = Loss.MeanSquaredError, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Lstm(16, Dropout = 0.25)]
public sealed partial class EightInt8;

/// <summary>Outputs that are differentiated with respect to columns, categories and what is given once.</summary>
[RnnModel(Architecture.ManyToMany, SequenceLength = 6, OutputSize = 2, BatchSize = 4, Precision = Precision.Double, InputGradients = true)]
[Feature("value", Size = 2)]
[Feature("kind", Categories = 4, EmbeddingSize = 3)]
[Static("area")]
[Static("group", Categories = 3, EmbeddingSize = 2, Frozen = true)]
[Gru(9, Bidirectional = true)]
public sealed partial class ColumnsExplained;

/// <summary>What <see cref="ColumnsExplained"/> is behind its inputs.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 8, SequenceLength = 6, OutputSize = 2, BatchSize = 4, Precision = Precision.Double, InputGradients = true)]
[Gru(9, Bidirectional = true)]
public sealed partial class EightExplained;

/// <summary>A decoder that predicts distributions, reads its draws, and is told what is known of its steps.</summary>
[RnnModel(Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, OutputSize = 2, Loss = Loss.Gaussian, BatchSize = 3, Precision = Precision.Double)]
[Feature("value")]
[Feature("kind", Categories = 4, EmbeddingSize = 3)]
[Known("price")]
[Known("day", Categories = 5, EmbeddingSize = 4)]
[Gru(6)]
[Decoder]
[Gru(6)]
public sealed partial class KnownGaussian;

/// <inheritdoc cref="KnownGaussian"/>
[RnnModel(Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, OutputSize = 2, Loss = Loss.Gaussian, BatchSize = 3)]
[Feature("value")]
[Feature("kind", Categories = 4, EmbeddingSize = 3)]
[Known("price")]
[Known("day", Categories = 5, EmbeddingSize = 4)]
[Gru(6)]
[Decoder]
[Gru(6)]
public sealed partial class KnownGaussianFloat;

/// <summary>Tables of all awkward sizes, side by side.</summary>
[RnnModel(Architecture.ManyToOne, SequenceLength = 3, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 4, Precision = Precision.Double)]
[Feature("size_1", Categories = 3, EmbeddingSize = 1)]
[Feature("size_7", Categories = 4, EmbeddingSize = 7)]
[Feature("size_8", Categories = 5, EmbeddingSize = 8)]
[Feature("size_9", Categories = 3, EmbeddingSize = 9)]
[Static("size_15", Categories = 4, EmbeddingSize = 15)]
[Static("size_16", Categories = 3, EmbeddingSize = 16)]
[Static("size_33", Categories = 5, EmbeddingSize = 33)]
[Lstm(7)]
public sealed partial class ColumnsOfSizes;

/// <summary>What <see cref="ColumnsOfSizes"/> is behind its inputs.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 89, SequenceLength = 3, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 4, Precision = Precision.Double)]
[Lstm(7)]
public sealed partial class EightyNine;

/// <summary>Tables of all awkward sizes, side by side.</summary>
[RnnModel(Architecture.ManyToOne, SequenceLength = 3, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 4)]
[Feature("size_1", Categories = 3, EmbeddingSize = 1)]
[Feature("size_7", Categories = 4, EmbeddingSize = 7)]
[Feature("size_8", Categories = 5, EmbeddingSize = 8)]
[Feature("size_9", Categories = 3, EmbeddingSize = 9)]
[Static("size_15", Categories = 4, EmbeddingSize = 15)]
[Static("size_16", Categories = 3, EmbeddingSize = 16)]
[Static("size_33", Categories = 5, EmbeddingSize = 33)]
[Lstm(7)]
public sealed partial class ColumnsOfSizesFloat;

/// <summary>What <see cref="ColumnsOfSizesFloat"/> is behind its inputs.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 89, SequenceLength = 3, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 4)]
[Lstm(7)]
public sealed partial class EightyNineFloat;
