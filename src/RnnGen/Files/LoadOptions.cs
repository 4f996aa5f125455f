namespace RnnGen;

/// <summary>Which tensors of a file a model loads, where names and shapes alone do not decide.</summary>
/// <example>
/// <code>
/// // The encoder of a larger PyTorch model; its own projection does not belong to this model.
/// var model = Encoder.Load("whole.safetensors", new LoadOptions { Prefix = "encoder.", Ignore = ["projection.*"] });
/// </code>
/// </example>
/// <remarks>
/// A tensor of a type that parameters are read from, and that neither belongs to the model nor is ignored, is an error, as is a missing one: a file is loaded completely or not at all. The scales
/// of a tensor of 8-bit integers are a part of it: <see cref="Names"/> and <see cref="Ignore"/> name the tensor alone.
/// </remarks>
public sealed class LoadOptions
{
    /// <summary>
    /// Maps names of this model's parameters to the file's names, for those that cannot be told apart otherwise; the others are matched as usual. With a <see cref="Prefix"/>, the file's names
    /// may be written with or without it. Default: <see langword="null"/>: all are matched.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Names { get; init; }

    /// <summary>
    /// Tensors of the file that do not belong to this model: names in which <c>*</c> matches any characters, such as <c>optimizer.*</c>. They are compared without the <see cref="Prefix"/>.
    /// <see cref="Names"/> takes precedence. Default: none.
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
                    throw new ArgumentException(Invariant($"Ignore[{i}] is null or empty; write a tensor's name, or the start of names and '*'."), nameof(Ignore));
                }
            }

            field = value;
        }
    } = [];

    /// <summary>
    /// The prefix of the model's tensors in the file, such as <c>encoder.</c>; all other tensors are skipped. Default: <see langword="null"/>: all tensors are the model's.
    /// </summary>
    /// <exception cref="ArgumentException">The prefix is empty.</exception>
    public string? Prefix
    {
        get;
        init => field = value is "" ? throw new ArgumentException("Prefix is empty; do not set it if all tensors are the model's.", nameof(Prefix)) : value;
    }
}
