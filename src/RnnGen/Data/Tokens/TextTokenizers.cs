using System.ComponentModel;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>Which text is which token: the four special ones of <see cref="Tokenizer"/>, then the others in their order.</summary>
internal sealed class Vocabulary
{
    private readonly string[] _texts;
    private readonly Dictionary<string, int> _tokens;

    /// <param name="texts">The texts, which are kept.</param>
    /// <exception cref="InvalidDataException">A text is empty or occurs twice.</exception>
    public Vocabulary(string[] texts)
    {
        _texts = texts;
        _tokens = new(_texts.Length, StringComparer.Ordinal);
        for (int i = 0; i < _texts.Length; i++)
        {
            if (_texts[i].Length == 0 || !_tokens.TryAdd(_texts[i], i + Tokenizer.Special.Count))
            {
                throw new InvalidDataException(Invariant($"The texts of a vocabulary must be different and not empty; entry {i} is '{(_texts[i].Length <= 40 ? _texts[i] : _texts[i][..40] + "…")}'."));
            }
        }
    }

    public int Size => _texts.Length + Tokenizer.Special.Count;

    public IReadOnlyList<string> Texts => _texts;

    /// <summary>The most frequent texts first, those of equal frequency in ordinal order, so that the same texts always produce the same vocabulary.</summary>
    public static Vocabulary OfMostFrequent(IEnumerable<string> texts, int maxSize, int minCount)
    {
        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            counts[text] = counts.GetValueOrDefault(text) + 1;
        }

        return new([.. counts.Where(c => c.Value >= minCount).OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(maxSize - Tokenizer.Special.Count).Select(c => c.Key)]);
    }

    public static void CheckSize(int maxVocabularySize)
    {
        if (maxVocabularySize <= Tokenizer.Special.Count || maxVocabularySize - Tokenizer.Special.Count > TokenizerFile.MaximumEntries)
        {
            throw new ArgumentOutOfRangeException(nameof(maxVocabularySize), Invariant($"{maxVocabularySize}"), Invariant($"A vocabulary has {Tokenizer.Special.Count} special tokens and from 1 to {TokenizerFile.MaximumEntries} others."));
        }
    }

    public int Token(string text) => _tokens.GetValueOrDefault(text, Tokenizer.Unknown);

    /// <summary>The text of a token; null for a special one without a text.</summary>
    public string? Text(int token) => token >= Tokenizer.Special.Count ? _texts[token - Tokenizer.Special.Count] : token == Tokenizer.Unknown ? "\uFFFD" : null;

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("tokens");
        foreach (string text in _texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}

/// <summary>
/// One token per character (Unicode scalar value). Decoding restores the text except for characters outside the vocabulary. Half of a surrogate pair becomes
/// U+FFFD.
/// </summary>
public sealed class CharacterTokenizer : Tokenizer
{
    private readonly Vocabulary _vocabulary;

    internal CharacterTokenizer(Vocabulary vocabulary) => _vocabulary = vocabulary;

    /// <inheritdoc/>
    public override int VocabularySize => _vocabulary.Size;

    internal override string Kind => "character";

    /// <summary>Learns the characters of texts, the most frequent ones first.</summary>
    /// <param name="texts">The training part's texts.</param>
    /// <param name="maxVocabularySize">The maximum number of tokens, with the four special ones; at least 5.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxVocabularySize"/> is below 5.</exception>
    /// <exception cref="ArgumentException">A text is <see langword="null"/>.</exception>
    public static CharacterTokenizer Train(IEnumerable<string> texts, int maxVocabularySize = 1 << 16)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Vocabulary.CheckSize(maxVocabularySize);
        return new(Vocabulary.OfMostFrequent(Check.NoneIsNull(texts, nameof(texts)).SelectMany(t => t.EnumerateRunes().Select(r => r.ToString())), maxVocabularySize, 1));
    }

    /// <summary>Learns the characters of texts, as <see cref="Train(IEnumerable{string}, int)"/> does.</summary>
    /// <param name="texts">The training part's texts.</param>
    /// <param name="largest">The maximum number of tokens.</param>
    [Obsolete("Write maxVocabularySize for largest; largest will be removed in the next version."), EditorBrowsable(EditorBrowsableState.Never)]
    public static CharacterTokenizer Train(IEnumerable<string> texts, int? largest) => Train(texts, maxVocabularySize: largest ?? 1 << 16);

    /// <inheritdoc/>
    public override int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.EnumerateRunes().Select(r => _vocabulary.Token(r.ToString()))];
    }

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> tokens)
    {
        StringBuilder text = new();
        foreach (int token in tokens)
        {
            CheckToken(token);
            text.Append(_vocabulary.Text(token));
        }

        return text.ToString();
    }

    internal override void Write(Utf8JsonWriter writer) => _vocabulary.Write(writer);
}

/// <summary>
/// One token per word: letters and digits with their combining marks, and apostrophes and hyphens between them. Every other character that is not white space is a word of its
/// own, with the marks that combine with it (an extended grapheme cluster, such as an emoji sequence). Decoding puts single spaces between words, so the original
/// spacing is lost. Half of a surrogate pair becomes U+FFFD.
/// </summary>
/// <remarks>A tokeniser saved by 0.1.0 splits words as that version did: a combining mark is a word, and so is each letter beyond U+FFFF.</remarks>
public sealed class WordTokenizer : Tokenizer
{
    private readonly Vocabulary _vocabulary;
    private readonly bool _isLower, _hasMarks;

