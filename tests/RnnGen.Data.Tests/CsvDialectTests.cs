using System.Globalization;
using System.Text;
using CsCheck;
using Shouldly;
using Xunit;

namespace RnnGen.Data.Tests;

/// <summary>What is seen from a table, what is asked for, and that both readers of tables mean the same.</summary>
public sealed class CsvDialectTests
{
    private const string Semicolons = "2024-01-01 00:00;20,05\n2024-01-02 00:00;21,15\n2024-01-03 00:00;22,25\n";

    [Theory]
    [InlineData(Semicolons, 1, "Line 1, column 2: expected a number, found '20,05'", "DecimalSeparator")]
    [InlineData("2024-01-01 00:00\t20,05\n2024-01-02 00:00\t21,15\n", 1, "Line 1, column 2", "DecimalSeparator")]
    [InlineData("2024-01-01 00:00|20,05\n2024-01-02 00:00|21,15\n", 1, "Line 1, column 2", "DecimalSeparator")]
    [InlineData("2024-01-01 00:00:07,250;20,05\n2024-01-02 00:00:08,500;21,15\n", 1, "found '20,05'", "DecimalSeparator")]
    [InlineData("0,10;1,75;3,5\n0,20;2,75;4,5\n0,30;2,85;4,6\n", 3, "there is no column at index 3 (from 0); the line has 3", "Delimiter")]
    [InlineData("0,10;1,75;3,5\n0,20;2,75;4,5\n0,30;2,85;4,6\n", 0, "found '0,10'", "DecimalSeparator")]
    [InlineData("Zeit, s;Kraft, N\n0,1;1,5\n0,2;2,5\n", 0, "Line 2, column 1: in column 'Zeit, s' expected a number, found '0,1'", "DecimalSeparator")]
    [InlineData("1\t1,234\n2\t2,345\n", 1, "Line 1, column 2: expected a number, found '1,234'", "ThousandsSeparator")]
    [InlineData("1\t5\n2\t2,345\n", 1, "Line 2, column 2: expected a number, found '2,345'", "ThousandsSeparator")]
    [InlineData("1;1.234,5\n2;2.345,6\n", 1, "found '1.234,5'", "ThousandsSeparator")]
    [InlineData("1;1 234\n2;2 345\n", 1, "found '1 234'", "ThousandsSeparator")]
    [InlineData("1;1'234\n2;2'345\n", 1, "found '1'234'", "ThousandsSeparator")]
    [InlineData("2024-01-01 00:00 20,05\n2024-01-02 00:00 21,15\n", 1, "separated by space", "Delimiter")]
    [InlineData("0 1,5\n1 2,5\n", 1, "separated by space", "Delimiter")]
    [InlineData("1 234,5\n2 345,6\n", 1, "separated by ',' or space", "Delimiter")]
    [InlineData("1 2 3\n4 5 6\n", 0, "separated by space", "Delimiter")]
    [InlineData("x 1\ny 2\n", 0, "separated by space", "Delimiter")]
    [InlineData("Mon 1,5\nTue 2,6\n", 1, "separated by space", "Delimiter")]
    [InlineData("x y,z\n1 2,5\n", 1, "separated by space", "Delimiter")]
    [InlineData("20,05\n21,15\n", 0, "the digits of one number ('21,15')", "DecimalSeparator")]
    [InlineData("1,234,567\n2,345,678\n", 0, "the digits of one number", "ThousandsSeparator")]
    [InlineData("Zeit, s\n0,1\n0,2\n", 0, "the digits of one number", "DecimalSeparator")]
    [InlineData("x\n1,5\n2,5\n", 0, "Line 2: expected 1 fields as in the first line, found 2", "DecimalSeparator")]
    [InlineData("name;place, land\nA;X, Y\nB;Z, W\n", 0, "separated by ',' or ';'", "Delimiter")]
    [InlineData("a;b, c\n1;2,5\n3;4;5,5\n", 1, "separated by ',' or ';'", "Delimiter")]
    public void Where_two_separators_fit_the_option_is_asked_for(string text, int index, string says, string option) => Refused(text, index, null, says, $"CsvOptions.{option}", option);

