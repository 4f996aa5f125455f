using RnnGen;

namespace Amplifier;

// One amplifier, learned by three sizes: at each sample the last one's hidden state and the new voltage give the next output.

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 192, OutputSize = 1, Accuracy = Accuracy.Fast, BatchSize = 64)]
[Lstm(8)]
internal sealed partial class SmallAmplifier;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 192, OutputSize = 1, Accuracy = Accuracy.Fast, BatchSize = 64)]
[Lstm(20)]
internal sealed partial class MiddleAmplifier;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 192, OutputSize = 1, Accuracy = Accuracy.Fast, BatchSize = 64)]
[Lstm(40)]
internal sealed partial class LargeAmplifier;
