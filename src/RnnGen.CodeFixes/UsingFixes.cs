using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RnnGen.CodeFixes;

/// <summary>Fixes of a file's usings.</summary>
internal static class UsingFixes
{
    /// <summary>The compiler's own error for a name that two usings bring.</summary>
    public const string AmbiguousName = "CS0104";

    /// <summary>Lets the name mean RnnGen's type, where that is one of those it may mean: <c>using Architecture = RnnGen.Architecture;</c>.</summary>
    public static IEnumerable<Fix> TakeOurs(Place place)
    {
        if (place.Meant.OfType<INamedTypeSymbol>().FirstOrDefault(IsOurs) is not { } type)
        {
            yield break;
        }

        // The usings that clash stand there or further out, and an alias goes before them.
        SyntaxNode scope = place.Node.Ancestors().First(static node => node is BaseNamespaceDeclarationSyntax { Usings.Count: > 0 } or CompilationUnitSyntax);
        SyntaxList<UsingDirectiveSyntax> usings = scope is CompilationUnitSyntax file ? file.Usings : ((BaseNamespaceDeclarationSyntax)scope).Usings;
        string text = $"using {type.Name} = {type.ToDisplayString()};";
        UsingDirectiveSyntax alias = SyntaxFactory.ParseCompilationUnit(text).Usings[0];
        alias = usings.Count > 0
            ? alias.WithLeadingTrivia(Indentation(usings.Last())).WithTrailingTrivia(usings.Last().GetTrailingTrivia().Where(static trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)))
            : alias.WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed);
        yield return place.Replace($"Add '{text}'", scope, scope is CompilationUnitSyntax whole ? whole.AddUsings(alias) : ((BaseNamespaceDeclarationSyntax)scope).AddUsings(alias));
    }

    private static bool IsOurs(INamedTypeSymbol type) => type is { Arity: 0, ContainingType: null, ContainingNamespace: { Name: "RnnGen", ContainingNamespace.IsGlobalNamespace: true } };

    private static IEnumerable<SyntaxTrivia> Indentation(SyntaxNode node) => node.GetLeadingTrivia().Reverse().TakeWhile(static trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia));
}
