using RnnGen;

namespace Sentiment;

/// <summary>Whether a sentence praises: its words are read in both directions, and each unit's greatest value over the words decides.</summary>
[RnnModel(Architecture.ManyToOne, SequenceLength = 40, OutputSize = 2, Pooling = Pooling.Max, Loss = Loss.CrossEntropy, OutputDropout = 0.5, BatchSize = 50)]
[Embedding(Words, 100, Initializer = Initializer.Uniform)]
[Lstm(100, Bidirectional = true, Dropout = 0.5)]
internal sealed partial class ReviewModel
{
    /// <summary>Words that are known; others are one unknown word.</summary>
    public const int Words = 12_000;
}
