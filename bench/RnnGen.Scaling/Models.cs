namespace RnnGen.Scaling;

// One LSTM layer with 16 inputs, many-to-one. Each series changes one size: steps (T), units (H) or batch (B).

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 8, OutputSize = 1, BatchSize = 16)]
[Lstm(32)]
public sealed partial class Steps8;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 16, OutputSize = 1, BatchSize = 16)]
[Lstm(32)]
public sealed partial class Steps16;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 32, OutputSize = 1, BatchSize = 16)]
[Lstm(32)]
public sealed partial class Steps32;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 64, OutputSize = 1, BatchSize = 16)]
[Lstm(32)]
public sealed partial class Steps64;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 128, OutputSize = 1, BatchSize = 16)]
[Lstm(32)]
public sealed partial class Steps128;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 256, OutputSize = 1, BatchSize = 16)]
[Lstm(32)]
public sealed partial class Steps256;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 512, OutputSize = 1, BatchSize = 16)]
[Lstm(32)]
public sealed partial class Steps512;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 1024, OutputSize = 1, BatchSize = 16)]
[Lstm(32)]
public sealed partial class Steps1024;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 2048, OutputSize = 1, BatchSize = 16)]
[Lstm(32)]
public sealed partial class Steps2048;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 4096, OutputSize = 1, BatchSize = 16)]
[Lstm(32)]
public sealed partial class Steps4096;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 16, OutputSize = 1, BatchSize = 16)]
[Lstm(4)]
public sealed partial class Units4;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 16, OutputSize = 1, BatchSize = 16)]
[Lstm(8)]
public sealed partial class Units8;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 16, OutputSize = 1, BatchSize = 16)]
[Lstm(16)]
public sealed partial class Units16;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 16, OutputSize = 1, BatchSize = 16)]
[Lstm(32)]
public sealed partial class Units32;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 16, OutputSize = 1, BatchSize = 16)]
[Lstm(64)]
public sealed partial class Units64;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 16, OutputSize = 1, BatchSize = 16)]
[Lstm(128)]
public sealed partial class Units128;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 16, OutputSize = 1, BatchSize = 16)]
[Lstm(256)]
public sealed partial class Units256;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 16, OutputSize = 1, BatchSize = 16)]
[Lstm(512)]
public sealed partial class Units512;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 16, OutputSize = 1, BatchSize = 16)]
[Lstm(1024)]
public sealed partial class Units1024;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 32, OutputSize = 1, BatchSize = 1)]
[Lstm(64)]
public sealed partial class Batch1;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 32, OutputSize = 1, BatchSize = 2)]
[Lstm(64)]
public sealed partial class Batch2;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 32, OutputSize = 1, BatchSize = 4)]
[Lstm(64)]
public sealed partial class Batch4;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 32, OutputSize = 1, BatchSize = 8)]
[Lstm(64)]
public sealed partial class Batch8;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 32, OutputSize = 1, BatchSize = 16)]
[Lstm(64)]
public sealed partial class Batch16;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 32, OutputSize = 1, BatchSize = 32)]
[Lstm(64)]
public sealed partial class Batch32;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 32, OutputSize = 1, BatchSize = 64)]
[Lstm(64)]
public sealed partial class Batch64;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 32, OutputSize = 1, BatchSize = 128)]
[Lstm(64)]
public sealed partial class Batch128;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 32, OutputSize = 1, BatchSize = 256)]
[Lstm(64)]
public sealed partial class Batch256;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 32, OutputSize = 1, BatchSize = 512)]
[Lstm(64)]
public sealed partial class Batch512;
