using System.Text;
using Shouldly;
using Xunit;

namespace RnnGen.Data.Tests;

/// <summary>Files of the UCR/UEA archive, whole, damaged, and real ones where they are at hand.</summary>
public sealed class TimeSeriesFileTests
{
    private const string Text = """
        # a comment
        @problemName Two
        @timeStamps false
        @univariate false
        @classLabel true one two
        @data
        1,2,3:4,5,6:two
        7:?:one

        """;

    private static TimeSeriesFile Read(string text) => TimeSeriesFile.Read(new StringReader(text));

    [Fact]
    public void Channels_lengths_labels_and_missing_values_are_read()
    {
        TimeSeriesFile file = Read(Text);
        (file.Name, file.Channels, file.LongestSteps).ShouldBe(("Two", 2, 3));
        file.Labels.ShouldBe(["one", "two"]);
        file.Series[0].Values.ShouldBe([1, 4, 2, 5, 3, 6]);
        (file.Series[0].Steps, file.Series[0].Class).ShouldBe((3, 1));
        file.Series[1].Values.ShouldBe([7, float.NaN]);
        file.Series[1].Class.ShouldBe(0);
        Read("@data\n1,2\n3,4").Series.ShouldAllBe(s => s.Class == -1 && s.Steps == 2);
    }

    [Theory]
    [InlineData("1,2,3:4,5:one", "Line 7: channel 2 has 2 values")]
    [InlineData("1,2,3:one", "Line 8: expected 1 channels, found 2")]
    [InlineData("1,2,x:4,5,6:one", "Line 7: channel 1: 'x'")]
    [InlineData("1,2,NaN:4,5,6:one", "'NaN' is not a finite number")]
    [InlineData("1,2,3:4,5,6:three", "the label 'three' is none of one, two")]
    public void Bad_lines_are_named(string line, string message)
    {
        Should.Throw<DataFormatException>(() => Read(Text.Replace("1,2,3:4,5,6:two", line, StringComparison.Ordinal))).Message.ShouldContain(message);
    }

    [Fact]
    public void Bad_headers_are_named()
    {
        Should.Throw<DataFormatException>(() => Read("")).Message.ShouldContain("@data");
        Should.Throw<DataFormatException>(() => Read("@data\n")).Message.ShouldContain("no series");
        Should.Throw<DataFormatException>(() => Read("1,2,3")).Message.ShouldContain("Line 1: expected a header line");
        Should.Throw<DataFormatException>(() => Read("@classLabel maybe\n@data\n1")).Message.ShouldContain("true or false");
        Should.Throw<DataFormatException>(() => Read("@timeStamps true\n@data\n1")).Message.ShouldContain("time stamps");
    }

    [Fact]
    public void Damaged_files_give_a_series_or_a_typed_error()
    {
        Random random = new(1);
        byte[] whole = Encoding.UTF8.GetBytes(Text);
        int read = 0, refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = whole[..(random.Next(4) == 0 ? random.Next(whole.Length + 1) : whole.Length)];
            for (int n = random.Next(4); n > 0 && damaged.Length > 0; n--)
                damaged[random.Next(damaged.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : ":,@\n?1"u8[random.Next(6)];
            try
            {
                Read(Encoding.UTF8.GetString(damaged)).Series.ShouldNotBeEmpty();
                read++;
            }
            catch (DataFormatException)
            {
                refused++;
            }
        }

        read.ShouldBeGreaterThan(1000);
        refused.ShouldBeGreaterThan(1000);
    }

    [SharedSeriesFact]
    public void The_Japanese_vowels_are_read()
    {
        string folder = Path.Combine(Path.GetDirectoryName(SharedSeriesFactAttribute.Folder!)!, "ucr", "JapaneseVowels");
        TimeSeriesFile train = TimeSeriesFile.Read(Path.Combine(folder, "JapaneseVowels_TRAIN.ts")), test = TimeSeriesFile.Read(Path.Combine(folder, "JapaneseVowels_TEST.ts"));
        (train.Series.Count, test.Series.Count, train.Channels, train.Labels.Count).ShouldBe((270, 370, 12, 9));
        train.Series.Concat(test.Series).Select(s => s.Steps).ShouldAllBe(s => s >= 7 && s <= 29);
        train.Series[0].Values[0].ShouldBe(1.860936f);
        train.Series[0].Values[1].ShouldBe(-0.207383f);
    }
}
