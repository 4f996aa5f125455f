using RnnGen.Exchange.Files;

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
    /// <exception cref="ArgumentException">A function is not one of <see cref="Activation"/>.</exception>
    public IReadOnlyDictionary<string, Activation> Activations
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Activations));
            foreach ((string layer, Activation activation) in value)
            {
                if (!Enum.IsDefined(activation))
                {
                    throw new ArgumentException(Invariant($"The function of {ForeignText.Shown(layer)} is {activation}, which is not an Activation."), nameof(Activations));
                }
            }

            field = value;
        }
    } = new Dictionary<string, Activation>();

    /// <summary>
    /// The layer that is an <c>nn.Embedding</c> by its name in the file, where its matrix could be that of an <c>nn.Linear</c> without a bias. Default: <see langword="null"/>, which is what sizes and names say. A layer
    /// with one of <see cref="Activations"/> is a linear one.
    /// </summary>
    public string? Embedding { get; init; }

    /// <summary>What a state dict does not say of its <c>nn.Conv1d</c>, by the layer's name in the file. Default: none is named.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public IReadOnlyDictionary<string, ConvolutionOptions> Convolutions
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Convolutions));
    } = new Dictionary<string, ConvolutionOptions>();

    /// <summary>How a model with one output reads the steps of its last recurrent layer, of state dicts. Default: <see langword="null"/>, which is <see cref="RnnGen.Pooling.Last"/>.</summary>
    /// <exception cref="ArgumentException">It is not one of <see cref="RnnGen.Pooling"/>.</exception>
    public Pooling? Pooling
    {
        get;
        init => field = value is null || Enum.IsDefined(value.Value) ? value : throw new ArgumentException(Invariant($"Pooling is {value}; use Last, Mean or Max."), nameof(Pooling));
    }

    /// <summary>The layers by their names in the file, in the order in which values flow, where sizes leave a choice. Default: empty.</summary>
    public IReadOnlyList<string> Order { get; init; } = [];

    /// <summary>Rejects what was said of a file whose format says it itself.</summary>
    /// <param name="format">The format's name.</param>
    /// <exception cref="ForeignFileException">Something was.</exception>
    internal void RequireArchitectureAlone(string format)
    {
        string? said = Activations.Count > 0 ? "functions (--activation, Activations)" : Order.Count > 0 ? "an order of layers (--order, Order)"
            : Convolutions.Count > 0 ? "a convolution (--convolution, Convolutions)" : Embedding is not null ? "an embedding (--embedding, Embedding)" : Pooling is not null ? "a pooling (--pooling, Pooling)" : null;
        if (said is not null)
        {
            throw new ForeignFileException(Invariant($"{format} says its layers, their functions and their order itself, but {said} is given for it: leave it out."));
        }
    }
}
