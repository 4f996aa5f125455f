using System.Globalization;
using System.Text;

namespace RnnGen.Display;

/// <summary>Text and numbers for HTML and SVG.</summary>
internal static class Html
{
    private const int LongestText = 300;

    /// <summary>
    /// Any text, as content of an element or of a quoted attribute. Control characters, including those that change the direction of writing,
    /// become U+FFFD, and text that is longer than a line or two is cut.
    /// </summary>
    public static string Text(string? text)
    {
        StringBuilder html = new();
        int length = 0;
        foreach (Rune rune in (text ?? "").EnumerateRunes())
        {
            if (++length > LongestText)
            {
                html.Append('…');
                break;
            }

            _ = rune.Value switch
            {
                '&' => html.Append("&amp;"),
                '<' => html.Append("&lt;"),
                '>' => html.Append("&gt;"),
                '"' => html.Append("&quot;"),
                '\'' => html.Append("&#39;"),
                '\n' or '\r' or '\t' => html.Append(' '),
                _ when Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate => html.Append('\uFFFD'),
                _ => html.Append(rune),
            };
        }

        return html.ToString();
    }

    /// <summary>A number for display, with five digits as in the progress lines.</summary>
    public static string Number(double? value) => value switch
    {
        null => "–",
        double.PositiveInfinity => "∞",
        double.NegativeInfinity => "−∞",
        { } number => number.ToString("G5", CultureInfo.InvariantCulture),
    };

    /// <summary>An integer for display, in groups of three digits.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A share in percent.</summary>
    public static string Percent(double share) => double.IsFinite(share) ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.#} %") : "–";

    /// <summary>A duration for display.</summary>
    public static string Duration(double seconds) => seconds switch
    {
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)(seconds / 3600)} h {(long)(seconds / 60) % 60:00} min"),
    };

    /// <summary>A coordinate of a picture, to a tenth of a pixel.</summary>
    public static string Coordinate(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>Pixels of a number at the 12 pixels of a plot's text, in a wide font.</summary>
    public static double Width(string number) => number.Sum(c => c is ',' or '.' or '-' ? 4.4 : 7.7);

    /// <summary>A number in JSON; <c>null</c> if it is not finite.</summary>
    /// <param name="value">The number.</param>
    /// <param name="digits">Its significant digits.</param>
    public static string Json(double value, int digits) => double.IsFinite(value) ? value.ToString(Invariant($"G{digits}"), CultureInfo.InvariantCulture) : "null";

    /// <summary>Numbers in JSON.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="digits">Their significant digits.</param>
    public static string Json(IEnumerable<double> values, int digits) => $"[{string.Join(',', values.Select(value => Json(value, digits)))}]";

    /// <summary>A text in JSON that is safe within a script element.</summary>
    public static string Json(string text)
    {
        StringBuilder json = new("\"");
        foreach (char c in text)
        {
            _ = char.IsAsciiLetterOrDigit(c) || c == ' ' ? json.Append(c) : json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return json.Append('"').ToString();
    }

    /// <summary>Appends an interpolated text in the invariant culture.</summary>
    public static StringBuilder Add(this StringBuilder html, FormattableString text) => html.Append(FormattableString.Invariant(text));
}
