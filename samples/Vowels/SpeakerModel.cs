using RnnGen;

namespace Vowels;

/// <summary>Recognises the speaker: a GRU reads a recording's steps in both directions, and each unit's maximum over the steps decides.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = Recordings.Channels, SequenceLength = Recordings.Steps, OutputSize = Recordings.Speakers, Pooling = Pooling.Max,
    Loss = Loss.CrossEntropy, OutputDropout = 0.3, BatchSize = 27)]
[Gru(64, Bidirectional = true)]
internal sealed partial class SpeakerModel;
