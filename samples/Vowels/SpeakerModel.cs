using RnnGen;

namespace Vowels;

/// <summary>Recognises the speaker: a GRU reads a recording's steps in both directions, and each unit's maximum over the steps decides.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = Recordings.Channels, SequenceLength = Recordings.Steps, OutputSize = Recordings.Speakers, Pooling = Pooling.Max,
    Loss = Loss.CrossEntropy, OutputDropout = 0.3, BatchSize = 27)]
[Gru(64, Bidirectional = true)]
internal sealed partial class SpeakerModel;

/// <summary>The same with a convolution in front, which reads five steps at once.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = Recordings.Channels, SequenceLength = Recordings.Steps, OutputSize = Recordings.Speakers, Pooling = Pooling.Max,
    Loss = Loss.CrossEntropy, OutputDropout = 0.3, BatchSize = 27)]
[Conv1D(64, 5, Causal = false, Activation = Activation.Relu)]
[Gru(64, Bidirectional = true)]
internal sealed partial class ConvolvedSpeakerModel;
