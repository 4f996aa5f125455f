using System.Collections;
using RnnGen.Runtime;

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
    private const string NormalizerPrefix = "normalizer.", TokenizerPrefix = "tokenizer.";

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

    /// <summary>Keeps a normaliser.</summary>
    /// <param name="name">What it normalises, such as <c>input</c>.</param>
    /// <param name="normalizer">The normaliser.</param>
    public void SetNormalizer(string name, FeatureNormalizer normalizer)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(normalizer);
        this[NormalizerPrefix + name] = normalizer.ToJson();
    }

    /// <summary>Keeps a normaliser of one feature.</summary>
    /// <param name="name">What it normalises, such as <c>input</c>.</param>
    /// <param name="normalizer">The normaliser.</param>
    public void SetNormalizer(string name, Normalizer normalizer) => SetNormalizer(name, new FeatureNormalizer([normalizer]));

    /// <summary>Whether a normaliser of this name is kept.</summary>
    /// <param name="name">What it normalises.</param>
    public bool HasNormalizer(string name) => this[NormalizerPrefix + name] is not null;

    /// <summary>Gives a normaliser back.</summary>
    /// <param name="name">What it normalises.</param>
    /// <exception cref="ModelFileException">There is none, or what is there is none.</exception>
    public FeatureNormalizer GetNormalizer(string name) => FeatureNormalizer.FromJson(Kept(NormalizerPrefix + name, "normaliser", name, nameof(SetNormalizer)));

    /// <summary>Keeps a tokeniser.</summary>
    /// <param name="name">What it encodes, such as <c>input</c>.</param>
    /// <param name="tokenizer">The tokeniser.</param>
    public void SetTokenizer(string name, Tokenizer tokenizer)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(tokenizer);
        this[TokenizerPrefix + name] = tokenizer.ToJson();
    }

    /// <summary>Gives a tokeniser back.</summary>
    /// <param name="name">What it encodes.</param>
    /// <exception cref="ModelFileException">There is none, or what is there is none.</exception>
    public Tokenizer GetTokenizer(string name)
    {
        try
        {
            return Tokenizer.FromJson(Kept(TokenizerPrefix + name, "tokeniser", name, nameof(SetTokenizer)));
        }
        catch (InvalidDataException e)
        {
            throw new ModelFileException($"The model's tokeniser '{name}' is damaged. {e.Message}", e);
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

    private string Kept(string key, string what, string name, string setter) => this[key] ?? throw new ModelFileException(
        Invariant($"The model carries no {what} '{name}'; it carries {(Count == 0 ? "nothing" : string.Join(", ", _entries.Keys.Take(20).Select(k => Invariant($"'{k}'"))))}. Keep one with {setter} before the model is saved."));

    // Half of a surrogate pair would come back from a file as U+FFFD.
    private static void CheckUnicode(string text, string name)
    {
        if (!ClassLabels.IsUnicode(text))
        {
            throw new ArgumentException("The text has half of a surrogate pair, which is no character and could not be saved.", name);
        }
    }

    private static bool IsOfFile(string key) => key == ModelFile.FormatKey || key.StartsWith(ModelFile.KeyPrefix, StringComparison.Ordinal);
}
