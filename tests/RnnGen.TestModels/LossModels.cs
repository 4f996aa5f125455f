namespace RnnGen.TestModels;

// Losses that read several values of the output layer for each target, or behind a link, and others that ship as equations: each at the last step and at each step, in
// double and the same in float.

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 3, Loss = Loss.Quantile, Quantiles = new[] { 0.05, 0.25, 0.5, 0.9 },
    BatchSize = 2, Precision = Precision.Double)]
[Gru(7)]
public sealed partial class QuantileLast;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 3, Loss = Loss.Quantile, Quantiles = new[] { 0.05, 0.25, 0.5, 0.9 },
    BatchSize = 2)]
[Gru(7)]
public sealed partial class QuantileLastFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 2, Loss = Loss.Quantile,
    BatchSize = 3, Precision = Precision.Double)]
[Lstm(5)]
public sealed partial class QuantileEach;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 2, Loss = Loss.Quantile,
    BatchSize = 3)]
[Lstm(5)]
public sealed partial class QuantileEachFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 9, Loss = Loss.Gaussian,
    BatchSize = 2, Precision = Precision.Double)]
[Lstm(7)]
public sealed partial class GaussianLast;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 9, Loss = Loss.Gaussian,
    BatchSize = 2)]
[Lstm(7)]
public sealed partial class GaussianLastFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 5, OutputSize = 1, Loss = Loss.Gaussian,
    BatchSize = 3, Precision = Precision.Double)]
[Gru(9)]
public sealed partial class GaussianEach;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 5, OutputSize = 1, Loss = Loss.Gaussian,
    BatchSize = 3)]
[Gru(9)]
public sealed partial class GaussianEachFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 7, SequenceLength = 2, OutputSize = 1, Loss = Loss.Laplace,
    BatchSize = 5, Precision = Precision.Double)]
[Gru(5)]
public sealed partial class LaplaceLast;

[RnnModel(Architecture.ManyToOne, InputSize = 7, SequenceLength = 2, OutputSize = 1, Loss = Loss.Laplace,
    BatchSize = 5)]
[Gru(5)]
public sealed partial class LaplaceLastFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 3, OutputSize = 7, Loss = Loss.Laplace,
    BatchSize = 2, Precision = Precision.Double)]
[Rnn(8)]
public sealed partial class LaplaceEach;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 3, OutputSize = 7, Loss = Loss.Laplace,
    BatchSize = 2)]
[Rnn(8)]
public sealed partial class LaplaceEachFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 2, Loss = Loss.StudentT,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(8)]
[Dense(5, Activation = Activation.Tanh)]
public sealed partial class StudentTLast;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 2, Loss = Loss.StudentT,
    BatchSize = 2)]
[Gru(8)]
[Dense(5, Activation = Activation.Tanh)]
public sealed partial class StudentTLastFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 3, Loss = Loss.StudentT,
    BatchSize = 4, Precision = Precision.Double)]
[Lstm(5)]
public sealed partial class StudentTEach;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 3, Loss = Loss.StudentT,
    BatchSize = 4)]
[Lstm(5)]
public sealed partial class StudentTEachFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 4, OutputSize = 1, Loss = Loss.NegativeBinomial,
    BatchSize = 3, Precision = Precision.Double)]
[Lstm(5)]
public sealed partial class NegativeBinomialLast;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 4, OutputSize = 1, Loss = Loss.NegativeBinomial,
    BatchSize = 3)]
[Lstm(5)]
public sealed partial class NegativeBinomialLastFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 3, OutputSize = 4, Loss = Loss.NegativeBinomial,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(5)]
public sealed partial class NegativeBinomialEach;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 3, OutputSize = 4, Loss = Loss.NegativeBinomial,
    BatchSize = 2)]
[Gru(5)]
public sealed partial class NegativeBinomialEachFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 8, Loss = Loss.Poisson,
    BatchSize = 2, Precision = Precision.Double)]
