using System.Collections;

namespace RnnGen;

/// <summary>
/// Texts that a model carries and that are saved inside its file, such as its normalisers and vocabularies: safetensors' <c>__metadata__</c>. Loading
/// parameters replaces them, once everything is checked. Not to be changed while another thread reads it.
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
    /// <summary>The metadata of a file that says who reads it; not the model's own.</summary>
    internal const string FormatKey = "format";

    /// <summary>What a file's own metadata begin with.</summary>
    internal const string KeyPrefix = "rnngen.";

    private SortedDictionary<string, string> _entries = new(StringComparer.Ordinal);

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>One entry. Reading one that is not there gives <see langword="null"/>; setting <see langword="null"/> takes it out.</summary>
    /// <param name="key">The entry's name: not <c>format</c>, and not beginning with <c>rnngen.</c>, which the file itself uses.</param>
    /// <exception cref="ArgumentException">The key is empty, or one that the file itself uses; or key or value has half of a surrogate pair, which could not be saved.</exception>
    public string? this[string key]
    {
        get => _entries.GetValueOrDefault(key);
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            if (IsOfFile(key))
            {
                throw new ArgumentException($"The key '{key}' is the file's own; choose one that is not 'format' and does not begin with 'rnngen.'.", nameof(key));
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

    /// <summary>Keeps the labels of classes, so that whoever loads the model knows which class is which: <c>SetLabels("target", train.Labels)</c>.</summary>
    /// <param name="name">What they label, such as <c>target</c>.</param>
    /// <param name="labels">The labels in the order of the classes, at least one, each once.</param>
    /// <exception cref="ArgumentException">There is no label, or one is null, not Unicode, or given twice.</exception>
    public void SetLabels(string name, IReadOnlyList<string> labels)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        this[ClassLabels.Prefix + name] = ClassLabels.Format(labels);
    }

    /// <summary>Whether labels of this name are kept.</summary>
    /// <param name="name">What they label.</param>
    public bool HasLabels(string name) => this[ClassLabels.Prefix + name] is not null;

    /// <summary>Gives labels back, in the order of the classes.</summary>
    /// <param name="name">What they label.</param>
    /// <exception cref="ModelFileException">There are none, or what is there is not labels.</exception>
    public IReadOnlyList<string> GetLabels(string name) => ClassLabels.Parse(Kept(ClassLabels.Prefix + name, "labels", name, nameof(SetLabels)), name);

    /// <summary>Takes over the entries of another model, in place of its own.</summary>
    /// <param name="metadata">The other's.</param>
    public void CopyFrom(ModelMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        _entries = new(metadata._entries, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes over what a file carries.</summary>
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
        Invariant($"The model carries no {what} '{name}'; it carries {(Count == 0 ? "nothing" : string.Join(", ", _entries.Keys.Take(20).Select(k => Invariant($"'{k}'"))))}. Keep one with {setter} before the model is saved."));

    // Half of a surrogate pair would come back from a file as U+FFFD.
    private static void CheckUnicode(string text, string name)
    {
        if (!ClassLabels.IsUnicode(text))
        {
            throw new ArgumentException("The text has half of a surrogate pair, which is no character and could not be saved.", name);
        }
    }

    private static bool IsOfFile(string key) => key == FormatKey || key.StartsWith(KeyPrefix, StringComparison.Ordinal);
}
