using System.Globalization;
using System.Text;
using Shouldly;
using Xunit;

namespace RnnGen.Data.Tests;

public sealed class CsvSeriesTests
{
    private static float[] Read(string text, CsvColumn column, CsvOptions? options = null) =>
        CsvSeries.Read(new StringReader(text), column, options);

    [Fact]
    public void MarkersThatAreNotThereAreNamed()
    {
        Should.Throw<ArgumentNullException>(() => new CsvOptions { MissingMarkers = null! }).ParamName.ShouldBe("MissingMarkers");
        Should.Throw<ArgumentException>(() => new CsvOptions { MissingMarkers = ["NA", null!] }).ParamName.ShouldBe("MissingMarkers");
    }

    [Fact]
    public void Reads_a_column_by_name_or_index()
    {
        const string text = "date,a,b\n2001-01,1,10.5\n2001-02,-2.25,2e1\n";
        Read(text, "a").ShouldBe([1f, -2.25f]);
        Read(text, "b").ShouldBe([10.5f, 20f]);
        Read(text, 2).ShouldBe([10.5f, 20f]);
        CsvSeries.ReadText(new StringReader(text), "date").ShouldBe(["2001-01", "2001-02"]);
    }

    [Fact]
    public void Double_keeps_all_digits()
    {
        CsvSeries.ReadDouble(new StringReader("x\n0.1234567890123456\n"), "x").ShouldBe([0.1234567890123456]);
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n")]
    [InlineData("a;b\n1;2\n3;4\n")]
    [InlineData("a\tb\n1\t2\n3\t4\n")]
    [InlineData("a|b\n1|2\n3|4\n")]
    [InlineData("\n\n\"a,;|\";b\n1;2\n3;4")] // candidates within quotes do not count
    [InlineData("\uFEFFa,b\r\n1,2\r\n3,4\r\n")]
    [InlineData("a,b\r1,2\r3,4\r")]
    public void Sees_the_delimiter_and_line_ends(string text)
    {
        Read(text, "b").ShouldBe([2f, 4f]);
    }

    [Fact]
    public void A_given_delimiter_wins()
    {
        const string text = "a,x b,y\n1 2\n3 4\n";
        Read(text, "b,y", new CsvOptions { Delimiter = ' ' }).ShouldBe([2f, 4f]);
        Should.Throw<DataFormatException>(() => Read(text, "b,y")).Line.ShouldBe(1);
    }

    [Fact]
    public void Quoted_fields_hold_delimiters_quotes_and_line_breaks()
    {
        const string text = "\"the, \"\"note\"\"\",\"value\"\n\"first\nsecond, third\",\"1.5\"\nplain,2\n";
        Read(text, "value").ShouldBe([1.5f, 2f]);
        CsvSeries.ReadText(new StringReader(text), "the, \"note\"").ShouldBe(["first\nsecond, third", "plain"]);
    }

    [Fact]
    public void Numbers_do_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NumberDecimalSeparator = ",";
            culture.NumberFormat.NumberGroupSeparator = ".";
            culture.NumberFormat.NegativeSign = "~";
            culture.TextInfo.ListSeparator = ";";
            CultureInfo.CurrentCulture = culture;
            Read("a,b\n1.5,-2\n", "a").ShouldBe([1.5f]);
            Read("a,b\n1.5,-2\n", "b").ShouldBe([-2f]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_file_without_header_is_read_by_index()
    {
        Read("1,2\n3,4\n", 1).ShouldBe([2f, 4f]);
        Read("a,b\n3,4\n", 1).ShouldBe([4f]);
        Read("2020,2021\n3,4\n", 1, new CsvOptions { HasHeader = true }).ShouldBe([4f]);
        Should.Throw<ArgumentException>(() => Read("1,2\n", "b", new CsvOptions { HasHeader = false }));
    }

    [Fact]
    public void Blank_lines_between_rows_are_passed_over()
    {
        Read("a,b\n\n1,2\n\n3,4\n\n\n", "b").ShouldBe([2f, 4f]);
    }

    [Fact]
    public void In_a_table_of_one_column_a_blank_line_is_a_missing_value()
    {
        Read("a\n1\n\n\n4\n\n\n", "a", new CsvOptions { MissingValues = MissingValues.Interpolate }).ShouldBe([1f, 2f, 3f, 4f]);
        ShouldFail("a\n1\n\n\n4\n", "a", line: 3, column: 1, "missing");
    }

    [Fact]
    public void Missing_values_are_filled_as_asked()
    {
        const string text = "a,b\n1,x\n,x\nNA,x\n7,x\n8,x\n";
        Read(text, "a", new CsvOptions { MissingValues = MissingValues.CarryForward }).ShouldBe([1f, 1f, 1f, 7f, 8f]);
        Read(text, "a", new CsvOptions { MissingValues = MissingValues.Interpolate }).ShouldBe([1f, 3f, 5f, 7f, 8f]);
        Read("a,b\n1,x\n-,x\n", "a", new CsvOptions { MissingValues = MissingValues.CarryForward, MissingMarkers = ["-"] }).ShouldBe([1f, 1f]);
        ShouldFail(text, "a", line: 3, column: 1, "missing");
    }

    [Fact]
    public void A_missing_end_cannot_be_filled()
    {
        ShouldFail("a,b\n,1\n2,1\n", "a", 2, 1, "first value", new CsvOptions { MissingValues = MissingValues.CarryForward });
        ShouldFail("a,b\n1,1\n2,1\n,1\n,1\n", "a", 4, 1, "to the end", new CsvOptions { MissingValues = MissingValues.Interpolate });
    }

    [Theory]
    [InlineData("date,v\n2001,1\n2002\n", "v", 3, 0, "expected 2 fields")]
    [InlineData("date,v\n2001,1\n2002,2,3\n2003,4\n", "v", 3, 0, "found 3")]
    [InlineData("date,v\n2001,1\n2002,1,5\n", "v", 3, 0, "not quoted")]
    [InlineData("", "v", 0, 0, "empty")]
    [InlineData("\n\n", "v", 0, 0, "empty")]
    [InlineData("date,v\n", "v", 0, 0, "no rows")]
    [InlineData("date,v\n2001,1\n", "w", 1, 0, "'date', 'v'")]
    [InlineData("v,date,v\n1,2001,1\n", "v", 1, 3, "columns 1 and 3")]
    [InlineData("date,v\n2001,1\n2002,one\n", "v", 3, 2, "'one'")]
    [InlineData("date;v\n2001;1,5\n", "v", 2, 2, "decimal separator")]
    [InlineData("date,v\n2001,1\n2002,NaN\n", "v", 3, 2, "not a finite")]
    [InlineData("date,v\n2001,-Infinity\n", "v", 2, 2, "not a finite")]
    [InlineData("date,v\n2001,1e39\n", "v", 2, 2, "too large for float")]
    [InlineData("date,v\n\"a\nb\",1\nc,x\n", "v", 4, 2, "'x'")] // lines, not records, are counted
    [InlineData("date,v\n\"a\nb\",x\n", "v", 2, 2, "'x'")]
    [InlineData("date,v\n\n\n2001,x\n", "v", 4, 2, "'x'")]
    [InlineData("date,v\n2001,1\n\"2002,2\n2003,3\n", "v", 3, 0, "quoted field")]
    [InlineData("date,v\n20\"\"01,1\n", "v", 2, 0, "quote")]
    public void Names_the_place_of_what_is_wrong(string text, string name, int line, int column, string says)
    {
        ShouldFail(text, name, line, column, says);
    }

    [Theory]
    [InlineData("a,b\n1,2\n\"2,2\n3,3\n", 3)]
    [InlineData("a,b\n1\"2,2\n", 2)]
    [InlineData("a,b\n\"1\"2,2\n", 2)]
    public void A_quote_that_is_wrong_is_named_with_the_fix(string text, int line) => ShouldFail(text, "b", line, 0, "double each quote in it");

    [Fact]
    public void A_record_that_is_too_long_is_named_with_its_limit()
    {
        string row = "1," + new string('x', 1 << 21);
        ShouldFail("a,b\n" + row, "b", 2, 0, "A record has at most 1048576 bytes: shorten it, or close the quote");
        ShouldFail("a,b\n1,2\n1,\"" + row, "b", 3, 0, "A record has at most 1048576 bytes: shorten it, or close the quote");
    }

    [Fact]
    public void An_index_beyond_the_table_is_named()
    {
        DataFormatException e = Should.Throw<DataFormatException>(() => Read("a,b\n1,2\n", 2));
        e.Message.ShouldContain("index 2");
        e.Message.ShouldContain("'a', 'b'");
        Should.Throw<ArgumentOutOfRangeException>(() => Read("a\n1\n", -1));
        Should.Throw<ArgumentException>(() => Read("a\n1\n", " "));
    }

    [Fact]
    public void Reads_files_and_names_them_in_errors()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "a,b\n1,2\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            CsvSeries.Read(path, "a").ShouldBe([1f]);
            CsvSeries.ReadDouble(path, 1).ShouldBe([2.0]);
            CsvSeries.ReadText(path, "b").ShouldBe(["2"]);
            DataFormatException e = Should.Throw<DataFormatException>(() => CsvSeries.Read(path, "c"));
            e.FilePath.ShouldBe(path);
            e.Message.ShouldStartWith($"{path}, line 1: ");
        }
        finally
        {
            File.Delete(path);
        }

        Should.Throw<FileNotFoundException>(() => CsvSeries.Read(path, "a"));
    }

