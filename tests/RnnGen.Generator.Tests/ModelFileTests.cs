using RnnGen.Generator.Tests.Harness;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests;

/// <summary>
/// A model's main file is what one wants to read of it: its page, its schedule, its shape, and members that pass calls on. What is the same in every model stands in the runtime.
/// </summary>
public sealed class ModelFileTests
{
    private const string Heading = "    // ---- ";

    private static IEnumerable<string> Snapshots => Directory.GetFiles(Path.Combine(Repository.Root, "tests/RnnGen.Generator.Tests"), "SnapshotTests.*.verified.cs")
        .Where(path => !path.Contains("Kernels", StringComparison.Ordinal));

    [Fact]
    public void ItIsShort()
    {
        string path = Snapshots.Single(path => path.Contains("LstmManyToOne", StringComparison.Ordinal));
        File.ReadAllLines(path).Length.ShouldBeLessThanOrEqualTo(560);
        new FileInfo(path).Length.ShouldBeLessThanOrEqualTo(40 << 10);
    }

    /// <summary>Between two headings; the page stands before the class.</summary>
    [Fact]
    public void TheScheduleIsTheLongestPart()
    {
        foreach (string path in Snapshots)
        {
            string name = "The page";
            Dictionary<string, int> parts = [];
            foreach (string line in File.ReadLines(path))
            {
                name = line.StartsWith("partial ", StringComparison.Ordinal) ? "Sizes" : line.StartsWith(Heading, StringComparison.Ordinal) ? line.Trim('/', '-', ' ') : name;
                parts[name] = parts.GetValueOrDefault(name) + 1;
            }

            parts.Keys.ShouldBe(["The page", "Sizes", "Prediction", "Training", "Streaming", "Parameters and files", "The schedule", "The loss", "The shape"], ignoreOrder: false, customMessage: path);
            parts.Where(part => part.Key != "The schedule").ShouldAllBe(part => part.Value < parts["The schedule"], path);
        }
    }

    [Fact]
    public void NoTwoShareALongRun()
    {
        string[][] files = [.. Snapshots.Select(File.ReadAllLines)];
        files.Length.ShouldBeGreaterThan(2);
        for (int first = 0; first < files.Length; first++)
        {
            for (int second = first + 1; second < files.Length; second++)
            {
                (int length, string[] lines) = LongestRun(files[first], files[second]);
                length.ShouldBeLessThanOrEqualTo(40, string.Join("\n", lines));
            }
        }
    }

    private static (int Length, string[] Lines) LongestRun(string[] one, string[] other)
    {
        int[] before = new int[other.Length + 1];
        (int longest, int end) = (0, 0);
        for (int i = 0; i < one.Length; i++)
        {
            int[] now = new int[other.Length + 1];
            for (int j = 0; j < other.Length; j++)
            {
                now[j + 1] = one[i] == other[j] ? before[j] + 1 : 0;
                (longest, end) = now[j + 1] > longest ? (now[j + 1], i + 1) : (longest, end);
            }

            before = now;
        }

        return (longest, one[(end - longest)..end]);
    }
}
