using System.Text.RegularExpressions;
using RnnGen.Generator.Tests.Harness;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests.Documentation;

/// <summary>A fenced block of a page.</summary>
/// <param name="Language">What the fence says, such as <c>csharp</c>; empty where it says nothing.</param>
/// <param name="Text">The lines within.</param>
/// <param name="Start">Where they begin in the page.</param>
/// <param name="Comments">The comments right before the fence, which readers do not see.</param>
internal sealed record PageBlock(string Language, string Text, int Start, IReadOnlyList<string> Comments)
{
    /// <summary>What a comment says after its name: <c>&lt;!-- name: rest --&gt;</c>, empty for <c>&lt;!-- name --&gt;</c>, null where there is no such comment.</summary>
    public string? Comment(string name) => Comments.Select(comment => comment == name ? "" : comment.StartsWith(name + ":", StringComparison.Ordinal) ? comment[(name.Length + 1)..].Trim() : null)
        .FirstOrDefault(rest => rest is not null);
}

/// <summary>A page of the documentation: its blocks, and the files that it links to.</summary>
internal sealed partial class Page
{
    public Page(string name)
    {
        Name = name;
        Text = File.ReadAllText(Path.Combine(Repository.Root, name)).ReplaceLineEndings("\n");
        Blocks = [.. Fence().Matches(Text).Select(match => new PageBlock(
            match.Groups["language"].Value, match.Groups["text"].Value, match.Groups["text"].Index, [.. match.Groups["comment"].Captures.Select(comment => comment.Value.Trim())]))];
    }

    /// <summary>The path from the repository's root, with slashes.</summary>
    public string Name { get; }

    public string Text { get; }

    public IReadOnlyList<PageBlock> Blocks { get; }

    /// <summary>Every target of a link that is no address, relative to the page.</summary>
    public IEnumerable<string> Links => Text.Split("](").Skip(1).Select(part => part.Split(')')[0].Split('#')[0]).Where(target => target.Length > 0 && !target.StartsWith("http", StringComparison.Ordinal));

    /// <summary>The pages for readers: README, <c>docs</c> without those of the diagnostics, the packages' READMEs, and that of the programs of one file.</summary>
    public static IEnumerable<string> All() => Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
        .Where(file => !file.StartsWith("docs/diagnostics/", StringComparison.Ordinal))
        .Concat(Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(folder => $"src/{Path.GetFileName(folder)}/README.md").Where(page => File.Exists(Path.Combine(Repository.Root, page))))
        .Append("samples/one-file/README.md")
        .Order(StringComparer.Ordinal).Prepend("README.md");

    /// <summary>Writes the page with other lines in some of its blocks.</summary>
    public void Rewrite(IEnumerable<(PageBlock Block, string Text)> blocks)
    {
        string text = Text;
        foreach ((PageBlock block, string lines) in blocks.OrderByDescending(change => change.Block.Start))
        {
            text = text.Remove(block.Start, block.Text.Length).Insert(block.Start, lines);
        }

        File.WriteAllText(Path.Combine(Repository.Root, Name), text);
    }

    public string PathOf(string link) => Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(Name)!, link));

    [GeneratedRegex(@"(?:<!--(?<comment>(?:(?!-->).)*)-->\s*)*^```(?<language>\w*)\n(?<text>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();
}
