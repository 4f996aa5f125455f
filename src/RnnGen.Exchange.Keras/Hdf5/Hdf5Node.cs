using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Keras.Hdf5;

/// <summary>A group, or a dataset, that is to be written.</summary>
internal sealed class Hdf5Node
{
    private readonly SortedDictionary<string, Hdf5Node> _children = new(StringComparer.Ordinal);

    /// <summary>What is in the group, by its name.</summary>
    public IReadOnlyDictionary<string, Hdf5Node> Children => _children;

    /// <summary>The attribute <c>name</c>; null for none.</summary>
    public string? Name { get; set; }

    /// <summary>The numbers of a dataset; null of a group.</summary>
    public Tensor? Numbers { get; init; }

    /// <summary>A group below this one, which is made where it is not there.</summary>
    /// <param name="path">Names with slashes between.</param>
    public Hdf5Node Group(string path)
    {
        Hdf5Node at = this;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!at._children.TryGetValue(name, out Hdf5Node? next))
            {
                at._children[name] = next = new Hdf5Node();
            }

            at = next;
        }

        return at;
    }

    public void Add(string name, Tensor numbers) => _children.Add(name, new Hdf5Node { Numbers = numbers });
}
