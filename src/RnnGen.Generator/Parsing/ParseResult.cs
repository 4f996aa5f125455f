using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Parsing;

/// <summary>What a class declares, and what is wrong with it; neither where the compiler itself already reports an error.</summary>
/// <param name="Specification">The model as far as it can be read, also where some of it is wrong; null where it cannot be.</param>
/// <param name="Issues">What is wrong.</param>
internal sealed record ParseResult(ModelSpecification? Specification, EquatableArray<Issue> Issues)
{
    /// <summary>The class has nothing to do with RnnGen, or the compiler says what is wrong.</summary>
    public static ParseResult Nothing { get; } = new(null, EquatableArray<Issue>.Empty);
}
