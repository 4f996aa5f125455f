namespace RnnGen.Exchange;

/// <summary>What a file of weights does not say about its model.</summary>
public sealed class ImportOptions
{
    /// <summary>Whether a model has one output at the end or one for each step. Default: <see langword="null"/>, which is what the file says, else <see cref="Architecture.ManyToMany"/>.</summary>
    /// <exception cref="ArgumentException">It is another architecture.</exception>
    public Architecture? Architecture
    {
        get;
        init => field = value is null or RnnGen.Architecture.ManyToOne or RnnGen.Architecture.ManyToMany
            ? value
            : throw new ArgumentException(Invariant($"Architecture is {value}; use ManyToOne or ManyToMany."), nameof(Architecture));
    }

    /// <summary>The function that follows a layer, by the layer's name in the file: <c>fc1</c>. Default: none is named.</summary>
    public IReadOnlyDictionary<string, Activation> Activations { get; init; } = new Dictionary<string, Activation>();

    /// <summary>The layers by their names in the file, in the order in which values flow, where sizes leave a choice. Default: empty.</summary>
    public IReadOnlyList<string> Order { get; init; } = [];
}
