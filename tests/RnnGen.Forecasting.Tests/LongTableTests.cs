using RnnGen.Data;

namespace RnnGen.Forecasting.Tests;

public sealed class LongTableTests
{
    private static readonly SeriesColumns s_columns = new() { Id = "shop", Time = "date", Target = "sales" };

    // An hour ahead of UTC, two from the last Sunday in March, 2:00, to the last in October, 3:00.
    private static readonly TimeZoneInfo s_zone = TimeZoneInfo.CreateCustomTimeZone("Test/Middle", TimeSpan.FromHours(1), "Middle", "Middle", "Middle summer",
    [
        TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday)),
    ]);

    [Fact]
    public void Rows_in_any_order_become_series_by_time()
    {
        SeriesSet set = Read("shop,date,sales\nB,2024-01-02,20\nA,2024-01-03,3\nA,2024-01-01,1\nB,2024-01-01,10\nA,2024-01-02,\n");
        set.Select(series => series.Id).ShouldBe(["B", "A"]);
        set.Frequency.ShouldBe(Frequency.Daily);
        set["B"].Targets.ToArray().ShouldBe([10, 20]);
        set["A"].Targets.ToArray().ShouldBe([1, double.NaN, 3]);
        set["A"].Times![2].ShouldBe(new DateTime(2024, 1, 3));
    }

    [Fact]
    public void A_table_without_id_and_time_is_one_series()
    {
        SeriesSet set = LongTable.Read(new StringReader("sales\n1\n2\n"), new SeriesColumns { Target = "sales" });
        set[0].Id.ShouldBe("sales");
        set[0].Targets.ToArray().ShouldBe([1, 2]);
        set[0].Times.ShouldBeNull();
    }

    [Fact]
    public void Known_covariates_reach_beyond_the_history_and_observed_ones_do_not()
    {
        SeriesColumns columns = s_columns with { Observed = ["visitors"], Known = ["price", "holiday"], Statics = ["size", "city"] };
        SeriesSet set = Read("""
            shop,date,sales,visitors,price,holiday,size,city
            A,2024-01-01,1,7,2.5,0,30,Bonn
            A,2024-01-02,,8,2.5,1,30,Bonn
            A,2024-01-03,,,3.5,0,30,Bonn
            B,2024-01-01,5,9,1,0,40,Aachen
            """, columns: columns);
        TimeSeries a = set["A"];
        a.Targets.ToArray().ShouldBe([1, double.NaN]);
        a.Observed.ToArray().ShouldBe([7, 8]);
        a.Known.ToArray().ShouldBe([2.5, 0, 2.5, 1, 3.5, 0]);
        set.StaticNames.ShouldBe(["size", "city=Aachen", "city=Bonn"]);
        a.Statics.ToArray().ShouldBe([30, 0, 1]);
        a.Until(1).Observed.ToArray().ShouldBe([7]);
        a.Until(1).Known.Length.ShouldBe(6);
    }

    [Fact]
    public void A_gap_is_an_error_or_missing()
    {
        const string Text = "shop,date,sales\nA,2024-01-01,1\nA,2024-01-02,2\nA,2024-01-05,5\n";
        SeriesDataException error = Should.Throw<SeriesDataException>(() => Read(Text));
        (error.Series, error.Time).ShouldBe(("A", new DateTime(2024, 1, 3)));
        error.Message.ShouldBe("Series 'A' at 2024-01-03: 2 steps of 1 day up to 2024-01-05 have no row; add them, or set SeriesOptions.Gaps to Missing.");
        Read(Text, new() { Gaps = Gaps.Missing })["A"].Targets.ToArray().ShouldBe([1, 2, double.NaN, double.NaN, 5]);
    }

    /// <summary>One wrong year would be a series of a hundred million missing values.</summary>
    [Fact]
    public void A_gap_beyond_all_rows_is_an_error() =>
        Should.Throw<SeriesDataException>(() => Read("shop,date,sales\nA,2024-01-01T00:00:00,1\nA,2024-01-01T00:00:01,2\nA,2027-01-01T00:00:00,3\n", new() { Gaps = Gaps.Missing }))
            .Message.ShouldContain("Series 'A' at 2027-01-01: the step would be number 94694400 of a series with 3 rows");

    [Theory]
    [InlineData(Duplicates.First, 2)]
    [InlineData(Duplicates.Last, 6)]
    [InlineData(Duplicates.Mean, 4)]
    public void Duplicates_are_an_error_or_one_of_them(Duplicates policy, double expected)
    {
        const string Text = "shop,date,sales\nA,2024-01-01,1\nA,2024-01-02,2\nA,2024-01-02,6\nA,2024-01-02,\nA,2024-01-03,3\n";
        SeriesDataException error = Should.Throw<SeriesDataException>(() => Read(Text));
        (error.Series, error.Time).ShouldBe(("A", new DateTime(2024, 1, 2)));
        error.Message.ShouldContain("3 rows have this time");
        string kept = policy == Duplicates.Last ? Text.Replace("A,2024-01-02,\n", "", StringComparison.Ordinal) : Text;
        Read(kept, new() { Duplicates = policy })["A"].Targets.ToArray().ShouldBe([1, expected, 3]);
    }

    [Fact]
    public void A_time_off_the_steps_is_an_error()
    {
        SeriesDataException error = Should.Throw<SeriesDataException>(() => Read("shop,date,sales\nA,2024-01-01 00:00,1\nA,2024-01-01 01:00,2\nA,2024-01-01 02:30,3\n"));
        (error.Series, error.Time).ShouldBe(("A", new DateTime(2024, 1, 1, 2, 30, 0)));
        error.Message.ShouldContain("not a whole number of steps of 1 hour after 2024-01-01");
        Should.Throw<SeriesDataException>(() => Read("shop,date,sales\nA,2024-01-01,1\nA,2024-01-02,2\n", new() { Frequency = Frequency.Weekly })).Message.ShouldContain("steps of 7 days");
    }

    [Theory]
    [InlineData("2024-01-31,2024-02-29,2024-03-31,2024-04-30", 1)]
    [InlineData("2023-02-28,2023-03-31,2023-04-30", 1)]
    [InlineData("2024-01-15,2024-02-15,2024-03-15", 1)]
    [InlineData("2023-01-01,2023-04-01,2023-07-01", 3)]
    [InlineData("2020-12-31,2021-12-31,2022-12-31", 12)]
    public void Months_are_steps_of_the_calendar(string dates, int months)
    {
        string[] times = dates.Split(',');
        SeriesSet set = Read("shop,date,sales\n" + string.Concat(times.Select((time, i) => $"A,{time},{i}\n")));
        set.Frequency.ShouldBe(Frequency.FromMonths(months));
        Enumerable.Range(0, times.Length).Select(i => set[0].Times![i].ToString("yyyy-MM-dd")).ShouldBe(times);
    }

    [Theory]
    [InlineData("2024-01-01,2024-01-08,2024-01-15", "7 days")]
    [InlineData("2024-01-01 00:00,2024-01-01 00:15,2024-01-01 00:30", "15 minutes")]
    [InlineData("2024-01-01T00:00:00Z,2024-01-01T00:00:04Z", "4 seconds")]
    public void Spans_are_inferred(string dates, string expected) =>
        Read("shop,date,sales\n" + string.Concat(dates.Split(',').Select((time, i) => $"A,{time},{i}\n"))).Frequency.ToString().ShouldBe(expected);

    [Fact]
    public void The_hour_that_a_zone_repeats_is_two_steps()
    {
        const string Text = "shop,date,sales\nA,2024-10-27 01:00,1\nA,2024-10-27 02:00,2\nA,2024-10-27 02:00,3\nA,2024-10-27 03:00,4\n";
        Should.Throw<SeriesDataException>(() => Read(Text)).Message.ShouldContain("set SeriesOptions.TimeZone if the times are of a zone");
        SeriesDataException error = Should.Throw<SeriesDataException>(() => Read(Text, new() { TimeZone = s_zone }));
        (error.Series, error.Time).ShouldBe(("A", new DateTime(2024, 10, 27, 2, 0, 0)));
        error.Message.ShouldContain("has this time twice");

        TimeSeries a = Read(Text, new() { TimeZone = s_zone, AmbiguousTimes = AmbiguousTimes.InOrder })["A"];
        a.Targets.ToArray().ShouldBe([1, 2, 3, 4]);
        a.Times![0].ShouldBe(new DateTime(2024, 10, 26, 23, 0, 0, DateTimeKind.Utc));
        a.Times[3].ShouldBe(new DateTime(2024, 10, 27, 2, 0, 0, DateTimeKind.Utc));
        Enumerable.Range(0, 4).Select(i => a.Times.Local(i).Hour).ShouldBe([1, 2, 2, 3]);
    }

    /// <summary>One of the two hours is missing: the gap is seen, and nothing moves.</summary>
    [Fact]
    public void A_repeated_hour_with_one_row_leaves_a_gap()
    {
        const string Text = "shop,date,sales\nA,2024-10-27 00:00,0\nA,2024-10-27 01:00,1\nA,2024-10-27 02:00,2\nA,2024-10-27 03:00,4\n";
        SeriesOptions options = new() { TimeZone = s_zone, AmbiguousTimes = AmbiguousTimes.InOrder };
        Should.Throw<SeriesDataException>(() => Read(Text, options)).Time.ShouldBe(new DateTime(2024, 10, 27, 1, 0, 0, DateTimeKind.Utc));
        Read(Text, options with { Gaps = Gaps.Missing })["A"].Targets.ToArray().ShouldBe([0, 1, 2, double.NaN, 4]);
    }

    [Fact]
    public void The_hour_that_a_zone_skips_is_no_gap_and_no_time()
    {
        const string Text = "shop,date,sales\nA,2024-03-31 00:00,1\nA,2024-03-31 01:00,2\nA,2024-03-31 03:00,3\n";
        Should.Throw<SeriesDataException>(() => Read(Text)).Message.ShouldContain("set SeriesOptions.TimeZone");
        Read(Text, new() { TimeZone = s_zone })["A"].Targets.ToArray().ShouldBe([1, 2, 3]);
        SeriesDataException error = Should.Throw<SeriesDataException>(() => Read(Text.Replace(" 03:", " 02:", StringComparison.Ordinal), new() { TimeZone = s_zone }));
        (error.Series, error.Time).ShouldBe(("A", new DateTime(2024, 3, 31, 2, 0, 0)));
        error.Message.ShouldContain("skips this time");
    }

    [Fact]
    public void Offsets_make_instants_and_days_of_a_zone_stay_days()
    {
        TimeSeries hours = Read("shop,date,sales\nA,2024-10-27T02:00+02:00,1\nA,2024-10-27T02:00+01:00,2\n")["A"];
        hours.Times![1].ShouldBe(new DateTime(2024, 10, 27, 1, 0, 0, DateTimeKind.Utc));
        // Midnight of the zone before and after the change: 23 hours apart.
        SeriesSet days = Read("shop,date,sales\nA,2024-03-30T00:00+01:00,1\nA,2024-03-31T00:00+01:00,2\nA,2024-04-01T00:00+02:00,3\n", new() { TimeZone = s_zone });
        days.Frequency.ShouldBe(Frequency.Daily);
        days["A"].Times![2].ShouldBe(new DateTime(2024, 4, 1));
        Should.Throw<SeriesDataException>(() => Read("shop,date,sales\nA,2024-01-01T00:00Z,1\nA,2024-01-01T01:00,2\n")).Message.ShouldContain("some times of the series have a zone");
    }

    [Theory]
    [InlineData("A,1.5,1", "expected a time")]
    [InlineData("A,soon,1", "expected a time")]
    [InlineData("A,,1", "says which series or time")]
    [InlineData(",2024-01-01,1", "says which series or time")]
    [InlineData("A,2024-01-01,many", "expected a number")]
    public void A_field_that_is_wrong_is_an_error_at_its_place(string row, string message)
    {
        DataFormatException error = Should.Throw<DataFormatException>(() => Read($"shop,date,sales\nA,2024-01-01,1\n{row}\n"));
        error.Message.ShouldContain(message);
        error.Line.ShouldBe(3);
    }

    [Fact]
    public void A_format_reads_dates_that_are_numbers() =>
        Read("shop,date,sales\nA,20240101,1\nA,20240102,2\n", new() { TimeFormat = "yyyyMMdd" })["A"].Times![1].ShouldBe(new DateTime(2024, 1, 2));

    /// <summary>As other tools write flags; a static is a category.</summary>
    [Fact]
    public void True_and_false_are_one_and_zero()
    {
        TimeSeries series = LongTable.Read(
            new StringReader("day,sold,promotion,open,outlet\n2024-01-01,3,True,1,true\n2024-01-02,,FALSE,1,true\n2024-01-03,4,,0,true\n2024-01-04,,true,,true\n"),
            new SeriesColumns { Time = "day", Target = "sold", Observed = ["open"], Known = ["promotion"], Statics = ["outlet"] })[0];
        series.Targets.ToArray().ShouldBe([3, double.NaN, 4]);
        series.Known.ToArray().ShouldBe([1, 0, double.NaN, 1]);
        Should.Throw<DataFormatException>(() => LongTable.Read(new StringReader("sold\n3\nyes\n"), new SeriesColumns { Target = "sold" })).Message.ShouldContain("expected a number, found 'yes'");
    }

    [Fact]
    public void Other_errors_name_the_series()
    {
        Should.Throw<SeriesDataException>(() => Read("shop,date,sales,city\nA,2024-01-01,1,X\nA,2024-01-02,1,Y\n", columns: s_columns with { Statics = ["city"] })).Message.ShouldContain("Series 'A' at 2024-01-02: the static 'city' is 'Y', but 'X'");
        Should.Throw<SeriesDataException>(() => Read("shop,date,sales,city\nA,2024-01-01,1,\n", columns: s_columns with { Statics = ["city"] })).Series.ShouldBe("A");
        Should.Throw<SeriesDataException>(() => Read("shop,date,sales\nA,2024-01-01,1\n")).Message.ShouldContain("set SeriesOptions.Frequency");
        Read("shop,date,sales\nA,2024-01-01,1\n", new() { Frequency = Frequency.Daily })["A"].Length.ShouldBe(1);
        Should.Throw<ArgumentException>(() => Read("shop,date,sales\n", columns: s_columns with { Known = ["sales"] })).Message.ShouldContain("'sales' is named twice");
        Should.Throw<DataFormatException>(() => Read("shop,date\nA,2024-01-01\n")).Message.ShouldContain("no column 'sales'");
    }

    private static SeriesSet Read(string text, SeriesOptions? options = null, SeriesColumns? columns = null) => LongTable.Read(new StringReader(text), columns ?? s_columns, options);
}
