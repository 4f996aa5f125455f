namespace RnnGen.TestModels;

// Decoders whose first layer reads what attention made of the step before (input feeding): in double, and the same in float.

/// <summary>Stands in tests/golden/make_architectures.py too.</summary>
[RnnModel(Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 5, OutputLength = 4, OutputSize = 6, Loss = Loss.CrossEntropy, BatchSize = 4, Precision = Precision.Double)]
[Gru(7, Bidirectional = true)]
[Decoder(Attention = Attention.Multiplicative, InputFeeding = true)]
[Embedding(6, 3)]
[Gru(9)]
public sealed partial class FedTranslator;

/// <inheritdoc cref="FedTranslator"/>
[RnnModel(Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 5, OutputLength = 4, OutputSize = 6, Loss = Loss.CrossEntropy, BatchSize = 4)]
[Gru(7, Bidirectional = true)]
[Decoder(Attention = Attention.Multiplicative, InputFeeding = true)]
[Embedding(6, 3)]
[Gru(9)]
public sealed partial class FedTranslatorFloat;

/// <summary>Several layers below attention, ops between them, and a layer behind it. Stands in tests/golden/make_architectures.py too.</summary>
[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 6, OutputLength = 5, OutputSize = 2, BatchSize = 3, Precision = Precision.Double)]
[Lstm(8)]
[Decoder(Attention = Attention.Additive, InputFeeding = true)]
[Lstm(8)]
[LayerNorm]
[Gru(8, Residual = true)]
[Dense(5, Activation = Activation.Tanh)]
public sealed partial class FedForecaster;

/// <inheritdoc cref="FedForecaster"/>
[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 6, OutputLength = 5, OutputSize = 2, BatchSize = 3)]
[Lstm(8)]
[Decoder(Attention = Attention.Additive, InputFeeding = true)]
[Lstm(8)]
[LayerNorm]
[Gru(8, Residual = true)]
[Dense(5, Activation = Activation.Tanh)]
public sealed partial class FedForecasterFloat;

/// <summary>A cell whose steps are computed at once elsewhere, beside known inputs, and more steps than are summed at once.</summary>
[RnnModel(Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 11, OutputSize = 1, BatchSize = 9, Precision = Precision.Double)]
[Feature("value")]
[Known("day", Categories = 4, EmbeddingSize = 3)]
[Gru(6)]
[Decoder(Attention = Attention.Multiplicative, InputFeeding = true)]
[Recurrent<SmoothGate>(17)]
public sealed partial class FedKnown;

/// <inheritdoc cref="FedKnown"/>
[RnnModel(Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 11, OutputSize = 1, BatchSize = 9)]
[Feature("value")]
[Known("day", Categories = 4, EmbeddingSize = 3)]
[Gru(6)]
[Decoder(Attention = Attention.Multiplicative, InputFeeding = true)]
[Recurrent<SmoothGate>(17)]
public sealed partial class FedKnownFloat;

/// <summary>Dropout of what every layer of the decoder reads.</summary>
[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 4, OutputLength = 3, OutputSize = 2, OutputDropout = 0.2, BatchSize = 3, Precision = Precision.Double)]
[Gru(6)]
[Decoder(Attention = Attention.Multiplicative, InputFeeding = true)]
[Lstm(7, Dropout = 0.25, RecurrentDropout = 0.25)]
[Gru(6, Dropout = 0.25)]
public sealed partial class FedDropping;

/// <summary>A gate that does not read the state, so that many steps are computed at once where nothing forbids it; without the kink of minGRU.</summary>
[Cell("""
    z  = sigmoid(W x + b)
    n  = tanh(W x + b)
    h' = (1 - z) * h + z * n
    """)]
public sealed class SmoothGate : ICell;
