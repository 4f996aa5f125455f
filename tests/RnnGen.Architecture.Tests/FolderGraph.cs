using System.Collections.Concurrent;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RnnGen.Architecture.Tests;

/// <summary>A folder's sources name something that another folder of the same project declares.</summary>
/// <param name="From">The folder that names it, relative to the project; <c>.</c> is the project's own.</param>
/// <param name="To">The folder that declares it.</param>
internal sealed record Arrow(string From, string To)
{
    public override string ToString() => $"{From} -> {To}";
}

/// <summary>Which folders of a project refer to which, as the compiler resolves their names.</summary>
internal sealed class FolderGraph
{
    private readonly string _root;
    private readonly ConcurrentDictionary<Arrow, ConcurrentBag<string>> _arrows = new();

    private FolderGraph(string root) => _root = root;

    /// <summary>Each arrow with its references: file, line and what is named.</summary>
    public IReadOnlyDictionary<Arrow, IReadOnlyList<string>> Arrows => _arrows.ToDictionary(a => a.Key, a => (IReadOnlyList<string>)[.. a.Value.Order(StringComparer.Ordinal)]);

    /// <param name="compilation">The project.</param>
    /// <param name="root">Its folder.</param>
    public static FolderGraph Of(CSharpCompilation compilation, string root)
    {
        FolderGraph graph = new(root);
        HashSet<string> declared = ["var", .. compilation.SyntaxTrees.SelectMany(Declared)];
        Parallel.ForEach(compilation.SyntaxTrees.Where(tree => tree.FilePath.Length > 0), tree => graph.Add(tree, compilation, declared));
        return graph;
    }

