using System.Globalization;
using RnnGen.Tests;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace RnnGen.Data.Tests;

/// <summary>Texts that end nowhere: what cannot be read is refused at its limit, with little memory and a message that people can read.</summary>
[Collection(nameof(Alone))]
public sealed class HostileTextTests(ITestOutputHelper output)
{
    private const long Bytes = 200_000_000;

    // A record of a mebibyte in the reader's buffer and its copies, and what is seen of the first 64 Ki characters.
    private const long OfTables = 40 << 20;

    // A line of 2^20 characters: as it grows, as text, as UTF-8, and its values.
    private const long OfLines = 32 << 20;

    public static TheoryData<string, string, string> Tables => new()
    {
        { "one field", "", "x" },
        { "one field below a header", "a,b\n1,", "x" },
        { "digits", "a,b\n1,", "9" },
        { "a quote that is not closed", "a,b\n1,\"", "x" },
        { "a quote that is not closed, over lines", "a,b\n1,\"", "2,3\n" },
        { "quotes", "a,b\n1,", "\"" },
        { "fields of a header", "a,b", "," },
        { "fields of a header by number", "", "1," },
        { "fields of a row", "a,b\n1", ",2" },
        { "blanks before a header", "", " " },
        { "a gap without end", "a,b\n1,2\n", ",2\n" },
        { "a sign", "a,b\n1,", "-" },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void ATableWithoutEndCostsLittle(string what, string start, string again)
    {
        CsvOptions options = new() { MissingValues = MissingValues.Interpolate };
        foreach (CsvColumn[] columns in new CsvColumn[][] { ["a", "b"], [0, 1] })
        {
            Refused(what, OfTables, () => CsvTable.Read(new Endless(start, again, Bytes), columns, options).Length);
            Refused(what, OfTables, () => CsvSeries.ReadText(new Endless(start, again, Bytes), columns[1], options with { DateColumn = columns[0] }).Length);
        }
    }

    public static TheoryData<string, string, string> Objects => new()
    {
        { "a string", "{\"a\":\"", "x" },
        { "escapes", "{\"a\":\"", "\\u0041" },
        { "digits", "{\"a\":", "9" },
        { "an array", "{\"a\":[1", ",1" },
        { "arrays", "{\"a\":[[]", ",[]" },
        { "depth", "{\"a\":", "[" },
        { "depth of objects", "", "{\"a\":" },
        { "properties", "{\"a\":1", ",\"a\":1" },
        { "a name", "{\"", "a" },
        { "blanks", "", " " },
        { "no JSON", "", "x" },
    };

    [Theory]
    [MemberData(nameof(Objects))]
    public void ALineOfJsonWithoutEndCostsLittle(string what, string start, string again)
    {
        Refused(what, OfLines, () => JsonLines.Read(new Endless(start, again, Bytes)).Count());
        Refused(what, OfLines, () => TextLines.Read(new Endless(start, again, Bytes)).Count());
    }

    /// <summary>Lines of the greatest length that are JSON, and yet not what is asked for.</summary>
    public static TheoryData<string, string> LongLines
    {
        get
        {
            string Repeat(string text) => string.Concat(Enumerable.Repeat(text, ((1 << 20) - 32) / text.Length));
            return new()
            {
                { "digits", $"{{\"a\":{Repeat("9")}}}" },
                { "a string", $"{{\"a\":\"{Repeat("x")}\"}}" },
                { "an array of arrays", $"{{\"a\":[1,{Repeat("[],")}1]}}" },
                { "an array of texts", $"{{\"a\":[{Repeat("\"x\",")}1]}}" },
                { "properties", $"{{{Repeat("\"b\":1,")}\"c\":1}}" },
                { "the same property", $"{{{Repeat("\"a\":1,")}\"a\":1}}" },
                { "a name", $"{{\"{Repeat("b")}\":1}}" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(LongLines))]
    public void AnObjectOfALongLineCostsLittle(string what, string line) =>
        Refused(what, OfLines, () => JsonLines.Read(new StringReader(line + "\n")).Select(l => l.Numbers("a")).Count());

    [Fact]
    public void WhatIsReadOfALongFileIsNotKept()
    {
        // 40 MB of lines through both readers: of each as much is in memory as of one line.
        long live = Allocations.Held(), most = 0;
        int count = 0;
        string text = "{\"a\":[1,2,3],\"text\":\"" + new string('x', 900) + "\"}\n";
        foreach (JsonLine line in JsonLines.Read(new Endless("", text, Bytes / 5 / text.Length * text.Length)))
        {
            if (line.Has("a") && ++count % 10_000 == 0)
            {
                most = Math.Max(most, Allocations.Held() - live);
            }
        }

        count.ShouldBeGreaterThan(40_000);
        most.ShouldBeLessThan(1 << 20);
    }

    private void Refused(string what, long maximum, Func<int> read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        DataFormatException e = Should.Throw<DataFormatException>(() => _ = read(), what);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {allocated:N0} bytes; {e.Message}"));
        allocated.ShouldBeLessThan(maximum, what);
        e.Message.Length.ShouldBeLessThan(1000, what);
    }

    /// <summary>A beginning, and then the same again up to a length.</summary>
    private sealed class Endless(string start, string again, long length) : TextReader
    {
        private long _at;

        public override int Peek() => _at < length ? Character(_at) : -1;

        public override int Read() => _at < length ? Character(_at++) : -1;

        public override int Read(Span<char> buffer)
        {
            int count = (int)Math.Min(buffer.Length, length - _at);
            for (int i = 0; i < count; i++)
            {
                buffer[i] = Character(_at++);
            }

            return count;
        }

        public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

        private char Character(long at) => at < start.Length ? start[(int)at] : again[(int)((at - start.Length) % again.Length)];
    }
}
