using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Parsing;

/// <summary>What the members that the user writes, and those that a base class brings, may not be.</summary>
internal static class MemberRules
{
    public static void Check(INamedTypeSymbol type, int attribute, List<Issue> issues, CancellationToken cancellation)
    {
        ImmutableArray<ISymbol> members = type.GetMembers();
        for (int index = 0; index < members.Length; index++)
        {
            if (IsWritten(members[index]))
            {
                CheckMember(type, members[index], IssuePlace.OfMember(index), issues, cancellation);
            }
        }

        CheckBase(type, attribute, issues);
    }

    private static void CheckMember(INamedTypeSymbol type, ISymbol member, IssuePlace place, List<Issue> issues, CancellationToken cancellation)
    {
        if (member is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor)
        {
            CheckConstructor(type, constructor, place, issues, cancellation);
        }
        else if (GeneratedMembers.Names.Contains(member.Name))
        {
            issues.Add(new Issue(Rules.MemberCollision, place, AttributeArguments.Strings(member.Name, type.Name)));
        }
        else if (IsRequired(member))
        {
            issues.Add(new Issue(Rules.Constructor, place, AttributeArguments.Strings(
                type.Name, $"has the required member '{member.Name}', which the generated constructor cannot set", "remove the 'required' modifier")));
        }
    }

    private static void CheckConstructor(INamedTypeSymbol type, IMethodSymbol constructor, IssuePlace place, List<Issue> issues, CancellationToken cancellation)
    {
        SyntaxNode? syntax = constructor.DeclaringSyntaxReferences[0].GetSyntax(cancellation);
        (string? problem, string? fix) =
            syntax is TypeDeclarationSyntax
                ? ("has a primary constructor, which the generated constructor would have to call", "remove its parameters")
            : constructor.Parameters.Length == 1 && constructor.Parameters[0] is { Type.SpecialType: SpecialType.System_Int32, RefKind: RefKind.None }
                ? ("declares a constructor with the parameters of the generated one, (int seed)", "remove it or change its parameters")
            : syntax is ConstructorDeclarationSyntax { Initializer.ThisOrBaseKeyword.ValueText: "this" }
                ? ((string?)null, (string?)null)
                : ("has a constructor that does not draw the parameters", "let it call the generated one with ': this(seed)'");
        if (problem is not null)
        {
            issues.Add(new Issue(Rules.Constructor, place, AttributeArguments.Strings(type.Name, problem, fix!)));
        }
    }

    /// <summary>A model with weights has a generated constructor without parameters.</summary>
    public static void CheckLoadingConstructor(INamedTypeSymbol type, List<Issue> issues, CancellationToken cancellation)
    {
        ImmutableArray<ISymbol> members = type.GetMembers();
        for (int index = 0; index < members.Length; index++)
        {
            if (members[index] is IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters.Length: 0 } constructor && IsWritten(constructor)
                && constructor.DeclaringSyntaxReferences[0].GetSyntax(cancellation) is ConstructorDeclarationSyntax)
            {
                issues.Add(new Issue(Rules.Constructor, IssuePlace.OfMember(index), AttributeArguments.Strings(
                    type.Name, "declares a constructor without parameters, as the generated one that loads its weights is", "remove it or give it parameters")));
            }
        }
    }

    private static void CheckBase(INamedTypeSymbol type, int attribute, List<Issue> issues)
    {
        if (type.BaseType is not { SpecialType: not SpecialType.System_Object, TypeKind: TypeKind.Class } direct)
        {
            return;
        }

        if (!direct.InstanceConstructors.Any(constructor =>
                IsVisibleIn(constructor, type) && constructor.Parameters.All(static parameter => parameter.IsOptional || parameter.IsParams)))
        {
            Report(direct, "has no constructor without parameters that the model can call", "give it one");
        }

        for (INamedTypeSymbol? at = direct; at is { SpecialType: not SpecialType.System_Object }; at = at.BaseType)
        {
            if (at.GetAttributes().Any(static data => DeclaredAttributes.IsOurs(data.AttributeClass, "RnnModelAttribute")))
            {
                Report(at, "is a model itself", "do not derive one model from another");
                return;
            }

            foreach (ISymbol member in at.GetMembers().Where(member => IsWritten(member) && IsVisibleIn(member, type)))
            {
                if (member is not IMethodSymbol { MethodKind: MethodKind.Constructor } && GeneratedMembers.Names.Contains(member.Name))
                {
                    Report(at, $"has the member '{member.Name}', which a generated member would hide", "rename it or choose another base class");
                }
                else if (IsRequired(member))
                {
                    Report(at, $"has the required member '{member.Name}', which the generated constructor cannot set", "remove its 'required' modifier");
                }
            }
        }

        void Report(INamedTypeSymbol at, string problem, string fix) =>
            issues.Add(new Issue(Rules.BaseClass, IssuePlace.OfType(attribute), AttributeArguments.Strings(at.Name, type.Name, problem, fix)));
    }

    private static bool IsRequired(ISymbol member) => member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true };

    private static bool IsVisibleIn(ISymbol member, INamedTypeSymbol type) => member.DeclaredAccessibility switch
    {
        Accessibility.Private => false,
        Accessibility.Internal or Accessibility.ProtectedAndInternal =>
            SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, type.ContainingAssembly),
        Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal or Accessibility.NotApplicable => true,
        _ => throw Choices.Unimplemented(member.DeclaredAccessibility),
    };

    /// <summary>Whether a person wrote the member: neither the compiler nor this generator, whose output the analyzer sees.</summary>
    private static bool IsWritten(ISymbol member) =>
        !member.IsImplicitlyDeclared
        && !(member is IMethodSymbol { AssociatedSymbol: not null })
        && !member.DeclaringSyntaxReferences.Any(static reference => GeneratedMembers.IsGenerated(reference.SyntaxTree));
}
