using RnnGen;

namespace Captioner;

/// <summary>From the pixels of a picture, through two dense layers, to the first state of a decoder that writes the caption word by word.</summary>
[RnnModel(Architecture.OneToMany, InputSize = Scene.Pixels, OutputLength = 14, OutputSize = Words.Count, StartToken = Words.Start, EndToken = Words.End,
    Loss = Loss.CrossEntropy, BatchSize = 64)]
[Dense(256, Activation = Activation.Relu)]
[Dense(128, Activation = Activation.Relu)]
[Decoder]
[Embedding(Words.Count, 24)]
[Gru(128)]
internal sealed partial class SceneCaptioner;