    [Fact]
    public void Separators_that_are_given_are_taken()
    {
        CsvOptions comma = new() { DecimalSeparator = ',' };
        Read(Semicolons, 1, comma).ShouldBe([20.05f, 21.15f, 22.25f]);
        Read(Semicolons.Replace(';', '\t'), 1, comma).ShouldBe([20.05f, 21.15f, 22.25f]);
        Read(Semicolons.Replace(';', '|'), 1, comma).ShouldBe([20.05f, 21.15f, 22.25f]);
        Read(Semicolons.Replace(';', ' '), 2, comma with { Delimiter = ' ' }).ShouldBe([20.05f, 21.15f, 22.25f]);
        Read("Zeit, s;Kraft, N\n0,1;1,5\n0,2;2,5\n", "Zeit, s", comma).ShouldBe([0.1f, 0.2f]);
        Read("Zeit, s;Kraft, N\n0,1;1,5\n0,2;2,5\n", 1, comma).ShouldBe([1.5f, 2.5f]);
        Read("Zeit, s\n0,1\n0,2\n", "Zeit, s", comma).ShouldBe([0.1f, 0.2f]);
        Read("20,05\n21,15\n", 0, comma).ShouldBe([20.05f, 21.15f]);
        Read("20,05\n21,15\n", 0, new CsvOptions { Delimiter = ',' }).ShouldBe([20f, 21]);
        Read("1\t1,234\n2\t2,345\n", 1, new CsvOptions { ThousandsSeparator = ',' }).ShouldBe([1234f, 2345]);
        Read("1,234,567\n2,345,678\n", 0, new CsvOptions { ThousandsSeparator = ',' }).ShouldBe([1234567f, 2345678]);
        Read("1;1.234,5\n2;12\n", 1, new CsvOptions { DecimalSeparator = ',', ThousandsSeparator = '.' }).ShouldBe([1234.5f, 12]);
        Read("\"1,5\",\"2,5\"\n\"3,5\",4\n", 1, new CsvOptions { Delimiter = ',', DecimalSeparator = ',' }).ShouldBe([2.5f, 4]);
        Read("x,y\n1,\"1,234\"\n2,\"2,345\"\n", "y", new CsvOptions { ThousandsSeparator = ',' }).ShouldBe([1234f, 2345]); // the delimiter too, in quotes
        Read("1,\"1,234\"\n2,\"2,345\"\n", 1, new CsvOptions { ThousandsSeparator = ',' }).ShouldBe([1234f, 2345]);
        Read("x,y\n\"1,5\",\"2,5\"\n", "y", new CsvOptions { DecimalSeparator = ',' }).ShouldBe([2.5f]);
        CsvSeries.ReadText(new StringReader(Semicolons), 0).ShouldBe(["2024-01-01 00:00", "2024-01-02 00:00", "2024-01-03 00:00"]);
    }

    [Theory]
    [InlineData("2024-01-01 00:00:00,5\n2024-01-02 00:00:30,6\n", 1, new float[] { 5, 6 })]
    [InlineData("2024-01-01T00:00:00.250Z,5\n2024-01-02T00:00:30.500Z,6\n", 1, new float[] { 5, 6 })]
    [InlineData("00:00:01,5\n00:00:02,7\n", 1, new float[] { 5, 7 })]
    [InlineData("New York,5\nLos Angeles,6\n", 1, new float[] { 5, 6 })]
    [InlineData("Room 5 a;20\nRoom 6 b;21\n", 1, new float[] { 20, 21 })]
    [InlineData("01/02/2024 1:05 PM,5\n01/03/2024 1:06 PM,7\n", 1, new float[] { 5, 7 })]
    [InlineData("1;1,5\n2;2,5\n", 0, new float[] { 1, 2 })]
    [InlineData("1, 2\n3, 4\n", 1, new float[] { 2, 4 })]
    [InlineData("1,2\n3,4\n", 1, new float[] { 2, 4 })]
    [InlineData("a, b\n3, 4\n", 0, new float[] { 3 })]
    [InlineData("a,b\n3,4\n", 0, new float[] { 3 })]
    [InlineData("id,text\n1,hello; you\n2,bye\n", 0, new float[] { 1, 2 })]
    [InlineData("1,,3\n4,5,6\n", 2, new float[] { 3, 6 })]
    [InlineData("+1e3;-.5\n2E-1;5.\n", 0, new float[] { 1000, 0.2f })]
    [InlineData("+1e3;-.5\n2E-1;5.\n", 1, new float[] { -0.5f, 5 })]
    public void What_fits_once_is_read(string text, int index, float[] values) => Read(text, index).ShouldBe(values);

