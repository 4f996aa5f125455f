namespace RnnGen.Exchange.Tests.Exports;

// Models that together have all that exports can say. Sizes differ wherever they may.

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 7, OutputSize = 2)]
[Lstm(5), LayerNorm, Lstm(5), Dense(4, Activation = Activation.Relu)]
public sealed partial class TwoLstms;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 6, OutputSize = 2)]
[Gru(5), LayerNorm(Epsilon = 0.125), Gru(4)]
public sealed partial class Normalised;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 7, OutputSize = 1)]
[Lstm(6), Lstm(6)]
public sealed partial class PlainLstm;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 6, OutputSize = 3, Loss = Loss.CrossEntropy)]
[Gru(4), Gru(5, Bidirectional = true), Dense(6, Activation = Activation.Tanh)]
public sealed partial class BothWays;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 6, OutputSize = 2, OutputActivation = Activation.Sigmoid)]
[Rnn(4, Activation = Activation.Relu, Bidirectional = true), Rnn(3)]
public sealed partial class PlainRnn;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 6, OutputSize = 2)]
[PeepholeLstm(4, Bidirectional = true), CoupledLstm(3), ResetBeforeGru(5)]
public sealed partial class OtherCells;

[RnnModel(Architecture.ManyToOne, SequenceLength = 6, OutputSize = 9, Loss = Loss.CrossEntropy, TiedEmbedding = true)]
[Embedding(9, 5), Lstm(5)]
public sealed partial class Tied;

[RnnModel(Architecture.ManyToMany, SequenceLength = 6, OutputSize = 4, Loss = Loss.CrossEntropy)]
[Embedding(9, 5), Gru(4)]
public sealed partial class Tokens;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 9, OutputSize = 2)]
[Conv1D(3, 3, Dilation = 2, Activation = Activation.Relu), Gru(4), Conv1D(5, 2)]
public sealed partial class CausalConvolutions;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 9, OutputSize = 2)]
[Conv1D(3, 4, Causal = false), Conv1D(3, 3, Causal = false, Residual = true), Lstm(4)]
public sealed partial class CentredConvolutions;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 6, OutputSize = 2, InitialState = InitialState.Learned)]
[Lstm(4, Bidirectional = true), Gru(3)]
public sealed partial class LearnedStates;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 6, OutputSize = 1, OutputSkip = true)]
[Lstm(4)]
public sealed partial class Skipping;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 6, OutputSize = 2, Pooling = Pooling.Mean)]
[Gru(4, Bidirectional = true)]
public sealed partial class MeanPooled;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 6, OutputSize = 2, Pooling = Pooling.Max)]
[Gru(4), Dense(3, Activation = Activation.Tanh)]
public sealed partial class MaxPooled;

[RnnModel(Architecture.ManyToOne, InputSize = 4, SequenceLength = 6, OutputSize = 2)]
[Dense(4), Gru(4, Residual = true), Dense(4, Residual = true)]
public sealed partial class Residuals;

[RnnModel(Architecture.ManyToOne, InputSize = 8, SequenceLength = 6, OutputSize = 2)]
[Dense(8), Gru(4, Bidirectional = true, Residual = true)]
public sealed partial class ResidualBothWays;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 6, OutputSize = 2, Precision = Precision.Double)]
[Lstm(4), Gru(3)]
public sealed partial class InDouble;

[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 6, OutputLength = 4, OutputSize = 2)]
[Gru(4), Decoder, Gru(4)]
public sealed partial class Decoding;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 7, OutputSize = 1, InitialState = InitialState.Learned)]
[Lstm(6), Lstm(6)]
public sealed partial class NamCapture;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 7, OutputSize = 1, OutputSkip = true)]
[Gru(5), Gru(5)]
public sealed partial class SkippingGru;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 7, OutputSize = 1, OutputSkip = true)]
[Dense(3, Activation = Activation.Tanh), Gru(5), Lstm(4), Dense(2, Activation = Activation.Relu)]
public sealed partial class MixedCapture;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 6, OutputSize = 2)]
[Lstm(4, Bidirectional = true), Lstm(4, Bidirectional = true), ProjectedLstm(5, Projection = 3), Rnn(3)]
public sealed partial class Unequal;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 7, OutputSize = 1, OutputSkip = true)]
[Lstm(4)]
public sealed partial class SkippingLstm;

[Cell("""
    k  = sigmoid(W x + U h + b)
    g  = elu(norm(W x) + U (k * h)) - 0.5 * gelu(W x + b)
    c' = select(k > 0.5, k * c + (1 - k) * g, max(c, min(g, abs(c)))) / (1.5 + sin(c) * cos(g))
    h' = f(W x + b) * tanh(c') - mean(c') + sqrt(1 + c * c) - softplus(g) * exp(-log(2 + abs(g)))
    """)]
public sealed class Everything : ICell;

[Cell("""
    state h, c
    a  = tanh(W x + U h + b)
    c' = 0.5 * c + a
    h' = 0.5 * h + a
    y  = a * c'
    output y
    """)]
public sealed class OutputIsNoState : ICell;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 6, OutputSize = 2)]
[Recurrent<Everything>(4, Activation = Activation.Tanh), ProjectedLstm(5, Projection = 3), LayerNormLstm(4)]
public sealed partial class OwnCells;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 6, OutputSize = 2, InitialState = InitialState.Learned)]
[Gru(3), Recurrent<OutputIsNoState>(4, Bidirectional = true)]
public sealed partial class OwnCellAtTheEnd;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 6, OutputSize = 2)]
[MinGru(4, Bidirectional = true), SLstm(4), Sru(3, Bidirectional = true)]
public sealed partial class ShippedCells;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 9, OutputSize = 2)]
[Conv1D(3, 3, Dilation = 2, Activation = Activation.Relu), Conv1D(4, 4, Causal = false), Gru(4)]
public sealed partial class FrontConvolutions;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 6, OutputSize = 2)]
[ResetBeforeGru(4, Bidirectional = true), ResetBeforeGru(3)]
public sealed partial class ResetFirst;
