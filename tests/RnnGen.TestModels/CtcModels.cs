namespace RnnGen.TestModels;

// Labels without alignment.

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 9, OutputSize = 5, Loss = Loss.Ctc, LabelLength = 4, BatchSize = 11, Precision = Precision.Double)]
[Gru(8, Bidirectional = true)]
public sealed partial class Labelling;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 9, OutputSize = 5, Loss = Loss.Ctc, LabelLength = 4, BatchSize = 11)]
[Gru(8, Bidirectional = true)]
public sealed partial class LabellingFloat;

/// <summary>As <see cref="Labelling"/>, for labels that need more steps than there are.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 9, OutputSize = 5, Loss = Loss.Ctc, LabelLength = 4, InfeasibleLabels = InfeasibleLabels.Zero, BatchSize = 11, Precision = Precision.Double)]
[Gru(8, Bidirectional = true)]
public sealed partial class InfeasibleLabelling;

/// <inheritdoc cref="InfeasibleLabelling"/>
[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 9, OutputSize = 5, Loss = Loss.Ctc, LabelLength = 4, InfeasibleLabels = InfeasibleLabels.Zero, BatchSize = 11)]
[Gru(8, Bidirectional = true)]
public sealed partial class InfeasibleLabellingFloat;
