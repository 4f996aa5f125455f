using RnnGen.Runtime;

namespace RnnGen.Exchange.Files;

/// <summary>Texts of a file where they are shown or written: a hostile one ends no line and begins no code.</summary>
internal static class ForeignText
{
    /// <summary>The start of a text in quotes, for a message; the layer of a model that is one layer has no name.</summary>
    public static string Shown(string text) => text.Length == 0 ? "'' (without a name)" : Invariant($"'{TensorLimits.Cut(text)}'");

    /// <summary>The start of a text, on one line.</summary>
    public static string Cut(string text) => TensorLimits.Cut(text);

    /// <summary>The start of a text for a comment of C#: one line, in which XML has no element.</summary>
    public static string Comment(string text) => TensorLimits.Cut(text)
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>Whether a text is a plain name of C#: letters of any script, digits and underscores.</summary>
    /// <param name="text">The text.</param>
    public static bool IsName(string text)
    {
        foreach (char letter in text)
        {
            if (!char.IsLetterOrDigit(letter) && letter != '_')
            {
                return false;
            }
        }

        return text.Length > 0 && !char.IsDigit(text[0]);
    }
}
