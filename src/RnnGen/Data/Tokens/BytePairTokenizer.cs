using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>
/// Byte-pair encoding over UTF-8 (R. Sennrich, B. Haddow and A. Birch, "Neural machine translation of rare words with subword units", 2016): it starts with the
/// 256 bytes and repeatedly makes the most frequent pair of the training texts a token. Pairs do not cross words.
/// Every text can be encoded, and decoding restores it; half of a surrogate pair becomes U+FFFD.
/// </summary>
public sealed class BytePairTokenizer : Tokenizer
{
    /// <summary>The maximum number of bytes in a piece that pairs are merged in, which bounds the time for endless words.</summary>
    private const int LongestPiece = 128;

    private readonly (int Left, int Right)[] _merges;
    private readonly Dictionary<(int, int), int> _merged;
    private readonly byte[][] _bytes;

    /// <exception cref="InvalidDataException">A merge names a token that does not come before it, or occurs twice.</exception>
    internal BytePairTokenizer((int Left, int Right)[] merges)
    {
        _merges = merges;
        _merged = new(_merges.Length);
        _bytes = new byte[VocabularySize][];
        for (int i = 0; i < 256; i++)
        {
            _bytes[FirstByte + i] = [(byte)i];
        }

        for (int i = 0; i < _merges.Length; i++)
        {
            (int left, int right) = _merges[i];
            int token = FirstMerge + i;
            if (left < FirstByte || left >= token || right < FirstByte || right >= token || !_merged.TryAdd((left, right), token))
            {
                throw new InvalidDataException(Invariant($"Merge {i} joins {left} and {right}; both should be from {FirstByte} to {token - 1}, and each pair should occur once."));
            }

            if (_bytes[left].Length + _bytes[right].Length > LongestPiece)
            {
                throw new InvalidDataException(Invariant($"Merge {i} has {_bytes[left].Length + _bytes[right].Length} bytes; a token has at most {LongestPiece}."));
            }

            _bytes[token] = [.. _bytes[left], .. _bytes[right]];
        }
    }

    /// <inheritdoc/>
    public override int VocabularySize => FirstMerge + _merges.Length;

    internal override string Kind => "bytePair";

    private static int FirstByte => Special.Count;

    private static int FirstMerge => FirstByte + 256;

