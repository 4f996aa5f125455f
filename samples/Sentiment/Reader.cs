using RnnGen;

namespace Sentiment;

/// <summary>A model with the words that it knows: how it learns, judges, and what moved its verdict.</summary>
internal sealed class Reader
{
    private const int Unknown = 0;

    private readonly Dictionary<string, int> _tokens = new(StringComparer.Ordinal);

    /// <param name="train">The most frequent words of these are known.</param>
    /// <param name="model">The model.</param>
    public Reader(IReadOnlyList<Review> train, ReviewModel model)
    {
        Model = model;
        foreach (string word in train.SelectMany(r => r.Words).GroupBy(w => w, StringComparer.Ordinal).Where(g => g.Count() > 1)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Take(ReviewModel.Words - 1).Select(g => g.Key))
        {
            _tokens.Add(word, _tokens.Count + 1);
        }
    }

    public ReviewModel Model { get; set; }

    public int Words => _tokens.Count;

    /// <summary>Adam, its rate along half a cosine; <paramref name="report"/> is told each epoch's loss.</summary>
    public void Learn(IReadOnlyList<Review> train, SampleOptions options, int seed, Action<int, double> report)
    {
        var adam = new Adam(options.LearningRate) { ClipNorm = 1 };
        Random random = new(seed);
        Review[] order = [.. train];
        for (int epoch = 1; epoch <= options.Epochs; epoch++)
        {
            random.Shuffle(order);
            adam.LearningRate = options.LearningRate * (1 + Math.Cos(Math.PI * (epoch - 1) / options.Epochs)) / 2;
            double sum = 0;
            foreach (Review[] batch in order.Chunk(ReviewModel.BatchSize))
            {
                (int[] tokens, int[] lengths) = Encode([.. batch.Select(r => r.Words)]);
                sum += Model.TrainStep(tokens, [.. batch.Select(r => r.Class)], batch.Length, adam, lengths) * batch.Length;
            }

            report(epoch, sum / order.Length);
        }
    }

    // Of a sentence that is too long the end is read: there stands the verdict.
    private (int[] Tokens, int[] Lengths) Encode(IReadOnlyList<string[]> sentences)
    {
        const int Steps = ReviewModel.SequenceLength;
        int[] tokens = new int[sentences.Count * Steps], lengths = new int[sentences.Count];
        for (int i = 0; i < sentences.Count; i++)
        {
            string[] words = sentences[i].Length > Steps ? sentences[i][^Steps..] : sentences[i];
            lengths[i] = words.Length;
            for (int t = 0; t < words.Length; t++)
            {
                tokens[i * Steps + t] = _tokens.GetValueOrDefault(words[t], Unknown);
            }
        }

        return (tokens, lengths);
    }

    /// <summary>How much each sentence praises: the logit of praise less that of blame.</summary>
    public double[] Score(IReadOnlyList<string[]> sentences)
    {
        (int[] tokens, int[] lengths) = Encode(sentences);
        float[] logits = new float[2 * sentences.Count];
        Model.PredictBatch(tokens, logits, sentences.Count, lengths);
        return [.. Enumerable.Range(0, sentences.Count).Select(i => (double)logits[2 * i + 1] - logits[2 * i])];
    }

    public double Accuracy(IReadOnlyList<Review> reviews) =>
        Score([.. reviews.Select(r => r.Words)]).Zip(reviews).Average(p => (p.First > 0 ? 1 : 0) == p.Second.Class ? 1.0 : 0);

    /// <summary>How much each word moved the verdict: what the score loses where the word is left unknown.</summary>
    public double[] Moved(string[] words)
    {
        List<string[]> sentences = [words];
        for (int i = 0; i < words.Length; i++)
        {
            string[] without = [.. words];
            without[i] = "";
            sentences.Add(without);
        }

        double[] scores = Score(sentences);
        return [.. scores.Skip(1).Select(s => scores[0] - s)];
    }
}
