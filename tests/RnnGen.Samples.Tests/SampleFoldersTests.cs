using System.Text.RegularExpressions;
using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Samples.Tests;

/// <summary>What every folder of <c>samples</c> with a program has.</summary>
public sealed partial class SampleFoldersTests
{
    private const int Screen = 45, LargestPicture = 150_000;

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "Program.cs", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder, path).Split(Path.DirectorySeparatorChar)).Where(parts => parts.Length == 2).Select(parts => parts[0])];

    private static string Folder => Path.Combine(Repository.Root, "samples");

    [Fact]
    public void All_ten_are_found() => Names.Count.ShouldBeGreaterThanOrEqualTo(10);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_program_fits_a_screen_and_runs_in_the_shell(string name)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder, name, "Program.cs"));
        lines.Length.ShouldBeLessThanOrEqualTo(Screen);
        lines.ShouldContain(line => line.StartsWith($"return new Sample(\"{name}\", ", StringComparison.Ordinal));
        File.ReadAllText(Path.Combine(Folder, "..", "RnnGen.sln")).ShouldContain($"samples\\{name}\\{name}.csproj");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_page_shows_figures_with_their_spread_a_picture_and_what_comes_next(string name)
    {
        string page = File.ReadAllText(Path.Combine(Folder, name, "README.md"));
        page.ShouldStartWith($"# {name}\n");
        page.ShouldContain($"dotnet run -c Release --project samples/{name}\n");
        page.ShouldContain(" ± ");
        page.ShouldContain("seeds 1, 2 and 3");
        page.ShouldContain("Zen 5", customMessage: "the machine that the figures are from");
        page.ShouldContain("**Next:**");

        string[] links = [.. Link().Matches(page).Select(m => m.Groups[1].Value)];
        links.ShouldAllBe(link => File.Exists(Path.Combine(Folder, name, link)));
        string picture = links.First(link => link.EndsWith(".svg", StringComparison.Ordinal));
        new FileInfo(Path.Combine(Folder, name, picture)).Length.ShouldBeLessThan(LargestPicture);
        SourceFile().Matches(page).ShouldAllBe(file => File.Exists(Path.Combine(Folder, name, file.Groups[1].Value)));

        string all = File.ReadAllText(Path.Combine(Folder, "README.md"));
        all.ShouldContain($"[{name}]({name}/README.md)");
        all.ShouldContain(Path.GetFileName(picture));
    }

    [GeneratedRegex(@"\]\(([^)#]+)[^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(\w+\.cs)`")]
    private static partial Regex SourceFile();
}
