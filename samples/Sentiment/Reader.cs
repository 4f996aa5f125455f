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

    /// <summary>Judges a review, and finds how much each word moved the verdict: what the score loses where the word is unknown.</summary>
    public Verdict Judge(ReviewModel model, Review review)
    {
        List<Review> variants = [review];
        for (int i = 0; i < review.Words.Length; i++)
        {
            string[] without = [.. review.Words];
            without[i] = "";
            variants.Add(review with { Words = without });
        }

        SequenceDataset<int, int> data = Encode(variants);
        double[] scores = [.. Enumerable.Range(0, data.Count).Select(i =>
        {
            float[] logits = new float[ReviewModel.OutputSize];
            model.PredictBatch(data.Input(i), logits, 1, data.Lengths.Slice(i, 1));
            return (double)logits[1] - logits[0];
        })];
        return new Verdict(review, scores[0], [.. scores.Skip(1).Select(s => scores[0] - s)]);
    }
}