    [Theory]
    [InlineData("1,234", '.', ',', 1234.0)]
    [InlineData("-1,234,567.5e-1", '.', ',', -123456.75)]
    [InlineData("1234.5", '.', ',', 1234.5)]
    [InlineData("999", '.', ',', 999.0)]
    [InlineData("1.234,5", ',', '.', 1234.5)]
    [InlineData("1,5e3", ',', '.', 1500.0)]
    [InlineData("1\u202F234\u202F567,5", ',', '\u202F', 1234567.5)]
    [InlineData("1'234.5", '.', '\'', 1234.5)]
    [InlineData("1 234", '.', ' ', 1234.0)]
    [InlineData("1·5", '·', null, 1.5)]
    [InlineData("1,23", '.', ',', null)]
    [InlineData("1,2345", '.', ',', null)]
    [InlineData("12,34,567", '.', ',', null)]
    [InlineData(",234", '.', ',', null)]
    [InlineData("0,234", '.', ',', null)]
    [InlineData("1,,234", '.', ',', null)]
    [InlineData("1,234,", '.', ',', null)]
    [InlineData("1234,567", '.', ',', null)]
    [InlineData("1.234,567", '.', ',', null)]
    [InlineData("1e1,000", '.', ',', null)]
    [InlineData("1.5", ',', null, null)]
    [InlineData("1.5", ',', '.', null)]
    [InlineData("1,5,5", ',', null, null)]
    [InlineData("1 5", '.', null, null)]
    [InlineData("(5)", '.', null, null)]
    [InlineData("5%", '.', null, null)]
    [InlineData("0x10", '.', null, null)]
    [InlineData("1\0", '.', null, null)]
    [InlineData("１", '.', null, null)]
    public void Numbers_are_whole_and_grouped_by_three_or_none(string field, char decimals, char? thousands, double? value)
    {
        CsvOptions options = new() { Delimiter = ';', HasHeader = false, DecimalSeparator = decimals, ThousandsSeparator = thousands };
        if (value is { } number)
        {
            CsvSeries.ReadDouble(new StringReader($"a;{field}\n"), 1, options).ShouldBe([number]);
            Read($"a;{field}\n", 1, options).ShouldBe([(float)number]);
        }
        else
        {
            Refused($"a;{field}\n", 1, options, "Line 1, column 2: expected a number");
        }
    }

    [Theory]
    [InlineData("1,,234", ',')]
    [InlineData("1,,234\n5\n", ',')]
    [InlineData("12,34,567\n1,234,567\n", ',')]
    [InlineData("1..5\n2.5\n", null)]
    [InlineData("5%\n6.5\n", null)]
    [InlineData("$5\n6.5\n", null)]
    [InlineData("--5\n6.5\n", null)]
    public void A_first_number_that_is_badly_written_is_no_header(string text, char? thousands)
    {
        CsvOptions options = new() { ThousandsSeparator = thousands };
        Refused(text, 0, options, "Line 1: the first line may name the columns or be a row", "CsvOptions.HasHeader");
        Refused(text, 0, options with { HasHeader = false }, "Line 1, column 1: expected a number");
    }

