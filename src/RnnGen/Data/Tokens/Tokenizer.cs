using System.Text;
using System.Text.Json;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>
/// Converts text into the tokens that a model with an embedding reads, and back. It is learned from the training texts and saved as JSON, alone or in a model's file
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
    /// <summary>The token that pads short sequences; it has no text.</summary>
    public const int Padding = 0;

    /// <summary>The token for everything outside the vocabulary.</summary>
    public const int Unknown = 1;

    /// <summary>The token that starts a generated sequence; it has no text.</summary>
    public const int Start = 2;

    /// <summary>The token that ends a generated sequence; it has no text.</summary>
    public const int End = 3;

    private protected Tokenizer() { }

    /// <summary>The special tokens' names, in their order.</summary>
    internal static IReadOnlyList<string> Special { get; } = ["<pad>", "<unk>", "<start>", "<end>"];

    /// <summary>The number of tokens, with the four special ones: the minimum vocabulary size of the <c>[Embedding]</c>.</summary>
    public abstract int VocabularySize { get; }

    internal abstract string Kind { get; }

    /// <summary>The tokens of a text, without start and end.</summary>
    /// <param name="text">The text.</param>
    public abstract int[] Encode(string text);

    /// <summary>The text of tokens, without special ones; <see cref="Unknown"/> becomes U+FFFD.</summary>
    /// <param name="tokens">Tokens from 0 to below <see cref="VocabularySize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public abstract string Decode(ReadOnlySpan<int> tokens);

    /// <summary>The text of one token, for display.</summary>
    /// <param name="token">From 0 to below <see cref="VocabularySize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string TokenText(int token)
    {
        CheckToken(token);
        return token < Special.Count ? Special[token] : Decode([token]);
    }

    /// <summary>Saves to a file, atomically.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <exception cref="IOException">The file cannot be written; an existing one is unchanged.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(ToJson()));
    }

    /// <summary>Loads from a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is not a tokeniser; the message has the reason.</exception>
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
    /// <exception cref="InvalidOperationException">The text would be larger than 64 MiB, the limit for loading.</exception>
    public string ToJson() => TokenizerFile.Format(this);

    /// <summary>Reads the text of <see cref="ToJson"/>.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="InvalidDataException">It is not a tokeniser; the message has the reason.</exception>
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
