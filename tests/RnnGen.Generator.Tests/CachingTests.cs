using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>An edit regenerates what it changes and nothing else.</summary>
public sealed class CachingTests
{
    private const string First = """
        [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1)]
        [Lstm(8)]
        public sealed partial class First;
        """;

    private const string Second = """
        [RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 1)]
        [Lstm(8)]
        [Gru(5)]
        public sealed partial class Second;
        """;

    private const string Other = "public sealed class Other { public int Value; }";

    [Fact]
    public void ACommentInAnotherFileChangesNothing() => AssertAllCached(Edit(2, "public int", "/* why */ public int"));

    [Fact]
    public void WhitespaceInTheModelsOwnFileChangesNothing() => AssertAllCached(Edit(0, "[Lstm(8)]", "\n\n   [Lstm( 8 )]\n"));

    [Fact]
    public void ACommentInTheModelsOwnFileChangesNothing() => AssertAllCached(Edit(0, "[Lstm(8)]", "[Lstm(8)] // units"));

    [Fact]
    public void AnEqualConstantExpressionChangesNothing() => AssertAllCached(Edit(0, "Lstm(8)", "Lstm(2 * 4)"));

    [Fact]
    public void AMemberInTheModelsOwnFileChangesNothing() =>
        AssertAllCached(Edit(0, "class First;", "class First { public int Extra => 1; }"));

    [Fact]
    public void AnUnrelatedClassChangesNothing() =>
        AssertAllCached(Edit(2, "public sealed class Other", "public sealed class Another;\npublic sealed class Other"));

    [Fact]
    public void AnotherFileChangesNothing()
    {
        CSharpCompilation compilation = Compiler.Create(First, Second, Other);
        GeneratorDriver driver = Compiler.Driver().RunGenerators(compilation);
        CSharpCompilation edited = compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Extra;", Compiler.ParseOptions, "Extra.cs"));
        AssertAllCached(driver.RunGenerators(edited).GetRunResult().Results.Single());
    }

    [Fact]
    public void AChangedSizeRegeneratesExactlyThatModel()
    {
        GeneratorRunResult result = Edit(1, "InputSize = 2", "InputSize = 9");
        Reasons(result, RnnModelGenerator.Steps.Models).Count(reason => reason == IncrementalStepRunReason.Modified).ShouldBe(1);
        OutputReasonsOfModels(result).ShouldBe([IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified], ignoreOrder: true);
    }

    /// <summary>Twenty models of five shapes, and a class that is none: what each kind of edit runs again, step by step.</summary>
    [Theory]
    [InlineData("// units\n", "[Lstm(8)] // M3", 0)]
    [InlineData("\n\n    ", "[Lstm(8)] // M3", 0)]
    [InlineData("public int Extra => 1; ", "} // M3", 0)]
    [InlineData("public int Extra => 1; ", "} // Other", 0)]
    [InlineData("[System.Obsolete] ", "public sealed class Other", 0)]
    [InlineData("1", ")] // M3", 1)]
    public void AmongTwentyModels(string inserted, string before, int changed)
    {
        const int Models = 20;
        string text = string.Concat(Enumerable.Range(0, Models).Select(i => $$"""
            [RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 3, OutputSize = 1)]
            [Gru({{i % 5 + 1}})]
            [Lstm(8)] // M{{i}}
            public sealed partial class M{{i}} { } // M{{i}}

            """)) + "public sealed class Other { } // Other\n";
        CSharpCompilation compilation = Compiler.Create(text);
        GeneratorDriver driver = Compiler.Driver().RunGenerators(compilation);
        driver.GetRunResult().Results.Single().GeneratedSources.Count(file => file.HintName.StartsWith('M')).ShouldBe(2 * Models);
        SyntaxTree tree = compilation.SyntaxTrees[0];
        string whole = tree.ToString();
        SyntaxTree edited = tree.WithChangedText(SourceText.From(whole.Insert(whole.IndexOf(before, StringComparison.Ordinal), inserted)));
        GeneratorRunResult result = driver.RunGenerators(compilation.ReplaceSyntaxTree(tree, edited)).GetRunResult().Results.Single();

        // The attributes of the edited file are read again; what was read is as before, and so nothing follows.
        Reasons(result, RnnModelGenerator.Steps.Models).ShouldBe(
            [.. Enumerable.Repeat(IncrementalStepRunReason.Modified, changed), .. Enumerable.Repeat(IncrementalStepRunReason.Cached, Models - changed)], ignoreOrder: true);
        OutputReasonsOfModels(result).ShouldBe(
            [.. Enumerable.Repeat(IncrementalStepRunReason.Modified, changed), .. Enumerable.Repeat(IncrementalStepRunReason.Cached, Models - changed)], ignoreOrder: true);
        if (changed == 0)
        {
            AssertAllCached(result);
        }
    }

