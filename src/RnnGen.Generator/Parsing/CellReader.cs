using System.Globalization;
using Microsoft.CodeAnalysis;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Parsing;

/// <summary>From a class with <c>[Cell]</c> to its equations, or to what is wrong with them.</summary>
internal static class CellReader
{
    private const string CellAttribute = "CellAttribute";

    /// <summary>What is wrong with the equations of a class, and advice about them; nothing for a class that is no cell.</summary>
    public static IEnumerable<Issue> Check(INamedTypeSymbol type, CancellationToken cancellation)
    {
        int index = -1;
        foreach (AttributeData data in type.GetAttributes())
        {
            index++;
            if (!DeclaredAttributes.IsOurs(data.AttributeClass, CellAttribute) || TextOf(data) is not { } text)
            {
                continue;
            }

            cancellation.ThrowIfCancellationRequested();
            CellSource source = new(type.Name, text, EquatableArray<CellNumber>.Empty);
            if (Problem(source) is { } problem)
            {
                foreach (CellMistake mistake in problem.Mistakes)
                {
                    yield return new Issue(RuleOf(mistake.Problem), IssuePlace.OfText(index, mistake.Start, mistake.Length), AttributeArguments.Strings(type.Name, mistake.Message));
                }
            }
            else if (Advice(source) is { } advice)
            {
                yield return new Issue(Rules.CellPhases, IssuePlace.OfText(index, advice.Place.Start, advice.Place.Length), AttributeArguments.Strings(
                    type.Name, AttributeArguments.Text(advice.Forward), AttributeArguments.Text(advice.Backward), advice.Why));
            }
        }
    }

    /// <summary>The cell that a layer's type argument names; null where it is none, or has a mistake that is told elsewhere.</summary>
    public static CellSource? Read(INamedTypeSymbol model, AttributeArguments arguments, ITypeSymbol? cell, List<Issue> issues)
    {
        if (cell is null or { TypeKind: TypeKind.Error })
        {
            return null;
        }

        AttributeData? data = cell.GetAttributes().FirstOrDefault(static a => DeclaredAttributes.IsOurs(a.AttributeClass, CellAttribute));
        if (data is null)
        {
            Report("has no equations; give the class [Cell(\"\"\" h' = tanh(W x + U h + b) \"\"\")]");
            return null;
        }

        if (data.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Primitive, IsNull: true })
        {
            Report("has null for equations; give the class [Cell(\"\"\" h' = tanh(W x + U h + b) \"\"\")]");
            return null;
        }

        if (TextOf(data) is not { } text || ReadNumbers(cell.Name, arguments) is not { } numbers)
        {
            return null;
        }

        CellSource plain = new(cell.Name, text, EquatableArray<CellNumber>.Empty);
        if (Problem(plain) is { } problem)
        {
            // Where the class is in reach, the mistake is told in its equations.
            if (cell.DeclaringSyntaxReferences.Length == 0)
            {
                Report(problem.Message);
            }

            return null;
        }

        CellSource source = plain with { Numbers = numbers };
        if (Problem(source) is { } odd)
        {
            arguments.Report(RuleOf(odd.First.Problem), "Numbers", cell.Name, odd.Message);
            return null;
        }

        // What f stands for decides what of the equations is left: f(a) - a is nothing where it is the identity.
        if (source.Definition.HasActivation && arguments.Choice("Activation", Activation.Tanh) is { } activation && Problem(source, activation) is { } other)
        {
            arguments.Report(RuleOf(other.First.Problem), "Activation", cell.Name, other.Message);
            return null;
        }

        if (!source.Definition.IsRecurrent)
        {
            Report("has no state; a recurrent cell has an equation for a state's next value, such as h' = …");
            return null;
        }

        return source;

