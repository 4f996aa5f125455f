namespace RnnGen.Data;

/// <summary>
/// A text whose start was read ahead. Half of a surrogate pair is an error: decoding would replace it, and two different texts would become the same.
/// </summary>
internal sealed class TextAhead(char[] ahead, int count, TextReader rest, string? path) : TextReader
{
    private int _at, _line = 1;
    private bool _isAfterHigh, _isAfterReturn;

    public override int Peek() => _at < count ? ahead[_at] : rest.Peek();

    public override int Read()
    {
        Span<char> one = stackalloc char[1];
        return Read(one) > 0 ? one[0] : -1;
    }

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        int read = Math.Min(buffer.Length, count - _at);
        if (read > 0)
        {
            ahead.AsSpan(_at, read).CopyTo(buffer);
            _at += read;
        }
        else
        {
            read = rest.Read(buffer);
        }

        Check(buffer[..read], isEnd: read == 0 && buffer.Length > 0);
        return read;
    }

    private void Check(ReadOnlySpan<char> text, bool isEnd)
    {
        if (_isAfterHigh || isEnd || text.ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            for (int i = 0; i < text.Length; i++)
            {
                if (char.IsLowSurrogate(text[i]) != _isAfterHigh)
                {
                    throw Half(text[..i]);
                }

                _isAfterHigh = char.IsHighSurrogate(text[i]);
            }

            if (isEnd && _isAfterHigh)
            {
                throw Half(text);
            }
        }

        CountLines(text);
    }

    private void CountLines(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            _line += c == '\r' || (c == '\n' && !_isAfterReturn) ? 1 : 0;
            _isAfterReturn = c == '\r';
        }
    }

    private DataFormatException Half(ReadOnlySpan<char> before)
    {
        CountLines(before);
        return new("the text contains half of a surrogate pair, which is not a character; decode the text with an encoding that throws, and correct it there.", path, _line);
    }
}
