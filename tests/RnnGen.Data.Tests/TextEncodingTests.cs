using System.Text;
using Shouldly;
using Xunit;

namespace RnnGen.Data.Tests;

/// <summary>Every reader of text files decodes strictly: by byte order mark, by the encoding that is given, or as UTF-8; what is none of them is an error at its byte.</summary>
public sealed class TextEncodingTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.txt");

    public void Dispose() => File.Delete(_path);

    /// <summary>A reader: a text with the names Müller and Möller, and the names as the reader finds them in a file of that text.</summary>
    private static readonly (string Name, string Text, Func<string, Encoding?, IEnumerable<string>> Read)[] s_readers =
    [
        ("CsvSeries.ReadText", "name,x\nMüller,1\nMöller,2\n", (path, e) => CsvSeries.ReadText(path, "name", new CsvOptions { Encoding = e })),
        ("CsvSeries.Read", "Müller,name\n1,1\n2,Möller\n", (path, e) => CsvSeries.Read(path, "Müller", new CsvOptions { Encoding = e }).Select(v => v == 1 ? "Müller" : "Möller")),
        ("CsvSeries.ReadDouble", "Müller,name\n1,1\n2,Möller\n", (path, e) => CsvSeries.ReadDouble(path, "Müller", new CsvOptions { Encoding = e }).Select(v => v == 1 ? "Müller" : "Möller")),
        ("CsvTable.Read", "Müller,name\n1,1\n2,Möller\n", (path, e) => CsvTable.Read(path, ["Müller"], new CsvOptions { Encoding = e }).Select(v => v == 1 ? "Müller" : "Möller")),
        ("CsvTable.Rows", "Müller,name\n1,1\n2,Möller\n", (path, e) => CsvTable.Rows(path, ["Müller"], new CsvOptions { Encoding = e }).Select(r => r.Span[0] == 1 ? "Müller" : "Möller")),
        ("CsvTable.RowsDouble", "Müller,name\n1,1\n2,Möller\n", (path, e) => CsvTable.RowsDouble(path, ["Müller"], new CsvOptions { Encoding = e }).Select(r => r.Span[0] == 1 ? "Müller" : "Möller")),
        ("TextLines", "Müller\nMöller\n", (path, e) => TextLines.Read(path, encoding: e)),
        ("JsonLines", "{\"n\":\"Müller\"}\n{\"n\":\"Möller\"}\n", (path, e) => JsonLines.Read(path, encoding: e).Select(l => l.Text("n"))),
        ("TimeSeriesFile", "@classLabel true Müller Möller\n@data\n1,2:Müller\n3,4:Möller\n", (path, e) => TimeSeriesFile.Read(path, new() { Encoding = e }).Labels),
    ];

    public static TheoryData<string> Readers => [.. s_readers.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Readers))]
    public void A_byte_order_mark_says_the_encoding(string name)
    {
        (_, string text, var read) = s_readers.Single(r => r.Name == name);
        foreach (Encoding encoding in new Encoding[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32, new UTF32Encoding(bigEndian: true, byteOrderMark: true) })
        {
            File.WriteAllText(_path, text, encoding);
            read(_path, null).ShouldBe(["Müller", "Möller"], encoding.WebName);
            read(_path, Encoding.Latin1).ShouldBe(["Müller", "Möller"], $"{encoding.WebName}: the mark goes before the option");
        }
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void The_encoding_without_a_mark_is_UTF_8_or_what_is_given(string name)
    {
        (_, string text, var read) = s_readers.Single(r => r.Name == name);
        foreach (Encoding encoding in new Encoding[] { new UTF8Encoding(false), Encoding.Latin1, new UnicodeEncoding(false, false), new UnicodeEncoding(true, false) })
        {
            byte[] bytes = encoding.GetBytes(text);
            File.WriteAllBytes(_path, bytes);
            read(_path, encoding).ShouldBe(["Müller", "Möller"], encoding.WebName);
            if (encoding is UTF8Encoding)
            {
                read(_path, null).ShouldBe(["Müller", "Möller"]);
                continue;
            }

            DataFormatException e = Should.Throw<DataFormatException>(() => read(_path, null).ToArray(), encoding.WebName);
            e.Message.ShouldContain("Encoding");
            e.FilePath.ShouldBe(_path);
            if (encoding == Encoding.Latin1)
            {
                int at = Array.FindIndex(bytes, b => b >= 0x80);
                e.Line.ShouldBe(1 + bytes.Take(at).Count(b => b == '\n'));
                e.Message.ShouldContain($"the text is not UTF-8 from byte offset {at} on (");
            }
        }
    }

    [Theory]
    [InlineData("utf-8", 1)]
    [InlineData("utf-16", 2)]
    [InlineData("utf-16BE", 2)]
    [InlineData("utf-32", 4)]
    public void The_place_is_that_of_the_first_bad_byte_wherever_the_decoder_s_blocks_end(string encodingName, int width)
    {
        var encoding = Encoding.GetEncoding(encodingName);
        byte[] bad = encodingName switch { "utf-8" => [0xE2, 0x82], "utf-16" => [0x3D, 0xD8], "utf-16BE" => [0xD8, 0x3D], _ => [0x00, 0xD8, 0, 0] };
        byte[] mark = encoding.GetPreamble();
        foreach (int before in (int[])[0, 1, 2, 3, 4094, 4095, 4096, 4097, 8191, 8192, 8193])
        {
            foreach (string after in (string[])["", "y", "\ny\n"])
            {
                string lines = string.Concat(Enumerable.Range(0, before).Select(i => i % 100 == 99 ? '\n' : 'x')); // line ends in every block
                File.WriteAllBytes(_path, [.. mark, .. encoding.GetBytes(lines), .. bad, .. encoding.GetBytes(after)]);
                DataFormatException e = Should.Throw<DataFormatException>(() => TextLines.Read(_path).Count());
                e.Message.ShouldContain($"from byte offset {mark.Length + (before * width)} on ({Convert.ToHexString(bad)}");
                e.Line.ShouldBe(1 + lines.Count(c => c == '\n'));
            }
        }
    }

    [Fact]
    public void An_encoding_that_would_replace_is_strict_here()
    {
        File.WriteAllBytes(_path, [.. "a\r\nb\rc\n"u8, 0xFC]);
        DataFormatException e = Should.Throw<DataFormatException>(() => TextLines.Read(_path, encoding: Encoding.ASCII).Count());
        (e.Line, e.Message.Contains("is not US-ASCII from byte offset 7 on (FC)", StringComparison.Ordinal)).ShouldBe((4, true), e.Message);
        TextLines.Read(_path, encoding: Encoding.Latin1).ShouldBe(["a", "b", "c", "ü"]);
    }
}
