using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Parsing;

/// <summary>Where a model is declared and how its part is opened again.</summary>
internal sealed record TypeShape(string Namespace, EquatableArray<TypeHeader> ContainingTypes, TypeHeader Declaration)
{
    /// <summary>Reads the shape of a class and adds an issue for everything that keeps generated code from fitting into it.</summary>
    /// <returns>Null where a name is missing, which the compiler reports.</returns>
    public static TypeShape? Read(INamedTypeSymbol type, TypeDeclarationSyntax part, int attribute, List<Issue> issues, CancellationToken cancellation)
    {
        List<INamedTypeSymbol> containing = Containing(type);
        List<string> namespaces = Namespaces(type.ContainingNamespace);
        if (type.Name.Length == 0 || namespaces.Contains("") || containing.Any(static around => around.Name.Length == 0))
        {
            return null;
        }

        CheckLanguage(type, part, attribute, issues);
        CheckKind(type, part, attribute, issues);
        CheckContaining(type, containing, part, attribute, issues);
        MemberRules.Check(type, attribute, issues, cancellation);
        return new TypeShape(
            string.Join(".", namespaces.Select(Escape)),
            containing.Select(Header).ToEquatableArray(),
            Header(type));
    }

    private static void CheckLanguage(INamedTypeSymbol type, TypeDeclarationSyntax part, int attribute, List<Issue> issues)
    {
        if (part.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: < LanguageVersion.CSharp12 } options)
        {
            issues.Add(new Issue(
                Rules.LanguageVersion, IssuePlace.OfType(attribute), AttributeArguments.Strings(type.Name, options.LanguageVersion.ToDisplayString())));
        }
    }

    private static void CheckKind(INamedTypeSymbol type, TypeDeclarationSyntax part, int attribute, List<Issue> issues)
    {
        if (!IsPartial(part))
        {
            issues.Add(new Issue(Rules.NotPartial, IssuePlace.OfType(attribute), AttributeArguments.Strings(type.Name)));
        }

        (string? kind, string? fix) =
            type.IsStatic ? ("static, but a model has instances", "remove the 'static' modifier")
            : type.IsAbstract ? ("abstract, but a model is instantiated", "remove the 'abstract' modifier")
            : type.IsRecord ? ("a record, but records cannot have the generated method 'Clone'", "declare it as a class")
            : type.TypeParameters.Length > 0 ? ("generic, but one model has one set of sizes", "remove its type parameters")
            : type.IsFileLocal ? ("local to its file, but its code is generated into another", "remove the 'file' modifier")
            : ((string?)null, (string?)null);
        if (kind is not null)
        {
            issues.Add(new Issue(Rules.UnsupportedKind, IssuePlace.OfType(attribute), AttributeArguments.Strings(type.Name, kind, fix!)));
        }

        if (GeneratedMembers.Names.Contains(type.Name))
        {
            issues.Add(new Issue(Rules.MemberCollision, IssuePlace.OfType(attribute), AttributeArguments.Strings(type.Name, type.Name)));
        }
    }

    private static void CheckContaining(
        INamedTypeSymbol type, List<INamedTypeSymbol> containing, TypeDeclarationSyntax part, int attribute, List<Issue> issues)
    {
        TypeDeclarationSyntax? around = part.Parent as TypeDeclarationSyntax;
        for (int level = 1; level <= containing.Count && around is not null; level++)
        {
            INamedTypeSymbol symbol = containing[containing.Count - level];
            (string? kind, string? fix) =
                !IsPartial(around) ? ("not partial", "add the 'partial' modifier to it")
                : symbol.TypeParameters.Length > 0 ? ("generic", "move the model out of it")
                : symbol.IsFileLocal ? ("local to its file", "remove its 'file' modifier")
                : ((string?)null, (string?)null);
            if (kind is not null)
            {
                issues.Add(new Issue(
                    Rules.ContainingType, IssuePlace.OfType(attribute, level), AttributeArguments.Strings(type.Name, symbol.Name, kind, fix!)));
            }

            around = around.Parent as TypeDeclarationSyntax;
        }
    }

    private static bool IsPartial(TypeDeclarationSyntax declaration) => declaration.Modifiers.Any(SyntaxKind.PartialKeyword);

    /// <summary>The types around a type, outermost first.</summary>
    private static List<INamedTypeSymbol> Containing(INamedTypeSymbol type)
    {
        var containing = new List<INamedTypeSymbol>();
        for (INamedTypeSymbol? around = type.ContainingType; around is not null; around = around.ContainingType)
        {
            containing.Insert(0, around);
        }

        return containing;
    }

    private static List<string> Namespaces(INamespaceSymbol? innermost)
    {
        var names = new List<string>();
        for (INamespaceSymbol? at = innermost; at is { IsGlobalNamespace: false }; at = at.ContainingNamespace)
        {
            names.Insert(0, at.Name);
        }

        return names;
    }

    private static TypeHeader Header(INamedTypeSymbol type)
    {
        string keyword = (type.IsRecord, type.TypeKind) switch
        {
            (true, TypeKind.Struct) => "record struct",
            (true, _) => "record",
            (_, TypeKind.Struct) => "struct",
            (_, TypeKind.Interface) => "interface",
            (_, TypeKind.Class) => "class",
            (_, var kind) => throw Choices.Unimplemented(kind),
        };
        return new TypeHeader(keyword, Escape(type.Name), IsVisibleOutside(type));
    }

    private static bool IsVisibleOutside(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? at = type; at is not null; at = at.ContainingType)
        {
            if (at.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A name as it must be written; <c>@</c> does no harm where a contextual keyword would do without.</summary>
    private static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;
}