    /// <param name="vocabulary">The words.</param>
    /// <param name="isLower">Whether to convert text to lower case.</param>
    /// <param name="hasMarks">Whether what combines belongs to its word; not so in tokenisers of 0.1.0.</param>
    internal WordTokenizer(Vocabulary vocabulary, bool isLower, bool hasMarks) => (_vocabulary, _isLower, _hasMarks) = (vocabulary, isLower, hasMarks);

    /// <inheritdoc/>
    public override int VocabularySize => _vocabulary.Size;

    internal override string Kind => "word";

    /// <summary>Learns the words of texts, the most frequent ones first.</summary>
    /// <param name="texts">The training part's texts.</param>
    /// <param name="maxVocabularySize">The maximum number of tokens, with the four special ones; at least 5.</param>
    /// <param name="minCount">How often a word must occur to become a token.</param>
    /// <param name="lowerCase">Whether to convert text to lower case.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxVocabularySize"/> is below 5, or <paramref name="minCount"/> below 1.</exception>
    /// <exception cref="ArgumentException">A text is <see langword="null"/>.</exception>
    public static WordTokenizer Train(IEnumerable<string> texts, int maxVocabularySize = 10_000, int minCount = 1, bool lowerCase = true)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Vocabulary.CheckSize(maxVocabularySize);
        Guard.AtLeast(minCount, 1);
        return new(Vocabulary.OfMostFrequent(Check.NoneIsNull(texts, nameof(texts)).SelectMany(t => Words(t, lowerCase)), maxVocabularySize, minCount), lowerCase, hasMarks: true);
    }

    /// <summary>Learns the words of texts, as <see cref="Train(IEnumerable{string}, int, int, bool)"/> does.</summary>
    /// <param name="texts">The training part's texts.</param>
    /// <param name="largest">The maximum number of tokens.</param>
    /// <param name="least">How often a word must occur to become a token.</param>
    /// <param name="lowerCase">Whether to convert text to lower case.</param>
    [Obsolete("Write maxVocabularySize for largest, and minCount for least; both will be removed in the next version."), EditorBrowsable(EditorBrowsableState.Never)]
    public static WordTokenizer Train(IEnumerable<string> texts, int? largest, int? least = null, bool lowerCase = true) => Train(texts, maxVocabularySize: largest ?? 10_000, minCount: least ?? 1, lowerCase);

    /// <summary>Learns the words of texts, as <see cref="Train(IEnumerable{string}, int, int, bool)"/> does.</summary>
    /// <param name="texts">The training part's texts.</param>
    /// <param name="least">How often a word must occur to become a token.</param>
    /// <param name="lowerCase">Whether to convert text to lower case.</param>
    [Obsolete("Write minCount for least; least will be removed in the next version."), EditorBrowsable(EditorBrowsableState.Never)]
    public static WordTokenizer Train(IEnumerable<string> texts, int? least, bool lowerCase = true) => Train(texts, minCount: least ?? 1, lowerCase: lowerCase);

    /// <inheritdoc/>
    public override int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. (_hasMarks ? Words(text, _isLower) : CodeUnitWords(Unicode(_isLower ? text.ToLowerInvariant() : text))).Select(_vocabulary.Token)];
    }

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> tokens)
    {
        List<string> words = [];
        foreach (int token in tokens)
        {
            CheckToken(token);
            if (_vocabulary.Text(token) is { } word)
            {
                words.Add(word);
            }
        }

        return string.Join(' ', words);
    }

    internal override void Write(Utf8JsonWriter writer)
    {
        writer.WriteBoolean("lowerCase", _isLower);
        if (_hasMarks)
        {
            writer.WriteBoolean("marks", true);
        }

        _vocabulary.Write(writer);
    }

    private static IEnumerable<string> Words(string text, bool isLower)
    {
        text = Unicode(isLower ? text.ToLowerInvariant() : text);
        for (int i = 0; i < text.Length;)
        {
            var rune = Rune.GetRuneAt(text, i);
            if (Rune.IsWhiteSpace(rune))
            {
                i += rune.Utf16SequenceLength;
                continue;
            }

            int start = i;
            while (i < text.Length && (IsLetterOrDigit(text, i) || (i > start && text[i] is '\'' or '-' && IsLetterOrDigit(text, i + 1))))
            {
                i += StringInfo.GetNextTextElementLength(text, i);
            }

            i += i == start ? StringInfo.GetNextTextElementLength(text, i) : 0;
            yield return text[start..i];
        }
    }

    private static bool IsLetterOrDigit(string text, int index) => index < text.Length && Rune.IsLetterOrDigit(Rune.GetRuneAt(text, index));

    /// <summary>The text with U+FFFD for each half of a surrogate pair, which could not be saved.</summary>
    private static string Unicode(string text) => text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? string.Concat(text.EnumerateRunes()) : text;

    // As 0.1.0 split.
    private static IEnumerable<string> CodeUnitWords(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            int start = i;
            while (i < text.Length && (char.IsLetterOrDigit(text[i]) || (i > start && text[i] is '\'' or '-' && i + 1 < text.Length && char.IsLetterOrDigit(text[i + 1]))))
            {
                i++;
            }

            if (i == start)
            {
                i += char.IsSurrogatePair(text, i) ? 2 : 1;
                if (char.IsWhiteSpace(text[start]))
                {
                    continue;
                }
            }

            yield return text[start..i];
        }
    }
}
