using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace RnnGen.CodeFixes;

/// <summary>Fixes of the class itself, the types around it and its members.</summary>
internal static class TypeFixes
{
    public static IEnumerable<Fix> MakePartial(Place place)
    {
        if (place.Type is { } type)
        {
            yield return place.Replace($"Make '{type.Identifier.ValueText}' partial", type, Partial(type));
        }
    }

    public static IEnumerable<Fix> MakeOrdinary(Place place)
    {
        if (place.Type is not { } type)
        {
            yield break;
        }

        if (type is RecordDeclarationSyntax { ParameterList: null } record)
        {
            yield return place.Replace($"Declare '{type.Identifier.ValueText}' as a class", type, Class(record));
        }

        foreach (SyntaxToken modifier in type.Modifiers.Where(static m => m.Kind() is SyntaxKind.StaticKeyword or SyntaxKind.AbstractKeyword or SyntaxKind.FileKeyword))
        {
            yield return Without(place, type, modifier);
        }
    }

    public static IEnumerable<Fix> OpenAround(Place place)
    {
        if (place.Type is not { } type)
        {
            return [];
        }

        return !type.Modifiers.Any(SyntaxKind.PartialKeyword) ? MakePartial(place)
            : type.Modifiers.Where(static m => m.IsKind(SyntaxKind.FileKeyword)).Select(modifier => Without(place, type, modifier));
    }

    /// <summary>Lets a constructor call the generated one, or drops 'required' from a member.</summary>
    public static IEnumerable<Fix> LeadThroughGenerated(Place place)
    {
        MemberDeclarationSyntax? member = place.Node.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        if (member?.Modifiers.FirstOrDefault(static m => m.IsKind(SyntaxKind.RequiredKeyword)) is { RawKind: not 0 } required)
        {
            yield return Without(place, member, required);
        }
        else if (member is ConstructorDeclarationSyntax { Initializer: null, ParameterList.Parameters: var parameters } constructor && !IsGenerated(parameters))
        {
            bool hasSeed = parameters.Any(static p => p.Identifier.ValueText == "seed");
            ExpressionSyntax seed = hasSeed || parameters.Count > 0 ? SyntaxFactory.IdentifierName("seed") : Edit.Expression("1");
            ConstructorDeclarationSyntax led = constructor
                .WithParameterList(constructor.ParameterList.WithTrailingTrivia(SyntaxFactory.Space))
                .WithInitializer(SyntaxFactory.ConstructorInitializer(
                    SyntaxKind.ThisConstructorInitializer, SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(seed))))
                    .WithTrailingTrivia(constructor.ParameterList.GetTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation));
            if (!hasSeed && parameters.Count > 0)
            {
                int before = parameters.TakeWhile(static p => p.Default is null && !p.Modifiers.Any(SyntaxKind.ParamsKeyword)).Count();
                led = led.WithParameterList(led.ParameterList.WithParameters(parameters.Insert(before, SyntaxFactory.Parameter(SyntaxFactory.Identifier("seed"))
                    .WithType(SyntaxFactory.ParseTypeName("int ")))).WithAdditionalAnnotations(Formatter.Annotation));
            }

            yield return place.Replace("Call the generated constructor", constructor, led);
        }
    }

    // (int seed) is the generated constructor's own.
    private static bool IsGenerated(SeparatedSyntaxList<ParameterSyntax> parameters) =>
        parameters.Count == 1 && parameters[0] is { Modifiers.Count: 0, Type: PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.IntKeyword } };

    private static Fix Without(Place place, MemberDeclarationSyntax member, SyntaxToken modifier)
    {
        SyntaxTriviaList leading = member.GetLeadingTrivia();
        MemberDeclarationSyntax rest = member.WithModifiers(member.Modifiers.Remove(modifier)).WithLeadingTrivia(leading);
        return place.Replace($"Remove '{modifier.ValueText}'", member, rest);
    }

    // 'partial' is the last modifier, right before the keyword.
    private static TypeDeclarationSyntax Partial(TypeDeclarationSyntax type)
    {
        SyntaxToken partial = SyntaxFactory.Token(default, SyntaxKind.PartialKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space));
        if (type.Modifiers.Count == 0)
        {
            partial = partial.WithLeadingTrivia(type.Keyword.LeadingTrivia);
            type = type.WithKeyword(type.Keyword.WithLeadingTrivia());
        }

        return (TypeDeclarationSyntax)type.WithModifiers(type.Modifiers.Add(partial));
    }

    private static ClassDeclarationSyntax Class(RecordDeclarationSyntax record) => SyntaxFactory.ClassDeclaration(
        record.AttributeLists, record.Modifiers, SyntaxFactory.Token(record.Keyword.LeadingTrivia, SyntaxKind.ClassKeyword, record.Keyword.TrailingTrivia), record.Identifier,
        record.TypeParameterList, record.BaseList, record.ConstraintClauses, record.OpenBraceToken, record.Members, record.CloseBraceToken, record.SemicolonToken);
}
