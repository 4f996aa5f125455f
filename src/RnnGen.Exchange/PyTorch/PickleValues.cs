using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.PyTorch;

/// <summary>A name that a pickle asks for. None is ever looked up: those of the allow-list stand for what this reader makes itself.</summary>
/// <param name="Module">The module.</param>
/// <param name="Name">The name in it.</param>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => Invariant($"{Module}.{Name}");
}

/// <summary>A dictionary; of keys that are no strings only their number is kept.</summary>
internal sealed class PickleDict
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <summary>The values under strings, in the order in which they were first put in.</summary>
    public List<KeyValuePair<string, object?>> Items { get; } = [];

    public int OtherKeys { get; private set; }

    public void Put(object? key, object? value)
    {
        if (key is not string name)
        {
            OtherKeys++;
        }
        else if (_places.TryGetValue(name, out int place))
        {
            Items[place] = new(name, value);
        }
        else
        {
            _places.Add(name, Items.Count);
            Items.Add(new(name, value));
        }
    }
}

/// <summary>Numbers of an archive that tensors are views of.</summary>
/// <param name="Type">How they are stored; null where this reader does not read them.</param>
/// <param name="TypeName">PyTorch's word for that.</param>
/// <param name="Key">Their entry in the archive.</param>
/// <param name="Count">How many they are.</param>
internal sealed record PickleStorage(NumberType? Type, string TypeName, string Key, long Count);

/// <summary>A view of a storage.</summary>
/// <param name="Storage">Its numbers.</param>
/// <param name="Offset">The index of its first number.</param>
/// <param name="Shape">Its lengths.</param>
/// <param name="Strides">Numbers from one index of a length to the next.</param>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, int[] Shape, long[] Strides);
