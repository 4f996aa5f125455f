using System.Globalization;
using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using RnnGen.Generator;

namespace RnnGen.DriverCost;

/// <summary>
/// What the generator takes of an editor at a key: 20 models in a compilation, and an edit of one file, after which the driver runs again. Every run sees another text
/// than the one before. The time includes what the compiler does for any generator that looks for attributes; <see cref="Binding"/> is that alone.
/// </summary>
[MemoryDiagnoser]
public class Edits
{
    private const int Models = 20;

    // Models as people declare them, each in a file of its own, and a file without one.
    private static readonly string[] s_layers = ["[Lstm(64)]\n[Lstm(32)]", "[Gru(32)]", "[Rnn(16)]", "[Lstm(48)]\n[Dense(8)]", "[Gru(24, Bidirectional = true)]\n[Gru(24)]"];

    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.Latest);

    private readonly SyntaxTree[] _trees =
    [
        .. Enumerable.Range(0, Models).Select(i => Tree($"M{i}.cs", $$"""
            using RnnGen;
            [RnnModel(Architecture.ManyToOne, InputSize = {{1 + i % 7}}, SequenceLength = 48, OutputSize = 1)]
            {{s_layers[i % s_layers.Length]}}
            public sealed partial class M{{i}};
            """)),
        Tree("Other.cs", "public sealed class Other { public int Value(int x) => x + 0; }"),
    ];

    private CSharpCompilation _compilation = null!;
    private GeneratorDriver _driver = null!;
    private int _edit;

    /// <summary>All models' code, once.</summary>
    [GlobalSetup]
    public void Generate()
    {
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "RnnGen.dll")
            .Select(path => MetadataReference.CreateFromFile(path));
        _compilation = CSharpCompilation.Create("Project", _trees, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        _driver = CSharpGeneratorDriver.Create([new RnnModelGenerator().AsSourceGenerator()], parseOptions: s_parse).RunGenerators(_compilation);
        int files = _driver.GetRunResult().GeneratedTrees.Length;
        if (files < Models)
        {
            throw new InvalidOperationException($"{Models} models gave {files} files.");
        }
    }

    /// <summary>Nothing of the generator: the attributes of all models are bound in the new compilation.</summary>
    [Benchmark]
    public int Binding()
    {
        CSharpCompilation compilation = Edited(Models, "x + ", "x + {0}");
        int attributes = 0;
        foreach (SyntaxTree tree in _trees.Take(Models))
        {
            SemanticModel semantics = compilation.GetSemanticModel(tree);
            attributes += tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>().Sum(c => semantics.GetDeclaredSymbol(c)!.GetAttributes().Length);
        }

        return attributes;
    }

    /// <summary>An edit in a method of another file: nothing is generated again.</summary>
    [Benchmark]
    public GeneratorDriver EditElsewhere() => Run(Edited(Models, "x + ", "x + {0}"));

    /// <summary>A comment in a model's file: nothing is generated again.</summary>
    [Benchmark]
    public GeneratorDriver Comment() => Run(Edited(3, "using", "// {0}\nusing"));

    /// <summary>Another size of a small model, whose code and kernels are written again.</summary>
    [Benchmark]
    public GeneratorDriver SizeOfSmallModel() => Run(Edited(2, "InputSize = 3", "InputSize = {0}"));

    /// <summary>Another size of a model of two layers.</summary>
    [Benchmark]
    public GeneratorDriver SizeOfTwoLayers() => Run(Edited(0, "Lstm(32)", "Lstm({0})"));

    /// <summary>Another number of steps of a model of two layers.</summary>
    [Benchmark]
    public GeneratorDriver Steps() => Run(Edited(0, "SequenceLength = 48", "SequenceLength = {0}"));

    private CSharpCompilation Edited(int file, string part, string edited)
    {
        // Sizes come round after 64, the driver's tables remember only the last run.
        _edit = (_edit + 1) % 64;
        string text = _trees[file].ToString().Replace(part, string.Format(CultureInfo.InvariantCulture, edited, 8 + _edit), StringComparison.Ordinal);
        return _compilation.ReplaceSyntaxTree(_trees[file], _trees[file].WithChangedText(SourceText.From(text)));
    }

    private GeneratorDriver Run(CSharpCompilation compilation) => _driver = _driver.RunGenerators(compilation);

    private static SyntaxTree Tree(string path, string text) => CSharpSyntaxTree.ParseText(text, s_parse, path);
}
