using RnnGen.Tests;
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
        string series = Path.Combine(Repository.Root, "..", "shared", "data", "series");
        return Directory.Exists(series) ? series : null;
    }
}
