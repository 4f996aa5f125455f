using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RnnGen.Runtime;

/// <summary>Tokenisers as JSON: <c>{"format":"rnngen.tokenizer","version":1,"kind":"word",…}</c>.</summary>
internal static class TokenizerFile
{
    /// <summary>The maximum length of the text in bytes; reading takes at most 20 times as much memory.</summary>
    public const int LongestText = 64 << 20;

    /// <summary>The maximum number of tokens or merges.</summary>
    public const int MaximumEntries = 1 << 22;

    private const string FormatName = "rnngen.tokenizer", TwoNumbers = "arrays of two numbers in 'merges'";


    public static string Format(Tokenizer tokenizer)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("format", FormatName);
            writer.WriteNumber("version", 1);
            writer.WriteString("kind", tokenizer.Kind);
            tokenizer.Write(writer);
            writer.WriteEndObject();
        }

        return stream.Length <= LongestText
            ? Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length)
            : throw new InvalidOperationException(Invariant($"The tokeniser has {stream.Length} bytes, but only up to {LongestText} can be loaded; train it with fewer tokens, or on texts with shorter words."));
    }

    /// <summary>Throws where a text is too long, before anything of it is in memory.</summary>
    /// <param name="length">Its bytes, or its characters.</param>
    /// <exception cref="InvalidDataException">It is.</exception>
    public static void CheckLength(long length)
    {
        if (length > LongestText)
        {
            throw new InvalidDataException(Invariant($"Not a tokeniser: the text has at least {length} bytes, and a tokeniser at most {LongestText}."));
        }
    }

    public static Tokenizer Parse(ReadOnlySpan<byte> json)
    {
        CheckLength(json.Length);
        try
        {
            return Read(json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not Unicode.
            throw new InvalidDataException($"Not a tokeniser: it is not the JSON that was expected. {e.Message}", e);
        }
    }

    private static Tokenizer Read(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 3 });
        string? format = null, kind = null;
        int? version = null;
        bool? isLower = null, hasMarks = null;
        string[]? tokens = null;
        (int, int)[]? merges = null;
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "a JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "format" when format is null:
                    format = Text(ref reader);
                    break;
                case "kind" when kind is null:
                    kind = Text(ref reader);
                    break;
                case "version" when version is null:
                    version = Number(ref reader);
                    break;
                case "lowerCase" when isLower is null:
                    Expect(reader.TokenType is JsonTokenType.True or JsonTokenType.False, "true or false in 'lowerCase'");
                    isLower = reader.GetBoolean();
                    break;
                case "marks" when hasMarks is null:
                    Expect(reader.TokenType is JsonTokenType.True or JsonTokenType.False, "true or false in 'marks'");
                    hasMarks = reader.GetBoolean();
                    break;
                case "tokens" when tokens is null:
                    tokens = new string[Count(reader, "tokens")];
                    for (int i = 0; i < tokens.Length; i++)
                    {
                        reader.Read();
                        tokens[i] = Text(ref reader);
                    }

                    reader.Read();
                    break;
                case "merges" when merges is null:
                    merges = new (int, int)[Count(reader, "merges")];
                    for (int i = 0; i < merges.Length; i++)
                    {
                        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartArray && reader.Read(), TwoNumbers);
                        int left = Number(ref reader);
                        reader.Read();
                        merges[i] = (left, Number(ref reader));
                        Expect(reader.Read() && reader.TokenType == JsonTokenType.EndArray, TwoNumbers);
                    }

                    reader.Read();
                    break;
                default:
                    throw new InvalidDataException(Invariant($"Not a tokeniser: '{(name.Length <= 40 ? name : name[..40] + "…")}' is unknown or occurs twice."));
            }
        }

        reader.Read(); // anything but white space behind the object throws here
        Expect(format == FormatName && version == 1, $"the format '{FormatName}' of version 1");
        return kind switch
        {
            "character" when tokens is not null => new CharacterTokenizer(new Vocabulary(tokens)),
            "word" when tokens is not null && isLower is { } lower => new WordTokenizer(new Vocabulary(tokens), lower, hasMarks ?? false),
            "bytePair" when merges is not null => new BytePairTokenizer(merges),
            _ => throw new InvalidDataException("Not a tokeniser: expected the kind 'character', 'word' or 'bytePair' with its entries."),
        };
    }

    /// <summary>Counts an array's values ahead, so that it takes no more memory than it needs; the reader stays where it is.</summary>
    private static int Count(Utf8JsonReader reader, string name)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray, $"an array in '{name}'");
        int count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            reader.Skip();
        }

        Expect(count <= MaximumEntries, Invariant($"at most {MaximumEntries} entries in '{name}'"));
        return count;
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.String, "a string");
        return reader.GetString()!;
    }

    private static int Number(ref Utf8JsonReader reader)
    {
        int number = 0;
        Expect(reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out number), "a whole number");
        return number;
    }

    private static void Expect(bool isSo, string what)
    {
        if (!isSo)
        {
            throw new InvalidDataException(Invariant($"Not a tokeniser: expected {what}."));
        }
    }
}
