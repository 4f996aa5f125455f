using Xunit;

namespace RnnGen.Data.Tests;

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
