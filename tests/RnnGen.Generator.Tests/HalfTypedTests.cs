using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Generator.Tests.Harness;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests;

/// <summary>Neither the generator nor the analyzer throws, whatever stands in the editor.</summary>
public sealed class HalfTypedTests
{
    private const string Source = """
        namespace Shop.Models;

        public partial class Outer
        {
            [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1, Loss = Loss.Huber, Precision = Precision.Double)]
            [Lstm(8, Initializer = Initializer.Uniform)]
            [Dense(4, Activation = Activation.Relu)]
            public sealed partial class M
            {
                private readonly int _count = 1;
                public int Count => _count;
            }
        }
        """;

    [Fact]
    public void WithoutAnyOneToken() => RunAll(Tokens().Select(token => Source.Remove(token.Start, token.Length)));

    [Fact]
    public void WithAnyOneTokenTwice() => RunAll(Tokens().Select(token => Source.Insert(token.Start, Source[token.Start..token.End] + " ")));

    [Fact]
    public void WithAnyTwoTokensSwapped() => RunAll(Tokens().Zip(Tokens().Skip(1), (a, b) => string.Concat(
        Source.AsSpan(0, a.Start), Source.AsSpan(b.Start, b.Length), " ", string.Concat(Source.AsSpan(a.Start, a.Length), Source.AsSpan(b.End)))));

    [LongFact, Trait(Tiers.Tier, Tiers.Long)]
    public void CutOffAnywhere() => RunAll(Enumerable.Range(0, Source.Length / 3).Select(third => Source[..(third * 3)]));

    [LongFact, Trait(Tiers.Tier, Tiers.Long)]
    public void WithCharactersMissing()
    {
        var random = new Random(1);
        RunAll(Enumerable.Range(0, 200).Select(_ =>
        {
            string text = Source;
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                text = text.Remove(random.Next(text.Length - 4), random.Next(1, 4));
            }

            return text;
        }));
    }

    [Theory]
    [InlineData("[Lstm]")]
    [InlineData("[Lstm()]")]
    [InlineData("[Lstm(]")]
    [InlineData("[Lstm(null)]")]
    [InlineData("[Lstm(\"8\")]")]
    [InlineData("[Lstm(8.5)]")]
    [InlineData("[Lstm(99999999999)]")]
    [InlineData("[Lstm(int.MaxValue + 1)]")]
    [InlineData("[Lstm(new[] { 1, 2 })]")]
    [InlineData("[Lstm(typeof(int))]")]
    [InlineData("[Lstm(8, 9)]")]
    [InlineData("[Lstm(8, Initializer = )]")]
    [InlineData("[Lstm(8, Initializer = Initializer.Nothing)]")]
    [InlineData("[Lstm(Missing.Size)]")]
    [InlineData("[Lstm(hiddenSiz: 8)]")]
    [InlineData("[Layer(8)]")]
    [InlineData("[Lst(8)]")]
    public void ALayerThatDoesNotCompile(string layer) => GeneratesNothing(Source.Replace("[Lstm(8, Initializer = Initializer.Uniform)]", layer), layer);

    /// <summary>The compiler reports these and still tells what was meant; that is as good as nothing for the editor.</summary>
    [Theory]
    [InlineData("[Lstm(8, Initializer = 1)]")]
    [InlineData("[Lstm(8, Initializer = Activation.Tanh)]")]
    [InlineData("[Lstm(8, Nothing = 1)]")]
    [InlineData("[Lstm(8, Size = 9)]")]
    public void AnArgumentOfTheWrongType(string layer) => Run(Source.Replace("[Lstm(8, Initializer = Initializer.Uniform)]", layer));

    [Theory]
    [InlineData("[RnnModel]")]
    [InlineData("[RnnModel()]")]
    [InlineData("[RnnModel(0, InputSize = 1, SequenceLength = null, OutputSize = 1)]")]
    [InlineData("[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = , OutputSize = 1)]")]
    [InlineData("[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = \"4\", OutputSize = 1)]")]
    [InlineData("[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 1L << 40, OutputSize = 1)]")]
    [InlineData("[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = new int[4], OutputSize = 1)]")]
    [InlineData("[RnnModel(Architecture.Nothing, InputSize = 1, SequenceLength = 4, OutputSize = 1)]")]
    [InlineData("[RnnModel(1, InputSize = 1, SequenceLength = 4, OutputSize = 1)]")]
    [InlineData("[RnnModel(InputSize = 1, SequenceLength = 4, OutputSize = 1)]")]
    public void AModelThatDoesNotCompile(string model) =>
        GeneratesNothing(
            Source.Replace(Source.Split('\n').Single(line => line.Contains("RnnModel")).Trim(), model), model);

    [Theory]
    [InlineData("struct")]
    [InlineData("record struct")]
    [InlineData("interface")]
    [InlineData("enum")]
    public void OnWhatIsNotAClass(string keyword)
    {
        string source = $"[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1), Lstm(8)] public {(keyword == "enum" ? "" : "partial ")}{keyword} M {{ }}";
        GeneratesNothing(source, keyword);
        Compiler.Create(source).GetDiagnostics().ShouldContain(diagnostic => diagnostic.Id == "CS0592");
    }

    [Fact]
    public void WithAnAttributeOfOnesOwnByTheSameName() => Run("""
        namespace RnnGen
        {
            public sealed class RnnModelAttribute(string[] names) : System.Attribute { public string[] InputSize { get; set; } = names; }
            public sealed class LstmAttribute(object size) : LayerAttribute(1) { public object? Initializer { get; set; } }
        }
        [RnnModel(new[] { "a" }, InputSize = new[] { "b" })]
        [Lstm(new object[] { 1 }, Initializer = null)]
        public sealed partial class M;
        """);

    /// <summary>A source that the compiler rejects needs no word from RnnGen, and no code.</summary>
    private static void GeneratesNothing(string source, string replaced)
    {
        source.ShouldContain(replaced);
        (Compilation output, GeneratorRunResult result) = Compiler.Generate(Compiler.Create(source));
        result.Exception.ShouldBeNull();
        result.GeneratedSources.ShouldBeEmpty();
        output.GetDiagnostics().ShouldContain(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Compiler.Analyze(output).ShouldAllBe(diagnostic => diagnostic.Id != "AD0001" && diagnostic.Id != "RNN012" && diagnostic.Id != "RNN007");
    }

    private static void RunAll(IEnumerable<string> sources)
    {
        int count = 0;
        foreach (string source in sources)
        {
            Run(source);
            count++;
        }

        count.ShouldBeGreaterThan(50);
    }

    private static void Run(string source)
    {
        // The generated code is no part of the question, and binding it a thousand times takes minutes.
        CSharpCompilation compilation = Compiler.Create(source);
        GeneratorRunResult result = Compiler.Driver().RunGenerators(compilation).GetRunResult().Results.Single();
        result.Exception.ShouldBeNull(source);
        Compiler.Analyze(compilation).ShouldAllBe(diagnostic => diagnostic.Id.StartsWith("RNN"), source);
    }

    private static List<(int Start, int Length, int End)> Tokens() =>
        [.. SyntaxFactory.ParseTokens(Source).Where(token => token.Span.Length > 0).Select(token => (token.SpanStart, token.Span.Length, token.Span.End))];
}
