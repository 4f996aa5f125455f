using Shouldly;
using Xunit;

namespace RnnGen.Data.Tests;

/// <summary>Real files, if the folder of shared data is beside the repository.</summary>
public sealed class SharedSeriesTests
{
    [SharedSeriesFact]
    public void Monthly_sunspots_read_whole()
    {
        string path = Path.Combine(SharedSeriesFactAttribute.Folder!, "monthly-sunspots.csv");
        float[] values = CsvSeries.Read(path, "Sunspots");
        values.Length.ShouldBe(2820);
        values[0].ShouldBe(58f);
        CsvSeries.Read(path, 1).ShouldBe(values);
        CsvSeries.ReadText(path, "Month")[0].ShouldBe("1749-01");
    }

    [SharedSeriesFact]
    public void Daily_temperatures_read_whole()
    {
        double[] values = CsvSeries.ReadDouble(Path.Combine(SharedSeriesFactAttribute.Folder!, "daily-min-temperatures.csv"), "Temp");
        values.Length.ShouldBe(3650);
        values[0].ShouldBe(20.7);
        values.ShouldAllBe(v => v >= 0 && v < 40);
    }
}
