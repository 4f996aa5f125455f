using RnnGen.Samples;

namespace Captioner;

/// <summary>How good captions are.</summary>
internal static class Scores
{
    /// <summary>Adds the shares of captions that are exact, and of words that are right.</summary>
    public static void Add(string method, IReadOnlyList<string> written, IReadOnlyList<string> expected, ResultTable results)
    {
        int words = written.Zip(expected).Sum(p => p.First.Split(' ').Zip(p.Second.Split(' ')).Count(w => w.First == w.Second));
        results.Add(method, "exact, %", 100.0 * written.Zip(expected).Count(p => p.First == p.Second) / written.Count, 1);
        results.Add(method, "words right, %", 100.0 * words / expected.Sum(c => c.Split(' ').Length));
    }
}
