using System.Text;
using Shouldly;
using Xunit;

namespace RnnGen.Data.Tests;

public sealed class TextFilesTests
{
    [Fact]
    public void Lines_end_as_any_system_ends_them()
    {
        TextLines.Read(new StringReader("a\nb\r\nc\rd\n\n\r\ne")).ShouldBe(["a", "b", "c", "d", "", "", "e"]);
        TextLines.Read(new StringReader("")).ShouldBeEmpty();
        TextLines.Read(new StringReader("a\n")).ShouldBe(["a"]);
        string[] many = [.. Enumerable.Range(0, 3000).Select(i => $"line {i}")]; // line ends at every place of the buffer
        TextLines.Read(new StringReader(string.Join("\r\n", many))).ShouldBe(many);
        Should.Throw<DataFormatException>(() => TextLines.Read(new StringReader("abc\nabcd"), 3).Count()).Message.ShouldBe("Line 2: the line has more than 3 characters; is it a text file with lines? If so, raise the limit.");
    }

    [Fact]
    public void A_file_that_is_no_text_is_a_typed_error()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.txt");
        try
        {
            File.WriteAllBytes(path, [.. "grün\nok\n"u8, 0xFF, 0xFE, (byte)'\n']);
            Should.Throw<DataFormatException>(() => TextLines.Read(path).Count()).Message.ShouldContain("is not UTF-8 from byte offset 9 on (FFFE0A)");
            File.WriteAllText(path, "grün", Encoding.Unicode); // its byte order mark says so
            TextLines.Read(path).ShouldBe(["grün"]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_byte_order_mark_that_a_text_begins_with_is_no_part_of_it()
    {
        JsonLines.Read(new StringReader("\uFEFF{\"a\":1}\n{\"a\":2}")).Select(l => l.WholeNumber("a")).ShouldBe([1, 2]);
        TextLines.Read(new StringReader("\uFEFFa\n\uFEFFb")).ShouldBe(["a", "\uFEFFb"]);
        TextLines.Read(new StringReader("\uFEFF")).ShouldBeEmpty();
        TextLines.Read(new StringReader("\uFEFF\na")).ShouldBe(["", "a"]);
        TimeSeriesFile.Read(new StringReader("\uFEFF@data\n1,2\n")).Series.Count.ShouldBe(1);
    }

    [Fact]
    public void The_path_of_a_folder_is_said_to_be_one()
    {
        string folder = Path.GetTempPath();
        Func<object?>[] reads =
        [
            () => TextLines.Read(folder).Count(), () => JsonLines.Read(folder).Count(), () => CsvSeries.Read(folder, 0), () => CsvTable.Read(folder, [0]), () => TimeSeriesFile.Read(folder),
            () => WavFile.Read(folder), () => NpyFile.Read<float>(folder), () => NpyFile.Rows<float>(folder).Count(),
        ];
        foreach (Func<object?> read in reads)
        {
            Should.Throw<IOException>(() => { _ = read(); }).Message.ShouldBe($"'{folder}' is the path of a folder; use the path of a file in it.");
        }
    }

    [Fact]
    public void Objects_give_their_properties()
    {
        JsonLine[] lines = [.. JsonLines.Read(new StringReader("{\"text\":\"a\\n\\u00fc\",\"label\":3,\"x\":[[1,2.5],[-3e2,4]],\"t\":[4,5],\"n\":null}\n \n{\"text\":\"\"}"))];
        lines.Select(l => l.Line).ShouldBe([1, 3]);
        JsonLine line = lines[0];
        line.Text("text").ShouldBe("a\nü");
        (line.WholeNumber("label"), line.Number("label")).ShouldBe((3, 3.0));
        line.Numbers("x").ShouldBe([1f, 2.5f, -300, 4]);
        line.WholeNumbers("t").ShouldBe([4, 5]);
        (line.Has("label"), line.Has("n"), line.Has("other")).ShouldBe((true, false, false));
        Should.Throw<DataFormatException>(() => line.Text("other")).Message.ShouldBe("Line 1: the object has no 'other', but a string was expected.");
        Should.Throw<DataFormatException>(() => line.Text("label")).Message.ShouldBe("Line 1: 'label' should be a string, but is 3.");
        Should.Throw<DataFormatException>(() => line.WholeNumbers("x")).Message.ShouldContain("'x' should be a whole number of 32 bits, but is 2.5");
        Should.Throw<DataFormatException>(() => line.Number("text"));
    }

    [Theory]
    [InlineData("[[1,2],[3],[4]]", "Line 2: the arrays in 'a' differ: element 0 is an array of 2, element 1 an array of 1")]
    [InlineData("[[1],[2,3]]", "element 0 is an array of 1, element 1 an array of 2")]
    [InlineData("[1,[2]]", "element 0 is a number, element 1 an array of 1")]
    [InlineData("[[1],2]", "element 0 is an array of 1, element 1 a number")]
    [InlineData("[[],[1]]", "element 0 is an array of 0, element 1 an array of 1")]
    [InlineData("[[[1,2],[3,4]],[[5,6]]]", "element 0 is an array of 2 × 2, element 1 an array of 1 × 2")]
    public void Ragged_arrays_are_no_rows(string array, string message)
    {
        JsonLine line = JsonLines.Read(new StringReader($"\n{{\"a\":{array}}}")).Single();
        Should.Throw<DataFormatException>(() => line.Numbers("a")).Message.ShouldContain(message);
        Should.Throw<DataFormatException>(() => line.WholeNumbers("a")).Message.ShouldContain(message);
    }

    [Fact]
    public void Arrays_of_one_shape_are_read_row_by_row()
    {
        JsonLine line = JsonLines.Read(new StringReader("{\"a\":[[[1,2],[3,4]],[[5,6],[7,8]]],\"b\":[[],[]],\"c\":[]}")).Single();
        line.WholeNumbers("a").ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
        line.Numbers("b").ShouldBeEmpty();
        line.Numbers("c").ShouldBeEmpty();
    }

    [Fact]
    public void A_property_that_is_there_twice_is_an_error()
    {
        JsonLine line = JsonLines.Read(new StringReader("{\"a\":1,\"b\":2,\"a\":3}")).Single();
        line.Number("b").ShouldBe(2);
        Should.Throw<DataFormatException>(() => line.Number("a")).Message.ShouldBe("Line 1: the object has 'a' twice.");
        Should.Throw<DataFormatException>(() => line.Has("a"));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_text()
    {
        Should.Throw<DataFormatException>(() => JsonLines.Read(new StringReader("{}\n{\"a\":\"M\ud83d\"}")).Count()).Line.ShouldBe(2);
        Should.Throw<DataFormatException>(() => CsvSeries.ReadText(new StringReader("a\nx\ny\ud83dz\n"), "a")).Line.ShouldBe(3);
        Should.Throw<DataFormatException>(() => CsvSeries.ReadText(new StringReader("a\nx\ny\ude42"), "a")).Line.ShouldBe(3);
        CsvSeries.ReadText(new StringReader("a\nx🙂\n"), "a").ShouldBe(["x🙂"]);
        string text = "a\n" + string.Concat(Enumerable.Repeat("🙂\n", 30_000)); // pairs that cross what is read ahead
        CsvSeries.ReadText(new StringReader(text), "a").ShouldAllBe(t => t == "🙂");
        CsvSeries.ReadText(new StringReader("ab" + text[1..]), "ab").Length.ShouldBe(30_000);
        Should.Throw<DataFormatException>(() => CsvSeries.ReadText(new StringReader(text + "\ud83d"), "a")).Line.ShouldBe(30_002);
    }

    [Theory]
    [InlineData("[1]", "expected a JSON object in each line, found Array")]
    [InlineData("{\"a\":1} x", "Line 2, column 9: expected a JSON object")]
    [InlineData("{\"a\":", "Line 2, column")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}", "depth")]
    public void Faulty_lines_are_named(string line, string message) => Should.Throw<DataFormatException>(() => JsonLines.Read(new StringReader("{}\n" + line)).Count()).Message.ShouldContain(message);
}
