using RnnGen;

namespace Sentiment;

/// <summary>The words that are known, as tokens, and what a model says about sentences of them.</summary>
internal sealed class Reader
{
    private const int Unknown = 0;

    private readonly Dictionary<string, int> _tokens = new(StringComparer.Ordinal);

    /// <param name="train">The most frequent words of these are known.</param>
    public Reader(IReadOnlyList<Review> train)
    {
        foreach (string word in train.SelectMany(r => r.Words).GroupBy(w => w, StringComparer.Ordinal).Where(g => g.Count() > 1)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Take(ReviewModel.Words - 1).Select(g => g.Key))
        {
            _tokens.Add(word, _tokens.Count + 1);
        }
    }

    public int Words => _tokens.Count;

    /// <summary>Reviews as a model reads them. Of a sentence that is too long it reads the end, where the verdict often is.</summary>
    public SequenceDataset<int, int> Encode(IReadOnlyList<Review> reviews)
    {
        const int Steps = ReviewModel.SequenceLength;
        int[] tokens = new int[reviews.Count * Steps], lengths = new int[reviews.Count];
        for (int i = 0; i < reviews.Count; i++)
        {
            string[] words = reviews[i].Words.Length > Steps ? reviews[i].Words[^Steps..] : reviews[i].Words;
            lengths[i] = words.Length;
            for (int t = 0; t < words.Length; t++)
            {
                tokens[i * Steps + t] = _tokens.GetValueOrDefault(words[t], Unknown);
            }
        }

        return SequenceDataset.FromArrays(tokens, [.. reviews.Select(r => r.Class)], reviews.Count, lengths);
    }

    /// <summary>
    /// Judges a review by the odds of its classes, the difference of two logits, and finds how much each word moved the verdict: the integrated gradients of these odds on the path from a sentence of
    /// unknown words, which sum to what the words moved together.
    /// </summary>
    public Verdict Judge(ReviewModel model, Review review)
    {
        SequenceDataset<int, int> data = Encode([review]);
        ReadOnlySpan<int> tokens = data.Input(0)[..data.Lengths[0]];
        float[] praise = new float[tokens.Length], blame = new float[tokens.Length];
        int[] unknown = new int[tokens.Length];
        Attribution pro = model.ComputeIntegratedGradients(tokens, praise, output: 1, unknown, length: tokens.Length);
        Attribution contra = model.ComputeIntegratedGradients(tokens, blame, output: 0, unknown, length: tokens.Length);
        return new Verdict(review, pro.Output - contra.Output, [.. praise.Zip(blame, (p, b) => (double)p - b)]);
    }
}
