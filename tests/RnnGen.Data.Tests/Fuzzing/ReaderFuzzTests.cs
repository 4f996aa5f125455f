using System.Text;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace RnnGen.Data.Tests;

/// <summary>
/// Damaged files of every format: what cannot be read is a <see cref="DataFormatException"/>, in bounded time and memory.
/// <c>RNNGEN_FUZZ=200000 dotnet test -c Release tests/RnnGen.Data.Tests --filter Fuzz</c> runs as many for each reader.
/// </summary>
public sealed class ReaderFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] s_csvFragments = [",", ";", "\t", "|", "\"", "\"\"", "\n", "\r\n", "\r", " ", "NA", "1e999", "NaN", "-", ".", "a", "value", "2020-01-01", "\uFEFF", "\0", new string('9', 400)];

    private static byte[][] CsvSeeds =>
    [
        "date,value,other\n2020-01-01,1,2\n2020-01-02,3.5,\"4\"\n\n2020-01-03,-5e3,NA\n2020-01-04,,7\n2020-01-05,8,9\n"u8.ToArray(),
        "value;date;other\r\n1;2020-01-01;2\r\n\"3\";2020-02-01;4\r\n"u8.ToArray(),
    ];

    [Theory]
    [InlineData(MissingValues.CarryForward)]
    [InlineData(MissingValues.Interpolate)]
    [InlineData(MissingValues.DropRow)]
    [InlineData(MissingValues.Keep)]
    public void Tables(MissingValues missing) => Run($"CSV table ({missing})", CsvSeeds, s_csvFragments, bytes =>
    {
        float[] values = CsvTable.Read(Text(bytes), ["value", "other"], new CsvOptions { DateColumn = "date", MissingValues = missing });
        (values.Length > 0 && values.Length % 2 == 0).ShouldBeTrue();
        values.All(v => float.IsFinite(v) || (missing == MissingValues.Keep && float.IsNaN(v))).ShouldBeTrue();
    });

    [Fact]
    public void Columns() => Run("CSV column", CsvSeeds, s_csvFragments, bytes => CsvSeries.Read(Text(bytes), "value", new CsvOptions { MissingValues = MissingValues.CarryForward }).All(v => float.IsFinite(v)).ShouldBeTrue());

    [Fact]
    public void Both_readers_of_tables_mean_the_same() => Run("CSV by index", ["value;date;other\r\n1;2020-01-01;2\r\n\"3\";2020-02-01;4\r\n"u8.ToArray(), "1;2,5\n3;4,5\n\n5;6\n"u8.ToArray(), "x\n1\n\n3\n"u8.ToArray(), "1.5|2020-01-01 00:00|2\n2.5|2020-01-02 00:00|3\n"u8.ToArray()], s_csvFragments, bytes =>
    {
        CsvOptions options = new() { MissingValues = MissingValues.Keep };
        float[]? table = null;
        DataFormatException? refused = null;
        try
        {
            table = CsvTable.Read(Text(bytes), [0], options);
        }
        catch (DataFormatException e)
        {
            refused = e;
        }

        try
        {
            CsvSeries.Read(Text(bytes), 0, options).ShouldBe(table);
        }
        catch (DataFormatException e)
        {
            e.Message.ShouldBe(refused?.Message);
            throw;
        }
    }, bytesPerByte: 256);

    [Fact]
    public void Lines() => Run("Lines", ["one\ntwo\r\nthree\r\rfour"u8.ToArray(), Encoding.UTF8.GetBytes("grün\n🙂\u2028")], ["\n", "\r", "\r\n", "\0", "ü", "🙂", "\uFEFF"], bytes =>
    {
        using StreamReader reader = new(new MemoryStream(bytes), new UTF8Encoding(false, true));
        TextLines.Read(reader, longest: 20).All(l => l.Length <= 20 && !l.Contains('\n') && !l.Contains('\r')).ShouldBeTrue();
    });

    [Fact]
    public void Json() => Run(
        "JSON lines",
        ["{\"text\":\"a \\u00fc\",\"label\":3,\"values\":[[1,2],[3.5,-4e2]],\"tokens\":[1,2]}\n\n{\"text\":\"\",\"label\":-1,\"values\":[],\"tokens\":[],\"more\":null}\n"u8.ToArray()],
        ["{", "}", "[", "]", "\"", ",", ":", "\\ud800", "null", "true", "1e999", "-", "99999999999", "\"text\"", "\"label\":", "[[[[[[[[[[", "\n"],
        bytes =>
        {
            foreach (JsonLine line in JsonLines.Read(Text(bytes)))
            {
                line.Text("text").ShouldNotBeNull();
                line.WholeNumber("label");
                double.IsFinite(line.Number("label")).ShouldBeTrue();
                line.Numbers("values").All(v => float.IsFinite(v)).ShouldBeTrue();
                line.WholeNumbers("tokens");
            }
        },
        bytesPerByte: 256);

    [Fact]
    public void TimeSeries() => Run(
        "UCR/UEA .ts",
        ["@problemName Two\n@timeStamps false\n@classLabel true one two\n@data\n1,2,3:4,5,6:two\n7:?:one\n"u8.ToArray(), "# no labels\n@data\n1,2\n3,4\n"u8.ToArray()],
        ["@data", "@classLabel true", "@timeStamps true", ":", ",", "?", "\n", "NaN", "1e999", "one", "#", "@"],
        bytes =>
        {
            TimeSeriesFile file = TimeSeriesFile.Read(Text(bytes));
            file.Series.All(s => s.Values.Length == s.Steps * file.Channels && s.Values.All(v => float.IsFinite(v) || float.IsNaN(v))).ShouldBeTrue();
        },
        bytesPerByte: 128);

    [Fact]
    public void Wav() => Run(
        "WAV",
        [.. Enum.GetValues<WavEncoding>().Select(e => WavFile.ToBytes(new WavAudio([0, 0.5f, -0.5f, 1], 8000, 2), e))],
        ["RIFF", "WAVE", "fmt ", "data", "LIST", "\u0001\0", "\0\0"],
        bytes =>
        {
            WavAudio audio = WavFile.Read(bytes);
            audio.Samples.All(s => float.IsFinite(s)).ShouldBeTrue();
            if ((long)audio.Samples.Length * 1000 / audio.SampleRate < 1 << 12)
            {
                audio.Resample(1000).ToMono().Channels.ShouldBe(1);
            }
        },
        bytesPerByte: 4096);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Npy(bool isStreamed)
    {
        byte[] fortran = [.. NpyFile.ToBytes<double>([1, 2, 3, 4, 5, 6], 2, 3)], big = [.. NpyFile.ToBytes<int>([1, -2, 3], 3)];
        "True, "u8.CopyTo(fortran.AsSpan(fortran.AsSpan().IndexOf("False,"u8)));
        big[big.AsSpan().IndexOf((byte)'<')] = (byte)'>';
        string[] fragments = ["'descr'", "'shape'", "'fortran_order'", "True", "(", ")", ",", "{", "}", "'", "|O", "<f8", ">i8", "99999999999", "0"];
        Run(isStreamed ? "NumPy rows" : "NumPy", isStreamed ? [NpyFile.ToBytes<float>([1, 2, 3, 4], 2, 2), big] : [NpyFile.ToBytes<float>([1, 2, 3, 4], 2, 2), fortran, big], fragments, bytes =>
        {
            if (isStreamed)
            {
                int count = 0;
                using MemoryStream stream = new(bytes);
                foreach (ReadOnlyMemory<float> row in NpyFile.Rows<float>(stream))
                {
                    (count += row.Length).ShouldBeLessThanOrEqualTo(bytes.Length);
                }
            }
            else
            {
                NpyArray<float> array = NpyFile.Read<float>(bytes);
                array.Shape.Aggregate(1L, (p, n) => p * n).ShouldBe(array.Values.Length);
            }
        });
    }

    private static StringReader Text(byte[] bytes) => new(Encoding.UTF8.GetString(bytes));

    private void Run(string reader, byte[][] seeds, string[] fragments, Action<byte[]> read, int bytesPerByte = 64) =>
        output.WriteLine(RnnGen.Fuzzing.Fuzzer.Run(reader, seeds, fragments, read, e => e is DataFormatException, bytesPerByte).ToString());
}
