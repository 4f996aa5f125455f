using Microsoft.CodeAnalysis;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Parsing;

namespace RnnGen.Generator.Checking;

/// <summary>Judges the equations of a class with <c>[Loss]</c>, whether or not a model is trained by them.</summary>
internal static class LossCheck
{
    /// <summary>What is wrong with the equations of a class; nothing for a class that is no loss.</summary>
    public static IEnumerable<Issue> Of(INamedTypeSymbol type, CancellationToken cancellation)
    {
        int index = -1;
        foreach (AttributeData data in type.GetAttributes())
        {
            index++;
            if (!LossReader.HasEquations(data.AttributeClass) || EquationReader.TextOf(data) is not { } text)
            {
                continue;
            }

            cancellation.ThrowIfCancellationRequested();
            foreach (CellMistake mistake in LossLimits.Problem(new LossSource(type.Name, text, EquatableArray<LossNumber>.Empty))?.Mistakes ?? [])
            {
                yield return EquationReader.IssueOf(mistake, index, "loss", type.Name);
            }
        }
    }
}
