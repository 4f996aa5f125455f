using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using RnnGen.Generator.Common;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>A plan is most of what a model costs the compiler: the generator makes that of a changed model once, and the analyzer one only where an advice asks for it.</summary>
[Collection(nameof(Stages))]
public sealed class PlanOnceTests : IDisposable
{
    private const string Source = """
        [RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 3, OutputSize = 1)]
        [Gru(5)] // CountedA
        public sealed partial class CountedA;

        [RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 3, OutputSize = 1, Weights = "b.safetensors")]
        [Gru(6)]
        public sealed partial class CountedB;

        [RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 3, OutputLength = 2, OutputSize = 1)]
        [Lstm(7)]
        [Decoder]
        [Lstm(7)]
        public sealed partial class CountedC;
        """;

    private readonly List<string> _planned = [];

    public PlanOnceTests() => Stages.Entered = (stage, of) =>
    {
        if (stage == Stage.Planning && of.StartsWith("Counted", StringComparison.Ordinal))
        {
            lock (_planned)
            {
                _planned.Add(of);
            }
        }
    };

    public void Dispose() => Stages.Entered = null;

    [Fact]
    public void TheGeneratorPlansAChangedModelOnce()
    {
        CSharpCompilation compilation = Compiler.Create(Source);
        GeneratorDriver driver = Compiler.Driver().AddAdditionalTexts(WeightsFiles.Fitting(compilation));
        Planned();
        driver = driver.RunGenerators(compilation);
        Planned().ShouldBe(["CountedA", "CountedB", "CountedC"]);

        driver = driver.RunGenerators(Edited("[Gru(5)]", "[Gru( 5 )]"));
        Planned().ShouldBeEmpty();
        driver.RunGenerators(Edited("[Gru(5)]", "[Gru(9)]"));
        Planned().ShouldBe(["CountedA"]);

        Compilation Edited(string from, string to)
        {
            SyntaxTree tree = compilation.SyntaxTrees[0];
            return compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(tree.ToString().Replace(from, to, StringComparison.Ordinal))));
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(", BatchSize = 1", 0)]
    [InlineData(", Deadline = 0.001", 1)]
    public void TheAnalyzerPlansOnlyForAnAdviceThatNeedsIt(string argument, int plans)
    {
        (Compilation output, _) = Compiler.Generate(Compiler.Create(Source.Replace("OutputSize = 1)]\n[Gru(5)]", $"OutputSize = 1{argument})]\n[Gru(5)]", StringComparison.Ordinal).Replace(", Weights = \"b.safetensors\"", "", StringComparison.Ordinal)));
        Planned();
        Compiler.Analyze(output);
        Planned().Count.ShouldBe(plans);
    }

    private List<string> Planned()
    {
        lock (_planned)
        {
            List<string> planned = [.. _planned.Order(StringComparer.Ordinal)];
            _planned.Clear();
            return planned;
        }
    }
}
