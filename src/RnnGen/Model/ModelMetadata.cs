using System.Collections;

namespace RnnGen;

/// <summary>
/// Texts that a model carries and that are saved in its file, such as normalisers and vocabularies: safetensors' <c>__metadata__</c>. Loading
/// parameters replaces them, after everything was checked. Do not change them while another thread reads them.
/// </summary>
/// <example>
/// <code>
/// model.Metadata.SetNormalizer("input", normalizer);
/// model.Save("model.safetensors");
/// FeatureNormalizer again = Forecaster.Load("model.safetensors").Metadata.GetNormalizer("input");
/// </code>
/// </example>
public sealed class ModelMetadata : IEnumerable<KeyValuePair<string, string>>
{
    /// <summary>The metadata of a file that names its format; not the model's own.</summary>
    internal const string FormatKey = "format";

    /// <summary>The prefix of a file's own metadata.</summary>
    internal const string KeyPrefix = "rnngen.";

    private SortedDictionary<string, string> _entries = new(StringComparer.Ordinal);

    /// <summary>The number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>One entry. Reading a missing one returns <see langword="null"/>; setting <see langword="null"/> removes it.</summary>
    /// <param name="key">The entry's name. <c>format</c> and names that begin with <c>rnngen.</c> are reserved for the file itself.</param>
    /// <exception cref="ArgumentException">The key is empty or reserved; or key or value contains half of a surrogate pair, which cannot be saved.</exception>
    public string? this[string key]
    {
        get => _entries.GetValueOrDefault(key);
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            if (IsOfFile(key))
            {
                throw new ArgumentException($"The key '{key}' is reserved for the file; choose one that is not 'format' and does not begin with 'rnngen.'.", nameof(key));
            }

            CheckUnicode(key, nameof(key));
            if (value is null)
            {
                _entries.Remove(key);
            }
            else
            {
                CheckUnicode(value, nameof(value));
                _entries[key] = value;
            }
        }
    }

    /// <summary>Sets the labels of classes, so that users of the model know which class is which: <c>SetLabels("target", train.Labels)</c>.</summary>
    /// <param name="name">What they label, such as <c>target</c>.</param>
    /// <param name="labels">The labels in the order of the classes, at least one, all different.</param>
    /// <exception cref="ArgumentException">There is no label, or a label is null, not Unicode, or used twice.</exception>
    public void SetLabels(string name, IReadOnlyList<string> labels)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        this[ClassLabels.Prefix + name] = ClassLabels.Format(labels);
    }

    /// <summary>Whether there are labels of this name.</summary>
    /// <param name="name">What they label.</param>
    public bool HasLabels(string name) => this[ClassLabels.Prefix + name] is not null;

    /// <summary>Returns labels, in the order of the classes.</summary>
    /// <param name="name">What they label.</param>
    /// <exception cref="ModelFileException">There are none, or the entry does not hold labels.</exception>
    public IReadOnlyList<string> GetLabels(string name) => ClassLabels.Parse(Kept(ClassLabels.Prefix + name, "labels", name, nameof(SetLabels)), name);

    /// <summary>Replaces all entries by those of another model.</summary>
    /// <param name="metadata">The other's.</param>
    public void CopyFrom(ModelMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        _entries = new(metadata._entries, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Replaces all entries by those of a file.</summary>
    internal void Replace(IReadOnlyDictionary<string, string> metadata)
    {
        SortedDictionary<string, string> entries = new(StringComparer.Ordinal);
        foreach ((string key, string value) in metadata)
        {
            if (key.Length > 0 && !IsOfFile(key))
            {
                entries[key] = value;
            }
        }

        _entries = entries;
    }

    /// <summary>The text under a key that a model must carry.</summary>
    /// <param name="key">The key.</param>
    /// <param name="what">What the text is.</param>
    /// <param name="name">Its name, for the message.</param>
    /// <param name="setter">What keeps one.</param>
    /// <exception cref="ModelFileException">There is none; the message says what there is.</exception>
    internal string Kept(string key, string what, string name, string setter) => this[key] ?? throw new ModelFileException(
        Invariant($"The model has no {what} '{name}'; it has {(Count == 0 ? "no metadata" : string.Join(", ", _entries.Keys.Take(20).Select(k => Invariant($"'{k}'"))))}. Set one with {setter} before saving the model."));

    // Half of a surrogate pair would come back from a file as U+FFFD.
    private static void CheckUnicode(string text, string name)
    {
        if (!ClassLabels.IsUnicode(text))
        {
            throw new ArgumentException("The text contains half of a surrogate pair, which is not a character and cannot be saved.", name);
        }
    }

    private static bool IsOfFile(string key) => key == FormatKey || key.StartsWith(KeyPrefix, StringComparison.Ordinal);
}
