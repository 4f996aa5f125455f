namespace RnnGen.TestModels;

// One pair of models for each row of tests/golden/make_golden.py: in double, and the same in float.
// BatchSize is 2, so that the counts of the rows are below, at and above it, and leave a partial group.

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 1, Loss = Loss.MeanSquaredError,
    BatchSize = 2, Precision = Precision.Double)]
[Rnn(7)]
public sealed partial class RnnTanhLastMse;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 1, Loss = Loss.MeanSquaredError,
    BatchSize = 2)]
[Rnn(7)]
public sealed partial class RnnTanhLastMseFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 7, OutputSize = 2, Loss = Loss.MeanSquaredError,
    BatchSize = 2, Precision = Precision.Double)]
[Rnn(9, Activation = Activation.Relu)]
public sealed partial class RnnReluLastMse;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 7, OutputSize = 2, Loss = Loss.MeanSquaredError,
    BatchSize = 2)]
[Rnn(9, Activation = Activation.Relu)]
public sealed partial class RnnReluLastMseFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 7, OutputSize = 1, Loss = Loss.MeanSquaredError,
    BatchSize = 2, Precision = Precision.Double)]
[Lstm(7)]
public sealed partial class LstmLastMse;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 7, OutputSize = 1, Loss = Loss.MeanSquaredError,
    BatchSize = 2)]
[Lstm(7)]
public sealed partial class LstmLastMseFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 7, OutputSize = 3, Loss = Loss.MeanSquaredError,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(9)]
public sealed partial class GruLastMse;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 7, OutputSize = 3, Loss = Loss.MeanSquaredError,
    BatchSize = 2)]
[Gru(9)]
public sealed partial class GruLastMseFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 4, Loss = Loss.CrossEntropy,
    BatchSize = 2, Precision = Precision.Double)]
[Rnn(33)]
public sealed partial class RnnTanhEachCrossentropy;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 4, Loss = Loss.CrossEntropy,
    BatchSize = 2)]
[Rnn(33)]
public sealed partial class RnnTanhEachCrossentropyFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 7, OutputSize = 3, Loss = Loss.CrossEntropy,
    BatchSize = 2, Precision = Precision.Double)]
[Rnn(17, Activation = Activation.Relu)]
public sealed partial class RnnReluEachCrossentropy;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 7, OutputSize = 3, Loss = Loss.CrossEntropy,
    BatchSize = 2)]
[Rnn(17, Activation = Activation.Relu)]
public sealed partial class RnnReluEachCrossentropyFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 5, Loss = Loss.CrossEntropy,
    BatchSize = 2, Precision = Precision.Double)]
[Lstm(17)]
public sealed partial class LstmEachCrossentropy;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 5, Loss = Loss.CrossEntropy,
    BatchSize = 2)]
[Lstm(17)]
public sealed partial class LstmEachCrossentropyFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 7, OutputSize = 3, Loss = Loss.CrossEntropy,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(31)]
public sealed partial class GruEachCrossentropy;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 7, OutputSize = 3, Loss = Loss.CrossEntropy,
    BatchSize = 2)]
[Gru(31)]
public sealed partial class GruEachCrossentropyFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 1, OutputSize = 1, Loss = Loss.MeanSquaredError,
    BatchSize = 2, Precision = Precision.Double)]
[Lstm(9)]
public sealed partial class LstmOneStepLastMse;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 1, OutputSize = 1, Loss = Loss.MeanSquaredError,
    BatchSize = 2)]
[Lstm(9)]
public sealed partial class LstmOneStepLastMseFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 1, OutputSize = 2, Loss = Loss.CrossEntropy,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(7)]
public sealed partial class GruOneStepEachCrossentropy;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 1, OutputSize = 2, Loss = Loss.CrossEntropy,
    BatchSize = 2)]
[Gru(7)]
public sealed partial class GruOneStepEachCrossentropyFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 5, OutputSize = 1, Loss = Loss.MeanSquaredError,
    BatchSize = 2, Precision = Precision.Double)]
[Lstm(7)]
[Gru(9)]
[Rnn(5)]
public sealed partial class StackLastMse;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 5, OutputSize = 1, Loss = Loss.MeanSquaredError,
    BatchSize = 2)]
[Lstm(7)]
[Gru(9)]
[Rnn(5)]
public sealed partial class StackLastMseFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 7, OutputSize = 4, Loss = Loss.CrossEntropy,
    BatchSize = 2, Precision = Precision.Double)]
[Lstm(5)]
[Gru(7)]
[Rnn(9, Activation = Activation.Relu)]
public sealed partial class StackEachCrossentropy;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 7, OutputSize = 4, Loss = Loss.CrossEntropy,
    BatchSize = 2)]
[Lstm(5)]
[Gru(7)]
[Rnn(9, Activation = Activation.Relu)]
public sealed partial class StackEachCrossentropyFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 7, OutputSize = 2, Loss = Loss.Huber,
    BatchSize = 2, Precision = Precision.Double)]
[Lstm(8)]
[Lstm(16)]
public sealed partial class LstmStackLastHuber;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 7, OutputSize = 2, Loss = Loss.Huber,
    BatchSize = 2)]
