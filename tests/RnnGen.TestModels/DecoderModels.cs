namespace RnnGen.TestModels;

// Sequences that are decoded step by step: numbers and tokens, from a vector and from a sequence, with and without attention, states
// handed over and bridged; in double, and the same in float.

[RnnModel(Architecture.OneToMany, InputSize = 5, OutputLength = 6, OutputSize = 9, Loss = Loss.CrossEntropy, BatchSize = 4, Precision = Precision.Double)]
[Embedding(9, 7)]
[Gru(17)]
public sealed partial class Captions;

[RnnModel(Architecture.OneToMany, InputSize = 5, OutputLength = 6, OutputSize = 9, Loss = Loss.CrossEntropy, BatchSize = 4)]
[Embedding(9, 7)]
[Gru(17)]
public sealed partial class CaptionsFloat;

[RnnModel(Architecture.OneToMany, InputSize = 3, OutputLength = 7, OutputSize = 2, BatchSize = 3, Precision = Precision.Double)]
[Dense(8, Activation = Activation.Tanh)]
[Dense(16, Activation = Activation.Tanh)]
[Decoder]
[Lstm(9)]
[Rnn(15)]
[Dense(4, Activation = Activation.Sigmoid)]
public sealed partial class Curves;

[RnnModel(Architecture.OneToMany, InputSize = 3, OutputLength = 7, OutputSize = 2, BatchSize = 3)]
[Dense(8, Activation = Activation.Tanh)]
[Dense(16, Activation = Activation.Tanh)]
[Decoder]
[Lstm(9)]
[Rnn(15)]
[Dense(4, Activation = Activation.Sigmoid)]
public sealed partial class CurvesFloat;

[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 6, OutputLength = 4, OutputSize = 1, BatchSize = 13, Precision = Precision.Double)]
[Lstm(8)]
[Lstm(17)]
[Decoder]
[Lstm(8)]
[Lstm(17)]
public sealed partial class SequenceForecaster;

[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 6, OutputLength = 4, OutputSize = 1, BatchSize = 13)]
[Lstm(8)]
[Lstm(17)]
[Decoder]
[Lstm(8)]
[Lstm(17)]
public sealed partial class SequenceForecasterFloat;

// The decoder starts from the encoder's first layer; nobody reads the second one.
[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 4, OutputLength = 3, OutputSize = 1, BatchSize = 3, Precision = Precision.Double)]
[Lstm(8)]
[Rnn(7)]
[Decoder]
[Lstm(8)]
public sealed partial class UnreadTop;

[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 4, OutputLength = 3, OutputSize = 1, BatchSize = 3)]
[Lstm(8)]
[Rnn(7)]
[Decoder]
[Lstm(8)]
public sealed partial class UnreadTopFloat;

[RnnModel(Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 7, OutputLength = 5, OutputSize = 8, Loss = Loss.CrossEntropy, BatchSize = 4, StartToken = 2, EndToken = 5, Precision = Precision.Double)]
[Gru(9, Bidirectional = true)]
[Decoder(Attention = Attention.Multiplicative)]
[Embedding(8, 5)]
[Gru(16)]
public sealed partial class Attentive;

[RnnModel(Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 7, OutputLength = 5, OutputSize = 8, Loss = Loss.CrossEntropy, BatchSize = 4, StartToken = 2, EndToken = 5)]
[Gru(9, Bidirectional = true)]
[Decoder(Attention = Attention.Multiplicative)]
[Embedding(8, 5)]
[Gru(16)]
public sealed partial class AttentiveFloat;

[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 5, OutputLength = 6, OutputSize = 7, Loss = Loss.CrossEntropy, BatchSize = 3, Precision = Precision.Double)]
[Lstm(7)]
[Decoder(Attention = Attention.Additive)]
[Embedding(7, 3)]
[Lstm(7)]
[Dense(6, Activation = Activation.Tanh)]
public sealed partial class AdditivelyAttentive;

[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 5, OutputLength = 6, OutputSize = 7, Loss = Loss.CrossEntropy, BatchSize = 3)]
[Lstm(7)]
[Decoder(Attention = Attention.Additive)]
[Embedding(7, 3)]
[Lstm(7)]
[Dense(6, Activation = Activation.Tanh)]
public sealed partial class AdditivelyAttentiveFloat;

[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 5, OutputLength = 3, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Gru(9, Bidirectional = true)]
[Dense(6, Activation = Activation.Tanh)]
[Decoder]
[Lstm(7)]
public sealed partial class BridgedForecaster;

[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 5, OutputLength = 3, OutputSize = 2, BatchSize = 4)]
[Gru(9, Bidirectional = true)]
[Dense(6, Activation = Activation.Tanh)]
[Decoder]
[Lstm(7)]
public sealed partial class BridgedForecasterFloat;

/// <summary>Reads tokens and writes tokens.</summary>
[RnnModel(Architecture.EncoderDecoder, SequenceLength = 6, OutputLength = 7, OutputSize = 9, Loss = Loss.CrossEntropy, BatchSize = 4, Precision = Precision.Double)]
[Embedding(11, 5)]
[Lstm(7, Bidirectional = true)]
[Dense(6)]
[Decoder(Attention = Attention.Additive)]
[Embedding(9, 4)]
[Lstm(8)]
public sealed partial class TokenTranslator;

/// <summary>Small enough that all its sequences can be counted.</summary>
[RnnModel(Architecture.OneToMany, InputSize = 2, OutputLength = 4, OutputSize = 3, Loss = Loss.CrossEntropy, BatchSize = 4, StartToken = 2, EndToken = 0, Precision = Precision.Double)]
[Embedding(3, 4)]
[Lstm(6)]
public sealed partial class FewSequences;
