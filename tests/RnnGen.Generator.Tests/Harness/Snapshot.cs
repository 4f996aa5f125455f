using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace RnnGen.Generator.Tests.Harness;

/// <summary>
/// Compares texts with the files beside a test, in the conventions of Verify: <c>Class.Method#Name.verified.cs</c> is committed,
/// <c>Class.Method#Name.received.cs</c> is written on a mismatch; a text that is no C# ends in <c>.txt</c>. Set <c>RNNGEN_ACCEPT_SNAPSHOTS=1</c> to accept what is received.
/// </summary>
internal static class Snapshot
{
    /// <summary>Whether what is received is accepted.</summary>
    public static bool AcceptByEnvironment => Environment.GetEnvironmentVariable("RNNGEN_ACCEPT_SNAPSHOTS") == "1";

    /// <summary>Verifies the named texts of one test; a snapshot without a text fails as well.</summary>
    /// <param name="texts">Name (such as a hint name, <c>Model.g.cs</c>) and text.</param>
    public static void Verify(IEnumerable<(string Name, string Text)> texts, [CallerFilePath] string file = "", [CallerMemberName] string method = "") =>
        Verify(texts, ProjectFolder, Path.GetFileNameWithoutExtension(file) + "." + method, AcceptByEnvironment);

    // Not the caller's folder: a deterministic build writes source paths that lead nowhere.
    private static string ProjectFolder => typeof(Snapshot).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(a => a.Key == nameof(ProjectFolder)).Value!;

    public static void Verify(IEnumerable<(string Name, string Text)> texts, string folder, string test, bool accept)
    {
        var report = new StringBuilder();
        var stale = Directory.GetFiles(folder, test + "#*.verified.*").ToHashSet(StringComparer.Ordinal);
        foreach ((string name, string text) in texts)
        {
            string stem = Path.Combine(folder, test + "#" + Path.GetFileNameWithoutExtension(name));
            string extension = name.EndsWith(".txt", StringComparison.Ordinal) ? "txt" : "cs";
            string verified = $"{stem}.verified.{extension}", receivedFile = $"{stem}.received.{extension}";
            stale.Remove(verified);
            string received = Scrub(text);
            string? expected = File.Exists(verified) ? Normalise(File.ReadAllText(verified)) : null;
            if (expected == received)
            {
                File.Delete(receivedFile);
            }
            else if (accept)
            {
                File.WriteAllText(verified, received);
                File.Delete(receivedFile);
            }
            else
            {
                File.WriteAllText(receivedFile, received);
                report.AppendLine(expected is null ? "New: " + verified : "Changed: " + verified + "\n" + Diff(expected, received));
            }
        }

        foreach (string verified in stale)
        {
            if (accept)
            {
                File.Delete(verified);
            }
            else
            {
                report.AppendLine("No longer generated: " + verified);
            }
        }

        if (report.Length > 0)
        {
            Assert.Fail(report + "Compare the .received.cs files with the .verified.cs files; RNNGEN_ACCEPT_SNAPSHOTS=1 accepts them.");
        }
    }

    /// <summary>The changed lines with two lines around each change.</summary>
    private static string Diff(string expected, string received)
    {
        List<DiffPiece> lines = new InlineDiffBuilder(new Differ()).BuildDiffModel(expected, received).Lines;
        var shown = new SortedSet<int>();
        for (int i = 0; i < lines.Count; i++)
        {
            if (lines[i].Type != ChangeType.Unchanged)
            {
                shown.UnionWith(Enumerable.Range(Math.Max(0, i - 2), Math.Min(lines.Count, i + 3) - Math.Max(0, i - 2)));
            }
        }

        var text = new StringBuilder();
        int previous = -1;
        foreach (int i in shown)
        {
            if (i != previous + 1)
            {
                text.AppendLine("  ...");
            }

            char mark = lines[i].Type switch { ChangeType.Inserted => '+', ChangeType.Deleted => '-', _ => ' ' };
            text.Append(mark).Append(' ').AppendLine(lines[i].Text);
            previous = i;
        }

        return text.ToString();
    }

    // The version changes with every release, the text does not.
    private static string Scrub(string text) =>
        Normalise(text).Replace(typeof(RnnModelGenerator).Assembly.GetName().Version!.ToString(3), "{version}", StringComparison.Ordinal);

    private static string Normalise(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);
}
