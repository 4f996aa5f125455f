using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Planning;

namespace RnnGen.Generator.Checking;

/// <summary>
/// From a class to a model that can be written, or to all that stands in its way: what the parser finds, and what follows from the specification as a
/// whole. The generator asks the same in two steps, so that a model that nobody edited is parsed and not laid out again.
/// </summary>
internal static class ModelCheck
{
    /// <summary>What the parser lets pass; null where it does not.</summary>
    public static ModelSpecification? Parsed(INamedTypeSymbol type, CancellationToken cancellation) =>
        ModelParser.Parse(type, cancellation) is { Specification: { } model, Issues.Count: 0 } ? model : null;

    public static CheckedModel Of(INamedTypeSymbol type, CancellationToken cancellation)
    {
        ParseResult parsed = ModelParser.Parse(type, cancellation);
        if (parsed is not { Specification: { } model, Issues.Count: 0 })
        {
            return new CheckedModel(null, null, parsed.Issues);
        }

        // Sizes are judged where all else is right; what was written fits.
        Lazy<PlanLayout> layout = new(() => ModelPlanner.LayOut(model));
        IEnumerable<Issue> sizes = IsGenerated(type) ? [] : SizeCheck.Of(type, model, layout, cancellation);
        EquatableArray<Issue> issues = sizes.ToEquatableArray();
        return issues.Count == 0 ? new CheckedModel(model, layout, issues) : new CheckedModel(null, null, issues);
    }

    /// <summary>Whether the generator has written a class's members.</summary>
    public static bool IsGenerated(INamedTypeSymbol type) =>
        type.Interfaces.Any(static i => i is { Name: "IRnnModel", ContainingNamespace: { Name: "RnnGen", ContainingNamespace.IsGlobalNamespace: true } });
}

/// <summary>A model that can be written, or the issues that stand in its way; neither where the compiler itself already reports an error.</summary>
/// <param name="Layout">The model's layout, which is made where something asks for it, and then once.</param>
internal sealed record CheckedModel(ModelSpecification? Specification, Lazy<PlanLayout>? Layout, EquatableArray<Issue> Issues);
