using System.Text.RegularExpressions;

namespace RnnGen.Architecture.Tests;

/// <summary>A reader finds every page of <c>docs</c>: from its first page by links, and in the table of contents of the site that docfx builds.</summary>
public sealed partial class NavigationTests
{
    private const string First = "docs/README.md", Contents = "docs/toc.yml", DiagnosticContents = "docs/diagnostics/toc.yml";

    [Fact]
    public void EveryPageIsReachedFromTheFirst()
    {
        HashSet<string> reached = [First];
        Queue<string> waiting = new(reached);
        while (waiting.TryDequeue(out string? page))
        {
            foreach (string target in Links(page).Where(target => IsPage(target) && File.Exists(Full(target)) && reached.Add(target)))
            {
                waiting.Enqueue(target);
            }
        }

        Pages().Except(reached).ShouldBeEmpty($"link them from {First} or from a page that it leads to");
    }

    /// <summary>A page ends with where to go on: its last part begins with "Next" or "See also", as a line or a heading, and links pages. An index is a list of links already.</summary>
    [Fact]
    public void EveryPageLeadsOn() =>
        Pages().Where(page => Path.GetFileName(page) != "README.md" && !LeadsOn(Prose(page))).ShouldBeEmpty("end them with a line '**See also:** [page](page.md), ….'");

    [Theory]
    [InlineData("# A\n\ntext\n\n**See also:** [b](b.md).\n", true)]
    [InlineData("# A\n\n## See also\n\n[b](b.md) · [c](../c.md)\n", true)]
    [InlineData("# A\n\nNext: [b](b.md#part).\n", true)]
    [InlineData("# A\n\n**See also:** nothing.\n", false)]
    [InlineData("# A\n\n**See also:** [b](b.md).\n\n## More\n\ntext\n", false)]
    [InlineData("# A\n\n[b](b.md)\n", false)]
    public void TheEndOfAPageIsSeen(string page, bool leadsOn) => LeadsOn(page).ShouldBe(leadsOn);

    [Fact]
    public void EveryPageIsInTheTableOfContents()
    {
        string[] entries = [.. Entries(Contents), .. Entries(DiagnosticContents)];
        Pages().Except(entries).ShouldBeEmpty($"add '- name: …' and 'href: …' for them to {Contents}");
        entries.Where(entry => !File.Exists(Full(entry))).ShouldBeEmpty($"{Contents} names files that are not there");
        entries.GroupBy(entry => entry).Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty("each page has one entry");
    }

    /// <summary>The pages of the diagnostics are in the contents under their titles; <c>RNNGEN_ACCEPT_SNAPSHOTS=1</c> writes them again.</summary>
    [Fact]
    public void TheContentsOfTheDiagnosticsFollowFromTheirPages()
    {
        string written = string.Concat(Pages().Where(page => Path.GetFileName(page).StartsWith("RNN", StringComparison.Ordinal))
            .Select(page => $"- name: \"{File.ReadLines(Full(page)).First()[2..].Replace("\"", "\\\"", StringComparison.Ordinal)}\"\n  href: {Path.GetFileName(page)}\n"));
        if (Environment.GetEnvironmentVariable("RNNGEN_ACCEPT_SNAPSHOTS") == "1")
        {
            File.WriteAllText(Full(DiagnosticContents), written);
        }

        written.ShouldNotBeEmpty();
        File.ReadAllText(Full(DiagnosticContents)).ReplaceLineEndings("\n").ShouldBe(written);
    }

    /// <summary>A folder is listed on GitHub and is nothing in the site; a file that no content or resource of docfx.json has is missing there.</summary>
    [Fact]
    public void LinksLeadToFiles()
    {
        string[] pages = [.. Pages(), "README.md", "CONTRIBUTING.md", "CHANGELOG.md"];
        pages.SelectMany(page => Links(page).Where(target => !File.Exists(Full(target))).Select(target => $"{page}: {target}")).ShouldBeEmpty();
    }

    /// <summary>A link to a heading names one, as GitHub and the site write its anchor: letters, digits, hyphens and underscores, in lower case.</summary>
    [Fact]
    public void LinksLeadToHeadings()
    {
        List<string> wrong = [];
        int count = 0;
        foreach (string page in (string[])[.. Pages(), "README.md", "CONTRIBUTING.md"])
        {
            foreach (Match link in Anchored().Matches(Prose(page)))
            {
                string target = link.Groups[1].Length == 0 ? page : FromRoot(page, link.Groups[1].Value);
                count++;
                if (IsPage(target) && File.Exists(Full(target)) && !Heading().Matches(Fence().Replace(File.ReadAllText(Full(target)), "")).Select(heading => Anchor(heading.Groups[1].Value)).Contains(link.Groups[2].Value))
                {
                    wrong.Add($"{page}: {target}#{link.Groups[2].Value}");
                }
            }
        }

        count.ShouldBeGreaterThan(5);
        wrong.ShouldBeEmpty();
    }

    private static bool LeadsOn(string page) => Onward().Match(page) is { Success: true } end && Link().Matches(end.Value).Any(link => IsPage(link.Groups[1].Value));

    private static string Anchor(string heading) => Unlettered().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static string Full(string page) => Path.Combine(SourceProjects.Root, page);

    private static bool IsPage(string target) => target.EndsWith(".md", StringComparison.Ordinal);

    private static string[] Pages() =>
    [
        .. Directory.EnumerateFiles(Full("docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(SourceProjects.Root, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("docs/site/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The files that a page links to, from the root; code and addresses of the web are none.</summary>
    private static string[] Links(string page) =>
    [
        .. Link().Matches(Prose(page)).Select(match => match.Groups[1].Value)
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)).Select(target => FromRoot(page, target)),
    ];

    private static string Prose(string page) => Code().Replace(Fence().Replace(File.ReadAllText(Full(page)), ""), "");

    private static string[] Entries(string contents) =>
    [
        .. File.ReadLines(Full(contents)).Select(line => line.Trim().Split("ref: ")).Where(parts => parts.Length == 2 && IsPage(parts[1])).Select(parts => FromRoot(contents, parts[1])),
    ];

    private static string FromRoot(string page, string target) =>
        Path.GetRelativePath(SourceProjects.Root, Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Full(page))!, target))).Replace('\\', '/');

    [GeneratedRegex(@"\]\(([^)#\s]*)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\(([^)#\s]*)#([^)\s]*)\)")]
    private static partial Regex Anchored();

    // Up to the end of the page, without another heading.
    [GeneratedRegex(@"^(#+ |\*\*)?(Next|See also)\b(?:(?!\n#)[\s\S])*\z", RegexOptions.Multiline)]
    private static partial Regex Onward();

    [GeneratedRegex(@"^#+ +(.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}_ -]")]
    private static partial Regex Unlettered();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`[^`\n]*`")]
    private static partial Regex Code();
}