    /// <summary>Learns merges from texts. Among equally frequent pairs it takes the one with the smaller tokens, so the same texts always produce the same tokens.</summary>
    /// <param name="texts">The training part's texts.</param>
    /// <param name="maxVocabularySize">The maximum number of tokens: the four special ones, 256 bytes, and the merges; from 260 to 4,194,564. There are fewer where no pair occurs twice any more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxVocabularySize"/> is below 260 or too large.</exception>
    /// <exception cref="ArgumentException">A text is <see langword="null"/>.</exception>
    public static BytePairTokenizer Train(IEnumerable<string> texts, int maxVocabularySize = 4096)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Guard.Within(maxVocabularySize, FirstMerge, FirstMerge + TokenizerFile.MaximumEntries);
        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        foreach (string text in Check.NoneIsNull(texts, nameof(texts)))
        {
            foreach (Range piece in Pieces(text))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, text[piece], out _)++;
            }
        }

        (List<int> Tokens, long Count)[] words = [.. counts.Select(c => (Bytes(c.Key), c.Value))];
        Dictionary<(int, int), long> pairs = [];
        Dictionary<(int, int), HashSet<int>> places = [];
        for (int i = 0; i < words.Length; i++)
        {
            Count(words[i].Tokens, words[i].Count, i);
        }

        List<(int, int)> merges = [];
        while (FirstMerge + merges.Count < maxVocabularySize)
        {
            (int, int) best = default;
            long maxCount = 1;
            foreach (((int, int) pair, long count) in pairs)
            {
                if (count > maxCount || (count == maxCount && maxCount > 1 && pair.CompareTo(best) < 0))
                {
                    (best, maxCount) = (pair, count);
                }
            }

            if (maxCount < 2)
            {
                break;
            }

            int token = FirstMerge + merges.Count;
            merges.Add(best);
            foreach (int i in places[best].ToArray())
            {
                Count(words[i].Tokens, -words[i].Count, i);
                Merge(words[i].Tokens, best, token);
                Count(words[i].Tokens, words[i].Count, i);
            }
        }

        return new([.. merges]);

        void Count(List<int> tokens, long count, int word)
        {
            for (int i = 1; i < tokens.Count; i++)
            {
                (int, int) pair = (tokens[i - 1], tokens[i]);
                ref long found = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, pair, out _);
                found += count;
                if (found == 0)
                {
                    pairs.Remove(pair);
                    places.Remove(pair);
                    continue;
                }

                if (count > 0)
                {
                    ref HashSet<int>? at = ref CollectionsMarshal.GetValueRefOrAddDefault(places, pair, out _);
                    (at ??= []).Add(word);
                }
            }
        }
    }

    /// <summary>Learns merges from texts, as <see cref="Train(IEnumerable{string}, int)"/> does.</summary>
    /// <param name="texts">The training part's texts.</param>
    /// <param name="largest">The maximum number of tokens.</param>
    [Obsolete("Write maxVocabularySize for largest; largest will be removed in the next version."), EditorBrowsable(EditorBrowsableState.Never)]
    public static BytePairTokenizer Train(IEnumerable<string> texts, int? largest) => Train(texts, maxVocabularySize: largest ?? 4096);

    /// <inheritdoc/>
    public override int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> encoded = new(text.Length);
        foreach (Range piece in Pieces(text))
        {
            List<int> tokens = Bytes(text[piece]);
            while (tokens.Count > 1)
            {
                // Merges are made in the order in which they were learned.
                int first = int.MaxValue;
                for (int i = 1; i < tokens.Count; i++)
                {
                    first = Math.Min(first, _merged.GetValueOrDefault((tokens[i - 1], tokens[i]), int.MaxValue));
                }

                if (first == int.MaxValue)
                {
                    break;
                }

                Merge(tokens, _merges[first - FirstMerge], first);
            }

            encoded.AddRange(tokens);
        }

        return [.. encoded];
    }

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> tokens)
    {
        List<byte> bytes = [];
        foreach (int token in tokens)
        {
            CheckToken(token);
            bytes.AddRange(token == Unknown ? "\uFFFD"u8 : _bytes[token] ?? []);
        }

        return Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(bytes)); // a character that is cut off becomes U+FFFD
    }

    internal override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("merges");
        foreach ((int left, int right) in _merges)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(left);
            writer.WriteNumberValue(right);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static List<int> Bytes(string piece) => [.. Encoding.UTF8.GetBytes(piece).Select(b => FirstByte + b)];

    /// <summary>White space with the word that follows it, in parts of at most <see cref="LongestPiece"/> bytes; together they are the text.</summary>
    private static List<Range> Pieces(string text)
    {
        List<Range> pieces = [];
        const int longest = LongestPiece / 4; // UTF-8 has at most 3 bytes a char
        for (int start = 0, i = 0; start < text.Length; start = i)
        {
            while (i < text.Length && i - start < longest && char.IsWhiteSpace(text[i]))
            {
                i++;
            }

            while (i < text.Length && i - start < longest && !char.IsWhiteSpace(text[i]))
            {
                i++;
            }

            if (i < text.Length && char.IsSurrogatePair(text, i - 1))
            {
                i++;
            }

            pieces.Add(start..i);
        }

        return pieces;
    }

    private static void Merge(List<int> tokens, (int Left, int Right) pair, int token)
    {
        int to = 0;
        for (int i = 0; i < tokens.Count; i++)
        {
            bool isPair = tokens[i] == pair.Left && i + 1 < tokens.Count && tokens[i + 1] == pair.Right;
            tokens[to++] = isPair ? token : tokens[i];
            i += isPair ? 1 : 0;
        }

        tokens.RemoveRange(to, tokens.Count - to);
    }
}
