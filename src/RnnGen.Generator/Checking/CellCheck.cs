using Microsoft.CodeAnalysis;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Checking;

/// <summary>Judges the equations of a class with <c>[Cell]</c>, whether or not a model has such a layer.</summary>
internal static class CellCheck
{
    /// <summary>What is wrong with the equations of a class, and advice about them; nothing for a class that is no cell.</summary>
    public static IEnumerable<Issue> Of(INamedTypeSymbol type, CancellationToken cancellation)
    {
        int index = -1;
        foreach (AttributeData data in type.GetAttributes())
        {
            index++;
            if (!DeclaredAttributes.IsOurs(data.AttributeClass, CellReader.CellAttribute) || EquationReader.TextOf(data) is not { } text)
            {
                continue;
            }

            cancellation.ThrowIfCancellationRequested();
            CellSource source = new(type.Name, text, EquatableArray<CellNumber>.Empty);
            if (CellLimits.Problem(source) is { } problem)
            {
                foreach (CellMistake mistake in problem.Mistakes)
                {
                    yield return EquationReader.IssueOf(mistake, index, "cell", type.Name);
                }
            }
            else if (Advice(source) is { } advice)
            {
                yield return new Issue(Rules.CellPhases, IssuePlace.OfText(index, advice.Place.Start, advice.Place.Length), AttributeArguments.Strings(
                    type.Name, AttributeArguments.Text(advice.Forward), AttributeArguments.Text(advice.Backward), advice.Why));
            }
        }
    }

    // Where the equations leave the fused tile, and why.
    private static (Expression Place, int Forward, int Backward, string Why)? Advice(CellSource source)
    {
        CellProgram program = CellProgram.Create(
            CellGraph.Build(source.Definition, Function.Tanh), hasOutputAdjoint: true, needsInputAdjoint: true);
        if (program.IsFused)
        {
            return null;
        }

        CellDefinition definition = source.Definition;
        foreach (CellEquation equation in definition.Equations)
        {
            if (equation.Expression.Parts().FirstOrDefault(LeavesTheTile) is { } place)
            {
                string why = place is Expression.Product product
                    ? $"{product.Weight.Symbol} is multiplied by a value that the step itself computes"
                    : $"{((Expression.Call)place).Function} reads all units of a row";
                return (place, program.ForwardPhases.Count, program.BackwardPhases.Count, why);
            }
        }

        return null;

        bool LeavesTheTile(Expression expression) => expression switch
        {
            Expression.Product { Operand: Expression.Name name } => name.Identifier != CellNames.Input && definition.States.All(s => s.Name != name.Identifier),
            Expression.Product => true,
            Expression.Call call => call.Function is "norm" or "mean",
            _ => false,
        };
    }
}
