using Amplifier;
using CharLanguageModel;
using RnnGen;
using SpokenDigits;
using Sunspots;
using Vowels;

namespace RnnGen.Quality;

// The samples' models, with weights in fewer bits.

[RnnModel(Architecture.ManyToOne, InputSize = Recordings.Channels, SequenceLength = Recordings.Steps, OutputSize = Recordings.Speakers, Pooling = Pooling.Max,
    Loss = Loss.CrossEntropy, PredictionWeights = WeightFormat.BFloat16)]
[Gru(64, Bidirectional = true)]
internal sealed partial class SpeakerBFloat16;

[RnnModel(Architecture.ManyToOne, InputSize = Recordings.Channels, SequenceLength = Recordings.Steps, OutputSize = Recordings.Speakers, Pooling = Pooling.Max,
    Loss = Loss.CrossEntropy, PredictionWeights = WeightFormat.Int8)]
[Gru(64, Bidirectional = true)]
internal sealed partial class SpeakerInt8;

[RnnModel(Architecture.ManyToOne, InputSize = Ear.Bands, SequenceLength = 96, OutputSize = 10, Pooling = Pooling.Max, Loss = Loss.CrossEntropy, PredictionWeights = WeightFormat.BFloat16)]
[Gru(96, Bidirectional = true)]
internal sealed partial class DigitBFloat16;

[RnnModel(Architecture.ManyToOne, InputSize = Ear.Bands, SequenceLength = 96, OutputSize = 10, Pooling = Pooling.Max, Loss = Loss.CrossEntropy, PredictionWeights = WeightFormat.Int8)]
[Gru(96, Bidirectional = true)]
internal sealed partial class DigitInt8;

[RnnModel(Architecture.ManyToOne, InputSize = Ear.Bands, SequenceLength = 96, OutputSize = 10, Pooling = Pooling.Max, Loss = Loss.CrossEntropy, PredictionWeights = WeightFormat.BFloat16)]
[Gru(96)]
internal sealed partial class ListeningBFloat16;

[RnnModel(Architecture.ManyToOne, InputSize = Ear.Bands, SequenceLength = 96, OutputSize = 10, Pooling = Pooling.Max, Loss = Loss.CrossEntropy, PredictionWeights = WeightFormat.Int8)]
[Gru(96)]
internal sealed partial class ListeningInt8;

[RnnModel(Architecture.ManyToMany, InputSize = Ear.Bands, SequenceLength = 320, OutputSize = 11, Loss = Loss.Ctc, LabelLength = 6, PredictionWeights = WeightFormat.BFloat16)]
[Gru(96, Bidirectional = true)]
internal sealed partial class StringBFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = Ear.Bands, SequenceLength = 320, OutputSize = 11, Loss = Loss.Ctc, LabelLength = 6, PredictionWeights = WeightFormat.Int8)]
[Gru(96, Bidirectional = true)]
internal sealed partial class StringInt8;

[RnnModel(Architecture.ManyToMany, SequenceLength = CharModel.Window, OutputSize = Alphabet.Size, Loss = Loss.CrossEntropy, PredictionWeights = WeightFormat.BFloat16)]
[Embedding(Alphabet.Size, 64)]
[Lstm(256)]
internal sealed partial class CharBFloat16;

[RnnModel(Architecture.ManyToMany, SequenceLength = CharModel.Window, OutputSize = Alphabet.Size, Loss = Loss.CrossEntropy, PredictionWeights = WeightFormat.Int8)]
[Embedding(Alphabet.Size, 64)]
[Lstm(256)]
internal sealed partial class CharInt8;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = Settings.Window, OutputSize = 2, Loss = Loss.MeanSquaredError, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(Settings.Hidden)]
internal sealed partial class LstmForecasterBFloat16;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = Settings.Window, OutputSize = 2, Loss = Loss.MeanSquaredError, PredictionWeights = WeightFormat.Int8)]
[Lstm(Settings.Hidden)]
internal sealed partial class LstmForecasterInt8;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = Settings.Window, OutputSize = 2, Loss = Loss.MeanSquaredError, PredictionWeights = WeightFormat.BFloat16)]
[Gru(Settings.Hidden)]
internal sealed partial class GruForecasterBFloat16;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = Settings.Window, OutputSize = 2, Loss = Loss.MeanSquaredError, PredictionWeights = WeightFormat.Int8)]
[Gru(Settings.Hidden)]
internal sealed partial class GruForecasterInt8;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = Settings.Window, OutputSize = 2, Loss = Loss.MeanSquaredError, PredictionWeights = WeightFormat.BFloat16)]
[Rnn(Settings.Hidden)]
internal sealed partial class RnnForecasterBFloat16;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = Settings.Window, OutputSize = 2, Loss = Loss.MeanSquaredError, PredictionWeights = WeightFormat.Int8)]
[Rnn(Settings.Hidden)]
internal sealed partial class RnnForecasterInt8;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 192, OutputSize = 1, Accuracy = Accuracy.Fast, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(20)]
internal sealed partial class AmplifierBFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 192, OutputSize = 1, Accuracy = Accuracy.Fast, PredictionWeights = WeightFormat.Int8)]
[Lstm(20)]
internal sealed partial class AmplifierInt8;
