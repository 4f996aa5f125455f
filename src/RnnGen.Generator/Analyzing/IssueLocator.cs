using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RnnGen.Generator.Common;
using RnnGen.Generator.Parsing;

namespace RnnGen.Generator.Analyzing;

/// <summary>Turns an issue's place, which is values only, back into a location in the source.</summary>
internal static class IssueLocator
{
    public static Location Locate(INamedTypeSymbol type, IssuePlace place, CancellationToken cancellation)
    {
        if (place.Kind == IssuePlaceKind.Member)
        {
            return type.GetMembers()[place.Index].Locations.First();
        }

        if (type.GetAttributes()[place.Attribute].ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax attribute)
        {
            return type.Locations.First();
        }

        return place.Kind switch
        {
            IssuePlaceKind.Type => EnclosingType(attribute, place.Index)?.Identifier.GetLocation() ?? attribute.GetLocation(),
            IssuePlaceKind.Text when attribute.ArgumentList?.Arguments.FirstOrDefault()?.Expression is { } text => TextLocator.Locate(text, place.Index, place.Length),
            IssuePlaceKind.Argument => (AttributeArguments.Find(attribute, place.Argument, place.Index) ?? (SyntaxNode)attribute).GetLocation(),
            // Text that is no literal has no places of its own.
            IssuePlaceKind.Attribute or IssuePlaceKind.Text => attribute.GetLocation(),
            _ => throw Choices.Unimplemented(place.Kind),
        };
    }

    private static BaseTypeDeclarationSyntax? EnclosingType(AttributeSyntax attribute, int level) =>
        attribute.Ancestors().OfType<BaseTypeDeclarationSyntax>().ElementAtOrDefault(level);
}
