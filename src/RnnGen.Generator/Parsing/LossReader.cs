using Microsoft.CodeAnalysis;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;
using RnnGen.Generator.Losses;

namespace RnnGen.Generator.Parsing;

/// <summary>From a model's attributes to the equations of its loss: one that ships with RnnGen, or a class with <c>[Loss]</c>.</summary>
internal static class LossReader
{
    /// <summary>The name of both attributes: the one with equations, and the one that names a class with them.</summary>
    public const string LossAttribute = "LossAttribute";

    private const string Default = "MeanSquaredError";

    private const int MostQuantiles = 99;

    /// <summary>The loss; null where it cannot be read, which is reported here or in its equations.</summary>
    /// <param name="model">The model's class.</param>
    /// <param name="arguments">Those of <c>[RnnModel]</c>.</param>
    /// <param name="losses">The attributes that name a class.</param>
    public static LossSource? Read(INamedTypeSymbol model, AttributeArguments arguments, IReadOnlyList<DeclaredAttribute> losses, List<Issue> issues, CancellationToken cancellation)
    {
        if (losses.Count == 0)
        {
            return arguments.ChoiceName("Loss", Default) is { } chosen ? Shipped(model, chosen, arguments) : null;
        }

        foreach (string property in (string[])["LossNumbers", "Quantiles"])
        {
            if (arguments.IsWritten(property))
            {
                arguments.Report(Rules.NoEffect, property, property, model.Name, "it is for a loss that ships; [Loss<…>] has 'Numbers'");
            }
        }

        foreach (DeclaredAttribute second in losses.Skip(1))
        {
            issues.Add(new Issue(Rules.SecondLoss, IssuePlace.OfAttribute(second.Index), AttributeArguments.Strings(model.Name, "several attributes [Loss<…>]")));
        }

        if (arguments.IsWritten("Loss"))
        {
            arguments.Report(Rules.SecondLoss, "Loss", model.Name, "'Loss' and an attribute [Loss<…>]");
        }

        return Own(model, new AttributeArguments(losses[0].Data, losses[0].Index, issues, cancellation), losses[0].Data.AttributeClass!.TypeArguments[0], issues);
    }

    private static LossSource? Shipped(INamedTypeSymbol model, LossSource chosen, AttributeArguments arguments)
    {
        LossSource? source = WithNumbers(chosen, new("loss", chosen.Name, "LossNumbers"), arguments);
        if (source is null || arguments.NumberList("Quantiles") is not { } quantiles)
        {
            return source;
        }

        if (!source.Definition.HasQuantiles)
        {
            arguments.Report(Rules.NoEffect, "Quantiles", "Quantiles", model.Name, "it is for Loss.Quantile, whose levels it sets");
            return null;
        }

        return !AreLevels(quantiles, "Quantiles", arguments) ? null : source with { Numbers = source.Numbers.Where(static n => n.Name != LossDefinition.Quantiles).Append(new LossNumber(LossDefinition.Quantiles, quantiles.ToEquatableArray(), IsList: true)).ToEquatableArray() };
    }

    // Whether numbers are levels of quantiles; if not, that is an issue.
    private static bool AreLevels(IReadOnlyList<double> quantiles, string property, AttributeArguments arguments)
    {
        bool isAscending = quantiles.Zip(quantiles.Skip(1), static (a, b) => a < b).All(static isLess => isLess);
        if (quantiles.Count is > 0 and <= MostQuantiles && isAscending && quantiles.All(static q => q > 0 && q < 1))
        {
            return true;
        }

        string written = string.Join(", ", quantiles.Select(static q => q.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
        arguments.Report(Rules.NumberOutOfRange, property, property, written.Length == 0 ? "empty" : written, $"1 to {AttributeArguments.Text(MostQuantiles)} numbers above 0 and below 1, in ascending order");
        return false;
    }

    private static LossSource? Own(INamedTypeSymbol model, AttributeArguments arguments, ITypeSymbol loss, List<Issue> issues)
    {
        if (loss is { TypeKind: TypeKind.Error })
        {
            return null;
        }

        AttributeData? data = loss.GetAttributes().FirstOrDefault(static a => HasEquations(a.AttributeClass));
        string? missing = data is null ? "has no equations" : data.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Primitive, IsNull: true } ? "has null for equations" : null;
        if (missing is not null)
        {
            Report($"{missing}; give the class [Loss(\"\"\" loss = (y - target) * (y - target) \"\"\")]");
            return null;
        }

        if (EquationReader.TextOf(data!) is not { } text)
        {
            return null;
        }

        LossSource plain = new(loss.Name, text, EquatableArray<LossNumber>.Empty);
        if (LossLimits.Problem(plain) is { } problem)
        {
            // If the class is in this compilation, the mistake is reported in its equations.
            if (loss.DeclaringSyntaxReferences.Length == 0)
            {
                Report(problem.Message);
            }

            return null;
        }

        return WithNumbers(plain, new("loss", loss.Name, "Numbers"), arguments);

        void Report(string what) => issues.Add(new Issue(Rules.NoLoss, IssuePlace.OfAttribute(arguments.Index), AttributeArguments.Strings(model.Name, loss.Name, what)));
    }

    // The loss with the numbers that a property sets; null where they do not fit.
    private static LossSource? WithNumbers(LossSource loss, NumbersOf of, AttributeArguments arguments)
    {
        if (EquationReader.ReadNumbers(of, arguments, hasLists: true) is not { } written)
        {
            return null;
        }

        IReadOnlyList<LossNumber> known = loss.Definition.Numbers;
        LossSource source = loss with
        {
            Numbers = written.Select(n => new LossNumber(n.Name, n.Values.ToEquatableArray(), n.Values.Count > 1 || known.Any(k => k.Name == n.Name && k.IsList))).ToEquatableArray(),
        };
        if (written.Count > 0 && LossLimits.Problem(source) is { } odd)
        {
            arguments.Report(EquationReader.RuleOf(odd.First.Problem), of.Property, of.Kind, of.Name, odd.Message);
            return null;
        }

        LossNumber? levels = written.Count > 0 && source.Definition.HasQuantiles ? source.Numbers.FirstOrDefault(static n => n.Name == LossDefinition.Quantiles) : null;
        return levels is not null && !AreLevels([.. levels.Values], of.Property, arguments) ? null : source;
    }

    /// <summary>Whether an attribute is the one with equations.</summary>
    public static bool HasEquations(INamedTypeSymbol? attribute) => DeclaredAttributes.IsOurs(attribute, LossAttribute) && attribute!.TypeArguments.Length == 0;
}
