namespace RnnGen.Mpi.Worker;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 6, OutputSize = 4, Loss = Loss.CrossEntropy, BatchSize = 64)]
[Lstm(24, Dropout = 0.2)]
public sealed partial class Classifier;

[RnnModel(Architecture.ManyToMany, SequenceLength = 5, OutputSize = 50, Loss = Loss.CrossEntropy, BatchSize = 64)]
[Embedding(50, 12)]
[Gru(16)]
public sealed partial class TokenModel;

[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 5, OutputSize = 2, OutputLength = 4, Loss = Loss.MeanSquaredError, BatchSize = 64)]
[Lstm(16)]
[Decoder]
[Lstm(16)]
public sealed partial class Decoding;

/// <summary>Carries states, with a batch of as many streams.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 4, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 32)]
[Gru(16)]
public sealed partial class Carrying;

/// <summary>Categories of steps, of the sequence and of decoded steps, of which batches name some; attention is fed back.</summary>
[RnnModel(Architecture.EncoderDecoder, SequenceLength = 5, OutputSize = 2, OutputLength = 4, Loss = Loss.MeanSquaredError, BatchSize = 64)]
[Feature("value")]
[Feature("kind", Categories = 50, EmbeddingSize = 6)]
[Static("group", Categories = 90, EmbeddingSize = 3)]
[Known("day", Categories = 30, EmbeddingSize = 4)]
[Gru(16)]
[Decoder(Attention = Attention.Multiplicative, InputFeeding = true)]
[Gru(16)]
public sealed partial class Columns;

/// <summary>Parameters that take more memory than all else.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 6, OutputSize = 4, Loss = Loss.CrossEntropy, BatchSize = 64)]
[Lstm(128)]
public sealed partial class Wide;

/// <summary>Forecasts half a year of months from one year.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 6)]
[Gru(4)]
public sealed partial class Seasons;
