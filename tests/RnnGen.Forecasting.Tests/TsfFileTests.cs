using RnnGen.Data;

namespace RnnGen.Forecasting.Tests;

public sealed class TsfFileTests
{
    private const string Header = "# Monash\n@relation Tourism\n@attribute series_name string\n@attribute start_timestamp date\n@attribute state string\n@attribute size numeric\n@frequency monthly\n@horizon 24\n@missing true\n@equallength false\n@data\n";

    [Fact]
    public void A_file_is_read_whole()
    {
        TsfFile file = TsfFile.Read(new StringReader(Header + "T1:1979-01-31 00-00-00:NSW:3:1,2.5,?\nT2:1980-03-01 12-00-00:VIC:4:-4e2\n"));
        file.Name.ShouldBe("Tourism");
        file.Horizon.ShouldBe(24);
        file.Series.Frequency.ShouldBe(Frequency.Monthly);
        file.Series["T1"].Targets.ToArray().ShouldBe([1, 2.5, double.NaN]);
        file.Series["T1"].Times![1].ShouldBe(new DateTime(1979, 2, 28));
        file.Series["T2"].Targets.ToArray().ShouldBe([-400]);
        file.Series.StaticNames.ShouldBe(["state=NSW", "state=VIC", "size"]);
        file.Series["T2"].Statics.ToArray().ShouldBe([0, 1, 4]);
    }

    /// <summary>The header says what an attribute is, not its values.</summary>
    [Fact]
    public void A_string_is_a_category_and_an_unknown_static_an_error()
    {
        SeriesSet set = TsfFile.Read(new StringReader(Header + "T1:1979-01-31 00-00-00:1:3:1\nT2:1979-01-31 00-00-00:2:4:1\n")).Series;
        set.StaticNames.ShouldBe(["state=1", "state=2", "size"]);
        Should.Throw<SeriesDataException>(() => TsfFile.Read(new StringReader(Header + "T1:1979-01-31 00-00-00:?:3:1\n"))).Message.ShouldContain("the static 'state' is missing");
    }

    [Theory]
    [InlineData("half_hourly", "30 minutes")]
    [InlineData("10_minutes", "10 minutes")]
    [InlineData("4_seconds", "4 seconds")]
    [InlineData("weekly", "7 days")]
    [InlineData("quarterly", "3 months")]
    public void Frequencies_are_those_of_the_archive(string text, string expected) =>
        TsfFile.Read(new StringReader($"@attribute start date\n@frequency {text}\n@data\n2020-01-01 00-00-00:1,2\n")).Series.Frequency.ToString().ShouldBe(expected);

    [Theory]
    [InlineData("@frequency sometimes\n@data\n1\n", 1, "is not a frequency")]
    [InlineData("@attribute a string\n@data\nx:1\nx,1\n", 4, "1 parts between colons")]
    [InlineData("@missing false\n@data\n1,?\n", 3, "value 2 is missing")]
    [InlineData("@equallength true\n@data\n1,2\n1\n", 4, "the header says @equallength true")]
    [InlineData("@data\n1,x\n", 2, "value 2 is 'x'")]
    [InlineData("@colour blue\n@data\n1\n", 1, "expected a line of the header")]
    [InlineData("@attribute a date\n@frequency daily\n@data\n2020-01-01:1\n", 4, "is not a time of the form")]
    [InlineData("@horizon 2\n@horizon 3\n@data\n1\n", 2, "the header has a second line such as '@horizon 3'")]
    [InlineData("@attribute a string\n@attribute a numeric\n@data\nx:1:1\n", 2, "the header has a second line")]
    [InlineData("@attribute a string\n@attribute size numeric\n@data\nx:3:1\ny:NaN:1\n", 5, "the attribute 'size' is 'NaN', but the header says that it is numeric")]
    [InlineData("@data\n", 0, "no series below @data")]
    [InlineData("@relation x\n", 0, "no line @data")]
    public void What_cannot_be_read_is_an_error_at_its_line(string text, int line, string message)
    {
        DataFormatException error = Should.Throw<DataFormatException>(() => TsfFile.Read(new StringReader(text)));
        error.Message.ShouldContain(message);
        error.Line.ShouldBe(line);
    }
}
