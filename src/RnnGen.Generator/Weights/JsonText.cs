using System.Globalization;
using System.Text;

namespace RnnGen.Generator.Weights;

/// <summary>
/// Reads JSON (RFC 8259) strictly, whatever stands there. The generator may not bring a library along, and the framework's own reader for this target fails on
/// damaged text in ways of its own.
/// </summary>
/// <remarks>Values are a list of named values (an object), a list (an array), a string, a <see cref="Number"/>, or null for a word such as <c>true</c>.</remarks>
internal sealed class JsonText(string text)
{
    /// <summary>A number as it is written.</summary>
    public sealed record Number(string Text);

    /// <summary>Values of one array, and of one object: more than any header has, and few enough for an editor.</summary>
    private const int MostInArray = 64, MostInObject = 100_000;

    private static readonly string[] Words = ["true", "false", "null"];

    private int _at;

    /// <summary>The text's only value.</summary>
    /// <param name="depth">Objects and arrays within each other, at most.</param>
    /// <exception cref="FormatException">The text is not JSON, or deeper.</exception>
    public static object? Read(string text, int depth)
    {
        JsonText reader = new(text);
        object? value = reader.Value(depth);
        reader.White();
        reader.Require(reader._at == text.Length);
        return value;
    }

    private char Next => _at < text.Length ? text[_at] : '\0';

    private object? Value(int depth)
    {
        White();
        switch (Next)
        {
            case '{':
                return Items(depth, '}', MostInObject, () =>
                {
                    White();
                    string name = String();
                    White();
                    Take(':');
                    return new KeyValuePair<string, object?>(name, Value(depth - 1));
                });
            case '[':
                return Items(depth, ']', MostInArray, () => Value(depth - 1));
            case '"':
                return String();
            case '-' or (>= '0' and <= '9'):
                return Digits();
            default:
                string? word = Words.FirstOrDefault(w => string.CompareOrdinal(text, _at, w, 0, w.Length) == 0);
                Require(word is not null);
                _at += word!.Length;
                return null;
        }
    }

    private List<T> Items<T>(int depth, char end, int maximum, Func<T> item)
    {
        Require(depth > 0, "is deeper than a tensor's shape");
        _at++;
        List<T> items = [];
        White();
        while (Next != end || items.Count > 0)
        {
            Require(items.Count < maximum, FormattableString.Invariant($"has more than {maximum} {(end == '}' ? "entries in an object" : "values in an array")}"));
            items.Add(item());
            White();
            if (Next == end)
            {
                break;
            }

            Take(',');
        }

        Take(end);
        return items;
    }

    private string String()
    {
        Take('"');
        StringBuilder value = new();
        while (Next != '"')
        {
            Require(Next >= ' ');
            value.Append(Next == '\\' ? Escaped() : text[_at++]);
        }

        _at++;
        string result = value.ToString();
        for (int i = 0; i < result.Length; i++)
        {
            bool isPair = char.IsHighSurrogate(result[i]) && i + 1 < result.Length && char.IsLowSurrogate(result[i + 1]);
            Require(isPair || !char.IsSurrogate(result[i]));
            i += isPair ? 1 : 0;
        }

        return result;
    }

    private char Escaped()
    {
        _at++;
        char escape = Next;
        _at++;
        if (escape == 'u')
        {
            Require(_at + 4 <= text.Length && text.Skip(_at).Take(4).All(static c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F')));
            _at += 4;
            return (char)int.Parse(text.Substring(_at - 4, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        int index = "\"\\/bfnrt".IndexOf(escape);
        Require(index >= 0);
        return "\"\\/\b\f\n\r\t"[index];
    }

    private Number Digits()
    {
        int start = _at;
        _at += Next == '-' ? 1 : 0;
        bool isZero = Next == '0';
        int whole = Run();
        Require(whole > 0 && (!isZero || whole == 1));
        if (Next == '.')
        {
            _at++;
            Require(Run() > 0);
        }

        if (Next is 'e' or 'E')
        {
            _at++;
            _at += Next is '+' or '-' ? 1 : 0;
            Require(Run() > 0);
        }

        return new Number(text.Substring(start, _at - start));

        int Run()
        {
            int from = _at;
            while (Next is >= '0' and <= '9')
            {
                _at++;
            }

            return _at - from;
        }
    }

    private void White()
    {
        while (Next is ' ' or '\t' or '\r' or '\n')
        {
            _at++;
        }
    }

    private void Take(char expected)
    {
        Require(Next == expected);
        _at++;
    }

    private void Require(bool holds, string problem = "is not the JSON that the format asks for")
    {
        if (!holds)
        {
            throw new FormatException(string.Format(CultureInfo.InvariantCulture, "its header {0}, at character {1}", problem, _at + 1));
        }
    }
}
