using System.Text;

namespace RnnGen.Data;

/// <summary>
/// Opens text files. The encoding is that of a byte order mark (UTF-8, UTF-16 or UTF-32), else the requested one, else UTF-8. Bytes that are not valid in it are an
/// error with their offset; nothing is replaced.
/// </summary>
internal static class TextFile
{
    private static readonly Encoding[] s_marked =
    [
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        new UTF32Encoding(bigEndian: false, byteOrderMark: true), // before UTF-16, whose mark its own begins with
        new UTF32Encoding(bigEndian: true, byteOrderMark: true),
        new UnicodeEncoding(bigEndian: false, byteOrderMark: true),
        new UnicodeEncoding(bigEndian: true, byteOrderMark: true),
    ];

    /// <param name="path">The file.</param>
    /// <param name="encoding">The encoding of a file without byte order mark; <c>null</c> for UTF-8.</param>
    /// <exception cref="DataFormatException">The file begins like UTF-16 without a byte order mark. Thrown by reading: bytes are not valid in the encoding.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static StreamReader Open(string path, Encoding? encoding = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream stream = PlainFile.OpenToRead(path);
        try
        {
            Span<byte> first = stackalloc byte[4];
            first = first[..stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false)];
            Encoding? marked = null;
            foreach (Encoding candidate in s_marked)
            {
                marked ??= first.StartsWith(candidate.Preamble) ? candidate : null;
            }

            if (marked is null && encoding is null && first.Length >= 2 && (first[0] == 0) != (first[1] == 0))
            {
                throw new DataFormatException("the file begins with a zero byte beside another, as UTF-16 without a byte order mark does; set its Encoding.", path, 1);
            }

            int start = marked?.Preamble.Length ?? 0;
            stream.Position = start;
            Encoding chosen = marked ?? encoding ?? Encoding.UTF8;
            return new StreamReader(stream, With(chosen, new Refusal(path, start, chosen)), detectEncodingFromByteOrderMarks: false);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static Encoding With(Encoding encoding, DecoderFallback fallback)
    {
        Encoding copy = (Encoding)encoding.Clone();
        copy.DecoderFallback = fallback;
        return copy;
    }

    /// <summary>Throws if bytes are not valid in the encoding. The place is found by reading the file again, because a decoder knows it only within one of its blocks.</summary>
    private sealed class Refusal(string path, int start, Encoding encoding) : DecoderFallback
    {
        public override int MaxCharCount => 1;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer(this);

        private DataFormatException Error()
        {
            using FileStream stream = PlainFile.OpenToRead(path);
            stream.Position = start;
            Decoder decoder = With(encoding, ExceptionFallback).GetDecoder();
            Span<char> chars = stackalloc char[16];
            Span<byte> one = stackalloc byte[1];
            long whole = start; // bytes of whole characters
            int line = 1;
            char last = '\0';
            try
            {
                for (long read = start + 1; stream.ReadByte() is int value and >= 0; read++)
                {
                    one[0] = (byte)value;
                    int count = decoder.GetChars(one, chars, flush: false);
                    foreach (char c in chars[..count])
                    {
                        line += c == '\r' || (c == '\n' && last != '\r') ? 1 : 0;
                        last = c;
                    }

                    whole = count > 0 ? read : whole;
                }

                decoder.GetChars([], chars, flush: true);
            }
            catch (DecoderFallbackException)
            {
                // What comes after the last whole character.
            }

            Span<byte> found = stackalloc byte[4];
            stream.Position = whole;
            found = found[..stream.ReadAtLeast(found, found.Length, throwOnEndOfStream: false)];
            return new(Invariant($"the text is not {encoding.WebName.ToUpperInvariant()} from byte offset {whole} on ({Convert.ToHexString(found)}); set the file's Encoding, such as Encoding.Latin1, or convert the file."), path, line);
        }

        private sealed class Buffer(Refusal refusal) : DecoderFallbackBuffer
        {
            public override int Remaining => 0;

            public override bool Fallback(byte[] bytesUnknown, int index) => throw refusal.Error();

            public override char GetNextChar() => '\0';

            public override bool MovePrevious() => false;
        }
    }
}
