using RnnGen;

namespace Translator;

/// <summary>
/// From a sentence's words to those of another language: what is read is read in both directions, and each word that is written looks back at
/// all of them.
/// </summary>
[RnnModel(Architecture.EncoderDecoder, SequenceLength = 32, OutputLength = 36, OutputSize = TargetWords, StartToken = Vocabulary.Start, EndToken = Vocabulary.End,
    Loss = Loss.CrossEntropy, OutputDropout = 0.3, BatchSize = 64)]
[Embedding(SourceWords, 192)]
[Gru(256, Bidirectional = true, Dropout = 0.3)]
[Decoder(Attention = Attention.Multiplicative)]
[Embedding(TargetWords, 192)]
[Gru(256, Dropout = 0.3)]
internal sealed partial class SentenceTranslator
{
    public const int SourceWords = 6000, TargetWords = 5000;
}

/// <summary>From a date as a culture writes it, character by character and the culture's name first, to <c>yyyy-MM-dd</c>.</summary>
[RnnModel(Architecture.EncoderDecoder, SequenceLength = 40, OutputLength = 11, OutputSize = 14, StartToken = Vocabulary.Start, EndToken = Vocabulary.End,
    Loss = Loss.CrossEntropy, BatchSize = 64)]
[Embedding(Characters, 32)]
[Gru(64, Bidirectional = true)]
[Decoder(Attention = Attention.Multiplicative)]
[Embedding(14, 16)]
[Gru(96)]
internal sealed partial class DateTranslator
{
    public const int Characters = 400;
}
