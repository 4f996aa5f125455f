using System.Globalization;
using System.Text.RegularExpressions;

namespace RnnGen.Generator.Tests.Documentation;

/// <summary>
/// What a page says that its program prints, held against what it printed. Words are the same. A number is within a tenth of the page's, or one unit of its last decimal: another
/// processor has another vector width, and so other last bits, which a training amplifies. A whole number below 10 is therefore the same. A line <c>…</c> stands for
/// any lines, and <c>…</c> within a line for any text.
/// </summary>
internal static partial class PageOutput
{
    /// <summary>Why the printed text is not the expected one; null where it is.</summary>
    public static string? Difference(string expected, string printed)
    {
        string[] wanted = Lines(expected), found = Lines(printed);
        return Matches(wanted, found) ? null : $"The page says:\n{string.Join('\n', wanted)}\nThe program printed:\n{string.Join('\n', found)}";
    }

    private static string[] Lines(string text) => [.. text.ReplaceLineEndings("\n").TrimEnd().Split('\n').Select(line => line.TrimEnd())];

    private static bool Matches(ReadOnlySpan<string> wanted, ReadOnlySpan<string> found)
    {
        if (wanted.IsEmpty)
        {
            return found.IsEmpty;
        }

        if (wanted[0] == "…")
        {
            for (int skipped = 0; skipped <= found.Length; skipped++)
            {
                if (Matches(wanted[1..], found[skipped..]))
                {
                    return true;
                }
            }

            return false;
        }

        return !found.IsEmpty && MatchesLine(wanted[0], found[0]) && Matches(wanted[1..], found[1..]);
    }

    private static bool MatchesLine(string wanted, string found)
    {
        string pattern = string.Concat(Part().Matches(wanted).Select(part => part.Value == "…" ? ".*" : Number().IsMatch(part.Value) ? $"({Number()})" : Regex.Escape(part.Value)));
        Match match = Regex.Match(found, $"^{pattern}$");
        string[] numbers = [.. Part().Matches(wanted).Select(part => part.Value).Where(part => Number().IsMatch(part))];
        return match.Success && numbers.Index().All(number => IsNear(number.Item, match.Groups[number.Index + 1].Value));
    }

    private static bool IsNear(string wanted, string found)
    {
        double number = double.Parse(wanted, CultureInfo.InvariantCulture), unit = wanted.Contains('.', StringComparison.Ordinal) ? Math.Pow(10, wanted.IndexOf('.', StringComparison.Ordinal) + 1 - wanted.Length) : 0;
        return Math.Abs(double.Parse(found, CultureInfo.InvariantCulture) - number) <= Math.Max(Math.Abs(number) / 10, unit * 1.0001);
    }

    [GeneratedRegex(@"-?\d+(?:\.\d+)?|…|[^\d…-]+|-")]
    private static partial Regex Part();

    [GeneratedRegex(@"-?\d+(?:\.\d+)?")]
    private static partial Regex Number();
}
