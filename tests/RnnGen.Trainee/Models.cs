namespace RnnGen.Trainee;

// Small models, each with something beside its parameters that a training must take up again.

/// <summary>Dropout draws new numbers at each step, which must continue where they were.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 6, OutputSize = 1, BatchSize = 8)]
[Lstm(8, Dropout = 0.25)]
[Gru(8)]
public sealed partial class TraineeModel;

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 4, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Gru(7, RecurrentDropout = 0.25, Dropout = 0.25, Bidirectional = true)]
public sealed partial class DroppingModel;

[RnnModel(Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, OutputSize = 6, Loss = Loss.CrossEntropy, BatchSize = 4, OutputDropout = 0.25, Precision = Precision.Double)]
[Embedding(7, 5)]
[Gru(6)]
[Decoder]
[Embedding(6, 5)]
[Gru(6, Dropout = 0.25)]
public sealed partial class SamplingModel;

[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 2, BatchSize = 4, InitialState = InitialState.Learned, Precision = Precision.Double)]
[Lstm(6)]
public sealed partial class CarryingModel;

[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 5, Loss = Loss.CrossEntropy, BatchSize = 3)]
[Embedding(5, 6)]
[Gru(8)]
public sealed partial class TokenModel;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 2, Loss = Loss.BinaryCrossEntropy, BatchSize = 4)]
[Rnn(4)]
public sealed partial class YesOrNoModel;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 2, OutputSize = 1, MaskedTargets = true)]
[Rnn(3)]
public sealed partial class MaskedModel;

// One declaration, and cells that differ in their numbers or equations.

[Cell("number k = 0.5; h' = k * h + (1 - k) * tanh(W x + U h + b)")]
public sealed class Blend : ICell;

public static class Other
{
    [Cell("number k = 0.5; h' = k * h + (1 - k) * sin(W x + U h + b)")]
    public sealed class Blend : ICell;
}

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 2, OutputSize = 1)]
[Recurrent<Blend>(3)]
public sealed partial class BlendModel;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 2, OutputSize = 1)]
[Recurrent<Blend>(3, Numbers = "k = 0.25")]
public sealed partial class OtherNumbersModel;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 2, OutputSize = 1)]
[Recurrent<Other.Blend>(3)]
public sealed partial class OtherEquationsModel;
