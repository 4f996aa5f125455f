using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;
using RnnGen.Generator;
using RnnGen.Generator.Analyzing;

namespace RnnGen.Tool.Checking;

/// <summary>Compiles a declaration in memory, with the generator and against the libraries of the running .NET.</summary>
internal static class CompiledDeclaration
{
    private static readonly CSharpParseOptions s_parsing = new(LanguageVersion.CSharp12);

    /// <summary>The declared class, in an assembly that is unloaded with what uses it.</summary>
    /// <param name="text">The declaration.</param>
    /// <param name="fullName">The class's name with its namespace.</param>
    /// <exception cref="CheckException">Compiler or analyzer find something wrong.</exception>
    public static Type Compile(string text, string fullName)
    {
        CSharpCompilation compilation = Compilation(text);
        CSharpGeneratorDriver.Create([new RnnModelGenerator().AsSourceGenerator()], parseOptions: s_parsing).RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out _);
        Require(generated.WithAnalyzers([new RnnModelAnalyzer()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult());
        using MemoryStream assembly = new();
        EmitResult emitted = generated.Emit(assembly);
        Require(emitted.Diagnostics);
        assembly.Position = 0;
        Assembly loaded = new AssemblyLoadContext("Imported", isCollectible: true).LoadFromStream(assembly);
        return loaded.GetType(fullName, throwOnError: true)!;
    }

    /// <summary>The text with what it refers to, before the generator runs.</summary>
    /// <param name="text">The declaration.</param>
    public static CSharpCompilation Compilation(string text) => CSharpCompilation.Create(
        "Imported", [CSharpSyntaxTree.ParseText(text, s_parsing)], References(),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));

    private static IEnumerable<MetadataReference> References() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "mscorlib.dll" or "netstandard.dll" or "RnnGen.dll"))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private static void Require(IEnumerable<Diagnostic> diagnostics)
    {
        string[] errors = [.. diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => Invariant($"{d.Id}: {d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}"))];
        if (errors.Length > 0)
        {
            // What RnnGen says of a declaration is about its sizes; what else there is comes from names.
            string fix = Array.TrueForAll(errors, static error => error.StartsWith("RNN", StringComparison.Ordinal))
                ? "Its layers are the file's; the length of its sequences is that of --steps."
                : "Where its name or namespace is in the way, use others: --name, --namespace.";
            throw new CheckException(Invariant($"The declaration does not compile: {string.Join("; ", errors.Take(3))}. {fix}"));
        }
    }
}
