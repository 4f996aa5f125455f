using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests.Documentation;

/// <summary>Compiles a page's C# as a new project would: implicit usings, nullable, Release, the generator.</summary>
internal static class PageCompiler
{
    private const string Usings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private const string WebUsings =
        "global using System.Net.Http.Json; global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Hosting; global using Microsoft.AspNetCore.Http; global using Microsoft.AspNetCore.Routing; " +
        "global using Microsoft.Extensions.Configuration; global using Microsoft.Extensions.DependencyInjection; global using Microsoft.Extensions.Hosting; global using Microsoft.Extensions.Logging;";

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    /// <summary>Code as it stands on a page, with what it takes for granted before it.</summary>
    public static CSharpCompilation Fragment(string text, string given)
    {
        CompilationUnitSyntax code = Unit(text), around = Unit(given);
        CompilationUnitSyntax whole = code
            .WithUsings(code.Usings.AddRange(around.Usings))
            .WithMembers(SyntaxFactory.List([.. Statements(around), .. Statements(code), .. code.Members.Except(Statements(code)), .. around.Members.Except(Statements(around))]));
        whole.Members.Count.ShouldBe(code.Members.Count + around.Members.Count);
        return Create(whole.ToFullString(), Usings + " global using RnnGen;", Compiler.References, Statements(whole).Any() ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary);

        CompilationUnitSyntax Unit(string source) => (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(WithoutPackages(source), Parsing).GetRoot();
    }

    /// <summary>A whole program, of a console project or of a web project.</summary>
    public static CSharpCompilation Program(string text, bool isWeb) => isWeb
        ? Create(WithoutPackages(text), Usings + " " + WebUsings, [.. Compiler.References, .. WebReferences()], OutputKind.ConsoleApplication)
        : Create(WithoutPackages(text), Usings, Compiler.References, OutputKind.ConsoleApplication);

    /// <summary>The compilation with what the generator adds; neither compiler nor analyzer finds anything wrong with the page's own code.</summary>
    public static Compilation Generate(CSharpCompilation compilation, params AdditionalText[] weights)
    {
        SyntaxTree tree = compilation.SyntaxTrees[0];
        Compiler.Faults(compilation, weights).ShouldBeEmpty(tree.ToString());

        // The generated code has tests of its own; here its members must be what the page says they are.
        Compilation output = Compiler.Generate(compilation, weights).Output;
        output.GetSemanticModel(tree).GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).ShouldBeEmpty(tree.ToString());
        return output;
    }

    /// <summary>The lines of a program of one file that say which packages it needs are the SDK's, and blank for the compiler.</summary>
    private static string WithoutPackages(string text) => string.Join('\n', text.Split('\n').Select(line => line.StartsWith("#:", StringComparison.Ordinal) ? "" : line));

    private static CSharpCompilation Create(string text, string usings, ImmutableArray<MetadataReference> references, OutputKind kind) => CSharpCompilation.Create(
        "Page", [CSharpSyntaxTree.ParseText(text, Parsing, "Program.cs"), CSharpSyntaxTree.ParseText(usings, Parsing, "Usings.cs")], references,
        new CSharpCompilationOptions(kind, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: false));

    private static IEnumerable<GlobalStatementSyntax> Statements(CompilationUnitSyntax unit) => unit.Members.OfType<GlobalStatementSyntax>();

    /// <summary>ASP.NET's assemblies, which every SDK has beside the runtime's.</summary>
    private static IEnumerable<MetadataReference> WebReferences()
    {
        DirectoryInfo runtime = new(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        DirectoryInfo web = new DirectoryInfo(Path.Combine(runtime.Parent!.Parent!.FullName, "Microsoft.AspNetCore.App"))
            .GetDirectories($"{Environment.Version.Major}.*").OrderBy(folder => Version.Parse(folder.Name.Split('-')[0])).Last();
        HashSet<string> known = [.. Compiler.References.Select(reference => Path.GetFileName(reference.Display!))];
        return web.GetFiles("*.dll").Where(file => !known.Contains(file.Name)).Select(file => MetadataReference.CreateFromFile(file.FullName));
    }
}
