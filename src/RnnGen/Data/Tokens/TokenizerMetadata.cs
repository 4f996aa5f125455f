namespace RnnGen;

/// <summary>Tokenisers that a model carries: <c>model.Metadata.SetTokenizer("input", tokenizer)</c>.</summary>
public static class TokenizerMetadata
{
    private const string Prefix = "tokenizer.";

    /// <summary>Sets a tokeniser.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="name">What it encodes, such as <c>input</c>.</param>
    /// <param name="tokenizer">The tokeniser.</param>
    public static void SetTokenizer(this ModelMetadata metadata, string name, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(tokenizer);
        metadata[Prefix + name] = tokenizer.ToJson();
    }

    /// <summary>Returns a tokeniser.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="name">What it encodes.</param>
    /// <exception cref="ModelFileException">There is none, or the entry is not a tokeniser.</exception>
    public static Tokenizer GetTokenizer(this ModelMetadata metadata, string name)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        try
        {
            return Tokenizer.FromJson(metadata.Kept(Prefix + name, "tokeniser", name, nameof(SetTokenizer)));
        }
        catch (InvalidDataException e)
        {
            throw new ModelFileException($"The model's tokeniser '{name}' is damaged. {e.Message}", e);
        }
    }
}
