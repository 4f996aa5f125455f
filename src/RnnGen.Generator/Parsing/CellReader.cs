using Microsoft.CodeAnalysis;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Parsing;

/// <summary>From a class with <c>[Cell]</c> to its equations, or to what is wrong with them.</summary>
internal static class CellReader
{
    public const string CellAttribute = "CellAttribute";

    /// <summary>The cell that a layer's type argument names; null if it is not a cell, or has a mistake that is reported elsewhere.</summary>
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

        if (EquationReader.TextOf(data) is not { } text || ReadNumbers(cell.Name, arguments) is not { } numbers)
        {
            return null;
        }

        CellSource plain = new(cell.Name, text, EquatableArray<CellNumber>.Empty);
        if (CellLimits.Problem(plain) is { } problem)
        {
            // If the class is in this compilation, the mistake is reported in its equations.
            if (cell.DeclaringSyntaxReferences.Length == 0)
            {
                Report(problem.Message);
            }

            return null;
        }

        CellSource source = plain with { Numbers = numbers };
        if (CellLimits.Problem(source) is { } odd)
        {
            arguments.Report(EquationReader.RuleOf(odd.First.Problem), "Numbers", "cell", cell.Name, odd.Message);
            return null;
        }

        // What f stands for decides what of the equations is left: f(a) - a is nothing where it is the identity.
        if (source.Definition.HasActivation && arguments.Choice("Activation", Activation.Tanh) is { } activation && CellLimits.Problem(source, activation.Function()) is { } other)
        {
            arguments.Report(EquationReader.RuleOf(other.First.Problem), "Activation", "cell", cell.Name, other.Message);
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

    /// <summary>A cell that ships with RnnGen, with the hyper-parameters and widths of its attribute; null if one is out of range.</summary>
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
                arguments.Report(Rules.EquationSyntax, property, "cell", file, $"{property} is not a number from -1e30 to 1e30");
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

        if (source.Definition.Heads is { } heads)
        {
            if (arguments.OptionalSize("Heads", Limits.Size, heads) is not { } count)
            {
                return null;
            }

            if (count != heads)
            {
                numbers.Add(new CellNumber(CellNames.Heads, count));
            }
        }

        CellSource shipped = source with { Numbers = numbers.ToEquatableArray() };
        if (numbers.Count > 0 && CellLimits.Problem(shipped) is { } odd)
        {
            // A share of 0 or 1 can leave nothing of the equations that is learned.
            string name = numbers[0].Name;
            arguments.Report(EquationReader.RuleOf(odd.First.Problem), char.ToUpperInvariant(name[0]) + name.Substring(1), "cell", file, odd.Message);
            return null;
        }

        return shipped;
    }

    /// <summary>Whether a layer's units are divided into its heads without a rest; if not, that is an issue.</summary>
    public static bool HasWholeHeads(CellSource cell, int size, string sizeParameter, AttributeArguments arguments)
    {
        if (cell.Definition.Heads is not { } heads || size % heads == 0)
        {
            return true;
        }

        arguments.Report(Rules.EquationShape, sizeParameter, "cell", cell.Name, $"{size} units are not divided by {heads} heads; give a multiple of {heads}, or another number of heads");
        return false;
    }

    // leak = 0.3, beta = 2
    private static EquatableArray<CellNumber>? ReadNumbers(string cell, AttributeArguments arguments) =>
        EquationReader.ReadNumbers(new("cell", cell, "Numbers"), arguments, hasLists: false)?.Select(static n => new CellNumber(n.Name, n.Values[0])).ToEquatableArray();

    /// <summary>Whether a matrix is multiplied by a previous state, of which dropout leaves a share out.</summary>
    public static bool MultipliesState(CellSource source, Activation activation)
    {
        CellGraph cell = CellGraph.Build(source.Definition, activation.Function());
        return cell.Live.SelectMany(id => cell.Graph[id].Terms).Any(t => cell.Graph[t.Source].Kind == NodeKind.State);
    }
}
