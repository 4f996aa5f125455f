using System.Globalization;

namespace RnnGen.Data;

/// <summary>
/// The header of a NumPy file: the text of a Python dictionary with <c>descr</c>, <c>fortran_order</c> and <c>shape</c>. It is parsed with a grammar of only
/// these three entries.
/// </summary>
internal sealed record NpyHeader(char Kind, int Size, bool IsBigEndian, bool IsFortran, int[] Shape)
{
    /// <summary>NumPy's own limit.</summary>
    private const int MostAxes = 64;

    public long Count => Shape.Aggregate(1L, (product, length) => checked(product * length));

    public static NpyHeader Parse(string text, string? path)
    {
        Cursor cursor = new(text, path);
        string? type = null;
        bool? isFortran = null;
        int[]? shape = null;
        cursor.Expect('{');
        while (!cursor.Take('}'))
        {
            string key = cursor.Quoted();
            cursor.Expect(':');
            switch (key)
            {
                case "descr" when type is null:
                    type = cursor.IsAt('[') ? throw cursor.Error("arrays of records are not supported; save each field as an array of its own") : cursor.Quoted();
                    break;
                case "fortran_order" when isFortran is null:
                    isFortran = cursor.Word() switch { "True" => true, "False" => false, _ => throw cursor.Error("'fortran_order' should be True or False") };
                    break;
                case "shape" when shape is null:
                    shape = Lengths(cursor);
                    break;
                default:
                    throw cursor.Error(Invariant($"'{(key.Length <= 40 ? key : key[..40] + "…")}' is unknown or repeated; a header has descr, fortran_order and shape"));
            }

            if (!cursor.Take(','))
            {
                cursor.Expect('}');
                break;
            }
        }

        cursor.ExpectEnd();
        if (type is null || isFortran is null || shape is null)
        {
            throw cursor.Error("descr, fortran_order or shape is missing");
        }

        if (type is ['|' or '<' or '>', 'O', ..])
        {
            throw new DataFormatException("the array holds Python objects, which are not supported: unpickling executes code of the file. Save it as an array of numbers.", path);
        }

        if (type is not [('<' or '>' or '|' or '=') and char order, ('f' or 'i' or 'u' or 'b') and char kind, ('1' or '2' or '4' or '8') and char size]
            || (kind == 'f' && size == '1') || (kind == 'b' && size != '1') || (order == '|' && size != '1'))
        {
            throw cursor.Error(Invariant($"the type '{(type.Length <= 40 ? type : type[..40] + "…")}' is not supported; numbers of f2, f4, f8, i1 to i8, u1 to u8 and b1 are, after '<', '>' or '|'"));
        }

        Int128 count = 1;
        foreach (int length in shape)
        {
            count *= length;
            if (count > long.MaxValue / 8)
            {
                throw cursor.Error(Invariant($"the shape ({string.Join(", ", shape)}) is too large for any memory"));
            }
        }

        return new NpyHeader(kind, size - '0', order == '>', isFortran.Value, shape);
    }

    private static int[] Lengths(Cursor cursor)
    {
        List<int> lengths = [];
        cursor.Expect('(');
        while (!cursor.Take(')'))
        {
            if (!int.TryParse(cursor.Word().TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out int length) || lengths.Count == MostAxes)
            {
                throw cursor.Error(Invariant($"the shape should have at most {MostAxes} lengths from 0 to {int.MaxValue}"));
            }

            lengths.Add(length);
            if (!cursor.Take(','))
            {
                cursor.Expect(')');
                break;
            }
        }

        return [.. lengths];
    }

    private sealed class Cursor(string text, string? path)
    {
        private int _at;

        public bool IsAt(char c)
        {
            SkipSpace();
            return _at < text.Length && text[_at] == c;
        }

        public bool Take(char c)
        {
            bool isAt = IsAt(c);
            _at += isAt ? 1 : 0;
            return isAt;
        }

        public void Expect(char c)
        {
            if (!Take(c))
            {
                throw Error(Invariant($"'{c}' was expected"));
            }
        }

        public void ExpectEnd()
        {
            SkipSpace();
            if (_at < text.Length)
            {
                throw Error("nothing more was expected");
            }
        }

        public string Quoted()
        {
            char quote = IsAt('\'') ? '\'' : '"';
            Expect(quote);
            int end = text.IndexOf(quote, _at);
            if (end < 0)
            {
                throw Error("a quote is not closed");
            }

            string quoted = text[_at..end];
            _at = end + 1;
            return quoted;
        }

        public string Word()
        {
            SkipSpace();
            int start = _at;
            while (_at < text.Length && char.IsAsciiLetterOrDigit(text[_at]))
            {
                _at++;
            }

            return text[start.._at];
        }

        public DataFormatException Error(string message) => new(Invariant($"the header is not that of a NumPy array: {message}, at its character {_at}."), path);

        private void SkipSpace()
        {
            while (_at < text.Length && (text[_at] is ' ' or '\n' or '\t' or '\r'))
            {
                _at++;
            }
        }
    }
}
