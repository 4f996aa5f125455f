using System.Text.RegularExpressions;

namespace RnnGen.Architecture.Tests;

/// <summary>One word for one thing, in prose, comments, names and messages: CONTRIBUTING's table of words.</summary>
public sealed class WordTests
{
    private const string Table = "CONTRIBUTING.md";

    public static TheoryData<string, string> Words => new()
    {
        { "backward pass", @"\bways? back\b" },
        { "fix", @"\bmend(s|ed|ing)?\b|Mends?\b" },
        { "reject", @"\bturn(s|ed)? down\b" },
        { "lowest", @"\bleast (training |validation )?loss\b|\bnew least\b" },
        { "minimum, maximum", @"[(,] ?(int|long|float|double) (least|most|largest)\b" },
        { "op", @"\bjoints?\b|\bJoint[A-Z]" },
        { "recomputation", @"\b[Cc]heckpointed (steps|states|windows|activations)\b" },
        { "the given number of", @"\bso many\b" },
        { "is not one of", @"\bis none of (its|the|these|those)\b" },
        { "outputs", @"\bwhat it gave\b" },
        { "receives", @"\b(is|are|be) told (of|to|which)\b" },
        { "resumes, continues", @"\bgo(es)? on (from|with)\b" },
        { "starts from the beginning", @"\bbegins? anew\b" },
        { "is stored at", @"\b[Ww]here [^.;:]*\bstands?\b(?! for| still| in [a-z]* way)" },
    };

    [Theory]
    [MemberData(nameof(Words))]
    public void TheOtherWordIsNowhere(string word, string other)
    {
        Regex pattern = new(other);
        string[] found = [.. Files().SelectMany(file => File.ReadLines(file).Select((line, index) => (File: Path.GetRelativePath(SourceProjects.Root, file), Line: index + 1, Text: line)))
            .Where(line => pattern.IsMatch(line.Text)).Select(line => $"{line.File}:{line.Line} {line.Text.Trim()}")];
        found.ShouldBeEmpty($"write '{word}'");
        File.ReadAllText(Path.Combine(SourceProjects.Root, Table)).ShouldContain(word);
    }

    [Fact]
    public void ALineWithTheOtherWordIsFound()
    {
        foreach (string line in (string[])["kept for the way back", "How to mend it", "class TypeMends", "is turned down", "the least validation loss", "a JointKind",
            "void Cut(int most)", "Copies so many values", "which is none of the choices", "what it gave before", "It is told of each epoch", "it goes on from there", "each sequence begins anew",
            "where row 0 stands in the arena"])
        {
            Words.Count(word => Regex.IsMatch(line, (string)word[1])).ShouldBe(1, line);
        }
    }

    private static IEnumerable<string> Files() => ((string[])["src", "tests", "samples", "bench", "docs"])
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(SourceProjects.Root, folder), "*", SearchOption.AllDirectories))
        .Append(Path.Combine(SourceProjects.Root, "README.md"))
        .Where(file => Path.GetExtension(file) is ".cs" or ".md" or ".cell" or ".loss" or ".targets" or ".props" && Path.GetFileName(file) != nameof(WordTests) + ".cs"
            && !Path.GetRelativePath(SourceProjects.Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "output"));
}
