namespace RnnGen.TestModels;

// The same models with trees of gradient sums of different numbers of leaves; with one leaf a batch is summed group by group.

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 1, MaskedTargets = true, BatchSize = 16, Precision = Precision.Double)]
[Gru(9)]
public sealed partial class SummedInEight;

/// <inheritdoc cref="SummedInEight"/>
[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 1, MaskedTargets = true, BatchSize = 16, Precision = Precision.Double, GradientSums = 1)]
[Gru(9)]
public sealed partial class SummedInOne;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 1, MaskedTargets = true, GradientSums = 16)]
[Lstm(17)]
[Lstm(5)]
public sealed partial class StackSummedInSixteen;

/// <inheritdoc cref="StackSummedInSixteen"/>
[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 1, MaskedTargets = true, GradientSums = 1)]
[Lstm(17)]
[Lstm(5)]
public sealed partial class StackSummedInOne;

[RnnModel(Architecture.ManyToOne, SequenceLength = 5, OutputSize = 1, MaskedTargets = true, Precision = Precision.Double)]
[Embedding(19, 3)]
[Lstm(9)]
public sealed partial class TokensSummedInEight;

/// <inheritdoc cref="TokensSummedInEight"/>
[RnnModel(Architecture.ManyToOne, SequenceLength = 5, OutputSize = 1, MaskedTargets = true, Precision = Precision.Double, GradientSums = 1)]
[Embedding(19, 3)]
[Lstm(9)]
public sealed partial class TokensSummedInOne;

[RnnModel(Architecture.ManyToMany, SequenceLength = 6, OutputSize = 7, Loss = Loss.CrossEntropy, MaskedTargets = true, TiedEmbedding = true, RecomputeEvery = 2, GradientSums = 4, Precision = Precision.Double)]
[Embedding(7, 9)]
[Gru(9)]
public sealed partial class TiedSummedInFour;

/// <inheritdoc cref="TiedSummedInFour"/>
[RnnModel(Architecture.ManyToMany, SequenceLength = 6, OutputSize = 7, Loss = Loss.CrossEntropy, MaskedTargets = true, TiedEmbedding = true, RecomputeEvery = 2, GradientSums = 1, Precision = Precision.Double)]
[Embedding(7, 9)]
[Gru(9)]
public sealed partial class TiedSummedInOne;

/// <summary>Parameters enough that threads share the sums and the update, in blocks that end within blocks of units.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 33, SequenceLength = 3, OutputSize = 5, BatchSize = 16)]
[Lstm(289)]
[Gru(50, Bidirectional = true)]
public sealed partial class SharedUpdate;

/// <inheritdoc cref="SharedUpdate"/>
[RnnModel(Architecture.ManyToMany, InputSize = 33, SequenceLength = 3, OutputSize = 5, BatchSize = 16, Precision = Precision.Double)]
[Lstm(289)]
[Gru(50, Bidirectional = true)]
public sealed partial class SharedUpdateInDouble;

/// <summary>The same with a table of which a step updates rows, a frozen layer, and learned initial states.</summary>
[RnnModel(Architecture.ManyToMany, SequenceLength = 3, OutputSize = 5, BatchSize = 16, InitialState = InitialState.Learned)]
[Embedding(300, 40)]
[Lstm(96, Frozen = true)]
[Gru(320)]
[Gru(64)]
public sealed partial class SharedUpdateOfTokens;
