using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using RnnGen.Generator.Analyzing;
using RnnGen.Generator.Checking;
using RnnGen.Generator.Parsing;

namespace RnnGen.Generator.Tests.Harness;

/// <summary>Compiles source text against RnnGen in memory, with the generator and the analyzer.</summary>
internal static class Compiler
{
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp12, DocumentationMode.Diagnose);

    public static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)
                || Path.GetFileName(path) is "System.dll" or "mscorlib.dll" or "netstandard.dll" or "RnnGen.dll" or "RnnGen.Data.dll" or "RnnGen.Display.dll" or "RnnGen.Forecasting.dll" or "RnnGen.Mpi.dll" or "RnnGen.Exchange.dll" or "RnnGen.Exchange.Keras.dll" or "Spectre.Console.dll")
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>A compilation of a library, nullable enabled, every warning on.</summary>
    public static CSharpCompilation Create(params string[] sources) => Create(ParseOptions, sources);

    public static CSharpCompilation Create(CSharpParseOptions options, params string[] sources) => CSharpCompilation.Create(
        "Consumer",
        sources.Select((source, index) => CSharpSyntaxTree.ParseText("using RnnGen;\n" + source, options, $"Source{index}.cs")),
        References,
        new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, warningLevel: 9999, nullableContextOptions: NullableContextOptions.Enable));

    public static GeneratorDriver Driver(CSharpParseOptions? options = null) => CSharpGeneratorDriver.Create(
        [new RnnModelGenerator().AsSourceGenerator()],
        parseOptions: options ?? ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static (Compilation Output, GeneratorRunResult Result) Generate(CSharpCompilation compilation, params AdditionalText[] texts)
    {
        var options = (CSharpParseOptions)compilation.SyntaxTrees[0].Options;
        GeneratorDriver driver = Driver(options).AddAdditionalTexts([.. texts]).RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        return (output, driver.GetRunResult().Results.Single());
    }

    /// <summary>Runs the generator and insists on a compilation without an error, a warning or an issue; advice is no issue.</summary>
    public static Compilation Compile(params string[] sources)
    {
        (Compilation output, GeneratorRunResult result) = Generate(Create(sources));
        result.Exception.ShouldBeNull();
        result.Diagnostics.ShouldBeEmpty();
        result.GeneratedSources.ShouldNotBeEmpty("nothing was generated");

        string.Join("\n", All(output).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)).ShouldBe("");
        return output;
    }

    /// <summary>What compiler and analyzer say, in one pass.</summary>
    public static ImmutableArray<Diagnostic> All(Compilation compilation, params AdditionalText[] texts) => Analyzed(compilation, texts).GetAllDiagnosticsAsync().GetAwaiter().GetResult();

    /// <summary>What the analyzer reports on what the compiler sees: the source with the generated code.</summary>
    public static ImmutableArray<Diagnostic> Analyze(Compilation compilation, params AdditionalText[] texts) => Analyzed(compilation, texts)
        .GetAnalyzerDiagnosticsAsync()
        .GetAwaiter().GetResult()
        .Sort((a, b) => a.Location.SourceSpan.Start.CompareTo(b.Location.SourceSpan.Start));

    /// <summary>What the analyzer finds wrong, without advice.</summary>
    public static ImmutableArray<Diagnostic> Faults(Compilation compilation, params AdditionalText[] texts) =>
        Analyze(compilation, texts).RemoveAll(diagnostic => diagnostic.Severity == DiagnosticSeverity.Info);

    private static CompilationWithAnalyzers Analyzed(Compilation compilation, AdditionalText[] texts) =>
        compilation.WithAnalyzers([new RnnModelAnalyzer()], new AnalyzerOptions([.. texts]));

    public static CheckedModel Parse(string source, string typeName = "M") => ModelCheck.Of(Type(source, typeName), CancellationToken.None);

    public static INamedTypeSymbol Type(string source, string typeName = "M") =>
        Create(source).GetSymbolsWithName(typeName, SymbolFilter.Type).OfType<INamedTypeSymbol>().Single();
}