    [Fact]
    public void Separators_that_contradict_each_other_are_refused()
    {
        Should.Throw<ArgumentException>(() => Read("1;2\n", 1, new CsvOptions { ThousandsSeparator = '.' })).Message.ShouldContain("set DecimalSeparator too");
        foreach (char bad in "1a+-\"\n\0é")
        {
            Should.Throw<ArgumentOutOfRangeException>(() => new CsvOptions { DecimalSeparator = bad });
            Should.Throw<ArgumentOutOfRangeException>(() => new CsvOptions { ThousandsSeparator = bad });
        }

        Should.Throw<ArgumentOutOfRangeException>(() => new CsvOptions { DecimalSeparator = ' ' });
        foreach (char bad in "\"\n\0é")
        {
            Should.Throw<ArgumentOutOfRangeException>(() => new CsvOptions { Delimiter = bad });
        }
    }

    [Theory]
    [InlineData(",0,1\n0,1.5,2.5\n1,3.5,4.5\n", 1, new float[] { 1.5f, 3.5f })]       // as a data frame is written, with its index
    [InlineData(",0,1,2\n7,5,6,7\n9,8,9,10\n", 3, new float[] { 7, 10 })]
    [InlineData(",a,b\n0,1.5,2.5\n", 1, new float[] { 1.5f })]
    [InlineData("1,2,3\n4,5,6\n", 2, new float[] { 3, 6 })]
    [InlineData("2019,5\n2020,6\n2021,4\n", 1, new float[] { 5, 6, 4 })]
    [InlineData("2019\n2020\n2021\n", 0, new float[] { 2019, 2020, 2021 })]
    [InlineData("Bob,5\nAl,6\n", 1, new float[] { 5, 6 })]
    [InlineData("7,2.5,3\n1.5,4,5\n", 0, new float[] { 7, 1.5f })]
    public void The_first_line_is_a_header_or_a_row(string text, int index, float[] values) => Read(text, index).ShouldBe(values);

    [Theory]
    [InlineData("2019,2020,2021\n10,12,13\n11,12,15\n", 1)]
    [InlineData("2019,2020\n1.5,2.5\n3.5,4.5\n", 1)]
    [InlineData("land,2019,2020\nA,1.5,2.5\n", 1)]
    [InlineData("land,2019\nA,1.5\n", 1)]
    [InlineData("0,1\n1.5,2.5\n3.5,4.5\n", 1)]
    [InlineData(",2019,2021\n0,1.5,2.5\n1,3.5,4.5\n", 1)]
    [InlineData("1;-x\n2;5\n3;6\n", 1)]
    [InlineData("time,x,2020\n1,2,3\n", 1)]
    [InlineData("Bob,5\nAl,6\n", 0)]
    [InlineData("Bob\nAl\n", 0)]
    [InlineData("name,town\nBob,Rome\n", 1)]
    public void Where_the_first_line_may_be_either_HasHeader_is_asked_for(string text, int index)
    {
        Refused(text, index, null, "Line 1: the first line may name the columns or be a row", "CsvOptions.HasHeader");
        int rows = text.Count(c => c == '\n');
        CsvSeries.ReadText(new StringReader(text), index, new CsvOptions { HasHeader = true }).Length.ShouldBe(rows - 1);
        CsvSeries.ReadText(new StringReader(text), index, new CsvOptions { HasHeader = false }).Length.ShouldBe(rows);
    }

    [Theory]
    [InlineData("a,\n1,2\n")]
    [InlineData(",a\n0,1\n", 0)]
    public void A_header_without_a_name_for_the_column_is_told_from_a_missing_value(string text, int index = 1)
    {
        Should.Throw<DataFormatException>(() => Read(text, index)).Message.ShouldContain("no name for the requested column");
        CsvSeries.Read(new StringReader(text), index, new CsvOptions { HasHeader = true }).Length.ShouldBe(1);
        Should.Throw<DataFormatException>(() => Read("1,\n3,2\n", 1)).Message.ShouldContain("the value is missing");
    }

