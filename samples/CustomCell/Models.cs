using RnnGen;
using Vowels;

namespace CustomCell;

// Recognises the speaker of a vowel from 12 channels over up to 29 steps.

[RnnModel(Architecture.ManyToOne, InputSize = Recordings.Channels, SequenceLength = Recordings.Steps, OutputSize = Recordings.Speakers, Loss = Loss.CrossEntropy, BatchSize = 27)]
[Recurrent<Vanilla>(32)]
internal sealed partial class VanillaVowels;

[RnnModel(Architecture.ManyToOne, InputSize = Recordings.Channels, SequenceLength = Recordings.Steps, OutputSize = Recordings.Speakers, Loss = Loss.CrossEntropy, BatchSize = 27)]
[Recurrent<NoForgetGate>(32)]
internal sealed partial class NoForgetGateVowels;

[RnnModel(Architecture.ManyToOne, InputSize = Recordings.Channels, SequenceLength = Recordings.Steps, OutputSize = Recordings.Speakers, Loss = Loss.CrossEntropy, BatchSize = 27)]
[Recurrent<NoOutputGate>(32)]
internal sealed partial class NoOutputGateVowels;

[RnnModel(Architecture.ManyToOne, InputSize = Recordings.Channels, SequenceLength = Recordings.Steps, OutputSize = Recordings.Speakers, Loss = Loss.CrossEntropy, BatchSize = 27)]
[Recurrent<Coupled>(32)]
internal sealed partial class CoupledVowels;

[RnnModel(Architecture.ManyToOne, InputSize = Recordings.Channels, SequenceLength = Recordings.Steps, OutputSize = Recordings.Speakers, Loss = Loss.CrossEntropy, BatchSize = 27)]
[Recurrent<Peephole>(32)]
internal sealed partial class PeepholeVowels;

// The adding problem: the sum of the two numbers that are marked.

[RnnModel(Architecture.ManyToOne, InputSize = AddingProblem.Inputs, SequenceLength = AddingProblem.Steps, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 32)]
[Recurrent<Vanilla>(32)]
internal sealed partial class VanillaAdding;

[RnnModel(Architecture.ManyToOne, InputSize = AddingProblem.Inputs, SequenceLength = AddingProblem.Steps, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 32)]
[Recurrent<NoForgetGate>(32)]
internal sealed partial class NoForgetGateAdding;

[RnnModel(Architecture.ManyToOne, InputSize = AddingProblem.Inputs, SequenceLength = AddingProblem.Steps, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 32)]
[Recurrent<NoOutputGate>(32)]
internal sealed partial class NoOutputGateAdding;

[RnnModel(Architecture.ManyToOne, InputSize = AddingProblem.Inputs, SequenceLength = AddingProblem.Steps, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 32)]
[Recurrent<Coupled>(32)]
internal sealed partial class CoupledAdding;

[RnnModel(Architecture.ManyToOne, InputSize = AddingProblem.Inputs, SequenceLength = AddingProblem.Steps, OutputSize = 1, Loss = Loss.MeanSquaredError, BatchSize = 32)]
[Recurrent<Peephole>(32)]
internal sealed partial class PeepholeAdding;
