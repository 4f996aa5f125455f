namespace RnnGen.TestModels;

// Coarser functions when predicting: every cell, one and several blocks of units, and an output layer with a function.

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 20, OutputSize = 2, OutputActivation = Activation.Sigmoid,
    BatchSize = 5, Precision = Precision.Double, Accuracy = Accuracy.Fast)]
[Lstm(17)]
[Gru(9)]
[Rnn(33)]
public sealed partial class FastStack;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 20, OutputSize = 2, OutputActivation = Activation.Sigmoid,
    BatchSize = 5, Accuracy = Accuracy.Fast)]
[Lstm(17)]
[Gru(9)]
[Rnn(33)]
public sealed partial class FastStackFloat;

/// <summary>The same without the coarser functions.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 20, OutputSize = 2, OutputActivation = Activation.Sigmoid,
    BatchSize = 5)]
[Lstm(17)]
[Gru(9)]
[Rnn(33)]
public sealed partial class ExactStackFloat;