        void Report(string what) => issues.Add(new Issue(Rules.NoCell, IssuePlace.OfAttribute(arguments.Index), AttributeArguments.Strings(model.Name, cell.Name, what)));
    }

    /// <summary>A cell that ships with RnnGen, with the hyper-parameters and widths that its attribute gives; null where one is out of range.</summary>
    public static CellSource? Shipped(string file, AttributeArguments arguments)
    {
        CellSource source = file;
        List<CellNumber> numbers = [];
        foreach (CellNumber number in source.Definition.Numbers)
        {
            string property = char.ToUpperInvariant(number.Name[0]) + number.Name.Substring(1);
            if (!arguments.IsWritten(property))
            {
                continue;
            }

            if (arguments.Number(property) is not { } value)
            {
                return null;
            }

            if (!(Math.Abs(value) <= 1e30))
            {
                arguments.Report(Rules.CellSyntax, property, file, $"{property} is no number of a size up to 1e30");
                return null;
            }

            numbers.Add(number with { Value = value });
        }

        foreach (KeyValuePair<string, int> width in source.Definition.Widths)
        {
            if (arguments.OptionalSize(width.Key, Limits.Size, width.Value) is not { } size)
            {
                return null;
            }

            if (size != width.Value)
            {
                numbers.Add(new CellNumber(width.Key, size));
            }
        }

        CellSource shipped = source with { Numbers = numbers.ToEquatableArray() };
        if (numbers.Count > 0 && Problem(shipped) is { } odd)
        {
            // A share of 0 or 1 can leave nothing of the equations that is learned.
            string name = numbers[0].Name;
            arguments.Report(RuleOf(odd.First.Problem), char.ToUpperInvariant(name[0]) + name.Substring(1), file, odd.Message);
            return null;
        }

        return shipped;
    }

    private static string? TextOf(AttributeData data) =>
        data.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Primitive, Value: string text } ? text : null;

    // leak = 0.3, beta = 2
    private static EquatableArray<CellNumber>? ReadNumbers(string cell, AttributeArguments arguments)
    {
        if (!arguments.IsWritten("Numbers") || arguments.IsNull("Numbers"))
        {
            return EquatableArray<CellNumber>.Empty;
        }

        if (arguments.Words("Numbers") is not { } text)
        {
            return null;
        }

        List<CellNumber> numbers = [];
        foreach (string part in text.Split([','], StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = part.Split('=');
            if (sides.Length != 2 || !double.TryParse(sides[1].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !(Math.Abs(value) <= 1e30))
            {
                return Wrong($"'{part.Trim()}' in Numbers is not of the form name = number, with a number of a size up to 1e30");
            }

            string name = sides[0].Trim();
            if (numbers.Exists(n => n.Name == name))
            {
                return Wrong($"'{name}' is given twice in Numbers; keep one of them");
            }

            numbers.Add(new CellNumber(name, value));
        }

        return numbers.ToEquatableArray();

        EquatableArray<CellNumber>? Wrong(string problem)
        {
            arguments.Report(Rules.CellSyntax, "Numbers", cell, problem);
            return null;
        }
    }

    /// <summary>Whether a matrix is multiplied by a previous state, of which dropout leaves a share out.</summary>
    public static bool MultipliesState(CellSource source, Activation activation)
    {
        CellProgram program = Program(source, activation);
        return program.PreActivations.SelectMany(id => program.Graph[id].Terms).Any(t => program.Graph[t.Source].Kind == NodeKind.State);
    }

    /// <summary>What is wrong with a cell; null where its kernels can be written.</summary>
    /// <param name="activation">What f stands for in its equations.</param>
    public static CellFormatException? Problem(CellSource source, Activation activation = Activation.Tanh)
    {
        try
        {
            Program(source, activation);
            return null;
        }
        catch (CellFormatException problem)
        {
            return problem;
        }
    }

    private static CellProgram Program(CellSource source, Activation activation = Activation.Tanh) =>
        CellProgram.Create(CellGraph.Build(source.Definition, source.Definition.HasActivation ? LayerPlan.FunctionOf(activation) : null), hasOutputAdjoint: true, needsInputAdjoint: true);

    // Where the equations leave the fused tile, and why.
    private static (Expression Place, int Forward, int Backward, string Why)? Advice(CellSource source)
    {
        CellProgram program = Program(source);
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
            Expression.Product { Operand: Expression.Name name } => name.Identifier != CellGraph.InputName && definition.States.All(s => s.Name != name.Identifier),
            Expression.Product => true,
            Expression.Call call => call.Function is "norm" or "mean",
            _ => false,
        };
    }

    private static DiagnosticDescriptor RuleOf(CellProblem problem) => problem switch
    {
        CellProblem.Syntax => Rules.CellSyntax,
        CellProblem.UnknownName => Rules.CellUnknownName,
        CellProblem.Shape => Rules.CellShape,
        CellProblem.Unused => Rules.CellUnused,
        CellProblem.NoNextValue => Rules.CellNoNextValue,
        CellProblem.Cycle => Rules.CellCycle,
        CellProblem.NoDerivative => Rules.CellNoDerivative,
        CellProblem.Name => Rules.CellName,
        CellProblem.NotCompiled => Rules.CellNotCompiled,
        _ => throw Choices.Unimplemented(problem),
    };
}
