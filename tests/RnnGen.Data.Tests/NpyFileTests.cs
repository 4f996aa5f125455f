using System.Text;
using Shouldly;
using Xunit;

namespace RnnGen.Data.Tests;

/// <summary>NumPy files: as numpy.save writes them, and damaged ones.</summary>
public sealed class NpyFileTests
{
    [Fact]
    public void The_bytes_are_those_that_NumPy_writes()
    {
        // numpy.save of numpy.array([[1, 2], [3, 4]], dtype='<i4'), by the format's description (NEP 1).
        string header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }".PadRight(117) + "\n";
        byte[] expected = [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header), 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0];
        NpyFile.ToBytes<int>([1, 2, 3, 4], 2, 2).ShouldBe(expected);
        Encoding.ASCII.GetString(NpyFile.ToBytes<float>([1, 2], 2)).ShouldContain("'shape': (2,), }");
        Encoding.ASCII.GetString(NpyFile.ToBytes<double>([1])).ShouldContain("'shape': (), }");
    }

    [Fact]
    public void Arrays_are_read_back()
    {
        NpyArray<double> array = NpyFile.Read<double>(NpyFile.ToBytes<double>([1, 1e300, double.NaN, -0.1, 5, 6], 3, 2));
        array.Shape.ShouldBe([3, 2]);
        array.Values.ShouldBe([1, 1e300, double.NaN, -0.1, 5, 6]);
        NpyFile.Read<float>(NpyFile.ToBytes<int>([7], [])).Values.ShouldBe([7f]);
        NpyFile.Read<float>(NpyFile.ToBytes<float>([], 0, 3)).Shape.ShouldBe([0, 3]);
    }

    [Theory]
    [InlineData("<f2", new byte[] { 0x00, 0x3C, 0x00, 0xC0 }, new[] { 1f, -2 })]
    [InlineData(">f4", new byte[] { 0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0 }, new[] { 1f, -2 })]
    [InlineData("<f8", new byte[] { 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0 }, new[] { 1f, -2 })]
    [InlineData("|i1", new byte[] { 1, 254 }, new[] { 1f, -2 })]
    [InlineData(">i2", new byte[] { 0, 1, 0xFF, 0xFE }, new[] { 1f, -2 })]
    [InlineData("<i8", new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 254, 255, 255, 255, 255, 255, 255, 255 }, new[] { 1f, -2 })]
    [InlineData("|u1", new byte[] { 1, 254 }, new[] { 1f, 254 })]
    [InlineData(">u4", new byte[] { 0, 0, 0, 1, 0, 0, 0, 254 }, new[] { 1f, 254 })]
    [InlineData("|b1", new byte[] { 1, 0 }, new[] { 1f, 0 })]
    public void Every_type_and_byte_order_is_converted(string type, byte[] values, float[] expected)
    {
        NpyFile.Read<float>(File(type, "False", "(2,)", values)).Values.ShouldBe(expected);
        if (type[1] != 'f')
        {
            NpyFile.Read<int>(File(type, "False", "(2,)", values)).Values.ShouldBe(expected.Select(v => (int)v));
        }
    }

    [Fact]
    public void Fortrans_order_is_put_into_rows()
    {
        byte[] values = [1, 2, 3, 4, 5, 6];
        NpyFile.Read<int>(File("|u1", "True", "(2, 3)", values)).Values.ShouldBe([1, 3, 5, 2, 4, 6]);
        NpyFile.Read<int>(File("|u1", "True", "(1, 2, 3)", values)).Values.ShouldBe([1, 3, 5, 2, 4, 6]);
        NpyFile.Read<int>(File("|u1", "True", "(6,)", values)).Values.ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Theory]
    [InlineData("|O", "False", "(2,)", "Python objects, which are not supported")]
    [InlineData("<f4", "False", "(3,)", "cut off: its shape (3) takes 12 bytes, but 8 follow")]
    [InlineData("<f4", "False", "(1,)", "longer than it says")]
    [InlineData("<f4", "False", "(99999999, 99999999, 99999999)", "too large for any memory")]
    [InlineData("<f4", "False", "(-1,)", "lengths from 0")]
    [InlineData("<f4", "False", "(__import__('os'),)", "lengths from 0")]
    [InlineData("<f4", "Maybe", "(2,)", "True or False")]
    [InlineData("<c8", "False", "(1,)", "the type '<c8' is not supported")]
    [InlineData("|f4", "False", "(2,)", "the type '|f4' is not supported")]
    public void Other_headers_are_named(string type, string fortran, string shape, string message) =>
        Should.Throw<DataFormatException>(() => NpyFile.Read<float>(File(type, fortran, shape, new byte[8]))).Message.ShouldContain(message);

    [Fact]
    public void Values_that_do_not_fit_are_named()
    {
        Should.Throw<DataFormatException>(() => NpyFile.Read<int>(File("<f4", "False", "(2,)", new byte[8]))).Message.ShouldContain("cannot be read as int");
        Should.Throw<DataFormatException>(() => NpyFile.Read<int>(File("|u8", "False", "(1,)", new byte[8])));
        Should.Throw<DataFormatException>(() => NpyFile.Read<int>(File("<u8", "False", "(2,)", [.. new byte[8], 255, 255, 255, 255, 255, 255, 255, 255]))).Message.ShouldContain("at index 1 does not fit into Int32");
    }

    [Fact]
    public void A_bool_is_0_or_1() =>
        Should.Throw<DataFormatException>(() => NpyFile.Read<float>(File("|b1", "False", "(2,)", [1, 2]))).Message.ShouldContain("the value at index 1 is 2, but a bool is 0 or 1");

    [Theory]
    [InlineData(1e39)]
    [InlineData(-1e300)]
    public void A_double_beyond_float_is_named_by_index_and_value(double value)
    {
        byte[] file = NpyFile.ToBytes<double>([1, 2, value], 3);
        string message = Should.Throw<DataFormatException>(() => NpyFile.Read<float>(file)).Message;
        message.ShouldContain($"the value {value.ToString(System.Globalization.CultureInfo.InvariantCulture)} at index 2 does not fit into Single");
        message.ShouldContain("as double");
        NpyFile.Read<double>(file).Values.ShouldBe([1, 2, value]);
        using MemoryStream rows = new(file);
        Should.Throw<DataFormatException>(() => NpyFile.Rows<float>(rows).Count()).Message.ShouldContain("index 2");

        // What is not finite in the file is not made so by reading.
        NpyFile.Read<float>(NpyFile.ToBytes<double>([double.NaN, double.NegativeInfinity, 1e-60, 3.4e38], 4)).Values.ShouldBe([float.NaN, float.NegativeInfinity, 0, 3.4e38f]);
    }

    [Fact]
    public void Whole_numbers_become_the_nearest_and_stay_themselves_as_int()
    {
        byte[] file = NpyFile.ToBytes<int>([16_777_216, 16_777_217, int.MaxValue, int.MinValue], 4);
        NpyFile.Read<int>(file).Values.ShouldBe([16_777_216, 16_777_217, int.MaxValue, int.MinValue]);
        NpyFile.Read<double>(file).Values.ShouldBe([16_777_216, 16_777_217, int.MaxValue, int.MinValue]);
        NpyFile.Read<float>(file).Values.ShouldBe([16_777_216f, 16_777_216, 2_147_483_648, -2_147_483_648]);
        byte[] most = File("<u8", "False", "(1,)", [255, 255, 255, 255, 255, 255, 255, 255]);
        NpyFile.Read<double>(most).Values.ShouldBe([18_446_744_073_709_551_616.0]);
        Should.Throw<DataFormatException>(() => NpyFile.Read<int>(most)).Message.ShouldContain("the value 18446744073709551615 at index 0 does not fit into Int32");
    }

    [Fact]
    public void Files_are_written_whole_and_their_rows_streamed()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.npy");
        try
        {
            float[] values = [.. Enumerable.Range(0, 12).Select(i => (float)i)];
            NpyFile.Write<float>(path, values, 3, 2, 2);
            NpyFile.Read<float>(path).Shape.ShouldBe([3, 2, 2]);
            IEnumerable<ReadOnlyMemory<float>> rows = NpyFile.Rows<float>(path);
            rows.Select(r => r.ToArray()).SelectMany(r => r).ShouldBe(values);
            rows.Select(r => r.Span[0]).ShouldBe([0f, 4, 8]);
            Should.Throw<ArgumentException>(() => NpyFile.Write<float>(path, values, 5)).Message.ShouldContain("[5] has 5 values, but there are 12");
            NpyFile.Read<float>(path).Values.ShouldBe(values);
            System.IO.File.WriteAllBytes(path, File("|u1", "True", "(2, 3)", new byte[6]));
            Should.Throw<DataFormatException>(() => NpyFile.Rows<float>(path).Count()).Message.ShouldContain("in C order");
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    private static byte[] File(string type, string fortran, string shape, byte[] values)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. values];
    }
}
