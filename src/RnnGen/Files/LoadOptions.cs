namespace RnnGen;

/// <summary>Which tensors of a file a model loads, where names and shapes alone do not say it.</summary>
/// <example>
/// <code>
/// // The encoder of a larger PyTorch model; its own projection is not of this model.
/// var model = Encoder.Load("whole.safetensors", new LoadOptions { Prefix = "encoder.", Ignore = ["projection.*"] });
/// </code>
/// </example>
/// <remarks>A tensor that is neither of the model nor ignored is an error, as one that is missing is: a file is loaded whole or not at all.</remarks>
public sealed class LoadOptions
{
    /// <summary>
    /// From names of this model's parameters to the file's, where they cannot be told apart otherwise; the others are matched as without it. With a <see cref="Prefix"/>, the file's names
    /// may be written with it or without. Default: <see langword="null"/>, all are matched.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Names { get; init; }

    /// <summary>
    /// Tensors of the file that are not of this model: names, in which <c>*</c> stands for any characters, such as <c>optimizer.*</c>. They are compared without the <see cref="Prefix"/>.
    /// A tensor that <see cref="Names"/> names is read all the same. Default: none.
    /// </summary>
    /// <exception cref="ArgumentNullException">The list is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A name is <see langword="null"/> or empty.</exception>
    public IReadOnlyList<string> Ignore
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Ignore));
            for (int i = 0; i < value.Count; i++)
            {
                if (string.IsNullOrEmpty(value[i]))
                {
                    throw new ArgumentException(Invariant($"Ignore[{i}] is null or empty; write a tensor's name, or a beginning of names and '*'."), nameof(Ignore));
                }
            }

            field = value;
        }
    } = [];

    /// <summary>
    /// What the names of the model's tensors begin with in the file, such as <c>encoder.</c>; all other tensors are left out. Default: <see langword="null"/>, all tensors are the model's.
    /// </summary>
    /// <exception cref="ArgumentException">The prefix is empty.</exception>
    public string? Prefix
    {
        get;
        init => field = value is "" ? throw new ArgumentException("Prefix is empty; leave it out where all tensors are the model's.", nameof(Prefix)) : value;
    }
}
