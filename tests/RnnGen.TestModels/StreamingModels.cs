namespace RnnGen.TestModels;

/// <summary>The many-to-one twin of <see cref="GruEachMae"/>: streamed, it says at each step what that one says there.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 7, OutputSize = 1, Loss = Loss.MeanAbsoluteError,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(9)]
public sealed partial class GruLastOfEach;

/// <summary>Five blocks of units, which a streamed step takes two, two and one at a time, to and fro: the first two in two ranges of columns, and one that ends within the inputs.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 80, SequenceLength = 6, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 2)]
[Lstm(72)]
public sealed partial class ToAndFroLstm;

/// <summary>Two groups of three blocks, both in two ranges of columns, below a layer that is streamed block by block.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 48, SequenceLength = 6, OutputSize = 3, Loss = Loss.MeanSquaredError, BatchSize = 2)]
[Gru(96)]
[Rnn(33, Activation = Activation.Relu)]
public sealed partial class ToAndFroGru;

/// <summary>In double: nine blocks of eight units, in groups of four, four and one.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 9, SequenceLength = 4, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 2, Precision = Precision.Double)]
[Rnn(71)]
public sealed partial class ToAndFroRnn;
