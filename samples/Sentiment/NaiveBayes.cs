namespace Sentiment;

/// <summary>Multinomial naive Bayes, with one added to each count, on words, or on words and pairs of neighbours.</summary>
internal sealed class NaiveBayes
{
    private readonly Dictionary<string, int[]> _counts = new(StringComparer.Ordinal);
    private readonly double[] _all = new double[2], _prior = new double[2];
    private readonly int _longest;

    /// <param name="reviews">What is counted.</param>
    /// <param name="longest">1 for words, 2 for pairs too.</param>
    public NaiveBayes(IReadOnlyList<Review> reviews, int longest)
    {
        _longest = longest;
        foreach (Review review in reviews)
        {
            _prior[review.Class]++;
            foreach (string gram in Grams(review.Words))
            {
                if (!_counts.TryGetValue(gram, out int[]? counts))
                {
                    _counts.Add(gram, counts = new int[2]);
                }

                counts[review.Class]++;
                _all[review.Class]++;
            }
        }
    }

    private IEnumerable<string> Grams(string[] words) => _longest == 1 ? words : words.Concat(words.Zip(words.Skip(1), (a, b) => $"{a} {b}"));

    /// <summary>log p(praise) - log p(blame), up to a constant of all reviews.</summary>
    public double Score(string[] words) => Math.Log(_prior[1] / _prior[0]) + Grams(words).Where(_counts.ContainsKey).Sum(g =>
        Math.Log((_counts[g][1] + 1) / (_all[1] + _counts.Count)) - Math.Log((_counts[g][0] + 1) / (_all[0] + _counts.Count)));

    public double Accuracy(IReadOnlyList<Review> reviews) => reviews.Average(r => (Score(r.Words) > 0 ? 1 : 0) == r.Class ? 1.0 : 0);
}
