namespace Translator;

/// <summary>A translation that needs no training: each word by the word that it comes with most often, beyond chance (L. R. Dice's coefficient).</summary>
internal static class WordByWord
{
    public static string[][] Translate(ParallelText text)
    {
        Dictionary<string, int> sources = [], targets = [];
        Dictionary<(string, string), int> together = [];
        foreach (Pair pair in text.Train)
        {
            string[] read = [.. pair.Source.Distinct()], written = [.. pair.Target.Distinct()];
            foreach (string word in read)
            {
                sources[word] = sources.GetValueOrDefault(word) + 1;
            }

            foreach (string word in written)
            {
                targets[word] = targets.GetValueOrDefault(word) + 1;
                foreach (string other in read)
                {
                    together[(other, word)] = together.GetValueOrDefault((other, word)) + 1;
                }
            }
        }

        Dictionary<string, (string Word, double Score)> best = [];
        foreach (((string read, string written), int count) in together)
        {
            double score = 2.0 * count / (sources[read] + targets[written]);
            if (!best.TryGetValue(read, out (string Word, double Score) known) || score > known.Score)
            {
                best[read] = (written, score);
            }
        }

        return [.. text.Test.Select(p => p.Source.Select(w => best.TryGetValue(w, out (string Word, double) b) ? b.Word : w).ToArray())];
    }
}
