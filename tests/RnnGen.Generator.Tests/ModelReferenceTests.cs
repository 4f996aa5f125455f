using Microsoft.CodeAnalysis;
using RnnGen.Generator.Tests.Harness;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests;

/// <summary>The page on the generated class names every member that models have, and no other.</summary>
public sealed class ModelReferenceTests
{
    private const string Source = """
        [RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 8, OutputSize = 4, Loss = Loss.CrossEntropy, GradientFlow = true)]
        [Lstm(16, Dropout = 0.1)]
        public sealed partial class Classifier;

        [RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 8, OutputSize = 4, Loss = Loss.BinaryCrossEntropy, InitialState = InitialState.Learned, InputGradients = true)]
        [Gru(16)]
        public sealed partial class Tagger;

        [RnnModel(Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, OutputSize = 6, Loss = Loss.CrossEntropy)]
        [Embedding(7, 5)]
        [Gru(6)]
        [Decoder(Attention = Attention.Additive)]
        [Embedding(6, 5)]
        [Gru(6)]
        public sealed partial class Translator;

        [RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 8, OutputSize = 4, Loss = Loss.Ctc)]
        [Lstm(8)]
        public sealed partial class Speech;

        [RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 8, OutputSize = 4, Loss = Loss.Quantile)]
        [Lstm(8)]
        public sealed partial class Band;

        [RnnModel(Architecture.ManyToOne, SequenceLength = 8, OutputSize = 1)]
        [Feature("sales")]
        [Static("store", Categories = 9, EmbeddingSize = 3)]
        [Gru(8)]
        public sealed partial class Stores;
        """;

    [Fact]
    public void ThePageNamesEveryMember()
    {
        Compilation compilation = Compiler.Generate(Compiler.Create(Source)).Output;
        HashSet<string> expected = [];
        foreach (string name in (string[])["Classifier", "Tagger", "Translator", "Speech", "Band", "Stores"])
        {
            INamedTypeSymbol model = compilation.GetTypeByMetadataName(name).ShouldNotBeNull();
            expected.UnionWith(Members(model));
            expected.UnionWith(model.GetTypeMembers("State").Concat(model.GetTypeMembers("Streams")).SelectMany(Members));
        }

        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs/reference/model.md"));
        HashSet<string> named = [.. lines.Where(l => l.StartsWith("| `", StringComparison.Ordinal)).SelectMany(l => l.Split('|')[1].Split('`').Where((_, i) => i % 2 == 1)).Select(code => code.Split('(')[0])];
        expected.Except(named).Order().ShouldBeEmpty("not on the page");
        named.Except(expected).Order().ShouldBeEmpty("on the page, and no member");
    }

    // Constructors and types have no row of their own.
    private static IEnumerable<string> Members(INamedTypeSymbol type) =>
        OfferedMembers.Of(type).Where(m => m is IFieldSymbol or IPropertySymbol or IMethodSymbol { MethodKind: MethodKind.Ordinary }).Select(m => m.Name);
}
