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
    [InlineData("1,2,1e39:4,5,6:one", "'1e39' is not a finite number")]
    [InlineData("1,2,Infinity:4,5,6:one", "'Infinity' is not a finite number")]
    [InlineData("1,,3:4,5,6:one", "channel 1: '' is not")]
    [InlineData("one", "Line 7: the series has one part")]
    [InlineData("1,2,3:4,5,6:three", "the label 'three' is not one of one, two")]
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

    [Theory]
    [InlineData("@univariate true", "1,2:3,4", "Line 3: the series has 2 channels, but line 1 says @univariate true")]
    [InlineData("@univariate false", "1,2", "Line 1: the header says @univariate false")]
    [InlineData("@dimensions 3", "1,2:3,4", "Line 3: the series has 2 channels, but line 1 says @dimensions 3")]
    [InlineData("@dimension 1", "1,2:3,4", "Line 3: the series has 2 channels")]
    [InlineData("@univariate true\n@dimensions 2", "1:2", "Line 2: @dimensions 2 contradicts @univariate true in line 1")]
    [InlineData("@dimensions 1\n@univariate false", "1,2", "Line 1: @dimensions 1 contradicts @univariate false in line 2")]
    [InlineData("@equalLength true", "1,2\n1,2,3", "Line 4: the series has 3 steps where the first one has 2, but line 1 says @equalLength true")]
    [InlineData("@seriesLength 4", "1,2,3,4\n5,6", "Line 4: the series has 2 steps, but line 1 says @seriesLength 4")]
    [InlineData("@equalLength true\n@seriesLength 4", "1,2", "Line 4: the series has 2 steps, but line 2 says @seriesLength 4")]
    [InlineData("@equalLength false\n@seriesLength 4", "1,2,3,4", "Line 2: @seriesLength 4 contradicts @equalLength false in line 1")]
    [InlineData("@missing false", "1,2\n1,?", "Line 4: channel 1 has a missing value, but line 1 says @missing false")]
    [InlineData("@missing false", "1,NaN", "missing value")]
    [InlineData("@classLabel true", "1,2:a", "Line 1: @classLabel true needs labels after it")]
    [InlineData("@classLabel false a b", "1,2", "Line 1: @classLabel false has 2 labels")]
    [InlineData("@classLabel true a b a", "1,2:a", "Line 1: the label 'a' is given 2 times")]
    [InlineData("@classLabel true a b", "1,2:c", "Line 3: the label 'c' is not one of a, b")]
    [InlineData("@classLabel true a\n@targetlabel true", "1,2:1", "Line 2: a series has either a class or a number as its target")]
    [InlineData("@missing true\n@missing true", "1", "Line 2: @missing is given a second time; it is also in line 1")]
    [InlineData("@seriesLength 0", "1", "Line 1: @seriesLength needs an integer of at least 1")]
    [InlineData("@dimensions two", "1", "@dimensions needs an integer")]
    [InlineData("@frequency daily", "1", "Line 1: '@frequency' is unknown")]
    [InlineData("@problemName P", "1:2", "does not say whether the last one is a label")]
    public void A_header_that_contradicts_itself_or_the_series_is_named(string header, string series, string message) =>
        Should.Throw<DataFormatException>(() => Read($"{header}\n@data\n{series}\n")).Message.ShouldContain(message);

    [Theory]
    [InlineData("@univariate true\n@dimensions 1\n@equalLength true\n@seriesLength 2\n@missing false\n@targetLabel false", "1,2\n3,4")]
    [InlineData("@equalLength false\n@missing true", "1,2\n3,4")]
    [InlineData("@dimensions 2\n@seriesLength 1", "1:2\n3:4")]
    [InlineData("@classLabel false\n@univariate false", "1:2\n3:4")]
    public void A_header_that_is_right_is_read(string header, string series) => Read($"{header}\n@data\n{series}\n").Series.Sum(s => s.Values.Sum()).ShouldBe(10);

    [Fact]
    public void Missing_values_are_NaN_however_they_are_written()
    {
        TimeSeriesFile file = Read("@missing true\n@classLabel true 1 2\n@data\n1,NaN:1\n?,nan:2\n");
        file.Series[0].Values.ShouldBe([1, float.NaN]);
        file.Series[1].Values.ShouldBe([float.NaN, float.NaN]);
    }

    [Fact]
    public void The_numbers_of_a_regression_are_targets()
    {
        foreach (string tag in new[] { "@targetlabel true", "@targetLabel true\n@classLabel false" })
        {
            TimeSeriesFile file = Read($"@univariate true\n{tag}\n@data\n1,2,3:0.5\n5,6,7:-7e2\n5,6,7:?\n");
            (file.HasTargets, file.Channels, file.Labels.Count).ShouldBe((true, 1, 0));
            file.Series.Select(s => s.Target).ShouldBe([0.5f, -700, float.NaN]);
            file.Series[1].Values.ShouldBe([5, 6, 7]);
            file.Series.ShouldAllBe(s => s.Class == -1);
        }

        // One step: a part is a channel or the target by what the header says alone.
        TimeSeriesFile one = Read("@targetlabel true\n@data\n1:0.5\n5:0.7\n");
        (one.Channels, one.Series[1].Values[0], one.Series[1].Target).ShouldBe((1, 5, 0.7f));
        Should.Throw<DataFormatException>(() => Read("@targetlabel true\n@data\n1,2:high\n")).Message.ShouldContain("Line 3: the target: 'high' is not a finite number");
        Read("@targetlabel false\n@data\n1,2\n").HasTargets.ShouldBeFalse();
        float.IsNaN(Read("@data\n1,2\n").Series[0].Target).ShouldBeTrue();
    }

    [Theory]
    [InlineData("@targetlabel true a b", "'@targetlabel true' has 'a' after it")]
    [InlineData("@targetlabel false 3", "'@targetlabel false' has '3' after it")]
    [InlineData("@univariate true 1", "'@univariate true' has '1' after it")]
    [InlineData("@missing false NaN", "'@missing false' has 'NaN' after it")]
    [InlineData("@equalLength true 2", "'@equalLength true' has '2' after it")]
    [InlineData("@timeStamps false no", "'@timeStamps false' has 'no' after it")]
    [InlineData("@data 1,2", "'@data' has '1,2' after it")]
    public void A_tag_takes_no_more_words_than_it_needs(string tag, string message) =>
        Should.Throw<DataFormatException>(() => Read($"{tag}\n@data\n1,2\n")).Message.ShouldStartWith($"Line 1: {message}; expected the end of the line.");

    [Fact]
    public void A_regression_has_no_labels()
    {
        using StringReader reader = new("@univariate true\n@targetlabel true\n@data\n1,2:0.5\n");
        Should.Throw<DataFormatException>(() => TimeSeriesFile.Read(reader, new() { Labels = ["up", "down"] })).Message
            .ShouldContain("Line 2: the file is a regression, whose targets are numbers, but TimeSeriesOptions.Labels are set");
    }

    [Theory]
    [InlineData("@classLabel false\n", "Line 1: ", "says @classLabel false")]
    [InlineData("", "Line 1: ", "has no @classLabel")]
    public void Labels_are_not_given_for_series_without_any(string header, string place, string message)
    {
        string said = Should.Throw<DataFormatException>(() => TimeSeriesFile.Read(new StringReader($"{header}@data\n1,2\n"), new() { Labels = ["up", "down"] })).Message;
        said.ShouldStartWith(place);
        said.ShouldContain(message);
    }

    [Fact]
    public void A_test_file_in_another_order_has_the_classes_of_the_training_file()
    {
        const string data = "@data\n1,2:down\n3,4:up\n";
        TimeSeriesFile train = Read("@classLabel true up down\n" + data);
        train.Series.Select(s => s.Class).ShouldBe([1, 0]);
        Read("@classLabel true down up\n" + data).Series.Select(s => s.Class).ShouldBe([0, 1]);

        TimeSeriesFile test = TimeSeriesFile.Read(new StringReader("@classLabel true down up\n" + data), new() { Labels = train.Labels });
        test.Series.Select(s => s.Class).ShouldBe([1, 0]);
        test.Labels.ShouldBe(train.Labels);

        // A label that the training file does not have is an error where a series has it.
        Should.Throw<DataFormatException>(() => TimeSeriesFile.Read(new StringReader("@classLabel true up down left\n@data\n1:up\n1:left\n"), new() { Labels = train.Labels }))
            .Message.ShouldContain("Line 4: the label 'left' is not one of up, down");
        TimeSeriesFile.Read(new StringReader("@classLabel true left up\n@data\n1:up\n"), new() { Labels = train.Labels }).Series[0].Class.ShouldBe(0);
        Should.Throw<ArgumentException>(() => TimeSeriesFile.Read(new StringReader("@classLabel true a\n" + data), new() { Labels = ["a", "a"] })).Message.ShouldContain("twice");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1 << 26, false)]
    public void A_line_of_38_million_characters_costs_bounded_memory(int longest, bool isRefused)
    {
        string text = "@data\n" + string.Join(",", Enumerable.Repeat("1", 19_000_000)) + "\n";
        TimeSeriesOptions options = longest == 0 ? new() : new() { LongestLine = longest };
        long before = GC.GetAllocatedBytesForCurrentThread();
        if (isRefused)
        {
            Should.Throw<DataFormatException>(() => TimeSeriesFile.Read(new StringReader(text), options)).Message.ShouldContain("Line 2: the line has more than 16777216 characters");
        }
        else
        {
            TimeSeriesFile.Read(new StringReader(text), options).LongestSteps.ShouldBe(19_000_000);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(isRefused ? 2L * (1 << 24) + (1 << 20) : 7L * text.Length + (1 << 20));
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
