namespace CharLanguageModel;

/// <summary>Characters as tokens: the end of a line, and the printable characters of ASCII; anything else becomes a question mark.</summary>
internal static class Alphabet
{
    public const int Size = 96;

    private const char First = ' ', Last = '~', Unknown = '?';

    /// <summary>The token of a character.</summary>
    public static int Token(char character) => character switch
    {
        '\n' => 0,
        >= First and <= Last => character - First + 1,
        _ => Unknown - First + 1,
    };

    /// <summary>The character of a token.</summary>
    public static char Character(int token) => token == 0 ? '\n' : (char)(token - 1 + First);

    /// <summary>The tokens of a text; carriage returns are dropped.</summary>
    public static int[] Tokens(string text) => [.. text.Where(c => c != '\r').Select(Token)];

    /// <summary>The text of tokens.</summary>
    public static string Text(IEnumerable<int> tokens) => string.Concat(tokens.Select(Character));
}
