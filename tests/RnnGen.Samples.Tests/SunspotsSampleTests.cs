using System.Globalization;
using RnnGen.Data;
using RnnGen.Forecasting;
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
    public void The_mean_of_the_last_months_is_of_what_is_known()
    {
        SeriesSet set = SeriesSet.FromArrays(["s"], [[.. Enumerable.Range(0, 150).Select(i => (double)i)]]);
        Forecast forecast = new MeanOfLastMonths(12).Fit(set, 2).Predict(set)[0];
        forecast.Values.ToArray().ShouldBe([143.5, 143.5]); // 138 to 149
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
        HeldOutForecast naive = new("naive", [[2, 2], [2, 2]]);
        HeldOutForecast good = new("good", [[1, 1], [1, 1]]);
        HeldOutForecast half = new("half", [[1, 1], [3, 3]]);
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

        // A month that is missing would move all values after it.
        string gap = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(gap, File.ReadLines(path).Where((_, line) => line != 5));
            Should.Throw<UsageException>(() => SunspotData.Load(gap, "sunspots")).Message.ShouldBe("The date 1749-06 of value 5 is not the month after 1749-04.");
        }
        finally
        {
            File.Delete(gap);
        }
    }
}
