using System.Globalization;
using System.Xml.Linq;
using M4Hourly;
using RnnGen.Forecasting;
using Shouldly;
using Xunit;

namespace RnnGen.Samples.Tests;

/// <summary>The parts of <c>samples/M4Hourly</c> that need no model.</summary>
public sealed class M4HourlySampleTests
{
    [Fact]
    public void Simulated_series_follow_from_the_seed_and_have_a_day()
    {
        (SeriesSet history, SeriesSet actual) = HourlyData.Simulate(12, 3);
        history.ShouldAllBe(series => series.Length == 700 || series.Length == 800);
        actual.ShouldAllBe(series => series.Length == M4Hourly.Settings.Horizon);
        HourlyData.Simulate(12, 3).History[5].Targets.ToArray().ShouldBe(history[5].Targets.ToArray());
        HourlyData.Simulate(12, 4).History[5].Targets.ToArray().ShouldNotBe(history[5].Targets.ToArray());
        ForecastScore daily = Score(new SeasonalNaive(M4Hourly.Settings.Day)), last = Score(new Naive());
        daily.Smape.ShouldBeLessThan(last.Smape);

        ForecastScore Score(IForecaster forecaster) => ForecastScore.Of(forecaster.Name, forecaster.Fit(history, 48).Predict(history), history, actual, M4Hourly.Settings.Day);
    }

    /// <summary>What is validated on is the end of the training series; the file of the test is not even looked for.</summary>
    [Fact]
    public void Validation_does_not_read_the_test()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rnngen-m4-");
        string[] rows = [.. Enumerable.Range(0, 2).Select(i => $"\"H{i}\"," + string.Join(',', Enumerable.Range(1, 400).Select(t => t + i)))];
        File.WriteAllLines(Path.Combine(folder.FullName, "Hourly-train.csv"), ["\"V1\"," + string.Join(',', Enumerable.Range(2, 400).Select(i => $"\"V{i}\"")), .. rows]);
        (SeriesSet history, SeriesSet actual) = HourlyData.Read(folder.FullName, validates: true);
        history[0].Targets.Span[^1].ShouldBe(352);
        actual[0].Targets.Span[0].ShouldBe(353);
        Should.Throw<UsageException>(() => HourlyData.Read(folder.FullName, validates: false)).Message.ShouldContain("There is no Hourly-test.csv");
        folder.Delete(recursive: true);
    }

    /// <summary>Files that do not belong together are found before hours of training.</summary>
    [Theory]
    [InlineData(400, "H0,48 H1,39", "Series 'H1' of Hourly-test.csv has 39 hours; 48 are forecast.")]
    [InlineData(400, "H0,50 H1,48", "Series 'H0' of Hourly-test.csv has 50 hours; 48 are forecast.")]
    [InlineData(400, "H0,48", "Hourly-test.csv has no series 'H1', which Hourly-train.csv has")]
    [InlineData(71, "H0,48 H1,48", "Series 'H0' of Hourly-train.csv has 71 hours; at least 72 are needed.")]
    [InlineData(400, "H0,48 H1,48 H2,48", null)]
    public void Files_that_do_not_fit_are_named(int hours, string test, string? message)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rnngen-m4-");
        Write("Hourly-train.csv", [("H0", hours), ("H1", hours)]);
        Write("Hourly-test.csv", [.. test.Split(' ').Select(series => series.Split(',')).Select(series => (series[0], int.Parse(series[1], CultureInfo.InvariantCulture)))]);
        if (message is null)
        {
            HourlyData.Read(folder.FullName, validates: false).History.Count.ShouldBe(2);
        }
        else
        {
            Should.Throw<UsageException>(() => HourlyData.Read(folder.FullName, validates: false)).Message.ShouldContain(message);
        }

        folder.Delete(recursive: true);

        void Write(string name, (string Id, int Hours)[] series) => File.WriteAllLines(Path.Combine(folder.FullName, name),
            ["\"V1\"," + string.Join(',', Enumerable.Range(2, series.Max(s => s.Hours)).Select(i => $"\"V{i}\"")),
            .. series.Select(s => $"\"{s.Id}\",{string.Join(',', Enumerable.Range(1, s.Hours))}{new string(',', series.Max(other => other.Hours) - s.Hours)}")]);
    }

    [Fact]
    public void The_picture_is_whole()
    {
        (SeriesSet history, SeriesSet actual) = HourlyData.Simulate(9, 1);
        IReadOnlyList<Forecast> forecasts = new SeasonalNaive(24) { Levels = M4Hourly.Settings.Levels }.Fit(history, 48).Predict(history);
        XDocument picture = XDocument.Parse(FanPicture.Draw(forecasts, history, actual));
        picture.Descendants().Count(element => element.Name.LocalName == "polygon").ShouldBe(8);
    }
}
