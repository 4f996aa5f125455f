using RnnGen;

namespace RnnGen.Aot;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 24, OutputSize = 2, BatchSize = 16, Loss = Loss.MeanSquaredError)]
[Lstm(64)]
internal sealed partial class LstmModel;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 24, OutputSize = 2, BatchSize = 16, Loss = Loss.MeanSquaredError)]
[Gru(17)]
internal sealed partial class GruModel;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 24, OutputSize = 2, BatchSize = 16, PredictionWeights = WeightFormat.Int8)]
[Lstm(64)]
internal sealed partial class Int8Model;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 24, OutputSize = 2, BatchSize = 16, PredictionWeights = WeightFormat.BFloat16)]
[Gru(17)]
internal sealed partial class BFloat16Model;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 24, OutputSize = 2, BatchSize = 16, Loss = Loss.Quantile)]
[Gru(17)]
internal sealed partial class QuantileModel;

[RnnModel(Architecture.EncoderDecoder, InputSize = 16, SequenceLength = 24, OutputLength = 7, OutputSize = 9, Loss = Loss.CrossEntropy, BatchSize = 16)]
[Gru(17, Bidirectional = true, Dropout = 0.25)]
[Decoder(Attention = Attention.Multiplicative)]
[Embedding(9, 5)]
[Lstm(16)]
internal sealed partial class DecoderModel;

[RnnModel(Architecture.ManyToMany, InputSize = 16, SequenceLength = 24, OutputSize = 2, BatchSize = 16, OutputSkip = true)]
[Conv1D(17, 3, Activation = Activation.Tanh)]
[Conv1D(16, 2, Dilation = 3)]
[Gru(17)]
internal sealed partial class ConvolvedModel;

[RnnModel(Architecture.EncoderDecoder, SequenceLength = 6, OutputLength = 5, OutputSize = 1, BatchSize = 16)]
[Feature("value")]
[Feature("kind", Categories = 4, EmbeddingSize = 3)]
[Static("group", Categories = 5, EmbeddingSize = 2)]
[Known("day", Categories = 7, EmbeddingSize = 3)]
[Gru(9)]
[Decoder(Attention = Attention.Additive, InputFeeding = true)]
[Gru(9)]
internal sealed partial class ColumnsModel;
