using RnnGen;

namespace Sentiment;

/// <summary>Decides whether a sentence praises: it reads the words in both directions, and each unit's maximum over the words decides.</summary>
[RnnModel(Architecture.ManyToOne, SequenceLength = 40, OutputSize = 2, Pooling = Pooling.Max, Loss = Loss.CrossEntropy, OutputDropout = 0.5, BatchSize = 50, InputGradients = true)]
[Embedding(Words, 100, Initializer = Initializer.Uniform)]
[Lstm(100, Bidirectional = true, Dropout = 0.5)]
internal sealed partial class ReviewModel
{
    /// <summary>Words that are known; others are one unknown word.</summary>
    public const int Words = 12_000;
}
