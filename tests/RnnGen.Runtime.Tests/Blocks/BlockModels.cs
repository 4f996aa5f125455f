namespace RnnGen.Runtime.Tests.Blocks;

/// <summary>A cell of a user's own whose steps are computed in blocks.</summary>
[Cell("""
    f  = sigmoid(W x + U h + b)
    h' = f * h + (1 - f) * tanh(W x + b)
    """)]
public sealed class HalfGate : ICell;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Lstm(1)]
public sealed partial class BlockLstm1;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Lstm(7)]
public sealed partial class BlockLstm7;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Lstm(8)]
public sealed partial class BlockLstm8;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Lstm(9)]
public sealed partial class BlockLstm9;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Lstm(15)]
public sealed partial class BlockLstm15;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Lstm(16)]
public sealed partial class BlockLstm16;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Lstm(17)]
public sealed partial class BlockLstm17;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Lstm(33)]
public sealed partial class BlockLstm33;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Gru(1)]
public sealed partial class BlockGru1;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Gru(8)]
public sealed partial class BlockGru8;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Gru(17)]
public sealed partial class BlockGru17;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Gru(33)]
public sealed partial class BlockGru33;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5, Precision = Precision.Double)]
[Lstm(1)]
public sealed partial class BlockLstm1Double;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5, Precision = Precision.Double)]
[Lstm(9)]
public sealed partial class BlockLstm9Double;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5, Precision = Precision.Double)]
[Lstm(33)]
public sealed partial class BlockLstm33Double;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5, Precision = Precision.Double)]
[Gru(17)]
public sealed partial class BlockGru17Double;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 33, BatchSize = 5)]
[Rnn(33, Activation = Activation.Relu)]
public sealed partial class BlockRnn33;

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 4, OutputSize = 64, BatchSize = 5)]
[Lstm(128)]
public sealed partial class BlockWide;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Recurrent<HalfGate>(33)]
public sealed partial class BlockOwn;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[LayerNormLstm(20)]
public sealed partial class BlockNormed;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[ResetBeforeGru(20)]
public sealed partial class BlockResetBefore;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[ProjectedLstm(20, Projection = 9)]
public sealed partial class BlockProjected;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[PeepholeLstm(33)]
public sealed partial class BlockPeephole;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[MinGru(33)]
public sealed partial class BlockScan;

[RnnModel(Architecture.ManyToMany, InputSize = 40, SequenceLength = 4, OutputSize = 2, BatchSize = 5, InitialState = InitialState.Learned)]
[Lstm(64)]
[LayerNorm]
[Lstm(64, Residual = true)]
[Dense(20, Activation = Activation.Tanh)]
public sealed partial class StackedBlocks;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Lstm(20)]
[Lstm(80)]
[Gru(96, Dropout = 0.5)]
[Gru(8)]
public sealed partial class BlockMixed;

[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 50, BatchSize = 5, Loss = Loss.CrossEntropy)]
[Embedding(50, 40)]
[Gru(64)]
public sealed partial class BlockTokens;

[RnnModel(Architecture.ManyToOne, InputSize = 40, SequenceLength = 4, OutputSize = 2, BatchSize = 5)]
[Lstm(64)]
[Gru(48)]
public sealed partial class BlockLast;

[RnnModel(Architecture.ManyToOne, InputSize = 40, SequenceLength = 4, OutputSize = 2, BatchSize = 5, Pooling = Pooling.Mean)]
[Lstm(64)]
[LayerNorm]
public sealed partial class BlockMean;

[RnnModel(Architecture.ManyToOne, InputSize = 40, SequenceLength = 4, OutputSize = 2, BatchSize = 5, Pooling = Pooling.Max)]
[Lstm(64)]
[LayerNorm]
public sealed partial class BlockMax;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 1, BatchSize = 5)]
[Lstm(20)]
public sealed partial class BlockSmall;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 4, OutputSize = 2, BatchSize = 5, Pooling = Pooling.Mean)]
[LayerNormGru(6)]
[Gru(7)]
public sealed partial class BlockSmallMean;

[RnnModel(Architecture.ManyToMany, InputSize = 700, SequenceLength = 40, OutputSize = 2, BatchSize = 1)]
[Lstm(9)]
public sealed partial class BlockOneByOne;

[RnnModel(Architecture.ManyToOne, InputSize = 700, SequenceLength = 70, OutputSize = 2, BatchSize = 5)]
[Gru(9)]
public sealed partial class BlockLongLast;
