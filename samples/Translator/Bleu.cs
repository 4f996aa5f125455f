using RnnGen.Samples;

namespace Translator;

/// <summary>BLEU-4 of a corpus (K. Papineni et al. 2002), one reference a sentence, on words as they are given.</summary>
internal static class Bleu
{
    private const int Longest = 4;

    /// <summary>Adds the score of translations of a test.</summary>
    public static void Add(string method, IReadOnlyList<string[]> translations, IReadOnlyList<Pair> test, ResultTable results) =>
        results.Add(method, "BLEU-4", Score(translations.Zip(test, (t, p) => ((IReadOnlyList<string>)t, (IReadOnlyList<string>)p.Target))), 1);

    /// <summary>From 0 to 100: the geometric mean of the shares of n-grams (n = 1 to 4) that the references have too, times the brevity penalty.</summary>
    public static double Score(IEnumerable<(IReadOnlyList<string> Candidate, IReadOnlyList<string> Reference)> sentences)
    {
        long[] matched = new long[Longest], written = new long[Longest];
        long candidateLength = 0, referenceLength = 0;
        foreach ((IReadOnlyList<string> candidate, IReadOnlyList<string> reference) in sentences)
        {
            candidateLength += candidate.Count;
            referenceLength += reference.Count;
            for (int n = 1; n <= Longest; n++)
            {
                Dictionary<string, int> expected = Count(reference, n);
                foreach ((string gram, int count) in Count(candidate, n))
                {
                    // An n-gram counts at most as often as the reference has it.
                    matched[n - 1] += Math.Min(count, expected.GetValueOrDefault(gram));
                    written[n - 1] += count;
                }
            }
        }

        if (matched.Contains(0))
        {
            return 0;
        }

        double precision = Enumerable.Range(0, Longest).Average(n => Math.Log((double)matched[n] / written[n]));
        double brevity = candidateLength >= referenceLength ? 0 : 1 - (double)referenceLength / candidateLength;
        return 100 * Math.Exp(precision + brevity);
    }

    private static Dictionary<string, int> Count(IReadOnlyList<string> words, int n)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        for (int i = 0; i + n <= words.Count; i++)
        {
            string gram = string.Join(' ', words.Skip(i).Take(n));
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }

        return counts;
    }
}
