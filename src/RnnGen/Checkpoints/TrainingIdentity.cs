using System.Globalization;

namespace RnnGen.Runtime;

/// <summary>What a training is known by: the settings that its course depends on, by name. A checkpoint of another training is refused with those that differ.</summary>
internal sealed class TrainingIdentity
{
    private const int MostSettings = 100, MostDifferences = 10, LongestText = 200;

    /// <summary>What stands for a setting that is off.</summary>
    private const string None = "none";

    private readonly List<(string Name, string Value)> _settings = [];

    public void Add(string name, string value) => _settings.Add((name, value));

    /// <summary>Adds a number, or <see langword="null"/> for a setting that is off.</summary>
    public void Add(string name, double? value) => Add(name, value?.ToString("R", CultureInfo.InvariantCulture) ?? None);

    public void Add(string name, bool value) => Add(name, value ? "true" : "false");

    public void Write(CheckpointWriter writer)
    {
        writer.Write(_settings.Count);
        foreach ((string name, string value) in _settings)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    /// <summary>Reads the settings of a file and holds them against these.</summary>
    /// <exception cref="CheckpointException">Some differ; the message names them.</exception>
    public void Check(CheckpointReader reader, string file)
    {
        int count = reader.ReadInt("the number of settings", 0, MostSettings);
        List<(string Name, string Value)> theirs = [];
        for (int i = 0; i < count; i++)
        {
            theirs.Add((reader.ReadString("the name of a setting"), reader.ReadString("a setting")));
        }

        List<string> differences = [];
        foreach ((string name, string value) in theirs)
        {
            int place = _settings.FindIndex(s => s.Name == name);
            if (place < 0 || _settings[place].Value != value)
            {
                differences.Add($"its {Cut(name)} is {Cut(value)}, and here {(place < 0 ? "there is none" : $"it is {Cut(_settings[place].Value)}")}");
            }
        }

        differences.AddRange(_settings.Where(s => !theirs.Exists(t => t.Name == s.Name)).Select(s => $"it has no {s.Name}, which is {Cut(s.Value)} here"));
        if (differences.Count > 0)
        {
            string more = differences.Count > MostDifferences ? Invariant($"; and {differences.Count - MostDifferences} more") : "";
            throw new CheckpointException(
                $"'{file}' belongs to another training: {string.Join("; ", differences.Take(MostDifferences))}{more}. Give Fit what the training had, or another folder.");
        }
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";
}
