using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>
/// The public surface of the libraries, recorded line by line so that no change goes unseen. After a change on purpose:
/// <c>RNNGEN_ACCEPT_SNAPSHOTS=1 dotnet test -c Release tests/RnnGen.Generator.Tests --filter FullyQualifiedName~PublicSurfaceTests</c>.
/// </summary>
public sealed class PublicSurfaceTests
{
    private static readonly SymbolDisplayFormat TypeFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints | SymbolDisplayGenericsOptions.IncludeVariance,
        kindOptions: SymbolDisplayKindOptions.IncludeTypeKeyword,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    private static readonly SymbolDisplayFormat MemberFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints,
        memberOptions: SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeAccessibility
            | SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeRef | SymbolDisplayMemberOptions.IncludeConstantValue,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeParamsRefOut | SymbolDisplayParameterOptions.IncludeExtensionThis,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
            | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    [Fact]
    public void Surface() => Snapshot.Verify([Recorded(typeof(RnnModelAttribute).Assembly), Recorded(typeof(Data.CsvSeries).Assembly)]);

    private static (string Name, string Text) Recorded(System.Reflection.Assembly assembly)
    {
        IEnumerable<string> paths = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        CSharpCompilation compilation = CSharpCompilation.Create("Surface", references: paths.Select(path => MetadataReference.CreateFromFile(path)));
        MetadataReference reference = compilation.References.Single(found => found.Display == assembly.Location);
        var symbol = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(reference)!;
        var lines = new List<string>();
        foreach (INamedTypeSymbol type in Types(symbol.GlobalNamespace).OrderBy(type => type.ToDisplayString(TypeFormat), StringComparer.Ordinal))
        {
            lines.Add(Header(type));
            lines.AddRange(type.GetMembers()
                .Where(member => IsVisible(member) && member is not INamedTypeSymbol and not IMethodSymbol { AssociatedSymbol: not null })
                .Where(member => !(type.TypeKind == TypeKind.Enum && member is IMethodSymbol))
                .Select(member => "    " + member.ToDisplayString(MemberFormat))
                .Order(StringComparer.Ordinal));
        }

        return (assembly.GetName().Name + ".cs", string.Join("\n", lines) + "\n");
    }

    private static string Header(INamedTypeSymbol type)
    {
        string modifiers = type.TypeKind is TypeKind.Enum or TypeKind.Interface or TypeKind.Struct or TypeKind.Delegate ? type.IsReadOnly ? "readonly " : ""
            : type.IsStatic ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        string[] bases = [.. (type.BaseType is { SpecialType: SpecialType.None } from && type.TypeKind == TypeKind.Class ? [from] : Array.Empty<INamedTypeSymbol>())
            .Concat(type.Interfaces.OrderBy(implemented => implemented.Name, StringComparer.Ordinal)).Select(at => at.ToDisplayString(MemberFormat))];
        return $"{modifiers}{type.ToDisplayString(TypeFormat)}{(bases.Length == 0 ? "" : " : " + string.Join(", ", bases))}";
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol around) => around.GetMembers().OfType<INamespaceOrTypeSymbol>()
        .SelectMany(inner => inner is INamedTypeSymbol type ? IsVisible(type) ? Types(type).Prepend(type) : [] : Types(inner));

    private static bool IsVisible(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;
}
