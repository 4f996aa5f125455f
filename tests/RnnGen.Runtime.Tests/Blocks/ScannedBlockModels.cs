namespace RnnGen.Runtime.Tests.Blocks;

/// <summary>A cell of a user's own whose matrices read the input alone; its equations wait for their own step before, and its second state is no output.</summary>
[Cell("""
    vector u
    i  = sigmoid(W x + b)
    g  = tanh(W x + b + u * h)
    c' = i * c + (1 - i) * g
    h' = tanh(c') * sigmoid(W x)
    """)]
public sealed class ScannedGate : ICell;

[RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 40, OutputSize = 2, BatchSize = 2)]
[MinGru(1)]
[MinLstm(17)]
public sealed partial class BlockMinGru;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 70, OutputSize = 2, BatchSize = 2, Precision = Precision.Double, Pooling = Pooling.Mean)]
[Sru(33)]
[QuasiRnn(40)]
public sealed partial class BlockSru;

[RnnModel(Architecture.ManyToMany, InputSize = 8, SequenceLength = 40, OutputSize = 3, BatchSize = 2, InitialState = InitialState.Learned)]
[Recurrent<ScannedGate>(20)]
[LayerNorm]
[MinGru(20, Residual = true)]
public sealed partial class BlockScannedGate;

[RnnModel(Architecture.ManyToOne, SequenceLength = 40, OutputSize = 2, BatchSize = 2)]
[Embedding(50, 9)]
[MinGru(16)]
[Sru(24)]
public sealed partial class BlockScannedTokens;
