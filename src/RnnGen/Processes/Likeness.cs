namespace RnnGen.Runtime;

/// <summary>What processes that work together must have in common, each value by its name: it is held against process 0 before they begin.</summary>
/// <param name="group">The processes.</param>
/// <param name="work">What a process does, in the words of the error: "train".</param>
internal sealed class Likeness(ProcessGroup group, string work)
{
    private readonly List<string> _names = [];
    private readonly List<ulong> _hashes = [];

    /// <summary>Adds a value.</summary>
    public void Add(string name, string value) => Add<char>(name, value);

    /// <summary>Adds values, of which a hash is compared.</summary>
    public void Add<T>(string name, ReadOnlySpan<T> values) where T : unmanaged
    {
        ContentHash hash = new();
        hash.Add(values);
        _names.Add(name);
        _hashes.Add(hash.Value);
    }

    /// <summary>Compares; all processes do.</summary>
    /// <exception cref="ProcessGroupException">A process has another value than process 0; the message names both. All processes throw it.</exception>
    public void Check()
    {
        ContentHash whole = new();
        foreach (string name in _names)
        {
            whole.Add<char>(name);
        }

        // Values with the same names can be compared one by one.
        if ((FirstOther([whole.Value]) ?? FirstOther([.. _hashes])) is (int rank, int place))
        {
            throw new ProcessGroupException(Invariant(
                $"Process {rank} does not {work} as process 0 does: their {(place < 0 ? "settings" : _names[place])} differ. Start the same program with the same data everywhere, and create the model with the same seed."), rank);
        }
    }

    // The first process with another value than process 0, and which of the values that is: -1 for the only one.
    private (int Rank, int Place)? FirstOther(ulong[] values)
    {
        ulong[] all = new ulong[values.Length * group.Count];
        int[] starts = group.Starts(all.Length);
        values.CopyTo(all, starts[group.Rank]);
        group.Gather<ulong>(all, starts);
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i] != all[i % values.Length])
            {
                return (i / values.Length, values.Length == 1 ? -1 : i % values.Length);
            }
        }

        return null;
    }
}
