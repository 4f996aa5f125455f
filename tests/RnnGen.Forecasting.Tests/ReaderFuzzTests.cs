using System.Text;
using RnnGen.Data;
using RnnGen.Fuzzing;
using Xunit.Abstractions;

namespace RnnGen.Forecasting.Tests;

/// <summary>Damaged tables of series: what cannot be read is a typed error, in bounded time and memory. <c>RNNGEN_FUZZ=200000</c> runs that many inputs for each reader.</summary>
public sealed class ReaderFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] s_fragments = [",", "\n", "\r\n", "\"", "NA", "NaN", "1e999", "2024-01-01", "9999-12-31", "0001-01-01", "2024-02-30", "T00:00Z", "+01:00", "A", "?", ":", "@data", "-", "1.5"];

    private static byte[] Long => "shop,date,sales,price,city\nA,2024-01-01,1,2.5,X\nA,2024-01-02,,3,X\nB,2024-01-02,7,3,Y\nA,2024-01-03,4,3,X\n"u8.ToArray();

    private static byte[] Instants => "shop,date,sales,price,city\nA,2024-01-01T00:00Z,1,2.5,3\nA,2024-01-01T01:00Z,2,3,3\n"u8.ToArray();

    [Theory]
    [InlineData(Gaps.Error, Duplicates.Error)]
    [InlineData(Gaps.Missing, Duplicates.Mean)]
    public void LongTables(Gaps gaps, Duplicates duplicates) => Run($"Long table ({gaps}, {duplicates})", [Long, Instants], text =>
        LongTable.Read(text, new SeriesColumns { Id = "shop", Time = "date", Target = "sales", Known = ["price"], Statics = ["city"] }, new SeriesOptions { Gaps = gaps, Duplicates = duplicates }));

    [Fact]
    public void Columns() => Run("Wide table, a column a series", ["date,a,b\n2024-01-31,1,\n2024-02-29,2,3\n2024-03-31,,4\n"u8.ToArray()], text => WideTable.ReadColumns(text, "date", new SeriesOptions { Gaps = Gaps.Missing }));

    [Fact]
    public void Rows() => Run("Wide table, a row a series", ["V1,V2,V3\nA,1,2\nB,3,\n"u8.ToArray()], text => WideTable.ReadRows(text));

    [Fact]
    public void Archives() => Run(
        "Monash archive",
        ["@relation x\n@attribute name string\n@attribute start date\n@attribute size numeric\n@frequency 10_minutes\n@horizon 3\n@data\na:2020-01-01 00-00-00:1:1,?,3\nb:2020-01-02 00-00-00:2:4\n"u8.ToArray()],
        text => TsfFile.Read(text).Series);

    // A row of some ten bytes may have a hundred steps without one after it.
    private void Run(string reader, byte[][] seeds, Func<TextReader, SeriesSet> read) => output.WriteLine(Fuzzer.Run(reader, seeds, s_fragments, bytes =>
    {
        SeriesSet set = read(new StringReader(Encoding.UTF8.GetString(bytes)));
        set.ShouldAllBe(series => !series.Targets.ToArray().Any(double.IsInfinity));
    }, e => e is DataFormatException or SeriesDataException, bytesPerByte: 4096).ToString());
}
