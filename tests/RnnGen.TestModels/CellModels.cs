namespace RnnGen.TestModels;

// Cells of a user's own: the notation, functions, per-unit parameters, phases.

/// <summary>The example of the documentation.</summary>
[Cell("""
    f  = sigmoid(W x + U h + b)
    g  = tanh(W x + U h + b)
    c' = f * c + (1 - f) * g
    h' = sigmoid(W x + b) * tanh(c')
    """)]
public sealed class CoupledGate : ICell;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[Recurrent<CoupledGate>(17)]
public sealed partial class OwnCoupledGate;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4)]
[Recurrent<CoupledGate>(17)]
public sealed partial class OwnCoupledGateFloat;

/// <summary>States of two widths, in two layers.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4, Precision = Precision.Double)]
[ProjectedLstm(17, Projection = 9)]
[ProjectedLstm(8, Projection = 15)]
public sealed partial class Projected;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4)]
[ProjectedLstm(17, Projection = 9)]
[ProjectedLstm(8, Projection = 15)]
public sealed partial class ProjectedFloat;
