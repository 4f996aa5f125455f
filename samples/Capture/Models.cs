using RnnGen;

namespace Capture;

// RnnGen compiles models, so the sizes that this sample plays are declared: the LSTMs of Neural Amp Modeler, whose states before the first sample are in the file, and common ones of GuitarML and AIDA-X, whose input is
// added to the output. rnngen import writes the declaration of any other file.

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 192, OutputSize = 1, InitialState = InitialState.Learned, BatchSize = 64)]
[Lstm(12)]
internal sealed partial class NamNano;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 192, OutputSize = 1, InitialState = InitialState.Learned, BatchSize = 64)]
[Lstm(16)]
internal sealed partial class NamFeather;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 192, OutputSize = 1, InitialState = InitialState.Learned, BatchSize = 64)]
[Lstm(8), Lstm(8)]
internal sealed partial class NamLite;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 192, OutputSize = 1, InitialState = InitialState.Learned, BatchSize = 64)]
[Lstm(24)]
internal sealed partial class NamStandard;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 192, OutputSize = 1, OutputSkip = true, BatchSize = 64)]
[Lstm(20)]
internal sealed partial class Skipping20;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 192, OutputSize = 1, OutputSkip = true, BatchSize = 64)]
[Lstm(32)]
internal sealed partial class Skipping32;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 192, OutputSize = 1, OutputSkip = true, BatchSize = 64)]
[Lstm(40)]
internal sealed partial class Skipping40;
