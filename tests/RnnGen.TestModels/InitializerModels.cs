namespace RnnGen.TestModels;

// One model an initialiser; the sizes tell input from recurrent weights, and a weight with more rows from one with more columns.

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, OutputInitializer = Initializer.Uniform,
    BatchSize = 2, Precision = Precision.Double)]
[Lstm(7, Initializer = Initializer.Uniform)]
[Dense(6, Initializer = Initializer.Uniform, Activation = Activation.Tanh)]
public sealed partial class UniformLstm;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, OutputInitializer = Initializer.Orthogonal,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(9, Initializer = Initializer.Orthogonal)]
public sealed partial class OrthogonalGru;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 7, OutputSize = 2, OutputInitializer = Initializer.Glorot,
    BatchSize = 2, Precision = Precision.Double)]
[Rnn(9, Activation = Activation.Relu, Initializer = Initializer.Identity)]
public sealed partial class IdentityRnn;
