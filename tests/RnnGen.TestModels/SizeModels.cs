namespace RnnGen.TestModels;

// With the models of GoldenModels.cs these meet every cell at the hidden sizes 1, 7, 8, 9, 15, 16, 17 and 33, the
// same input and output sizes, 1, 2, 5 and 20 steps, and batch sizes below, at and above a tile's rows. Each layer of
// a stack is one case, since kernels are written per layer: in double, and the same in float.

[RnnModel(Architecture.ManyToOne, InputSize = 33, SequenceLength = 20, OutputSize = 8, Loss = Loss.Huber,
    BatchSize = 5, Precision = Precision.Double)]
[Gru(33)]
[Lstm(1)]
public sealed partial class GruLstmFrom33;

[RnnModel(Architecture.ManyToOne, InputSize = 33, SequenceLength = 20, OutputSize = 8, Loss = Loss.Huber,
    BatchSize = 5)]
[Gru(33)]
[Lstm(1)]
public sealed partial class GruLstmFrom33Float;

[RnnModel(Architecture.ManyToMany, InputSize = 16, SequenceLength = 2, OutputSize = 16, Loss = Loss.CrossEntropy,
    BatchSize = 1, Precision = Precision.Double)]
[Lstm(33)]
[Rnn(1)]
public sealed partial class LstmRnnFrom16;

[RnnModel(Architecture.ManyToMany, InputSize = 16, SequenceLength = 2, OutputSize = 16, Loss = Loss.CrossEntropy,
    BatchSize = 1)]
[Lstm(33)]
[Rnn(1)]
public sealed partial class LstmRnnFrom16Float;

[RnnModel(Architecture.ManyToMany, InputSize = 15, SequenceLength = 20, OutputSize = 9, Loss = Loss.MeanSquaredError, OutputActivation = Activation.Tanh,
    BatchSize = 3, Precision = Precision.Double)]
[Rnn(16)]
[Gru(15)]
public sealed partial class RnnGruFrom15;

[RnnModel(Architecture.ManyToMany, InputSize = 15, SequenceLength = 20, OutputSize = 9, Loss = Loss.MeanSquaredError, OutputActivation = Activation.Tanh,
    BatchSize = 3)]
[Rnn(16)]
[Gru(15)]
public sealed partial class RnnGruFrom15Float;

[RnnModel(Architecture.ManyToOne, InputSize = 9, SequenceLength = 5, OutputSize = 33, Loss = Loss.BinaryCrossEntropy,
    BatchSize = 4, Precision = Precision.Double)]
[Rnn(33, Activation = Activation.Relu)]
[Gru(1)]
public sealed partial class ReluGruFrom9;

[RnnModel(Architecture.ManyToOne, InputSize = 9, SequenceLength = 5, OutputSize = 33, Loss = Loss.BinaryCrossEntropy,
    BatchSize = 4)]
[Rnn(33, Activation = Activation.Relu)]
[Gru(1)]
public sealed partial class ReluGruFrom9Float;

[RnnModel(Architecture.ManyToOne, InputSize = 17, SequenceLength = 1, OutputSize = 15, Loss = Loss.MeanSquaredError, OutputActivation = Activation.Relu,
    BatchSize = 6, Precision = Precision.Double)]
[Dense(33, Activation = Activation.Tanh)]
[Gru(16)]
[Rnn(15)]
[Dense(17, Activation = Activation.Sigmoid)]
public sealed partial class DenseAroundGruRnnFrom17;

[RnnModel(Architecture.ManyToOne, InputSize = 17, SequenceLength = 1, OutputSize = 15, Loss = Loss.MeanSquaredError, OutputActivation = Activation.Relu,
    BatchSize = 6)]
[Dense(33, Activation = Activation.Tanh)]
[Gru(16)]
[Rnn(15)]
[Dense(17, Activation = Activation.Sigmoid)]
public sealed partial class DenseAroundGruRnnFrom17Float;

[RnnModel(Architecture.ManyToMany, InputSize = 8, SequenceLength = 5, OutputSize = 17, Loss = Loss.MeanAbsoluteError,
    BatchSize = 8, Precision = Precision.Double)]
[Lstm(15)]
[Rnn(8, Activation = Activation.Relu)]
public sealed partial class LstmReluFrom8;

[RnnModel(Architecture.ManyToMany, InputSize = 8, SequenceLength = 5, OutputSize = 17, Loss = Loss.MeanAbsoluteError,
    BatchSize = 8)]
[Lstm(15)]
[Rnn(8, Activation = Activation.Relu)]
public sealed partial class LstmReluFrom8Float;

[RnnModel(Architecture.ManyToOne, InputSize = 7, SequenceLength = 20, OutputSize = 1, Loss = Loss.MeanSquaredError, OutputActivation = Activation.Sigmoid,
    BatchSize = 7, Precision = Precision.Double)]
[Rnn(17)]
[Gru(8)]
[Rnn(8)]
public sealed partial class RnnGruRnnFrom7;

[RnnModel(Architecture.ManyToOne, InputSize = 7, SequenceLength = 20, OutputSize = 1, Loss = Loss.MeanSquaredError, OutputActivation = Activation.Sigmoid,
    BatchSize = 7)]
[Rnn(17)]
[Gru(8)]
[Rnn(8)]
public sealed partial class RnnGruRnnFrom7Float;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 5, OutputSize = 7, Loss = Loss.Huber,
    BatchSize = 9, Precision = Precision.Double)]
[Rnn(1, Activation = Activation.Relu)]
[Rnn(16, Activation = Activation.Relu)]
[Rnn(15, Activation = Activation.Relu)]
[Rnn(7, Activation = Activation.Relu)]
public sealed partial class ReluStackFrom1;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 5, OutputSize = 7, Loss = Loss.Huber,
    BatchSize = 9)]
[Rnn(1, Activation = Activation.Relu)]
[Rnn(16, Activation = Activation.Relu)]
[Rnn(15, Activation = Activation.Relu)]
[Rnn(7, Activation = Activation.Relu)]
public sealed partial class ReluStackFrom1Float;
