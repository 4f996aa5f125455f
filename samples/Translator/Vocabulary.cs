namespace Translator;

/// <summary>Words (or characters) as tokens: the start, the end, the unknown word, then the most frequent ones.</summary>
internal sealed class Vocabulary
{
    public const int Start = 0, End = 1, Unknown = 2;

    private readonly List<string> _words = ["<s>", "</s>", "<unk>"];
    private readonly Dictionary<string, int> _tokens = [];

    /// <param name="sentences">What is counted.</param>
    /// <param name="size">Tokens, at most.</param>
    public Vocabulary(IEnumerable<IReadOnlyList<string>> sentences, int size)
    {
        _words.AddRange(sentences.SelectMany(s => s).GroupBy(w => w, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Take(size - _words.Count).Select(g => g.Key));
        for (int i = 0; i < _words.Count; i++)
        {
            _tokens[_words[i]] = i;
        }
    }

    /// <summary>Tokens in use.</summary>
    public int Count => _words.Count;

    public string this[int token] => _words[token];

    public int Token(string word) => _tokens.GetValueOrDefault(word, Unknown);

    public string[] Words(ReadOnlySpan<int> tokens)
    {
        string[] words = new string[tokens.Length];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = _words[tokens[i]];
        }

        return words;
    }
}
