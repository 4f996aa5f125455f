using System.Globalization;

namespace RnnGen.Runtime;

/// <summary>What a training is known by: the settings that its course depends on, by name. A checkpoint of another training is refused with the first that differs.</summary>
internal sealed class TrainingIdentity
{
    private const int MostSettings = 100;

    private readonly List<(string Name, string Value)> _settings = [];

    public void Add(string name, string value) => _settings.Add((name, value));

    public void Add(string name, double value) => Add(name, value.ToString("R", CultureInfo.InvariantCulture));

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
    /// <exception cref="CheckpointException">One differs.</exception>
    public void Check(CheckpointReader reader, string file)
    {
        int count = reader.ReadInt("the number of settings", 0, MostSettings);
        for (int i = 0; i < Math.Max(count, _settings.Count); i++)
        {
            (string Name, string Value) theirs = i < count ? (reader.ReadString("the name of a setting"), reader.ReadString("a setting")) : ("nothing", "");
            (string Name, string Value) ours = i < _settings.Count ? _settings[i] : ("nothing", "");
            if (ours != theirs)
            {
                throw new CheckpointException(theirs.Name == ours.Name
                    ? Invariant($"'{file}' belongs to another training: its {ours.Name} is {theirs.Value}, and here it is {ours.Value}. Give Fit what the training had, or another folder.")
                    : Invariant($"'{file}' belongs to another training: it has the setting {theirs.Name} where {ours.Name} was expected. Give Fit what the training had, or another folder."));
            }
        }
    }
}
