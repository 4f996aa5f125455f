using System.Text;
using RnnGen.Samples;

namespace Sentiment;

/// <summary>A sentence of a review, and whether it praises (1) or not (0).</summary>
internal sealed record Review(string[] Words, int Class);

/// <summary>Where reviews come from.</summary>
internal static class Reviews
{
    /// <summary>Reads a folder with <c>rt-polarity.pos</c> and <c>rt-polarity.neg</c>: a sentence a line, words separated by spaces, Latin-1.</summary>
    /// <exception cref="UsageException">A file is missing.</exception>
    public static List<Review> Read(string folder)
    {
        List<Review> reviews = [];
        foreach ((string name, int label) in new[] { ("rt-polarity.pos", 1), ("rt-polarity.neg", 0) })
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                throw new UsageException($"There is no {path}; --data takes the folder with rt-polarity.pos and rt-polarity.neg.");
            }

            reviews.AddRange(File.ReadAllLines(path, Encoding.Latin1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length > 0).Select(w => new Review(w, label)));
        }

        return reviews;
    }

    /// <summary>
    /// Sentences that the sample makes. Whether one praises follows from a word that praises or blames and from what turns it round ("not", "hardly",
    /// "far from"), among words that say nothing, so that counting words is not enough.
    /// </summary>
    public static List<Review> Make(int seed, int count = 4000)
    {
        string[] good = ["moving", "clever", "funny", "warm", "gripping", "elegant", "fresh", "honest"], bad = ["dull", "clumsy", "empty", "noisy", "tired", "slow", "cheap", "false"];
        string[] turns = ["not", "hardly", "far from", "never", "anything but"], things = ["the plot", "the ending", "the cast", "its humour", "the music", "every scene", "the first hour", "the dialogue"];
        string[] rest = ["on a rainy evening", "for an hour and a half", "with friends", "in a half-empty house", "after all those trailers", "at the festival", "despite the budget", "as the reviews say"];
        Random random = new(seed);
        string Any(string[] from) => from[random.Next(from.Length)];
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            bool praises = random.Next(2) == 0, turned = random.Next(2) == 0;
            string word = Any(praises == turned ? bad : good);
            string text = $"{Any(rest)} {Any(things)} is {(turned ? Any(turns) + " " : "")}{word} {Any(rest)}";

            // The other thing that is named is of the past, and counts for nothing.
            string past = $"they said {Any(things)} was {(random.Next(2) == 0 ? Any(turns) + " " : "")}{Any(random.Next(2) == 0 ? good : bad)}";
            return new Review((random.Next(2) == 0 ? $"{past} , but {text}" : $"{text} , whatever {past}").Split(' '), praises ? 1 : 0);
        })];
    }

    /// <summary>Shuffles by a seed and keeps a tenth apart.</summary>
    public static (List<Review> Train, List<Review> Test) Split(IReadOnlyList<Review> reviews, int seed)
    {
        Review[] shuffled = [.. reviews];
        new Random(seed).Shuffle(shuffled);
        int test = shuffled.Length / 10;
        return ([.. shuffled.Skip(test)], [.. shuffled.Take(test)]);
    }
}
