using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.StateDicts;

/// <summary>A tensor of a state dict.</summary>
/// <param name="Name">Its name, such as <c>lstm.weight_ih_l0</c>.</param>
/// <param name="Shape">Its lengths.</param>
/// <param name="Type">How its numbers were stored.</param>
/// <param name="Values">The numbers, row-major.</param>
internal sealed record StateDictEntry(string Name, IReadOnlyList<int> Shape, NumberType Type, double[] Values);

/// <summary>Named tensors of PyTorch, wherever they are stored. Each is taken once; what is left over belongs to no layer.</summary>
internal sealed class StateDict
{
    private readonly Dictionary<string, StateDictEntry> _left = new(StringComparer.Ordinal);

    /// <param name="format">What the file is, in words.</param>
    /// <param name="entries">The tensors in the order of the file, each name once.</param>
    /// <param name="isOrdered">Whether that order is the one in which the model's modules were made.</param>
    public StateDict(string format, IReadOnlyList<StateDictEntry> entries, bool isOrdered)
    {
        (Format, Entries, IsOrdered) = (format, entries, isOrdered);
        foreach (StateDictEntry entry in entries)
        {
            if (!_left.TryAdd(entry.Name, entry))
            {
                throw new ForeignFileException(Invariant($"The file names {ForeignText.Shown(entry.Name)} twice."));
            }
        }
    }

    public string Format { get; }

    public IReadOnlyList<StateDictEntry> Entries { get; }

    public bool IsOrdered { get; }

    /// <summary>What was chosen while the file was read.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Names that were not taken, in the order of the file.</summary>
    public List<string> Left() => [.. Entries.Select(static entry => entry.Name).Where(_left.ContainsKey)];

    /// <summary>The shape of a tensor; null where there is none.</summary>
    public IReadOnlyList<int>? ShapeOf(string name) => _left.TryGetValue(name, out StateDictEntry? entry) ? entry.Shape : null;

    /// <summary>A tensor that must be there, of floating-point numbers.</summary>
    public Tensor Take(string name) => TakeIf(name) ?? throw new ForeignFileException(Invariant($"The file has no {ForeignText.Shown(name)}, which belongs to its other tensors of that layer: it is damaged, or another kind of layer."));

    /// <summary>Takes what belongs to a layer and is no parameter of it, such as a count.</summary>
    public void Drop(string name) => _left.Remove(name);

    /// <summary>A tensor, or null where there is none.</summary>
    public Tensor? TakeIf(string name)
    {
        if (!_left.Remove(name, out StateDictEntry? entry))
        {
            return null;
        }

        return Numbers.IsFloatingPoint(entry.Type)
            ? new Tensor(name, entry.Shape, entry.Values)
            : throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} holds {entry.Type}, but parameters are floating-point numbers: save the model before it is quantised."));
    }
}