    [Theory]
    [InlineData("%")]
    [InlineData("")]
    [InlineData("q")]
    [InlineData("yyyy-MM-dd 'T")]
    public void A_format_of_dates_that_is_none_is_refused_at_the_option(string format) =>
        Should.Throw<ArgumentException>(() => new CsvOptions { DateFormat = format }).Message.ShouldContain($"'{format}' is not a date format");

    [Fact]
    public void A_marker_that_is_not_named_is_no_header()
    {
        Refused("n/a\n1\n2\n", 0, null, "Line 1, column 1: expected a number, found 'n/a'", "MissingMarkers");
        Refused("NaN\n1\n2\n", 0, null, "Line 1, column 1: 'NaN' is not a finite number", "MissingMarkers");
        Read("1\nn/a\n3\n", 0, new CsvOptions { MissingMarkers = ["n/a"], MissingValues = MissingValues.Interpolate }).ShouldBe([1f, 2, 3]);
    }

    [Fact]
    public void Blank_lines_mean_the_same_in_both_readers()
    {
        const string one = "x\n1\n\n3\n\n\n6\n\n";
        Read(one, "x", new CsvOptions { MissingValues = MissingValues.CarryForward }).ShouldBe([1f, 1, 3, 3, 3, 6]);
        Read(one, "x", new CsvOptions { MissingValues = MissingValues.Interpolate }).ShouldBe([1f, 2, 3, 4, 5, 6]);
        Read(one, "x", new CsvOptions { MissingValues = MissingValues.Keep }).ShouldBe([1f, float.NaN, 3, float.NaN, float.NaN, 6]);
        Read(one, "x", new CsvOptions { MissingValues = MissingValues.DropRow }).ShouldBe([1f, 3, 6]);
        Read(one.Replace("\n", "\r\n", StringComparison.Ordinal), 0, new CsvOptions { MissingValues = MissingValues.CarryForward }).ShouldBe([1f, 1, 3, 3, 3, 6]);
        Refused(one, "x", null, "Line 3, column 1: in column 'x' the value is missing");
        Read("\n\nx,y\n\n1,2\n \n3,4\n", "y").ShouldBe([2f, 4]);
        CsvSeries.ReadText(new StringReader(one), "x").ShouldBe(["1", "", "3", "", "", "6"]);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        Gen<(double[][] Rows, CsvOptions Options, bool IsQuoted, string LineEnd)> tables =
            from width in Gen.Int[1, 4]
            from rows in s_number.Array[width].Array[1, 12]
            from delimiter in Gen.OneOf(',', ';', '\t', '|', ' ')
            from decimals in Gen.OneOf('.', ',')
            from thousands in Gen.OneOf(new char?[] { null, '.', ',', '\'', '\u00A0' })
            from hasHeader in Gen.Bool
            from isQuoted in Gen.Bool
            from lineEnd in Gen.OneOf("\n", "\r\n", "\r")
            where thousands != decimals
            select (rows, new CsvOptions { Delimiter = delimiter == thousands ? ';' : delimiter, DecimalSeparator = decimals, ThousandsSeparator = thousands, HasHeader = hasHeader }, isQuoted, lineEnd);
        tables.Sample(t =>
        {
            string text = Write(t.Rows, t.Options, t.IsQuoted, t.LineEnd);
            for (int column = 0; column < t.Rows[0].Length; column++)
            {
                double[] expected = [.. t.Rows.Select(r => r[column])];
                Same(text, column, t.Options).ShouldBe(expected, text);
                if (t.Options.HasHeader == true)
                {
                    Same(text, $"c, {column}", t.Options with { HasHeader = null }).ShouldBe(expected, text);
                }

                // Without the options the values are those, or there is an error: never others. A point between thousands looks like a decimal point.
                if (t.Options is not { ThousandsSeparator: '.' } && Try(text, column, new CsvOptions()) is { } seen)
                {
                    seen.ShouldBe(expected, text);
                }
            }
        }, iter: 3000);
    }

