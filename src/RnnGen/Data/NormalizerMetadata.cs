namespace RnnGen;

/// <summary>Normalisers that a model carries: <c>model.Metadata.SetNormalizer("input", normalizer)</c>.</summary>
public static class NormalizerMetadata
{
    private const string Prefix = "normalizer.";

    /// <summary>Keeps a normaliser.</summary>
    /// <param name="metadata">What the model carries.</param>
    /// <param name="name">What it normalises, such as <c>input</c>.</param>
    /// <param name="normalizer">The normaliser.</param>
    public static void SetNormalizer(this ModelMetadata metadata, string name, FeatureNormalizer normalizer)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(normalizer);
        metadata[Prefix + name] = normalizer.ToJson();
    }

    /// <summary>Keeps a normaliser of one feature.</summary>
    /// <param name="metadata">What the model carries.</param>
    /// <param name="name">What it normalises, such as <c>input</c>.</param>
    /// <param name="normalizer">The normaliser.</param>
    public static void SetNormalizer(this ModelMetadata metadata, string name, Normalizer normalizer) => metadata.SetNormalizer(name, new FeatureNormalizer([normalizer]));

    /// <summary>Whether a normaliser of this name is kept.</summary>
    /// <param name="metadata">What the model carries.</param>
    /// <param name="name">What it normalises.</param>
    public static bool HasNormalizer(this ModelMetadata metadata, string name)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return metadata[Prefix + name] is not null;
    }

    /// <summary>Gives a normaliser back.</summary>
    /// <param name="metadata">What the model carries.</param>
    /// <param name="name">What it normalises.</param>
    /// <exception cref="ModelFileException">There is none, or what is there is none.</exception>
    public static FeatureNormalizer GetNormalizer(this ModelMetadata metadata, string name)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return FeatureNormalizer.FromJson(metadata.Kept(Prefix + name, "normaliser", name, nameof(SetNormalizer)));
    }
}
