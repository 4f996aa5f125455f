using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RnnGen.Generator.Losses;

namespace RnnGen.CodeFixes;

/// <summary>Fixes of one argument of an attribute.</summary>
internal static class ArgumentFixes
{
    private const string LikelyLength = "32";

    /// <summary>Drops the argument, so that the default holds.</summary>
    public static IEnumerable<Fix> Remove(Place place)
    {
        if (place is { Attribute: { } attribute, Argument.NameEquals.Name: { } name })
        {
            yield return place.Replace($"Remove '{name}'", attribute, Edit.Without(attribute, place.Argument!));
        }
    }

    /// <summary>Gives the argument one of these values.</summary>
    public static IEnumerable<Fix> Set(Place place, params string[] values)
    {
        foreach (string value in values)
        {
            if (place.Argument is { } argument)
            {
                yield return place.Replace($"Use {value}", argument.Expression, Edit.Expression(value).WithTriviaFrom(argument.Expression));
            }
        }
    }

    /// <summary>Adds a size that must be written, with the least value that makes sense, for the user to change.</summary>
    public static IEnumerable<Fix> AddSize(Place place)
    {
        if (place.Attribute is { } attribute)
        {
            string size = place.Said(1);
            bool classes = Edit.Loss(attribute)?.TargetsAreClasses == true;
            string value = size is "SequenceLength" or "OutputLength" ? LikelyLength : size == "OutputSize" && classes ? "2" : "1";
            yield return place.Replace($"Add '{size} = {value}'", attribute, Edit.With(attribute, size, Edit.Expression(value)));
        }
    }

    /// <summary>The least size; above the limit no value is nearer to what was meant than another.</summary>
    public static IEnumerable<Fix> RaiseSize(Place place)
    {
        bool isOneStep = place.Said(2) == "1";
        if (!place.Said(1).StartsWith("-", StringComparison.Ordinal) && place.Said(1) != "0" && !isOneStep)
        {
            return [];
        }

        return place.Said(0) is "BatchSize" or "RecomputeEvery" or "CheckpointEvery" || isOneStep ? Remove(place) : Set(place, "1");
    }

    /// <summary>Each of the choices that the message names.</summary>
    public static IEnumerable<Fix> Choose(Place place) =>
        Set(place, place.Said(2).Split([", ", " or "], StringSplitOptions.RemoveEmptyEntries));

    public static IEnumerable<Fix> TwoClasses(Place place)
    {
        if (place.Attribute is { } attribute)
        {
            if (Edit.Loss(attribute)?.Targets == LossTargets.Classes)
            {
                yield return place.Replace("Use Loss.BinaryCrossEntropy", attribute, Edit.With(attribute, "Loss", Edit.Expression("Loss.BinaryCrossEntropy")));
            }

            yield return place.Replace("Use two classes", attribute, Edit.With(attribute, "OutputSize", Edit.Expression("2")));
        }
    }

    /// <summary>The least or the greatest token.</summary>
    public static IEnumerable<Fix> NearestToken(Place place) =>
        Set(place, place.Said(1).StartsWith("-", StringComparison.Ordinal) ? "0" : place.Said(2));

    public static IEnumerable<Fix> SetArchitecture(Place place, string architecture)
    {
        if (place.Model is { ArgumentList.Arguments: var arguments }
            && arguments.FirstOrDefault(static argument => argument.NameEquals is null && argument.NameColon?.Name.Identifier.ValueText is null or "architecture") is { } argument)
        {
            yield return place.Replace($"Make the model {architecture}", argument.Expression, Edit.Expression("Architecture." + architecture).WithTriviaFrom(argument.Expression));
        }
    }

    /// <summary>The divisor of the sequence length that is nearest to what is written.</summary>
    public static IEnumerable<Fix> Divisor(Place place)
    {
        if (place.Number(place.Argument) is { } written && place.Number(Edit.Find(place.Model, "SequenceLength")) is { } steps && steps % written != 0)
        {
            int nearest = Enumerable.Range(1, steps).Where(divisor => steps % divisor == 0).OrderBy(divisor => Math.Abs(divisor - written)).First();
            return Set(place, nearest.ToString(CultureInfo.InvariantCulture));
        }

        return [];
    }
}
