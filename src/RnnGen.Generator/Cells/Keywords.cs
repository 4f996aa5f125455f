using Microsoft.CodeAnalysis.CSharp;

namespace RnnGen.Generator.Cells;

/// <summary>The keywords of the compiler that the generator runs in. RnnGen.Exchange, which reads equations without a compiler, has a list of its own in place of this file.</summary>
internal static class Keywords
{
    public static bool Has(string name) => SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None;
}
