namespace RnnGen.TestModels;

// Models of the learning tasks of RnnGen.Training.Tests.

/// <summary>The adding problem (S. Hochreiter and J. Schmidhuber 1997): a number and a marker a step, the sum of the two marked numbers.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 20, OutputSize = 1, Loss = Loss.MeanSquaredError)]
[Lstm(16)]
public sealed partial class AddingLstm;

/// <inheritdoc cref="AddingLstm"/>
[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 20, OutputSize = 1, Loss = Loss.MeanSquaredError)]
[Gru(16)]
public sealed partial class AddingGru;

/// <summary>Says at the end which of 8 symbols came first.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 8, SequenceLength = 12, OutputSize = 8, Loss = Loss.CrossEntropy)]
[Gru(16)]
public sealed partial class FirstSymbol;

/// <summary>Says at each step whether it has seen an odd number of ones so far.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 8, OutputSize = 2, Loss = Loss.CrossEntropy)]
[Lstm(16)]
public sealed partial class RunningParity;

/// <summary>Says at the end, wherever that is, which of 8 tokens came last but one.</summary>
[RnnModel(Architecture.ManyToOne, SequenceLength = 12, OutputSize = 8, Loss = Loss.CrossEntropy)]
[Embedding(8, 8)]
[Gru(16)]
public sealed partial class LastButOne;

/// <summary>The sum of all numbers so far, of a sequence that ends where it ends.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 10, OutputSize = 1, Loss = Loss.MeanSquaredError)]
[Lstm(16)]
public sealed partial class RunningSum;

/// <summary>Says at each step which way a switch was last turned, which may be longer ago than its sequence is long.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 8, OutputSize = 2, Loss = Loss.CrossEntropy, BatchSize = 16)]
[Lstm(16)]
public sealed partial class Switch;

/// <summary>Says at each step the number of two steps before.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 12, OutputSize = 1, Loss = Loss.Huber)]
[Rnn(16)]
public sealed partial class DelayedEcho;

/// <summary>The next value of a sine of unknown phase.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 20, OutputSize = 1, Loss = Loss.MeanSquaredError)]
[Gru(16)]
public sealed partial class SineForecast;

/// <summary>Whether a sequence's mean is above 0.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 1, Loss = Loss.BinaryCrossEntropy)]
[Rnn(16)]
[Dense(16, Activation = Activation.Relu)]
public sealed partial class AboveZero;

/// <summary>The next value of the second of two columns, where it is not missing.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 8, OutputSize = 1, MaskedTargets = true)]
[Lstm(8)]
public sealed partial class ColumnForecast;

/// <summary>The next four values of a series, at once.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 6, OutputSize = 4)]
[Lstm(5)]
public sealed partial class HorizonForecast;