    /// <summary>An editor runs the generator at every key: an edit beside the models reads their attributes again and makes nothing new, and that of a size writes its files without making each text several times.</summary>
    [Fact]
    public void AnEditAllocatesLittle()
    {
        const int Models = 20;
        string[] layers = ["[Lstm(64)]\n[Lstm(32)]", "[Gru(32)]", "[Rnn(16)]", "[Lstm(48)]\n[Dense(8)]", "[Gru(24, Bidirectional = true)]\n[Gru(24)]"];
        string[] models = [.. Enumerable.Range(0, Models).Select(i => $"[RnnModel(Architecture.ManyToOne, InputSize = {1 + i % 7}, SequenceLength = 48, OutputSize = 1)]\n{layers[i % layers.Length]}\npublic sealed partial class M{i};")];
        CSharpCompilation compilation = Compiler.Create([.. models, Other]);
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new RnnModelGenerator().AsSourceGenerator()], parseOptions: Compiler.ParseOptions).RunGenerators(compilation);
        MinimumOf(i => Edited(Models, "Value;", $"Value{i};")).ShouldBeLessThan(570_000);
        MinimumOf(i => Edited(0, "Lstm(32)", $"Lstm({33 + i})")).ShouldBeLessThan(22_000_000);

        long MinimumOf(Func<int, CSharpCompilation> edit) => Enumerable.Range(0, 4).Select(edit).ToList().Min(edited =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            driver = driver.RunGenerators(edited);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        CSharpCompilation Edited(int file, string from, string to)
        {
            SyntaxTree tree = compilation.SyntaxTrees[file];
            return compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(tree.ToString().Replace(from, to, StringComparison.Ordinal))));
        }
    }

    [Fact]
    public void ANewModelLeavesTheOthersAlone()
    {
        GeneratorRunResult result = Edit(2, "public sealed class Other", First.Replace("First", "Third", StringComparison.Ordinal) + "\npublic sealed class Other");
        OutputReasonsOfModels(result).ShouldBe(
            [IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached, IncrementalStepRunReason.New], ignoreOrder: true);
    }

    [Fact]
    public void ARenamedModelKeepsItsKernels()
    {
        GeneratorRunResult result = Edit(0, "class First", "class Renamed");
        result.GeneratedSources.Select(file => file.HintName).ShouldContain(name => name.Contains("Renamed"));
        Reasons(result, RnnModelGenerator.Steps.Kernels)
            .ShouldAllBe(reason => reason == IncrementalStepRunReason.Cached || reason == IncrementalStepRunReason.Unchanged);
    }

    [Fact]
    public void EqualKernelsAreGeneratedOnce()
    {
        GeneratorRunResult result = Compiler.Driver().RunGenerators(Compiler.Create(First, Second)).GetRunResult().Results.Single();
        result.GeneratedSources.Select(file => file.HintName).ShouldBeUnique();
        object[] keys = [.. result.TrackedSteps[RnnModelGenerator.Steps.Kernels].SelectMany(step => step.Outputs).Select(output => output.Value)];
        object[] all = [.. result.TrackedSteps[RnnModelGenerator.Steps.KernelsOfModels].SelectMany(step => step.Outputs).Select(output => output.Value)];
        keys.ShouldBeUnique();
        keys.ShouldBe(all.Distinct());
    }

    [Fact]
    public void AnEqualLayerInASecondModelAddsNoKernels()
    {
        string[] alone = KernelFiles(First);
        string[] both = KernelFiles(First, First.Replace("class First", "class Twin", StringComparison.Ordinal));
        alone.ShouldNotBeEmpty();
        both.ShouldBe(alone, ignoreOrder: true);
        KernelFiles(First, Second).Length.ShouldBeGreaterThan(alone.Length);

        static string[] KernelFiles(params string[] sources) => [.. Compiler.Generate(Compiler.Create(sources)).Result.GeneratedSources
            .Select(file => file.HintName).Where(name => name.StartsWith("RnnGen.Kernels.", StringComparison.Ordinal))];
    }

    [Fact]
    public void RemovingAModelKeepsTheOthersKernels()
    {
        CSharpCompilation compilation = Compiler.Create(First, First.Replace("class First", "class Twin", StringComparison.Ordinal));
        GeneratorDriver driver = Compiler.Driver().RunGenerators(compilation);
        GeneratorRunResult result = driver.RunGenerators(compilation.RemoveSyntaxTrees(compilation.SyntaxTrees[1])).GetRunResult().Results.Single();
        result.GeneratedSources.Select(file => file.HintName).ShouldContain("First.g.cs");
        result.GeneratedSources.Select(file => file.HintName).ShouldNotContain("Twin.g.cs");
        Reasons(result, RnnModelGenerator.Steps.Kernels).ShouldAllBe(reason => reason == IncrementalStepRunReason.Cached || reason == IncrementalStepRunReason.Unchanged);
        OutputReasonsOfModels(result).ShouldBe([IncrementalStepRunReason.Cached, IncrementalStepRunReason.Removed], ignoreOrder: true);
    }

    /// <summary>C# tells such names apart, and the compiler's table of generated files does not.</summary>
    [Fact]
    public void NamesThatDifferInCaseOnlyHaveFilesOfTheirOwn()
    {
        GeneratorRunResult result = Compiler.Generate(Compiler.Create(First, First.Replace("class First", "class FIRST", StringComparison.Ordinal))).Result;
        result.Exception.ShouldBeNull();
        string[] main = [.. result.GeneratedSources.Select(file => file.HintName).Where(name => name.EndsWith("first.g.cs", StringComparison.OrdinalIgnoreCase))];
        main.Length.ShouldBe(2);
        main.Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(2);
    }

    [Fact]
    public void TheSameSourceGivesTheSameText()
    {
        string[] texts = [.. Enumerable.Range(0, 2).Select(_ => string.Concat(
            Compiler.Generate(Compiler.Create(First, Second)).Result.GeneratedSources.Select(file => file.HintName + file.SourceText)))];
        texts[1].ShouldBe(texts[0]);
    }

    /// <summary>Runs the generator, edits one file, and runs it again.</summary>
    private static GeneratorRunResult Edit(int file, string from, string to)
    {
        CSharpCompilation compilation = Compiler.Create(First, Second, Other);
        GeneratorDriver driver = Compiler.Driver().RunGenerators(compilation);
        SyntaxTree tree = compilation.SyntaxTrees[file];
        string before = tree.GetText().ToString();
        string after = before.Replace(from, to, StringComparison.Ordinal);
        after.ShouldNotBe(before);
        CSharpCompilation edited = compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(after)));
        return driver.RunGenerators(edited).GetRunResult().Results.Single();
    }

    private static void AssertAllCached(GeneratorRunResult result)
    {
        IncrementalStepRunReason[] outputs = [.. result.TrackedOutputSteps.Values.SelectMany(steps => steps).SelectMany(step => step.Outputs).Select(output => output.Reason)];
        outputs.ShouldNotBeEmpty();
        outputs.ShouldAllBe(reason => reason == IncrementalStepRunReason.Cached);
        foreach (string name in (string[])[RnnModelGenerator.Steps.Models, RnnModelGenerator.Steps.KernelsOfModels, RnnModelGenerator.Steps.Kernels])
        {
            Reasons(result, name).ShouldNotBeEmpty();
            Reasons(result, name).ShouldAllBe(reason => reason == IncrementalStepRunReason.Cached || reason == IncrementalStepRunReason.Unchanged);
        }
    }

    private static IncrementalStepRunReason[] Reasons(GeneratorRunResult result, string step) =>
        [.. result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason)];

    /// <summary>The reasons of the output steps that write the models' main files.</summary>
    private static IncrementalStepRunReason[] OutputReasonsOfModels(GeneratorRunResult result) =>
    [
        .. result.TrackedOutputSteps.Values.SelectMany(steps => steps)
            .Where(step => step.Inputs.Any(input => input.Source.Inputs.Any(source => source.Source.Name == RnnModelGenerator.Steps.Models)))
            .SelectMany(step => step.Outputs).Select(output => output.Reason),
    ];
}
