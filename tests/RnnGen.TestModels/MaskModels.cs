namespace RnnGen.TestModels;

// Targets that may be missing.

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 4, Loss = Loss.CrossEntropy, BatchSize = 12, MaskedTargets = true, Precision = Precision.Double)]
[Gru(7)]
public sealed partial class MaskedClasses;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, Loss = Loss.Huber, BatchSize = 12, MaskedTargets = true, Precision = Precision.Double)]
[Lstm(7, Bidirectional = true)]
public sealed partial class MaskedNumbers;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 3, Loss = Loss.BinaryCrossEntropy, BatchSize = 12, MaskedTargets = true, Precision = Precision.Double)]
[Lstm(7)]
public sealed partial class MaskedLabels;
