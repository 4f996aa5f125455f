using Shouldly;
using Xunit;

namespace RnnGen.Data.Tests;

public sealed class CsvTableTests
{
    private const string Text = "time,a,b\n2020-01-01,1,10\n2020-01-02,2,NA\n\n2020-01-03,,\n2020-01-04,5,40\n2020-01-05,6,50\n";

    [Fact]
    public void Columns_are_read_by_name_and_index_in_the_order_asked_for()
    {
        Read("x\ty\tz\n1\t2\t3\n4\t5\t6\n", ["z", "x"]).ShouldBe([3f, 1, 6, 4]);
        Read("1;2;3\n4;5;6\n", [2, 0]).ShouldBe([3f, 1, 6, 4]);
        Read("x,y\n1,2\n", [1, 0]).ShouldBe([2f, 1]); // the first line is no row of numbers
        Read("x,y\n\"1\",2\n", ["y", "y"]).ShouldBe([2f, 2]);
    }

    [Fact]
    public void Missing_values_go_by_the_policy()
    {
        Read(Text, ["a", "b"], MissingValues.CarryForward).ShouldBe([1f, 10, 2, 10, 2, 10, 5, 40, 6, 50]);
        Read(Text, ["a", "b"], MissingValues.Interpolate).ShouldBe([1f, 10, 2, 20, 3.5f, 30, 5, 40, 6, 50]);
        Read(Text, ["a", "b"], MissingValues.DropRow).ShouldBe([1f, 10, 5, 40, 6, 50]);
        Read(Text, ["a", "b"], MissingValues.Keep).ShouldBe([1f, 10, 2, float.NaN, float.NaN, float.NaN, 5, 40, 6, 50]);
        Should.Throw<DataFormatException>(() => Read(Text, ["a", "b"])).Message.ShouldBe("Line 3, column 3: in column 'b' the value is missing; fill it in, or set CsvOptions.MissingValues.");
        Should.Throw<DataFormatException>(() => Read("a,b\n,1\n2,3\n", ["a"], MissingValues.CarryForward)).Message.ShouldContain("Line 2, column 1: in column 'a' the first value is missing");
        Should.Throw<DataFormatException>(() => Read("a,b\n1,1\n,3\n", ["a"], MissingValues.Interpolate)).Message.ShouldContain("Line 3, column 1: in column 'a' values are missing from here to the end");
        CsvSeries.Read(new StringReader("a\n1\nNA\n3\n"), "a", new CsvOptions { MissingValues = MissingValues.DropRow }).ShouldBe([1f, 3]);
        CsvSeries.Read(new StringReader("a\n1\nNA\n3\n"), "a", new CsvOptions { MissingValues = MissingValues.Keep }).ShouldBe([1f, float.NaN, 3]);
    }

    [Fact]
    public void Dates_must_follow_each_other()
    {
        CsvOptions options = new() { DateColumn = "time", MissingValues = MissingValues.Keep };
        CsvTable.Read(new StringReader(Text), ["a"], options).Length.ShouldBe(5);
        Should.Throw<DataFormatException>(() => CsvTable.Read(new StringReader(Text.Replace("01-04", "01-03", StringComparison.Ordinal)), ["a"], options)).Message
            .ShouldBe("Line 6, column 1: the date '2020-01-03' does not follow '2020-01-03' of the row before; sort the rows by date, oldest first, with one row per date.");
        Should.Throw<DataFormatException>(() => CsvTable.Read(new StringReader(Text.Replace("2020-01-04", "soon", StringComparison.Ordinal)), ["a"], options)).Message.ShouldContain("expected a date, found 'soon'");
        const string german = "d;a\n31.01.2020;1\n01.02.2020;2\n";
        CsvTable.Read(new StringReader(german), ["a"], new CsvOptions { DateColumn = "d", DateFormat = "dd.MM.yyyy" }).ShouldBe([1f, 2]);
        Should.Throw<DataFormatException>(() => CsvTable.Read(new StringReader(german), ["a"], new CsvOptions { DateColumn = "d" })).Message.ShouldContain("DateFormat");
    }

    [Theory]
    [InlineData("1.5", "2.5")]
    [InlineData("1,5", "2,5")]
    [InlineData("12.2023", "12.2024")]
    [InlineData("1,234", "1,235")]
    public void A_plain_number_is_no_date(string first, string second)
    {
        string text = $"d;a\n{first};1\n{second};2\n";
        Should.Throw<DataFormatException>(() => CsvTable.Read(new StringReader(text), ["a"], new CsvOptions { DateColumn = "d", Delimiter = ';' })).Message
            .ShouldContain($"Line 2, column 1: expected a date, found '{first}'; set the format with CsvOptions.DateFormat.");
        CsvTable.Read(new StringReader("d;a\n12.2023;1\n01.2024;2\n"), ["a"], new CsvOptions { DateColumn = "d", DateFormat = "MM.yyyy" }).ShouldBe([1f, 2]);
    }

