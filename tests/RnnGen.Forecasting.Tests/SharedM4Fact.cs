using RnnGen.Tests;

namespace RnnGen.Forecasting.Tests;

/// <summary>A test of the M4 competition's hourly series in <c>../shared/data/m4-hourly</c>; skipped where that folder is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedM4FactAttribute : FactAttribute
{
    public SharedM4FactAttribute()
    {
        if (!Directory.Exists(Folder))
        {
            Skip = "The folder ../shared/data/m4-hourly is not beside the repository.";
        }
    }

    private static string Folder { get; } = Path.Combine(Repository.Root, "..", "shared", "data", "m4-hourly");

    public static SeriesSet Train() => WideTable.ReadRows(Path.Combine(Folder, "Hourly-train.csv"));

    public static SeriesSet Test() => WideTable.ReadRows(Path.Combine(Folder, "Hourly-test.csv"));
}
