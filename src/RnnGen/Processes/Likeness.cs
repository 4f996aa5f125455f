using System.Text;

namespace RnnGen.Runtime;

/// <summary>What processes that work together must have in common, each value by its name: it is held against process 0 before they begin.</summary>
/// <param name="group">The processes.</param>
/// <param name="work">What a process does, in the words of the error: "train".</param>
internal sealed class Likeness(ProcessGroup group, string work)
{
    /// <summary>How to make options alike.</summary>
    public const string SameOptions = "Pass the same options in all processes.";

    /// <summary>How to make the candidates of a sweep alike.</summary>
    public const string SameCandidates = "Add the same candidates, with the same models and options, in all processes.";

    /// <summary>How to make data alike.</summary>
    public const string SameData = "Load and prepare the same data in all processes, or give each its shard with AsShard.";

    /// <summary>How to make models alike.</summary>
    public const string SameModel = "Start the same build of the program everywhere, and set up its model alike.";

    /// <summary>How to make parameters alike.</summary>
    public const string SameParameters = "Create the model with the same seed, or load the same file, in all processes.";

    /// <summary>How to make a model's random draws alike.</summary>
    public const string SameSteps = "Create the model anew in each process, or set its DropoutStep and SamplingStep alike.";

    /// <summary>How to make optimisers alike.</summary>
    public const string SameOptimizer = "Give each process a new optimiser of the same kind.";

    /// <summary>How to make vectors alike, on which the bits depend.</summary>
    public const string SameWidth = "Set the model's VectorWidth to one that all machines have in hardware.";

    /// <summary>How to make vectors of new models alike.</summary>
    public static readonly string SameDefaultWidth = $"Set {VectorWidths.SwitchName} in the project to a width that all machines have in hardware.";

    private const int MostDifferences = 10, LongestText = 200;

    private readonly List<(string Name, string Value)> _values = [];
    private readonly Dictionary<string, string> _fixes = [];

    /// <summary>Adds a value.</summary>
    /// <param name="name">Its name, such as that of an option.</param>
    /// <param name="value">The value as text.</param>
    /// <param name="fix">A sentence that says how to make it the same everywhere.</param>
    public void Add(string name, string value, string fix)
    {
        _values.Add((name, value));
        _fixes[name] = fix;
    }

    /// <summary>Adds the hash of values.</summary>
    /// <inheritdoc cref="Add(string, string, string)"/>
    public void Add<T>(string name, ReadOnlySpan<T> value, string fix) where T : unmanaged
    {
        ContentHash hash = new();
        hash.Add(value);
        Add(name, $"{hash}", fix);
    }

    /// <summary>Compares; all processes do.</summary>
    /// <exception cref="ProcessGroupException">A process has another value than process 0; the message names each, what both have, and the fix. All processes throw it.</exception>
    public void Check()
    {
        byte[] own = Encoding.UTF8.GetBytes(Written());
        ContentHash hash = new();
        hash.Add<byte>(own);
        ulong[] hashes = new ulong[group.Count];
        hashes[group.Rank] = hash.Value;
        group.Gather<ulong>(hashes, group.Starts(group.Count));
        int rank = hashes.AsSpan().IndexOfAnyExcept(hashes[0]);
        if (rank < 0)
        {
            return;
        }

        IReadOnlyList<byte[]> all = group.Gather(own);
        throw group.Agree(new ProcessGroupException(Invariant($"Process {rank} does not {work} as process 0 does. {Differences(Read(all[rank]), Read(all[0]))}"), rank));
    }

    private string Differences(List<(string Name, string Value)> theirs, List<(string Name, string Value)> first)
    {
        List<string> texts = [], fixes = [];
        foreach ((string name, string? own, string? other) in NamedValues.Differences(theirs, first))
        {
            string fix = _fixes[name];
            if (!fixes.Contains(fix))
            {
                fixes.Add(fix);
            }

            texts.Add($"it has {name} = {Cut(own)}, and process 0 has {Cut(other)}");
        }

        if (texts.Count > MostDifferences)
        {
            texts[MostDifferences] = Invariant($"and {texts.Count - MostDifferences} values more differ");
            texts.RemoveRange(MostDifferences + 1, texts.Count - MostDifferences - 1);
        }

        string text = string.Join("; ", texts);
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}. {string.Join(" ", fixes)}";
    }

    private static string Cut(string? text) => string.IsNullOrEmpty(text) ? "none" : text.Length <= LongestText ? text : text[..LongestText] + "…";

    private string Written()
    {
        StringBuilder text = new();
        foreach ((string name, string value) in _values)
        {
            text.Append(name).Append('\0').Append(value).Append('\0').Append(_fixes[name]).Append('\0');
        }

        return text.ToString();
    }

    // A value that only another process has comes with its fix.
    private List<(string Name, string Value)> Read(byte[] bytes)
    {
        string[] parts = Encoding.UTF8.GetString(bytes).Split('\0');
        List<(string Name, string Value)> values = [];
        for (int i = 0; i + 2 < parts.Length; i += 3)
        {
            values.Add((parts[i], parts[i + 1]));
            _fixes.TryAdd(parts[i], parts[i + 2]);
        }

        return values;
    }
}