    [Fact]
    public void The_first_line_of_Excel_says_what_separates_fields()
    {
        CsvTable.Read(new StringReader("sep=;\na;b\n1;2\n3;4\n"), ["a", "b"]).ShouldBe([1f, 2, 3, 4]);
        CsvTable.Read(new StringReader("\uFEFFsep=\t\na\tb\n1\t2\n"), ["b"]).ShouldBe([2f]);
        CsvTable.Read(new StringReader("\nSEP=,\n\na,b\n1,2\n"), ["a", "b"], new CsvOptions { Delimiter = ',' }).ShouldBe([1f, 2]);
        Should.Throw<DataFormatException>(() => CsvTable.Read(new StringReader("sep=;\na;b\n1;2\n"), ["a"], new CsvOptions { Delimiter = ',' })).Message
            .ShouldBe("Line 1: the first line says that the delimiter is ';', but CsvOptions.Delimiter is ','; do not set it, or correct the line.");
        Should.Throw<DataFormatException>(() => CsvTable.Read(new StringReader("sep=;\na;b\n1;x\n"), ["b"])).Message.ShouldStartWith("Line 3, column 2: in column 'b' expected a number");
        Should.Throw<DataFormatException>(() => CsvTable.Read(new StringReader("sep=;\n"), [0])).Message.ShouldContain("the file is empty");
        CsvTable.Read(new StringReader("sep=;\r\na;b\r\n1;2\r\n3;4\r\n"), [0, 1]).ShouldBe([1f, 2, 3, 4]);
        CsvTable.Read(new StringReader("sep=;\n1,5;2\n3;4\n"), [0, 1], new CsvOptions { DecimalSeparator = ',', HasHeader = false }).ShouldBe([1.5f, 2, 3, 4]);
        CsvTable.Read(new StringReader("sep=;\n1;2\n3;4\n"), [0, 1]).ShouldBe([1f, 2, 3, 4]);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("a,b\n", "no rows below the header")]
    [InlineData("a,b\n1\n", "Line 2: expected 2 fields")]
    [InlineData("a,b\n1,x\n", "Line 2, column 2: in column 'b' expected a number, found 'x'")]
    [InlineData("a,b\n1,1e99\n", "not a finite number of type float")]
    [InlineData("a,c\n1,1\n", "there is no column 'b'; the columns are 'a', 'c'")]
    [InlineData("a,b,b\n1,1,1\n", "columns 2 and 3 are both named 'b'")]
    [InlineData("a,b\n1,\"2\n", "Line 2: the line cannot be read as delimited text")]
    public void Faults_are_named(string text, string message) => Should.Throw<DataFormatException>(() => Read(text, ["a", "b"])).Message.ShouldContain(message);

    [Fact]
    public void A_quote_that_is_never_closed_does_not_swallow_the_file()
    {
        string text = "a,b\n1,\"" + string.Concat(Enumerable.Repeat("2,3\n", 1 << 19));
        Should.Throw<DataFormatException>(() => Read(text, ["a", "b"])).Line.ShouldBe(2);
        Should.Throw<DataFormatException>(() => CsvSeries.Read(new StringReader(text), "a"));
    }

    [Fact]
    public void A_file_is_streamed_and_can_be_read_again()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv");
        try
        {
            File.WriteAllText(path, "a,b\n1,2\n3,4\n");
            IEnumerable<ReadOnlyMemory<float>> rows = CsvTable.Rows(path, ["b"]);
            rows.Select(r => r.Span[0]).ShouldBe([2f, 4]);
            rows.Select(r => r.Span[0]).ShouldBe([2f, 4]);
            CsvTable.RowsDouble(path, ["a", "b"]).Select(r => r.Length).ShouldBe([2, 2]);
            CsvTable.Read(path, ["a", "b"]).ShouldBe([1f, 2, 3, 4]);
            File.AppendAllText(path, "5\n");
            Should.Throw<DataFormatException>(() => CsvTable.Read(path, ["a"])).Message.ShouldStartWith($"{path}, line 4: ");
        }
        finally
        {
            File.Delete(path);
        }

        Should.Throw<FileNotFoundException>(() => CsvTable.Rows(path, ["a"]).Count());
        Should.Throw<ArgumentException>(() => CsvTable.Rows(path, []));
    }

    private static float[] Read(string text, CsvColumn[] columns, MissingValues missing = MissingValues.Error) => CsvTable.Read(new StringReader(text), columns, new CsvOptions { MissingValues = missing });
}
