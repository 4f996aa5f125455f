using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests.Documentation;

/// <summary>
/// Each how-to page has a whole program, marked <c>&lt;!-- program --&gt;</c>, and says in the blocks marked <c>&lt;!-- output --&gt;</c> after it what it prints: once for each of
/// them, with the arguments that the marker names (<c>&lt;!-- output: again --&gt;</c>). The programs of a page run one after another in one folder, which begins with the data files
/// that the page links to. <c>RNNGEN_ACCEPT_SNAPSHOTS=1</c> writes what they print into the page, where no <c>…</c> stands for part of it. A web program is marked <c>&lt;!-- program: web --&gt;</c>, and asked.
/// </summary>
public sealed class PageProgramTests
{
    private const string HowTo = "docs/how-to/", Serving = HowTo + "serve.md", Resuming = HowTo + "resume.md", Reading = HowTo + "read-the-generated-code.md";

    public static TheoryData<string> Pages() => [.. Page.All().Where(name => name != "README.md" && new Page(name).Blocks.Any(block => block.Comment("program") == ""))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void PrintsWhatThePageSays(string name)
    {
        Page page = new(name);
        using PageFolder folder = new();
        CopyData(page, folder);
        PageProgram? program = null;
        int runs = 0;
        List<(PageBlock Block, string Printed)> others = [];
        foreach (PageBlock block in page.Blocks)
        {
            if (block.Comment("program") is not null)
            {
                (program is null || runs > 0).ShouldBeTrue("the page does not say what its program prints");
                (program, runs) = (folder.Build(block.Text), 0);
            }
            else if (block.Comment("output") is { } arguments)
            {
                program.ShouldNotBeNull();
                string printed = program.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
                if (PageOutput.Difference(block.Text, printed) is { } difference)
                {
                    others.Add((block, printed));
                    (Snapshot.AcceptByEnvironment && !block.Text.Contains('…', StringComparison.Ordinal)).ShouldBeTrue(difference);
                }

                runs++;
            }
        }

        runs.ShouldBeGreaterThan(0, "the page does not say what its program prints");
        if (others.Count > 0)
        {
            page.Rewrite(others.Select(other => (other.Block, other.Printed.TrimEnd() + "\n")));
        }
    }

    [Fact]
    public void EveryHowToPageHasAProgramAndLeadsOn()
    {
        Page[] pages = [.. Page.All().Where(name => name.StartsWith(HowTo, StringComparison.Ordinal)).Select(name => new Page(name))];
        pages.Length.ShouldBeGreaterThan(10);
        pages.Where(page => !page.Blocks.Any(block => block.Comment("program") is not null)).Select(page => page.Name).ShouldBeEmpty();
        pages.Where(page => !(Links(page, "**Next:** ") && Links(page, "**See also:** "))).Select(page => page.Name).ShouldBeEmpty("a page ends with **Next:** and **See also:**, with links");

        static bool Links(Page page, string start) => page.Text.Split('\n').Count(line => line.StartsWith(start, StringComparison.Ordinal) && line.Contains("](", StringComparison.Ordinal)) == 1;
    }

    /// <summary>The page on generated code names every file that its program's build writes.</summary>
    [Fact]
    public void TheGeneratedFilesAreNamed()
    {
        Page page = new(Reading);
        CSharpCompilation compilation = PageCompiler.Program(page.Blocks.First(block => block.Comment("program") is not null).Text, isWeb: false);
        string[] generated = [.. Compiler.Generate(compilation).Result.GeneratedSources.Select(source => source.HintName).Order(StringComparer.Ordinal)];
        page.Blocks.Single(block => block.Comment("generated") is not null).Text.TrimEnd().Split('\n').ShouldBe(generated);
    }

    /// <summary>A training that was killed ends with the number of one that was not, to the last digit.</summary>
    [Fact]
    public void AKilledTrainingGoesOnToTheSameBits()
    {
        string text = new Page(Resuming).Blocks.First(block => block.Comment("program") is not null).Text;
        using PageFolder folder = new();
        PageProgram program = folder.Build(text);
        using (Process killed = program.Start())
        {
            for (int epochs = 0; epochs < 3; epochs++)
            {
                killed.StandardOutput.ReadLine().ShouldNotBeNull();
            }

            killed.Kill();
            killed.WaitForExit();
        }

        string resumed = program.Run();
        resumed.ShouldNotContain("epoch   1 ");
        Directory.Delete(Path.Combine(folder.Path, "checkpoints"), recursive: true);
        program.Run().TrimEnd().Split('\n')[^1].ShouldBe(resumed.TrimEnd().Split('\n')[^1]);
    }

    /// <summary>The server answers many clients with one number, learns, and rejects what is wrong.</summary>
    [Fact]
    public async Task TheServerAnswers()
    {
        Page page = new(Serving);
        using PageFolder folder = new();
        PageProgram program = folder.Build(page.Blocks.First(block => block.Comment("program") == "web").Text, isWeb: true);
        using Process server = program.Start("--urls", "http://127.0.0.1:0");
        try
        {
            string? line;
            do
            {
                line = await server.StandardOutput.ReadLineAsync();
            }
            while (line is not null && !line.Contains("listening on: ", StringComparison.Ordinal));

            line.ShouldNotBeNull(await (line is null ? server.StandardError.ReadToEndAsync() : Task.FromResult("")));
            _ = server.StandardOutput.ReadToEndAsync();
            using HttpClient client = new() { BaseAddress = new Uri(line.Split("listening on: ")[1].Trim()) };
            float[] values = [.. Enumerable.Range(0, 60).Select(t => 50 + (30 * MathF.Sin(t * MathF.Tau / 24)))];
            string[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Ask(values[^48..])));
            answers.Distinct().Count().ShouldBe(1);
            float.Parse(answers[0], System.Globalization.CultureInfo.InvariantCulture).ShouldBe(50, 8);
            (await client.PostAsJsonAsync("/learn", values)).EnsureSuccessStatusCode();
            (await Ask(values[^48..])).ShouldNotBe(answers[0]);
            (await client.PostAsJsonAsync("/forecast", values)).StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);

            async Task<string> Ask(float[] window) => await (await client.PostAsJsonAsync("/forecast", window)).EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    [Theory]
    [InlineData("loss 0.31, 12 of 20", "loss 0.32, 11 of 20", true)]
    [InlineData("loss 0.31", "loss 0.36", false)]
    [InlineData("class 2", "class 3", false)]
    [InlineData("class 2", "class 2, again", false)]
    [InlineData("lost 2", "class 2", false)]
    [InlineData("-0.004", "0.001", false)]
    [InlineData("0.001", "0.002", true)]
    [InlineData("…\nlast 1", "first\nsecond\nlast 1", true)]
    [InlineData("…\nlast 1", "last 1\nfirst", false)]
    [InlineData("epoch 1 … s\n…", "epoch 1  loss 3 in 5 s", true)]
    [InlineData("one", "one\ntwo", false)]
    public void OutputsAreCompared(string expected, string printed, bool isSame) => (PageOutput.Difference(expected, printed) is null).ShouldBe(isSame);

    private static void CopyData(Page page, PageFolder folder)
    {
        foreach (string file in page.Links.Select(page.PathOf).Where(file => File.Exists(file) && Path.GetExtension(file) is ".csv" or ".txt" or ".pt" or ".keras"))
        {
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)), overwrite: true);
        }
    }
}
