using RnnGen.Samples;

namespace Translator;

/// <summary>A sentence and what it is to become.</summary>
/// <param name="Source">Its words.</param>
/// <param name="Target">The words of its translation.</param>
internal sealed record Pair(string[] Source, string[] Target);

/// <summary>What is learned from, what epochs are chosen by, and what the model is scored on.</summary>
internal sealed record ParallelText(IReadOnlyList<Pair> Train, IReadOnlyList<Pair> Validation, IReadOnlyList<Pair> Test)
{
    /// <summary>Reads Multi30k: <c>train</c>, <c>val</c> and <c>test_2016_flickr</c>, one tokenised sentence a line, <c>.en</c> and <c>.fr</c>.</summary>
    /// <exception cref="UsageException">A file is missing, or two that belong together differ in length.</exception>
    public static ParallelText Read(string folder) => new(ReadPairs(folder, "train"), ReadPairs(folder, "val"), ReadPairs(folder, "test_2016_flickr"));

    private static List<Pair> ReadPairs(string folder, string name)
    {
        string source = Path.Combine(folder, $"{name}.lc.norm.tok.en"), target = Path.Combine(folder, $"{name}.lc.norm.tok.fr");
        if (!File.Exists(source) || !File.Exists(target))
        {
            throw new UsageException($"There is no {source} with its .fr beside it; --data takes the folder with Multi30k's tokenised files.");
        }

        string[] sources = File.ReadAllLines(source), targets = File.ReadAllLines(target);
        if (sources.Length != targets.Length)
        {
            throw new UsageException($"{source} has {sources.Length} lines and its translation {targets.Length}.");
        }

        return [.. sources.Zip(targets).Select(p => new Pair(Words(p.First), Words(p.Second))).Where(p => p.Source.Length > 0 && p.Target.Length > 0)];
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
