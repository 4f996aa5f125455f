namespace RnnGen.Runtime;

/// <summary>Lists of settings, or of other values, by name.</summary>
internal static class NamedValues
{
    /// <summary>The values that differ between two lists: their names, and their values in each; <see langword="null"/> where one has none.</summary>
    /// <param name="theirs">The values of one.</param>
    /// <param name="ours">Those of the other.</param>
    public static List<(string Name, string? Theirs, string? Ours)> Differences(List<(string Name, string Value)> theirs, List<(string Name, string Value)> ours)
    {
        List<(string Name, string? Theirs, string? Ours)> differences = [];
        foreach ((string name, string value) in theirs)
        {
            string? here = Find(ours, name);
            if (here is null ? OwnerIsTheSame(theirs, ours, name) : here != value)
            {
                differences.Add((name, value, here));
            }
        }

        foreach ((string name, string value) in ours)
        {
            if (Find(theirs, name) is null && OwnerIsTheSame(theirs, ours, name))
            {
                differences.Add((name, null, value));
            }
        }

        return differences;
    }

    // What another optimiser has of its own, or data that one of the two lacks, goes without saying: its owner is named.
    private static bool OwnerIsTheSame(List<(string Name, string Value)> theirs, List<(string Name, string Value)> ours, string name) =>
        name.IndexOf("'s ", StringComparison.Ordinal) is var end && (end < 0 || Find(theirs, name[..end]) == Find(ours, name[..end]));

    private static string? Find(List<(string Name, string Value)> values, string name)
    {
        int place = values.FindIndex(s => s.Name == name);
        return place < 0 ? null : values[place].Value;
    }
}
