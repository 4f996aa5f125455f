using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>What an editor and a debugger do with a model: a name leads to its generated declaration, hovering shows what a member does, and the debugger stops in the generated lines.</summary>
public sealed class EditorTests
{
    private const string Source = """
        namespace App;

        [RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 8, OutputSize = 4, Loss = Loss.CrossEntropy)]
        [Lstm(16, Dropout = 0.1)]
        public sealed partial class Classifier;

        [RnnModel(Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, OutputSize = 6, Loss = Loss.CrossEntropy)]
        [Embedding(7, 5)]
        [Gru(6)]
        [Decoder(Attention = Attention.Additive)]
        [Embedding(6, 5)]
        [Gru(6)]
        public sealed partial class Translator;

        public static class Use
        {
            public static void Of(float[] x, int[] y, Optimizer optimizer)
            {
                Classifier model = new(1);
                model.TrainStep(x, y, 1, optimizer);
                _ = model.Predict(x);
                _ = Classifier.Layout;
                Classifier.State state = model.CreateState();
                state.Step(x, x);
            }
        }
        """;

    private static readonly Lazy<CSharpCompilation> s_compilation = new(() =>
    {
        CSharpCompilation written = Compiler.Create(Source);
        SyntaxTree tree = written.SyntaxTrees[0];

        // Symbols name the bytes of a source.
        written = written.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(SourceText.From(tree.ToString(), Encoding.UTF8), Compiler.ParseOptions, tree.FilePath));
        MetadataReference library = written.References.Single(r => Path.GetFileName(r.Display) == "RnnGen.dll");
        MetadataReference documented = MetadataReference.CreateFromFile(library.Display!, documentation: XmlDocumentationProvider.CreateFromFile(Path.ChangeExtension(library.Display, ".xml")!));
        return (CSharpCompilation)Compiler.Generate(written.ReplaceReference(library, documented)).Output;
    });

    [Theory]
    [InlineData("Classifier")]
    [InlineData("TrainStep")]
    [InlineData("Predict")]
    [InlineData("Layout")]
    [InlineData("CreateState")]
    [InlineData("State")]
    public void ANameLeadsToItsDeclarationInTheModelsFile(string name)
    {
        SyntaxTree tree = s_compilation.Value.SyntaxTrees[0];
        SimpleNameSyntax use = tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>().Single(c => c.Identifier.Text == "Use").DescendantNodes().OfType<SimpleNameSyntax>()
            .First(n => n.Identifier.Text == name);
        ISymbol symbol = s_compilation.Value.GetSemanticModel(tree).GetSymbolInfo(use).Symbol.ShouldNotBeNull();
        Location declared = symbol.Locations.Single(l => Path.GetFileName(l.SourceTree?.FilePath) == "App.Classifier.g.cs");
        declared.SourceTree!.GetText().ToString(declared.SourceSpan).ShouldBe(name);
    }

    /// <summary>Every member that is offered says what it does, whether in the generated file or in what it inherits; a method that is named within a sentence would be shown with all its parameters' types.</summary>
    [Theory]
    [InlineData("App.Classifier")]
    [InlineData("App.Classifier+State")]
    [InlineData("App.Translator")]
    public void HoveringShowsWhatAMemberDoes(string name)
    {
        INamedTypeSymbol type = s_compilation.Value.GetTypeByMetadataName(name).ShouldNotBeNull();
        IReadOnlyList<ISymbol> members = [.. OfferedMembers.Of(type)];
        members.Count.ShouldBeGreaterThan(5);
        foreach (ISymbol member in members)
        {
            XElement? summary = Summary(member, 0);
            summary.ShouldNotBeNull(member.ToDisplayString());
            summary.Value.Trim().ShouldNotBeEmpty(member.ToDisplayString());
            summary.Descendants("see").Select(see => see.Attribute("cref")?.Value).ShouldAllBe(cref => cref == null || !cref.StartsWith("M:"), member.ToDisplayString());
        }
    }

    [Fact]
    public void TheDebuggerStopsInEveryGeneratedFile()
    {
        using MemoryStream program = new(), symbols = new();
        EmitResult emitted = s_compilation.Value.Emit(program, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        string.Join("\n", emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)).ShouldBe("");
        (program.Position, symbols.Position) = (0, 0);
        using PEReader image = new(program);
        MetadataReader names = image.GetMetadataReader();
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(symbols);
        MetadataReader reader = provider.GetMetadataReader();
        HashSet<string> stops = [];
        foreach (MethodDebugInformationHandle handle in reader.MethodDebugInformation)
        {
            foreach (SequencePoint point in reader.GetMethodDebugInformation(handle).GetSequencePoints().Where(p => !p.IsHidden))
            {
                string file = Path.GetFileName(reader.GetString(reader.GetDocument(point.Document).Name));
                stops.Add(file);
                stops.Add($"{file} {names.GetString(names.GetMethodDefinition(handle.ToDefinitionHandle()).Name)}");
            }
        }

        s_compilation.Value.SyntaxTrees.Skip(1).Select(tree => Path.GetFileName(tree.FilePath)).ShouldAllBe(file => stops.Contains(file));
        foreach (string method in (string[])["TrainStep", "Predict", "RnnForwardLstm0", "RnnBackwardLstm0", "RnnPredictOne", "RnnStream"])
        {
            stops.ShouldContain($"App.Classifier.g.cs {method}");
        }

        stops.ShouldContain(stop => stop.StartsWith("RnnGen.Kernels.Lstm_3x16") && stop.EndsWith(" Forward"));
    }

    // The summary as an editor finds it: along inheritdoc, by its cref or by what the member implements.
    private static XElement? Summary(ISymbol symbol, int depth)
    {
        depth.ShouldBeLessThan(5, symbol.ToDisplayString());
        string xml = symbol.GetDocumentationCommentXml(expandIncludes: true) ?? "";
        if (xml.Length == 0)
        {
            return null;
        }

        XElement comment = XElement.Parse(xml);
        if (comment.Element("summary") is { } summary)
        {
            return summary;
        }

        XElement? inherited = comment.Elements("inheritdoc").FirstOrDefault(i => i.Attribute("path") is null);
        ISymbol? from = inherited?.Attribute("cref") is { } cref ? DocumentationCommentId.GetFirstSymbolForDeclarationId(cref.Value, s_compilation.Value)
            : inherited is null ? null
            : symbol.ContainingType.AllInterfaces.SelectMany(i => i.GetMembers()).FirstOrDefault(m => SymbolEqualityComparer.Default.Equals(symbol.ContainingType.FindImplementationForInterfaceMember(m), symbol));
        return from is null ? null : Summary(from, depth + 1);
    }
}
