namespace RnnGen.ManyStreams;

[RnnModel(Architecture.ManyToMany, InputSize = 16, SequenceLength = 4, OutputSize = 1)]
[Lstm(32)]
public sealed partial class Lstm16To32;

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 4, OutputSize = 1)]
[Lstm(128)]
public sealed partial class Lstm64To128;