    // What a name of the project can stand for, as it is written: the compiler need not be asked about others.
    private static IEnumerable<string> Declared(SyntaxTree tree) => tree.GetRoot().DescendantNodes().SelectMany(node => node switch
    {
        BaseTypeDeclarationSyntax type => [type.Identifier.ValueText, AttributeName(type.Identifier.ValueText)],
        DelegateDeclarationSyntax type => [type.Identifier.ValueText],
        MethodDeclarationSyntax method => [method.Identifier.ValueText],
        PropertyDeclarationSyntax property => [property.Identifier.ValueText],
        EventDeclarationSyntax @event => [@event.Identifier.ValueText],
        EnumMemberDeclarationSyntax member => [member.Identifier.ValueText],
        VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } field => [field.Identifier.ValueText],
        ParameterSyntax { Parent.Parent: RecordDeclarationSyntax } property => [property.Identifier.ValueText],
        UsingDirectiveSyntax { Alias.Name: { } alias } => [alias.Identifier.ValueText],
        _ => (string[])[],
    });

    private static string AttributeName(string type) => type.EndsWith("Attribute", StringComparison.Ordinal) ? type[..^"Attribute".Length] : type;

    // Names, and constructors that are called without one.
    private void Add(SyntaxTree tree, CSharpCompilation compilation, HashSet<string> declared)
    {
        SemanticModel model = compilation.GetSemanticModel(tree);
        string from = FolderOf(tree);
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes(static node => node is not UsingDirectiveSyntax))
        {
            if (node is not (SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax or ConstructorInitializerSyntax) || (node is SimpleNameSyntax name && !declared.Contains(name.Identifier.ValueText)))
            {
                continue;
            }

            // A constructor that nobody wrote is where its type is; a part of a partial type in the same folder is this folder's own. Other projects lie below.
            if (model.GetSymbolInfo(node).Symbol is not (null or INamespaceSymbol) and { } named
                && (named.IsImplicitlyDeclared ? named.ContainingType : named) is { } symbol
                && symbol.OriginalDefinition.DeclaringSyntaxReferences is { Length: > 0 } places
                && places.All(place => compilation.ContainsSyntaxTree(place.SyntaxTree) && FolderOf(place.SyntaxTree) != from))
            {
                string what = symbol.ContainingType is { } type ? $"{type.Name}.{symbol.Name}" : symbol.Name;
                int line = tree.GetLineSpan(node.Span).StartLinePosition.Line + 1;
                foreach (string to in places.Select(place => FolderOf(place.SyntaxTree)).Distinct())
                {
                    _arrows.GetOrAdd(new Arrow(from, to), static _ => []).Add($"{Path.GetFileName(tree.FilePath)}:{line} {what}");
                }
            }
        }
    }

    /// <summary>
    /// The floors: folders in the order in which each refers to earlier ones only. Folders of a loop, which each lead to each other, are one entry.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<string>> Floors()
    {
        string[] folders = [.. _arrows.Keys.SelectMany(a => (string[])[a.From, a.To]).Distinct().Order(StringComparer.Ordinal)];
        ILookup<string, string> next = _arrows.Keys.ToLookup(a => a.From, a => a.To);
        Dictionary<string, HashSet<string>> reached = folders.ToDictionary(f => f, f => Reach(f, next));
        return [.. folders
            .GroupBy(f => string.Join('|', folders.Where(g => g == f || (reached[f].Contains(g) && reached[g].Contains(f)))))
            .OrderBy(loop => reached[loop.First()].Count(g => !loop.Contains(g))).ThenBy(loop => loop.Key, StringComparer.Ordinal)
            .Select(loop => (IReadOnlyList<string>)[.. loop])];
    }

    /// <summary>The graph as text: floors from the lowest to the highest, each with what it refers to.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (string folder in Floors().SelectMany(floor => floor))
        {
            IEnumerable<string> targets = _arrows.Where(a => a.Key.From == folder).OrderByDescending(a => a.Value.Count).ThenBy(a => a.Key.To, StringComparer.Ordinal)
                .Select(a => $"{a.Key.To} ({a.Value.Count})");
            text.AppendLine($"  {folder} -> {string.Join(", ", targets)}".TrimEnd());
        }

        return text.ToString();
    }

    /// <summary>The arrows from a folder to one that stands higher, with their references.</summary>
    /// <param name="floors">Folders of the project from the ground up, with the folders in them; others stand anywhere.</param>
    public string Upward(IReadOnlyList<string> floors)
    {
        StringBuilder text = new();
        foreach ((Arrow arrow, IReadOnlyList<string> references) in Arrows.Where(a => Floor(a.Key.From) >= 0 && Floor(a.Key.From) < Floor(a.Key.To)))
        {
            Append(text, "  ", arrow, references);
        }

        return text.ToString();

        int Floor(string folder) => floors.ToList().IndexOf(folder.Split('/')[0]);
    }

    /// <summary>The arrows of all loops with their references, the thinnest first: those are the ones to remove.</summary>
    public string Loops()
    {
        StringBuilder text = new();
        foreach (IReadOnlyList<string> loop in Floors().Where(floor => floor.Count > 1))
        {
            text.AppendLine($"  The folders {string.Join(", ", loop)} refer to each other:");
            foreach ((Arrow arrow, IReadOnlyList<string> references) in Arrows.Where(a => loop.Contains(a.Key.From) && loop.Contains(a.Key.To))
                .OrderBy(a => a.Value.Count).ThenBy(a => a.Key.ToString(), StringComparer.Ordinal))
            {
                Append(text, "    ", arrow, references);
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string indent, Arrow arrow, IReadOnlyList<string> references)
    {
        const int maxShown = 12;
        text.AppendLine($"{indent}{arrow}: {string.Join(", ", references.Take(maxShown))}{(references.Count > maxShown ? $" and {references.Count - maxShown} more" : "")}");
    }

    private static HashSet<string> Reach(string folder, ILookup<string, string> next)
    {
        HashSet<string> seen = [];
        Stack<string> open = new([folder]);
        while (open.TryPop(out string? at))
        {
            foreach (string to in next[at].Where(seen.Add))
            {
                open.Push(to);
            }
        }

        return seen;
    }

    private string FolderOf(SyntaxTree tree) => Path.GetRelativePath(_root, Path.GetDirectoryName(tree.FilePath)!).Replace('\\', '/');
}
