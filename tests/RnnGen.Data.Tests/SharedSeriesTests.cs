using Shouldly;
using Xunit;

namespace RnnGen.Data.Tests;

/// <summary>Real files, where the folder of shared data stands beside the repository.</summary>
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

/// <summary>A test of files in <c>../shared/data/series</c>; skipped where that folder is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedSeriesFactAttribute : FactAttribute
{
    public SharedSeriesFactAttribute()
    {
        if (Folder is null)
        {
            Skip = "The folder ../shared/data/series is not beside the repository.";
        }
    }

    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RnnGen.sln")))
            {
                string series = Path.Combine(folder.FullName, "..", "shared", "data", "series");
                return Directory.Exists(series) ? series : null;
            }
        }

        return null;
    }
}
