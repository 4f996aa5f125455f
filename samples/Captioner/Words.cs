namespace Captioner;

/// <summary>The words of captions as tokens.</summary>
internal static class Words
{
    public const int Start = 0, End = 1, Count = 24;

    private static readonly string[] s_words =
    [
        "<start>", "<end>", "a", "red", "green", "blue", "yellow", "purple", "white", "circle", "square", "triangle", "cross",
        "left", "of", "above", "at", "on", "in", "the", "top", "bottom", "right", "middle",
    ];

    public static string Word(int token) => s_words[token];

    /// <summary>The tokens of a caption.</summary>
    public static int[] Tokens(string caption) => [.. caption.Split(' ').Select(w => Array.IndexOf(s_words, w))];

    public static string Text(ReadOnlySpan<int> tokens) => string.Join(' ', tokens.ToArray().Select(Word));
}
