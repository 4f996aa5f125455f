using Microsoft.CodeAnalysis;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;

namespace RnnGen.Generator.Checking;

/// <summary>
/// From a class to a model that can be planned and written, or to all that stands in its way: what the parser finds, and what follows from the
/// specification as a whole. Generator and analyzer both ask here, so that one writes exactly what the other lets pass.
/// </summary>
internal static class ModelCheck
{
    public static CheckedModel Of(INamedTypeSymbol type, CancellationToken cancellation)
    {
        ParseResult parsed = ModelParser.Parse(type, cancellation);
        if (parsed.Specification is not { } model)
        {
            return new CheckedModel(null, parsed.Issues);
        }

        EquatableArray<Issue> issues = parsed.Issues.Concat(SizeCheck.Of(type, model, cancellation)).ToEquatableArray();
        return new CheckedModel(issues.Count == 0 ? model : null, issues);
    }
}

/// <summary>A model that can be planned and written, or the issues that stand in its way; neither where the compiler itself already reports an error.</summary>
internal sealed record CheckedModel(ModelSpecification? Specification, EquatableArray<Issue> Issues);
