using System.Globalization;
using RnnGen.Data;
using Shouldly;
using Sunspots;
using Xunit;

namespace RnnGen.Samples.Tests;

/// <summary>The parts of <c>samples/Sunspots</c> that need no model.</summary>
public sealed class SunspotsSampleTests
{
    [Fact]
    public void The_shipped_series_is_whole_and_monthly()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "sunspot-month.csv");
        float[] values = CsvSeries.Read(path, "sunspots");
        string[] dates = CsvSeries.ReadText(path, "date");
        values.Length.ShouldBe(3177);
        values.ShouldAllBe(v => v >= 0 && v < 300);
        dates.ShouldBe(Enumerable.Range(0, 3177).Select(i => new DateOnly(1749, 1, 1).AddMonths(i).ToString("yyyy-MM", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Naive_forecasts_use_what_is_known_at_the_time()
    {
        float[] values = [.. Enumerable.Range(0, 200).Select(i => (float)i)];
        NaiveForecasts.LastValue(values, 150, 1).ShouldBe(149);
        NaiveForecasts.LastValue(values, 150, 12).ShouldBe(138);
        NaiveForecasts.CycleAgo(values, 150, 1).ShouldBe(18);
        NaiveForecasts.CycleAgo(values, 150, 12).ShouldBe(18);
        NaiveForecasts.MeanOfLastYear(values, 150, 1).ShouldBe(143.5f); // 138 to 149
        NaiveForecasts.MeanOfLastYear(values, 150, 12).ShouldBe(132.5f); // 127 to 138
        Should.Throw<ArgumentOutOfRangeException>(() => NaiveForecasts.CycleAgo(values, 150, 133));
    }

    [Fact]
    public void A_score_is_in_the_units_of_the_values()
    {
        Score score = Score.Of([1, 2, 3], [1, 5, -1]);
        score.Rmse.ShouldBe(Math.Sqrt(25 / 3.0), 1e-12);
        score.Mae.ShouldBe(7 / 3.0, 1e-12);
        Should.Throw<ArgumentException>(() => Score.Of([1], [1, 2]));
        Should.Throw<ArgumentException>(() => Score.Of([], []));
    }

    [Fact]
    public void The_verdict_needs_both_errors_at_both_horizons()
    {
        float[][] truths = [[0, 0], [0, 0]];
        Forecast naive = new("naive", [[2, 2], [2, 2]]);
        Forecast good = new("good", [[1, 1], [1, 1]]);
        Forecast half = new("half", [[1, 1], [3, 3]]);
        Report.Verdict([good, half], [naive], truths).ShouldBe("Better than every naive forecast at every horizon: good.");
        Report.Verdict([half], [naive], truths).ShouldStartWith("No network");
        Report.Verdict([naive], [naive], truths).ShouldStartWith("No network", customMessage: "a tie is no win");

        ResultTable results = new();
        Report.Score([good, half, naive], truths, results);
        string table = results.Format("");
        table.ShouldContain("MAE, 12 months");
        table.Split('\n').Single(line => line.StartsWith("half", StringComparison.Ordinal)).ShouldMatch(@"1\.00 +1\.00 +3\.00 +3\.00");
    }

    [Fact]
    public void Files_that_do_not_fit_are_named()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "sunspot-month.csv");
        Should.Throw<UsageException>(() => SunspotData.Load("nowhere.csv", "sunspots")).Message.ShouldContain("nowhere.csv");
        Should.Throw<UsageException>(() => SunspotData.Load(path, "moons")).Message.ShouldContain("moons");
        SunspotData data = SunspotData.Load(path, "sunspots");
        data.Truths[1][0].ShouldBe(data.Values[data.TargetIndex(0, 12)]);
        data.ToCount(-100).ShouldBe(0);
    }
}