    [Fact]
    public void Text_is_read_back_from_every_encoding()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv");
        Gen<string> text = Gen.OneOf(Gen.String[Gen.Char["aé,;|\t\"' \n\rü€0"], 0, 8], Gen.String[Gen.OneOf('\u0301', 'x', '\u2028', '\uFFFD', 'Ж'), 0, 8]);
        try
        {
            Gen.Select(text.Array[2].Array[1, 8], Gen.OneOf(',', ';', '\t', '|'), Gen.OneOf(new Encoding[] { new UTF8Encoding(false), new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32, new UnicodeEncoding(false, false) })).Sample(
                (rows, delimiter, encoding) =>
                {
                    File.WriteAllText(path, $"first{delimiter}second\n" + string.Concat(rows.Select(r => string.Join(delimiter, r.Select(f => $"\"{f.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) + "\n")), encoding);
                    CsvOptions options = new() { Delimiter = delimiter, Encoding = encoding };
                    CsvSeries.ReadText(path, "second", options).ShouldBe([.. rows.Select(r => r[1])]);
                    CsvSeries.ReadText(path, 0, options with { HasHeader = true }).ShouldBe([.. rows.Select(r => r[0])]);
                }, iter: 300, threads: 1);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Numbers with at most six digits, so that float holds them and they are written as they are read.
    private static readonly Gen<double> s_number = Gen.Select(Gen.Int[-999_999, 999_999], Gen.OneOf(1.0, 10, 1000), (i, by) => i / by);

    private static string Write(double[][] rows, CsvOptions options, bool isQuoted, string lineEnd)
    {
        NumberFormatInfo format = new() { NumberDecimalSeparator = $"{options.DecimalSeparator}", NumberGroupSeparator = $"{options.ThousandsSeparator}", NumberGroupSizes = [3] };
        string Field(string field) => isQuoted || field.Contains(options.Delimiter!.Value, StringComparison.Ordinal) ? $"\"{field}\"" : field;
        string Line(IEnumerable<string> fields) => string.Join(options.Delimiter!.Value, fields.Select(Field)) + lineEnd;
        return (options.HasHeader == true ? Line(rows[0].Select((_, i) => $"c, {i}")) : "")
            + string.Concat(rows.Select(r => Line(r.Select(v => v.ToString(options.ThousandsSeparator is null ? "0.###" : "#,0.###", format)))));
    }

    /// <summary>What both readers say; they say the same.</summary>
    private static float[] Read(string text, CsvColumn column, CsvOptions? options = null)
    {
        float[] values = CsvSeries.Read(new StringReader(text), column, options);
        CsvTable.Read(new StringReader(text), [column], options).ShouldBe(values);
        CsvSeries.ReadDouble(new StringReader(text), column, options).Select(v => (float)v).ShouldBe(values);
        return values;
    }

    private static double[] Same(string text, CsvColumn column, CsvOptions options)
    {
        double[] values = CsvSeries.ReadDouble(new StringReader(text), column, options);
        CsvTable.Read(new StringReader(text), [column], options).ShouldBe([.. values.Select(v => (float)v)], text);
        return values;
    }

    private static double[]? Try(string text, CsvColumn column, CsvOptions options)
    {
        try
        {
            return Same(text, column, options);
        }
        catch (DataFormatException e)
        {
            Should.Throw<DataFormatException>(() => CsvTable.Read(new StringReader(text), [column], options)).Message.Replace("float", "double", StringComparison.Ordinal).ShouldBe(e.Message);
            return null;
        }
    }

    private static void Refused(string text, CsvColumn column, CsvOptions? options, params string[] says)
    {
        DataFormatException series = Should.Throw<DataFormatException>(() => CsvSeries.Read(new StringReader(text), column, options));
        Should.Throw<DataFormatException>(() => CsvTable.Read(new StringReader(text), [column], options)).Message.ShouldBe(series.Message);
        foreach (string part in says)
        {
            series.Message.ShouldContain(part);
        }
    }
}
