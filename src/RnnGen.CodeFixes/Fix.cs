using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RnnGen.CodeFixes;

/// <summary>One way to fix a declaration.</summary>
/// <param name="Title">What the editor's menu says.</param>
/// <param name="Root">The file as it is then.</param>
internal sealed record Fix(string Title, SyntaxNode Root);

/// <summary>The place of a diagnostic, and its message.</summary>
internal sealed class Place(SyntaxNode root, SemanticModel semantics, Diagnostic diagnostic, CancellationToken cancellation)
{
    public SyntaxNode Root => root;

    public string Rule => diagnostic.Id;

    public SyntaxNode Node { get; } = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);

    /// <summary>The type that the diagnostic is about, or the one around that type where it points there.</summary>
    public TypeDeclarationSyntax? Type => Node.FirstAncestorOrSelf<TypeDeclarationSyntax>();

    /// <summary>What the name may mean, where the compiler cannot say which.</summary>
    public IEnumerable<ISymbol> Meant => semantics.GetSymbolInfo(Node, cancellation).CandidateSymbols
        .Select(static symbol => symbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor ? constructor.ContainingType : symbol);

    public AttributeSyntax? Attribute => Node.FirstAncestorOrSelf<AttributeSyntax>();

    public AttributeArgumentSyntax? Argument => Node.FirstAncestorOrSelf<AttributeArgumentSyntax>();

    /// <summary>An argument of the rule's message.</summary>
    public string Said(int index) =>
        diagnostic.Properties.TryGetValue(index.ToString(System.Globalization.CultureInfo.InvariantCulture), out string? value) ? value ?? "" : "";

    /// <summary>RnnGen's attributes on one part of the class, in their order.</summary>
    public List<AttributeSyntax> Attributes(TypeDeclarationSyntax type) =>
        [.. type.AttributeLists.SelectMany(static list => list.Attributes).Where(attribute => Is(attribute, "RnnModelAttribute", "DecoderAttribute", "LayerAttribute"))];

    public AttributeSyntax? Model => Type is null ? null : Attributes(Type).FirstOrDefault(attribute => Is(attribute, "RnnModelAttribute"));

    /// <summary>Whether an attribute is one of RnnGen's with this name, or derives from it.</summary>
    public bool Is(AttributeSyntax attribute, params string[] names)
    {
        for (INamedTypeSymbol? at = (semantics.GetSymbolInfo(attribute, cancellation).Symbol as IMethodSymbol)?.ContainingType; at is not null; at = at.BaseType)
        {
            if (at is { ContainingNamespace: { Name: "RnnGen", ContainingNamespace.IsGlobalNamespace: true } } && names.Contains(at.Name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The number of an argument, or null if the compiler does not know it.</summary>
    public int? Number(AttributeArgumentSyntax? argument) =>
        argument is not null && semantics.GetConstantValue(argument.Expression, cancellation) is { HasValue: true, Value: int value } ? value : null;

    /// <summary>The part of the class that declares the model, if it is in the same file.</summary>
    public TypeDeclarationSyntax? PartWithModel()
    {
        if (Type is null || semantics.GetDeclaredSymbol(Type, cancellation) is not INamedTypeSymbol symbol)
        {
            return null;
        }

        return symbol.DeclaringSyntaxReferences.Where(reference => reference.SyntaxTree == root.SyntaxTree)
            .Select(reference => reference.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>()
            .FirstOrDefault(part => Attributes(part).Any(attribute => Is(attribute, "RnnModelAttribute")));
    }
}
