using System.Text;
using System.Text.Json;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>
/// Turns text into the tokens that a model with an embedding reads, and back. Learned from the training part's text, saved as JSON, alone or inside a model's file
/// (<see cref="TokenizerMetadata.SetTokenizer"/>).
/// </summary>
/// <example>
/// <code>
/// Tokenizer tokenizer = WordTokenizer.Train(reviews, maxVocabularySize: 10_000);
/// int[] tokens = tokenizer.Encode("a fine film");
/// model.Metadata.SetTokenizer("input", tokenizer);
/// </code>
/// </example>
public abstract class Tokenizer
{
    /// <summary>The token that fills up short sequences; it stands for no text.</summary>
    public const int Padding = 0;

    /// <summary>The token of what the vocabulary does not have.</summary>
    public const int Unknown = 1;

    /// <summary>The token that begins a sequence that is written; it stands for no text.</summary>
    public const int Start = 2;

    /// <summary>The token that ends a sequence that is written; it stands for no text.</summary>
    public const int End = 3;

    private protected Tokenizer() { }

    /// <summary>The special tokens' names, in their order.</summary>
    internal static IReadOnlyList<string> Special { get; } = ["<pad>", "<unk>", "<start>", "<end>"];

    /// <summary>Tokens of the vocabulary, with the four special ones: what <c>[Embedding]</c> declares, at least.</summary>
    public abstract int VocabularySize { get; }

    internal abstract string Kind { get; }

    /// <summary>The tokens of a text, without start and end.</summary>
    /// <param name="text">The text.</param>
    public abstract int[] Encode(string text);

    /// <summary>The text of tokens; special ones are left out, but for <see cref="Unknown"/>, which becomes U+FFFD.</summary>
    /// <param name="tokens">Tokens from 0 to below <see cref="VocabularySize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public abstract string Decode(ReadOnlySpan<int> tokens);

    /// <summary>The text of one token, for people.</summary>
    /// <param name="token">From 0 to below <see cref="VocabularySize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string TokenText(int token)
    {
        CheckToken(token);
        return token < Special.Count ? Special[token] : Decode([token]);
    }

    /// <summary>Saves to a file; it appears whole or not at all.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <exception cref="IOException">The file cannot be written; one that existed is unchanged.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(ToJson()));
    }

    /// <summary>Loads from a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is no tokeniser; the message says why.</exception>
    /// <exception cref="IOException">It is missing or cannot be opened.</exception>
    public static Tokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = PlainFile.OpenToRead(path);
        try
        {
            TokenizerFile.CheckLength(stream.Length);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return TokenizerFile.Parse(bytes);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The tokeniser as JSON text.</summary>
    /// <exception cref="InvalidOperationException">The text would have more than 64 MiB, which could not be loaded again.</exception>
    public string ToJson() => TokenizerFile.Format(this);

    /// <summary>Reads what <see cref="ToJson"/> gave.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="InvalidDataException">It is no tokeniser; the message says why.</exception>
    public static Tokenizer FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        TokenizerFile.CheckLength(json.Length); // it has as many bytes at least
        return TokenizerFile.Parse(Encoding.UTF8.GetBytes(json));
    }

    internal abstract void Write(Utf8JsonWriter writer);

    private protected void CheckToken(int token)
    {
        if ((uint)token >= (uint)VocabularySize)
        {
            throw new ArgumentOutOfRangeException(nameof(token), Invariant($"{token}"), Invariant($"The vocabulary has {VocabularySize} tokens, so a token is from 0 to {VocabularySize - 1}."));
        }
    }
}