[Rnn(7)]
public sealed partial class PoissonLast;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 8, Loss = Loss.Poisson,
    BatchSize = 2)]
[Rnn(7)]
public sealed partial class PoissonLastFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 1, Loss = Loss.Poisson,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(5)]
public sealed partial class PoissonEach;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 1, Loss = Loss.Poisson,
    BatchSize = 2)]
[Gru(5)]
public sealed partial class PoissonEachFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 5, Loss = Loss.LogCosh,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(7)]
public sealed partial class LogCoshLast;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 5, Loss = Loss.LogCosh,
    BatchSize = 2)]
[Gru(7)]
public sealed partial class LogCoshLastFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 3, Loss = Loss.LogCosh, OutputActivation = Activation.Tanh,
    BatchSize = 3, Precision = Precision.Double)]
[Lstm(7)]
public sealed partial class LogCoshEach;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 3, Loss = Loss.LogCosh, OutputActivation = Activation.Tanh,
    BatchSize = 3)]
[Lstm(7)]
public sealed partial class LogCoshEachFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 3, Loss = Loss.MeanAbsolutePercentageError,
    BatchSize = 2, Precision = Precision.Double)]
[Lstm(5)]
public sealed partial class MapeLast;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 3, Loss = Loss.MeanAbsolutePercentageError,
    BatchSize = 2)]
[Lstm(5)]
public sealed partial class MapeLastFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 3, OutputSize = 1, Loss = Loss.MeanAbsolutePercentageError,
    BatchSize = 3, Precision = Precision.Double)]
[Gru(5)]
public sealed partial class MapeEach;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 3, OutputSize = 1, Loss = Loss.MeanAbsolutePercentageError,
    BatchSize = 3)]
[Gru(5)]
public sealed partial class MapeEachFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 2, Loss = Loss.SymmetricMeanAbsolutePercentageError,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(5)]
public sealed partial class SmapeLast;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 2, Loss = Loss.SymmetricMeanAbsolutePercentageError,
    BatchSize = 2)]
[Gru(5)]
public sealed partial class SmapeLastFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 2, OutputSize = 5, Loss = Loss.SymmetricMeanAbsolutePercentageError,
    BatchSize = 3, Precision = Precision.Double)]
[Rnn(5)]
public sealed partial class SmapeEach;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 2, OutputSize = 5, Loss = Loss.SymmetricMeanAbsolutePercentageError,
    BatchSize = 3)]
[Rnn(5)]
public sealed partial class SmapeEachFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 5, Loss = Loss.Focal, LossNumbers = "gamma = 1.5",
    BatchSize = 2, Precision = Precision.Double)]
[Lstm(5)]
public sealed partial class FocalLast;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 5, Loss = Loss.Focal, LossNumbers = "gamma = 1.5",
    BatchSize = 2)]
[Lstm(5)]
public sealed partial class FocalLastFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 9, Loss = Loss.Focal,
    BatchSize = 3, Precision = Precision.Double)]
[Gru(5)]
public sealed partial class FocalEach;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 9, Loss = Loss.Focal,
    BatchSize = 3)]
[Gru(5)]
public sealed partial class FocalEachFloat;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 17, Loss = Loss.SmoothedCrossEntropy,
    BatchSize = 2, Precision = Precision.Double)]
[Gru(5)]
public sealed partial class SmoothedCrossEntropyLast;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 3, OutputSize = 17, Loss = Loss.SmoothedCrossEntropy,
    BatchSize = 2)]
[Gru(5)]
public sealed partial class SmoothedCrossEntropyLastFloat;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 3, Loss = Loss.SmoothedCrossEntropy,
    BatchSize = 3, Precision = Precision.Double)]
[Lstm(5)]
public sealed partial class SmoothedCrossEntropyEach;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 3, Loss = Loss.SmoothedCrossEntropy,
    BatchSize = 3)]
[Lstm(5)]
public sealed partial class SmoothedCrossEntropyEachFloat;
