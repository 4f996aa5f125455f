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
