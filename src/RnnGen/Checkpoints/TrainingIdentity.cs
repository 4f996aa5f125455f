using System.Globalization;

namespace RnnGen.Runtime;

/// <summary>The identity of a training: the settings that its results depend on, by name. A training does not resume from a checkpoint with other settings; the error names those that differ.</summary>
internal sealed class TrainingIdentity
{
    private const int MostSettings = 100, MostDifferences = 10, LongestText = 200;

    /// <summary>The value of a setting that is off.</summary>
    private const string None = "none";

    private readonly List<(string Name, string Value)> _settings = [];

    /// <summary>The settings, in order.</summary>
    public IReadOnlyList<(string Name, string Value)> Settings => _settings;

    public void Add(string name, string value) => _settings.Add((name, value));

    /// <summary>Adds a number, or <see langword="null"/> for a setting that is off.</summary>
    public void Add(string name, double? value) => Add(name, value?.ToString("R", CultureInfo.InvariantCulture) ?? None);

    public void Add(string name, bool value) => Add(name, value ? "true" : "false");

    /// <summary>Adds what <see cref="ModelLayout.Details"/> says: what has a name of its own, such as a cell's numbers, under it.</summary>
    public void AddDetails(string details)
    {
        List<string> others = [];
        foreach (string part in details.Split("; ", StringSplitOptions.RemoveEmptyEntries))
        {
            int end = part.IndexOf(": ", StringComparison.Ordinal);
            if (end < 0)
            {
                others.Add(part);
            }
            else
            {
                Add($"model's {part[..end]}", part[(end + 2)..]);
            }
        }

        Add("model's details", others.Count == 0 ? None : string.Join(", ", others));
    }

    public void Write(CheckpointWriter writer)
    {
        writer.Write(_settings.Count);
        foreach ((string name, string value) in _settings)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    /// <summary>Reads the settings of a file and compares them with these.</summary>
    /// <exception cref="CheckpointException">Some differ; the message names them.</exception>
    public void Check(CheckpointReader reader, string file)
    {
        int count = reader.ReadInt("the number of settings", 0, MostSettings);
        List<(string Name, string Value)> theirs = [];
        for (int i = 0; i < count; i++)
        {
            theirs.Add((reader.ReadString("the name of a setting"), reader.ReadString("a setting")));
        }

        // Older checkpoints do not say how the machine computed with vectors of their width.
        List<(string Name, string Value)> here = [.. _settings];
        if (!theirs.Exists(setting => setting.Name == VectorWidths.InstructionsName))
        {
            here.RemoveAll(setting => setting.Name == VectorWidths.InstructionsName);
        }

        List<string> differences = [];
        foreach ((string name, string? value, string? own) in NamedValues.Differences(theirs, here))
        {
            differences.Add(value is null ? $"it has no {name}, which here is {Cut(own!)}" : $"its {Cut(name)} is {Cut(value)}, but here {(own is null ? "there is none" : $"it is {Cut(own)}")}");
        }

        if (differences.Count > 0)
        {
            string more = differences.Count > MostDifferences ? Invariant($"; and {differences.Count - MostDifferences} more") : "";
            throw new CheckpointException(
                $"'{file}' belongs to another training: {string.Join("; ", differences.Take(MostDifferences))}{more}. Pass to Fit what that training had, or another folder.");
        }
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";
}
