using System.Globalization;
using System.Xml.Linq;
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

        string table = Report.Table([good, half], [naive], truths);
        table.ShouldContain("12 months ahead");
        table.Split('\n').Single(line => line.StartsWith("half", StringComparison.Ordinal)).ShouldMatch(@"1\.00 +1\.00 +3\.00 +3\.00");
    }

    [Fact]
    public void Options_are_read()
    {
        SampleOptions.Parse([]).ShouldBe(SampleOptions.Default);
        SampleOptions.Parse(["--help"]).ShouldBe(SampleOptions.Default with { ShowHelp = true });
        SampleOptions.Parse(["--epochs", "3", "--data", "x.csv", "--seed", "0", "--column", "v"])
            .ShouldBe(new SampleOptions("x.csv", "v", 3, 0, false));
    }

    [Theory]
    [InlineData("--colour")]
    [InlineData("x.csv")]
    [InlineData("--epochs")]
    [InlineData("--epochs", "0")]
    [InlineData("--epochs", "many")]
    [InlineData("--seed", "-1")]
    [InlineData("--data", "")]
    public void Options_that_do_not_fit_are_named(params string[] arguments)
    {
        Should.Throw<UsageException>(() => SampleOptions.Parse(arguments)).Message.ShouldContain(arguments[0]);
    }

    [Fact]
    public void The_chart_is_whole_svg_and_draws_every_value_inside()
    {
        double[] times = [.. Enumerable.Range(0, 61).Select(i => 2000 + (i / 12.0))];
        float[] truth = [.. times.Select(t => 100 + (90 * (float)Math.Sin(t)))];
        float[] forecast = [.. truth.Select(v => v * 0.9f)];
        ChartPanel panel = new("one & two", times, [new("observed", truth), new("a <b>", forecast)]);
        CultureInfo before = CultureInfo.CurrentCulture;
        string text;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            text = ForecastChart.Draw("Title", "number", "year", [panel, panel]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        XElement svg = XDocument.Parse(text).Root!;
        XElement[] lines = [.. svg.Elements().Where(e => e.Name.LocalName == "polyline")];
        lines.Length.ShouldBe(4);
        double width = (double)svg.Attribute("width")!, height = (double)svg.Attribute("height")!;
        foreach (XElement line in lines)
        {
            string[] points = ((string)line.Attribute("points")!).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            points.Length.ShouldBe(times.Length);
            foreach (string point in points)
            {
                double[] xy = [.. point.Split(',').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
                xy.Length.ShouldBe(2);
                xy[0].ShouldBeInRange(0, width);
                xy[1].ShouldBeInRange(0, height);
            }
        }

        string[] labels = [.. svg.Elements().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        labels.ShouldContain("a <b>");
        labels.ShouldContain("2003");
        labels.ShouldContain("200");
        text.ShouldContain("prefers-color-scheme: dark");
    }
}