[Lstm(8)]
[Lstm(16)]
public sealed partial class LstmStackLastHuberFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 1, Loss = Loss.MeanSquaredError,
    BatchSize = 2, Precision = Precision.Double)]
[Dense(5, Activation = Activation.Tanh)]
[Lstm(7)]
public sealed partial class DenseBeforeLstmLastMse;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 1, Loss = Loss.MeanSquaredError,
    BatchSize = 2)]
[Dense(5, Activation = Activation.Tanh)]
[Lstm(7)]
public sealed partial class DenseBeforeLstmLastMseFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanSquaredError,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(7)]
[Dense(6, Activation = Activation.Tanh)]
[Gru(5)]
[Dense(9, Activation = Activation.Relu)]
public sealed partial class DenseBetweenAndAfterGruLastMse;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanSquaredError,
    BatchSize = 2)]
[Gru(7)]
[Dense(6, Activation = Activation.Tanh)]
[Gru(5)]
[Dense(9, Activation = Activation.Relu)]
public sealed partial class DenseBetweenAndAfterGruLastMseFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanSquaredError,
    OutputActivation = Activation.Tanh, BatchSize = 2, Precision = Precision.Double)]
[Dense(4, Activation = Activation.Sigmoid)]
[Rnn(9)]
[Dense(5, Activation = Activation.Tanh)]
public sealed partial class DenseAroundRnnEachMse;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanSquaredError,
    OutputActivation = Activation.Tanh, BatchSize = 2)]
[Dense(4, Activation = Activation.Sigmoid)]
[Rnn(9)]
[Dense(5, Activation = Activation.Tanh)]
public sealed partial class DenseAroundRnnEachMseFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanAbsoluteError,
    BatchSize = 2, Precision = Precision.Double)]
[Lstm(7)]
public sealed partial class LstmLastMae;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanAbsoluteError,
    BatchSize = 2)]
[Lstm(7)]
public sealed partial class LstmLastMaeFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 5, OutputSize = 1, Loss = Loss.MeanAbsoluteError,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(9)]
public sealed partial class GruEachMae;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 5, OutputSize = 1, Loss = Loss.MeanAbsoluteError,
    BatchSize = 2)]
[Gru(9)]
public sealed partial class GruEachMaeFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 7, OutputSize = 2, Loss = Loss.Huber,
    BatchSize = 2, Precision = Precision.Double)]
[Rnn(7)]
public sealed partial class RnnLastHuber;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 7, OutputSize = 2, Loss = Loss.Huber,
    BatchSize = 2)]
[Rnn(7)]
public sealed partial class RnnLastHuberFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 5, OutputSize = 3, Loss = Loss.Huber,
    BatchSize = 2, Precision = Precision.Double)]
[Lstm(9)]
public sealed partial class LstmEachHuber;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 5, OutputSize = 3, Loss = Loss.Huber,
    BatchSize = 2)]
[Lstm(9)]
public sealed partial class LstmEachHuberFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 7, OutputSize = 6, Loss = Loss.CrossEntropy,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(17)]
public sealed partial class GruLastCrossentropy;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 7, OutputSize = 6, Loss = Loss.CrossEntropy,
    BatchSize = 2)]
[Gru(17)]
public sealed partial class GruLastCrossentropyFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 1, Loss = Loss.BinaryCrossEntropy,
    BatchSize = 2, Precision = Precision.Double)]
[Lstm(7)]
public sealed partial class LstmLastBce;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 1, Loss = Loss.BinaryCrossEntropy,
    BatchSize = 2)]
[Lstm(7)]
public sealed partial class LstmLastBceFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 7, OutputSize = 3, Loss = Loss.BinaryCrossEntropy,
    BatchSize = 2, Precision = Precision.Double)]
[Rnn(9)]
public sealed partial class RnnEachBce;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 7, OutputSize = 3, Loss = Loss.BinaryCrossEntropy,
    BatchSize = 2)]
[Rnn(9)]
public sealed partial class RnnEachBceFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanSquaredError,
    OutputActivation = Activation.Tanh, BatchSize = 2, Precision = Precision.Double)]
[Lstm(7)]
public sealed partial class LstmLastMseTanh;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, Loss = Loss.MeanSquaredError,
    OutputActivation = Activation.Tanh, BatchSize = 2)]
[Lstm(7)]
public sealed partial class LstmLastMseTanhFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 5, OutputSize = 2, Loss = Loss.Huber,
    OutputActivation = Activation.Sigmoid, BatchSize = 2, Precision = Precision.Double)]
[Gru(9)]
public sealed partial class GruEachHuberSigmoid;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 5, OutputSize = 2, Loss = Loss.Huber,
    OutputActivation = Activation.Sigmoid, BatchSize = 2)]
[Gru(9)]
public sealed partial class GruEachHuberSigmoidFloat;

/// <summary>The model of <c>tests/golden/optimizers</c>; its batch of 4 is trained on as groups of 3 and 1.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 6, OutputSize = 1, Loss = Loss.MeanSquaredError,
    BatchSize = 3, Precision = Precision.Double)]
[Lstm(5)]
public sealed partial class OptimizedLstm;
