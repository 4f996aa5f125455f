using Microsoft.CodeAnalysis;
using RnnGen.Exchange.Files;
using RnnGen.Generator.Emitting;
using RnnGen.Generator.Parsing;

namespace RnnGen.Tool.Checking;

/// <summary>A source file with a declaration in it, for weights that do not carry their own.</summary>
internal static class DeclarationFile
{
    private const string ModelAttribute = "RnnGen.RnnModelAttribute";

    /// <summary>The specification of the class that is declared there, as the generator would write it.</summary>
    /// <param name="path">The source file.</param>
    /// <param name="name">The class where the file declares several; <see langword="null"/> where nobody knows it.</param>
    /// <exception cref="CheckException">There is no such class, there are several, or its declaration has errors.</exception>
    public static string Specification(string path, string? name)
    {
        INamedTypeSymbol[] models = [.. CompiledDeclaration.Compilation(File.ReadAllText(path)).GetSymbolsWithName(static _ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>()
            .Where(static type => type.GetAttributes().Any(static a => a.AttributeClass?.ToDisplayString() == ModelAttribute))];
        INamedTypeSymbol[] named = models.Length == 1 ? models : [.. models.Where(model => model.Name == name)];
        if (named is not [INamedTypeSymbol model])
        {
            string which = name is null ? "" : Invariant($" of the name {ForeignText.Shown(name)}, which the file was saved with");
            throw new CheckException(Invariant($"'{path}' declares {models.Length} models ({string.Join(", ", models.Select(static m => m.Name))}); give a file with one class that has [RnnModel]{which}."));
        }

        ParseResult parsed = ModelParser.Parse(model, CancellationToken.None);
        return parsed is { Specification: { } specification, Issues.Count: 0 }
            ? SpecificationJson.Of(specification)
            : throw new CheckException(Invariant($"The declaration of {model.Name} in '{path}' has errors ({string.Join(", ", parsed.Issues.Select(static issue => issue.Rule.Id).Distinct())}): build its project and fix them."));
    }
}
