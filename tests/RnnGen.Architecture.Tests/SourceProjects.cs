using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Tests;

namespace RnnGen.Architecture.Tests;

/// <summary>The C# projects of <c>src</c>, compiled from their sources; a project sees those that it references.</summary>
internal sealed class SourceProjects
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions s_options = new(LanguageVersion.Preview, preprocessorSymbols: ["NET", "NET8_0_OR_GREATER", "NET9_0_OR_GREATER", "NET10_0_OR_GREATER", "NET10_0"]);

    private static readonly MetadataReference[] s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => path != typeof(SourceProjects).Assembly.Location).Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly Dictionary<string, CSharpCompilation> _compilations = [];

    /// <summary>The folder that holds the solution.</summary>
    public static string Root => Repository.Root;

    /// <summary>The names of all projects of <c>src</c> that have sources to compile.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(Path.GetDirectoryName(file)) == Path.GetFileNameWithoutExtension(file) && Items(file, "EnableDefaultItems").All(e => e.Value != "false"))
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal),
    ];

    public static string FolderOf(string project) => Path.Combine(Root, "src", project);

    /// <summary>A project without an error that matters here: all that its sources name is found.</summary>
    public CSharpCompilation Compile(string project)
    {
        if (_compilations.TryGetValue(project, out CSharpCompilation? known))
        {
            return known;
        }

        string folder = FolderOf(project), file = Path.Combine(folder, project + ".csproj");
        IEnumerable<string> own = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));
        IEnumerable<string> linked = Items(file, "Compile").Select(item => item.Attribute("Include")?.Value).OfType<string>().Select(path => Path.GetFullPath(Path.Combine(folder, path)));
        string usings = ImplicitUsings + string.Concat(Items(file, "Using").Select(item => $"\nglobal using static {item.Attribute("Include")!.Value};"));
        string friends = string.Concat(Items(file, "InternalsVisibleTo").Select(item => $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{item.Attribute("Include")!.Value}\")]\n"));
        IEnumerable<SyntaxTree> trees = own.Concat(linked).Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), s_options, path))
            .Append(CSharpSyntaxTree.ParseText(usings, s_options)).Append(CSharpSyntaxTree.ParseText(friends, s_options));
        IEnumerable<MetadataReference> projects = Referenced(file).Distinct().Select(name => Compile(name).ToMetadataReference());
        CSharpCompilation compilation = CSharpCompilation.Create(
            project, trees, [.. s_references, .. projects],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        return _compilations[project] = compilation;
    }

    // As the SDK has it: a project sees what those that it references do.
    private static IEnumerable<string> Referenced(string file) => Items(file, "ProjectReference")
        .Where(item => item.Attribute("ReferenceOutputAssembly")?.Value != "false")
        .Select(item => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, item.Attribute("Include")!.Value.Replace('\\', '/'))))
        .SelectMany(other => Referenced(other).Prepend(Path.GetFileNameWithoutExtension(other)));

    private static IEnumerable<XElement> Items(string file, string name) => XDocument.Load(file).Descendants(name);
}
