using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Parsing;

/// <summary>A specification, or the issues that stand in its way; neither where the compiler itself already reports an error.</summary>
internal sealed record ParseResult(ModelSpecification? Specification, EquatableArray<Issue> Issues)
{
    /// <summary>The class has nothing to do with RnnGen, or the compiler says what is wrong.</summary>
    public static ParseResult Nothing { get; } = new(null, EquatableArray<Issue>.Empty);
}
