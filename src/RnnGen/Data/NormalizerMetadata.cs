namespace RnnGen;

/// <summary>Normalisers that a model carries: <c>model.Metadata.SetNormalizer("input", normalizer)</c>.</summary>
public static class NormalizerMetadata
{
    private const string Prefix = "normalizer.";

    /// <summary>Sets a normaliser.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="name">What it normalises, such as <c>input</c>.</param>
    /// <param name="normalizer">The normaliser.</param>
    public static void SetNormalizer(this ModelMetadata metadata, string name, FeatureNormalizer normalizer)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(normalizer);
        metadata[Prefix + name] = normalizer.ToJson();
    }

    /// <summary>Sets a normaliser of one feature.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="name">What it normalises, such as <c>input</c>.</param>
    /// <param name="normalizer">The normaliser.</param>
    public static void SetNormalizer(this ModelMetadata metadata, string name, Normalizer normalizer) => metadata.SetNormalizer(name, new FeatureNormalizer([normalizer]));

    /// <summary>Whether there is a normaliser of this name.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="name">What it normalises.</param>
    public static bool HasNormalizer(this ModelMetadata metadata, string name)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return metadata[Prefix + name] is not null;
    }

    /// <summary>Returns a normaliser.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="name">What it normalises.</param>
    /// <exception cref="ModelFileException">There is none, or the entry is not a normaliser.</exception>
    public static FeatureNormalizer GetNormalizer(this ModelMetadata metadata, string name)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return FeatureNormalizer.FromJson(metadata.Kept(Prefix + name, "normaliser", name, nameof(SetNormalizer)));
    }
}
