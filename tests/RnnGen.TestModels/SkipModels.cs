namespace RnnGen.TestModels;

// The inputs of a step are added to its outputs: step by step, layer by layer, in windows that are computed again, and beside inputs that dropout reads.

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4, OutputSkip = true, Precision = Precision.Double)]
[Gru(9)]
public sealed partial class SkippedSteps;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4, OutputSkip = true)]
[Gru(9)]
public sealed partial class SkippedStepsFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 6, OutputSize = 1, BatchSize = 12, OutputSkip = true, OutputActivation = Activation.Tanh, RecomputeEvery = 2, Precision = Precision.Double)]
[Lstm(17)]
public sealed partial class SkippedWindows;

[RnnModel(Architecture.ManyToMany, InputSize = 17, SequenceLength = 4, OutputSize = 17, BatchSize = 4, OutputSkip = true, Precision = Precision.Double)]
[Lstm(7, Bidirectional = true)]
public sealed partial class SkippedBothWays;

[RnnModel(Architecture.ManyToMany, InputSize = 17, SequenceLength = 4, OutputSize = 17, BatchSize = 4, OutputSkip = true)]
[Lstm(7, Bidirectional = true)]
public sealed partial class SkippedBothWaysFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 5, OutputSize = 2, BatchSize = 4, OutputSkip = true)]
[MinGru(16)]
public sealed partial class SkippedScan;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Gru(9)]
public sealed partial class SkippingNothing;
