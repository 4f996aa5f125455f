using RnnGen;

namespace RnnGen.Aot;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 24, OutputSize = 2, BatchSize = 16, Loss = Loss.MeanSquaredError)]
[Lstm(64)]
internal sealed partial class LstmModel;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 24, OutputSize = 2, BatchSize = 16, Loss = Loss.MeanSquaredError)]
[Gru(17)]
internal sealed partial class GruModel;
