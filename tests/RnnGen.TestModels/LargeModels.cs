namespace RnnGen.TestModels;

/// <summary>A long sequence: its unrolled schedule must be split into methods that the JIT still optimises.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 500, OutputSize = 2, Loss = Loss.CrossEntropy, BatchSize = 2)]
[Lstm(4)]
public sealed partial class LongLstm;

/// <summary>A wide layer: many blocks and long reductions.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 3, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 4)]
[Lstm(256)]
public sealed partial class WideLstm;
