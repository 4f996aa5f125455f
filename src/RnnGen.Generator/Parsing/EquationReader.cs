using Microsoft.CodeAnalysis;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Parsing;

/// <summary>Whose numbers a declaration sets, and where.</summary>
/// <param name="Kind"><c>cell</c> or <c>loss</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Property">The property of the attribute that sets them.</param>
internal readonly record struct NumbersOf(string Kind, string Name, string Property);

/// <summary>What cells and losses have in common: the text of their attribute, the numbers that a declaration sets in it, and the rules for mistakes in it.</summary>
internal static class EquationReader
{
    /// <summary>The equations; null where they do not compile.</summary>
    public static string? TextOf(AttributeData data) =>
        data.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Primitive, Value: string text } ? text : null;

    /// <summary>Reads <c>leak = 0.3, beta = 2</c>, and lists as <c>q = 0.1, 0.5, 0.9</c>; null where that is not what is written, which is reported.</summary>
    /// <param name="of">Whose numbers they are.</param>
    /// <param name="arguments">The attribute.</param>
    /// <param name="hasLists">Whether a number may be followed by more of its list.</param>
    public static IReadOnlyList<(string Name, IReadOnlyList<double> Values)>? ReadNumbers(NumbersOf of, AttributeArguments arguments, bool hasLists)
    {
        if (!arguments.IsWritten(of.Property) || arguments.IsNull(of.Property))
        {
            return [];
        }

        if (arguments.Words(of.Property) is not { } text)
        {
            return null;
        }

        List<(string Name, List<double> Values)> numbers = [];
        foreach (string part in text.Split([','], StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = part.Split('=');
            bool goesOn = hasLists && sides.Length == 1 && numbers.Count > 0;
            if (sides.Length != 2 && !goesOn)
            {
                return Wrong($"'{part.Trim()}' in {of.Property} is not of the form name = number");
            }

            string written = sides[sides.Length - 1].Trim();
            if (CellLine.NumberProblem(written, out double value) is { } problem)
            {
                return Wrong($"'{part.Trim()}' in {of.Property} is not of the form name = number: '{written}' is {problem}");
            }

            if (goesOn)
            {
                numbers[numbers.Count - 1].Values.Add(value);
                continue;
            }

            string name = sides[0].Trim();
            if (numbers.Exists(n => n.Name == name))
            {
                return Wrong($"'{name}' is given twice in {of.Property}; keep one of them");
            }

            numbers.Add((name, [value]));
        }

        return [.. numbers.Select(static n => (n.Name, (IReadOnlyList<double>)n.Values))];

        IReadOnlyList<(string, IReadOnlyList<double>)>? Wrong(string problem)
        {
            arguments.Report(Rules.EquationSyntax, of.Property, of.Kind, of.Name, problem);
            return null;
        }
    }

    /// <summary>A mistake in the equations of a class, at its place in their text.</summary>
    /// <param name="mistake">The mistake.</param>
    /// <param name="index">Which of the class's attributes has the equations.</param>
    /// <param name="kind"><c>cell</c> or <c>loss</c>.</param>
    /// <param name="name">The class.</param>
    public static Issue IssueOf(CellMistake mistake, int index, string kind, string name) =>
        new(RuleOf(mistake.Problem), IssuePlace.OfText(index, mistake.Start, mistake.Length), AttributeArguments.Strings(kind, name, mistake.Message));

    public static DiagnosticDescriptor RuleOf(CellProblem problem) => problem switch
    {
        CellProblem.Syntax => Rules.EquationSyntax,
        CellProblem.UnknownName => Rules.EquationUnknownName,
        CellProblem.Shape => Rules.EquationShape,
        CellProblem.Unused => Rules.EquationUnused,
        CellProblem.NoNextValue => Rules.EquationNoNextValue,
        CellProblem.Cycle => Rules.EquationCycle,
        CellProblem.NoDerivative => Rules.EquationNoDerivative,
        CellProblem.Name => Rules.EquationName,
        CellProblem.NotCompiled => Rules.EquationNotCompiled,
        _ => throw Choices.Unimplemented(problem),
    };
}
