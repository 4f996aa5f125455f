using Microsoft.CodeAnalysis;

namespace RnnGen.Generator.Tests.Harness;

/// <summary>What completion offers of a type.</summary>
internal static class OfferedMembers
{
    /// <summary>The type's own public members, and those that it inherits.</summary>
    public static IEnumerable<ISymbol> Of(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? at = type; at is { SpecialType: not SpecialType.System_Object }; at = at.BaseType)
        {
            foreach (ISymbol member in at.GetMembers().Where(m => m.DeclaredAccessibility == Accessibility.Public && !m.IsImplicitlyDeclared && m is not IMethodSymbol { AssociatedSymbol: not null } && !m.IsOverride))
            {
                yield return member;
            }
        }
    }
}