    [Fact]
    public void Text_at_the_header_is_found_in_a_long_file()
    {
        // Longer than the parser's buffer, so that rows cross it.
        var text = new StringBuilder("index\tvalue\n");
        for (int i = 0; i < 20_000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i}\t{i * 0.5}\n");
        }

        float[] values = Read(text.ToString(), "value");
        values.Length.ShouldBe(20_000);
        values[19_999].ShouldBe(9_999.5f);
    }

    [Theory]
    [InlineData("v\t1\n\t2\n", 0, 2, 1)]    // an empty field before a tab
    [InlineData("a\tv\n1\t\n", 1, 2, 2)]    // and after one: trimming takes no field away
    public void Empty_fields_beside_tabs_are_missing(string text, int index, int line, int column)
    {
        DataFormatException e = Should.Throw<DataFormatException>(() => Read(text, index, new CsvOptions { HasHeader = true }));
        e.Message.ShouldContain("missing");
        (e.Line, e.Column).ShouldBe((line, column));
    }

    [Fact]
    public void A_damaged_file_is_read_finite_or_is_a_typed_error()
    {
        var random = new Random(1);
        string whole = "date,\"the value\"\n" + string.Concat(Enumerable.Range(0, 40).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"2001-{i}\",{i * 1.25}\n")));
        const string noise = "\",;\t\n\r 0.eE-NaI\0\uFEFFé";
        int read = 0, refused = 0;
        for (int round = 0; round < 3000; round++)
        {
            char[] text = whole.ToCharArray();
            for (int change = 0; change < 1 + (round % 4); change++)
            {
                text[random.Next(text.Length)] = noise[random.Next(noise.Length)];
            }

            string damaged = new(text, 0, round % 3 == 0 ? random.Next(text.Length + 1) : text.Length);
            try
            {
                Read(damaged, "the value").ShouldAllBe(v => float.IsFinite(v));
                read++;
            }
            catch (DataFormatException e)
            {
                e.Line.ShouldBeInRange(0, 100);
                refused++;
            }
        }

        read.ShouldBeGreaterThan(100);
        refused.ShouldBeGreaterThan(100);
    }

    private static void ShouldFail(string text, string name, int line, int column, string says, CsvOptions? options = null)
    {
        DataFormatException e = Should.Throw<DataFormatException>(() => Read(text, name, options));
        e.Message.ShouldContain(says);
        e.Line.ShouldBe(line, e.Message);
        e.Column.ShouldBe(column, e.Message);
    }
}
