namespace RnnGen.TestModels;

/// <summary>The many-to-one twin of <see cref="GruEachMae"/>: streamed, it says at each step what that one says there.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 7, OutputSize = 1, Loss = Loss.MeanAbsoluteError,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(9)]
public sealed partial class GruLastOfEach;
