using System.Text.RegularExpressions;

namespace RnnGen.Architecture.Tests;

/// <summary>What a first visitor reads: short, true to the tests that it names, and found by the words that people search for.</summary>
public sealed partial class FrontPageTests
{
    private const string Guarantees = "docs/guarantees.md";

    [Fact]
    public void TheReadmeIsShort() => new FileInfo(Full("README.md")).Length.ShouldBeLessThanOrEqualTo(8 * 1024);

    /// <summary>Each promise is a row, and the last cell of the row names files or folders of tests that are there.</summary>
    [Fact]
    public void EveryGuaranteeNamesTests()
    {
        string[] rows = [.. File.ReadLines(Full(Guarantees)).Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| guarantee |", StringComparison.Ordinal))];
        rows.Length.ShouldBeGreaterThan(30);
        foreach (string row in rows)
        {
            string[] named = [.. Code().Matches(row.Split(" | ")[^1]).Select(match => match.Groups[1].Value).Where(name => !name.StartsWith("PublicAPI.", StringComparison.Ordinal))];
            (named.Length > 0 || row.Contains("PublicAPI.", StringComparison.Ordinal)).ShouldBeTrue(row);
            named.Where(name => !IsThere(Path.Combine(SourceProjects.Root, "tests", name))).ShouldBeEmpty(row);
        }
    }

    /// <summary>A reader who searches <c>docs</c> for the field's word finds a sentence that says what there is, or that there is nothing.</summary>
    [Theory]
    [InlineData("truncated BPTT")]
    [InlineData("truncated back-propagation through time")]
    [InlineData("gradient checkpointing")]
    [InlineData("gradient accumulation")]
    [InlineData("quantisation")]
    [InlineData("quantization")]
    [InlineData("mixed precision")]
    [InlineData("masking")]
    [InlineData("padding")]
    [InlineData("pack_padded_sequence")]
    [InlineData("early stopping")]
    [InlineData("overfitting")]
    [InlineData("teacher forcing")]
    [InlineData("scheduled sampling")]
    [InlineData("beam search")]
    [InlineData("backward pass")]
    [InlineData("vanishing")]
    [InlineData("transfer learning")]
    [InlineData("transformer")]
    [InlineData("stateful")]
    [InlineData("seq2seq")]
    [InlineData("class weights")]
    [InlineData("ONNX")]
    [InlineData("GPU")]
    [InlineData("PyTorch")]
    [InlineData("Keras")]
    [InlineData("ML.NET")]
    public void TheFieldsWordIsFound(string word) =>
        Pages().Where(page => page != "README.md").ShouldContain(page => CodeBlock().Replace(File.ReadAllText(Full(page)), "").Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Full(string page) => Path.Combine(SourceProjects.Root, page);

    private static IEnumerable<string> Pages() => Directory.EnumerateFiles(Full("docs"), "*.md", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(SourceProjects.Root, file).Replace('\\', '/'))
        .Where(page => !page.StartsWith("docs/diagnostics/", StringComparison.Ordinal) && !page.StartsWith("docs/site/", StringComparison.Ordinal)).Append("README.md");

    private static bool IsThere(string path) => path.Contains('*', StringComparison.Ordinal)
        ? Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!, Path.GetFileName(path)).Any()
        : File.Exists(path) || Directory.Exists(path);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeBlock();
}
