using RnnGen;

namespace Vowels;

/// <summary>Who says a vowel: a recording's steps are read in both directions, and each unit's greatest value over the steps decides.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = Channels, SequenceLength = 29, OutputSize = 9, Pooling = Pooling.Max, Loss = Loss.CrossEntropy,
    OutputDropout = 0.3, BatchSize = 27)]
[Gru(64, Bidirectional = true)]
internal sealed partial class SpeakerModel
{
    public const int Channels = 12;
}
