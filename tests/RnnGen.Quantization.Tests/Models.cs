namespace RnnGen.Quantization.Tests;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(1)]
[Gru(1)]
[Rnn(1)]
public sealed partial class Stack1BFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Lstm(1)]
[Gru(1)]
[Rnn(1)]
public sealed partial class Stack1Int8;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(7)]
[Gru(7)]
[Rnn(7)]
public sealed partial class Stack7BFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Lstm(7)]
[Gru(7)]
[Rnn(7)]
public sealed partial class Stack7Int8;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(8)]
[Gru(8)]
[Rnn(8)]
public sealed partial class Stack8BFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Lstm(8)]
[Gru(8)]
[Rnn(8)]
public sealed partial class Stack8Int8;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(9)]
[Gru(9)]
[Rnn(9)]
public sealed partial class Stack9BFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Lstm(9)]
[Gru(9)]
[Rnn(9)]
public sealed partial class Stack9Int8;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(15)]
[Gru(15)]
[Rnn(15)]
public sealed partial class Stack15BFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Lstm(15)]
[Gru(15)]
[Rnn(15)]
public sealed partial class Stack15Int8;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(16)]
[Gru(16)]
[Rnn(16)]
public sealed partial class Stack16BFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Lstm(16)]
[Gru(16)]
[Rnn(16)]
public sealed partial class Stack16Int8;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(17)]
[Gru(17)]
[Rnn(17)]
public sealed partial class Stack17BFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Lstm(17)]
[Gru(17)]
[Rnn(17)]
public sealed partial class Stack17Int8;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.Float)]
[Lstm(17)]
[Gru(17)]
[Rnn(17)]
public sealed partial class Stack17Float;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(33)]
[Gru(33)]
[Rnn(33)]
public sealed partial class Stack33BFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Lstm(33)]
[Gru(33)]
[Rnn(33)]
public sealed partial class Stack33Int8;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 6, OutputSize = 20, BatchSize = 4, PredictionWeights = WeightFormat.Float)]
[Lstm(33)]
[Gru(33)]
[Rnn(33)]
public sealed partial class Stack33Float;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Float)]
[Rnn(24, Activation = Activation.Relu)]
public sealed partial class ReluFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Rnn(24, Activation = Activation.Relu)]
public sealed partial class ReluBFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Rnn(24, Activation = Activation.Relu)]
public sealed partial class ReluInt8;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Float)]
[MinimalGatedUnit(20)]
[ResetBeforeGru(20)]
[Sru(20)]
public sealed partial class GatedFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[MinimalGatedUnit(20)]
[ResetBeforeGru(20)]
[Sru(20)]
public sealed partial class GatedBFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[MinimalGatedUnit(20)]
[ResetBeforeGru(20)]
[Sru(20)]
public sealed partial class GatedInt8;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Float)]
[ProjectedLstm(40, Projection = 20)]
[Dense(18, Activation = Activation.Tanh)]
public sealed partial class ProjectedFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[ProjectedLstm(40, Projection = 20)]
[Dense(18, Activation = Activation.Tanh)]
public sealed partial class ProjectedBFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[ProjectedLstm(40, Projection = 20)]
[Dense(18, Activation = Activation.Tanh)]
public sealed partial class ProjectedInt8;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Float)]
[LayerNormLstm(20)]
[LayerNorm]
[MinGru(20)]
public sealed partial class NormalizedFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[LayerNormLstm(20)]
[LayerNorm]
[MinGru(20)]
public sealed partial class NormalizedBFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[LayerNormLstm(20)]
[LayerNorm]
[MinGru(20)]
public sealed partial class NormalizedInt8;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Float)]
[Recurrent<Growing>(20)]
public sealed partial class OwnFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Recurrent<Growing>(20)]
public sealed partial class OwnBFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Recurrent<Growing>(20)]
public sealed partial class OwnInt8;

[RnnModel(Architecture.ManyToOne, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Float)]
[Lstm(20, Bidirectional = true)]
[Gru(18, Bidirectional = true, Residual = false)]
public sealed partial class BothFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(20, Bidirectional = true)]
[Gru(18, Bidirectional = true, Residual = false)]
public sealed partial class BothBFloat16;

[RnnModel(Architecture.ManyToOne, InputSize = 6, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Lstm(20, Bidirectional = true)]
[Gru(18, Bidirectional = true, Residual = false)]
public sealed partial class BothInt8;

[RnnModel(Architecture.ManyToMany, SequenceLength = 7, OutputSize = 21, Loss = Loss.CrossEntropy, BatchSize = 4, PredictionWeights = WeightFormat.Float)]
[Embedding(21, 12)]
[Lstm(20)]
public sealed partial class TokensFloat;

[RnnModel(Architecture.ManyToMany, SequenceLength = 7, OutputSize = 21, Loss = Loss.CrossEntropy, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Embedding(21, 12)]
[Lstm(20)]
public sealed partial class TokensBFloat16;

[RnnModel(Architecture.ManyToMany, SequenceLength = 7, OutputSize = 21, Loss = Loss.CrossEntropy, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Embedding(21, 12)]
[Lstm(20)]
public sealed partial class TokensInt8;

[RnnModel(Architecture.EncoderDecoder, InputSize = 6, SequenceLength = 7, OutputLength = 5, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Float)]
[Gru(20)]
[Decoder(Attention = Attention.Additive)]
[Gru(20)]
public sealed partial class FedFloat;

[RnnModel(Architecture.EncoderDecoder, InputSize = 6, SequenceLength = 7, OutputLength = 5, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Gru(20)]
[Decoder(Attention = Attention.Additive)]
[Gru(20)]
public sealed partial class FedBFloat16;

[RnnModel(Architecture.EncoderDecoder, InputSize = 6, SequenceLength = 7, OutputLength = 5, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Gru(20)]
[Decoder(Attention = Attention.Additive)]
[Gru(20)]
public sealed partial class FedInt8;

/// <summary>A cell of this project's own, whose first state grows beyond 1.</summary>
[Cell("""
    weight V = weight_ss
    a  = tanh(W x + b + U h + V s)
    s' = 0.9 * s + abs(a)
    h' = a
    """)]
public sealed class Growing : ICell;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 7, OutputSize = 3, BatchSize = 4)]
[Conv1D(17, 3, Activation = Activation.Tanh)]
[Conv1D(33, 2, Dilation = 2, Activation = Activation.Tanh)]
[Gru(16)]
public sealed partial class ConvolvedFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.Int8)]
[Conv1D(17, 3, Activation = Activation.Tanh)]
[Conv1D(33, 2, Dilation = 2, Activation = Activation.Tanh)]
[Gru(16)]
public sealed partial class ConvolvedInt8;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 7, OutputSize = 3, BatchSize = 4, PredictionWeights = WeightFormat.BFloat16)]
[Conv1D(17, 3, Activation = Activation.Tanh)]
[Conv1D(33, 2, Dilation = 2, Activation = Activation.Tanh)]
[Gru(16)]
public sealed partial class ConvolvedBFloat16;
