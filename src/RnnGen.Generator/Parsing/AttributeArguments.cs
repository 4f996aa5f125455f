using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Parsing;

/// <summary>
/// Reads the arguments of one attribute. Whatever the source looks like, a reader returns a value, the default,
/// or nothing; if it returns nothing, either an issue was added or the compiler reports an error of its own.
/// </summary>
internal sealed class AttributeArguments(AttributeData data, int index, List<Issue> issues, CancellationToken cancellation)
{
    // The names of the arguments as they are written, read once: most of what is asked for is not among them.
    private IReadOnlyList<string>? _names;

    public int Index => index;

    /// <summary>The size that a parameter of the constructor sets.</summary>
    public int? PositionalSize(string parameter, int limit) =>
        Positional(parameter) is { Value: int size } ? InRange(size, parameter, limit) : null;

    /// <summary>The text that a parameter of the constructor sets; null where it has no value that compiles.</summary>
    public string? PositionalWords(string parameter) => Positional(parameter) is { Value: string words } ? words : null;

    /// <summary>Whether an argument of the constructor is written as null.</summary>
    public bool IsPositionalNull(string parameter) => data.ConstructorArguments.ElementAtOrDefault(Ordinal(parameter)) is { Kind: TypedConstantKind.Primitive, IsNull: true };

    public T? PositionalChoice<T>(string parameter) where T : struct, Enum =>
        Positional(parameter) is { Kind: TypedConstantKind.Enum, Value: int choice } ? Defined<T>(choice, parameter) : null;

    /// <summary>A size that must be written.</summary>
    public int? RequiredSize(string property, int limit, string model)
    {
        if (!IsWritten(property))
        {
            issues.Add(new Issue(
                Rules.MissingSize, IssuePlace.OfAttribute(index), Strings(model, property, Text(limit))));
            return null;
        }

        return OptionalSize(property, limit, 0);
    }

    /// <summary>Whether a property is written at all, even where it has no value that compiles.</summary>
    public bool IsWritten(string property) =>
        Named(property) is not null
        || (_names ??= ReadNames()).Contains(property);

    /// <summary>Whether a property is written with a value that compiles.</summary>
    public bool IsSet(string property) => Named(property) is not null;

    public int? OptionalSize(string property, int limit, int unlessWritten)
    {
        if (!IsWritten(property))
        {
            return unlessWritten;
        }

        return Named(property) is { Value: int size } ? InRange(size, property, limit) : null;
    }

    /// <summary>A size, or 0, which says as much as nothing.</summary>
    public int? SizeOrZero(string property, int limit) => Named(property) is { Value: 0 } ? 0 : OptionalSize(property, limit, 0);

    public T? Choice<T>(string property, T unlessWritten) where T : struct, Enum
    {
        if (!IsWritten(property))
        {
            return unlessWritten;
        }

        return Named(property) is { Kind: TypedConstantKind.Enum, Value: int choice } ? Defined<T>(choice, property) : null;
    }

    /// <summary>The name of an enum's value, whatever values the enum has.</summary>
    public string? ChoiceName(string property, string unlessWritten)
    {
        if (!IsWritten(property))
        {
            return unlessWritten;
        }

        if (Named(property) is not { Kind: TypedConstantKind.Enum, Value: int choice, Type: { } type })
        {
            return null;
        }

        IFieldSymbol[] fields = [.. type.GetMembers().OfType<IFieldSymbol>().Where(static f => f.HasConstantValue)];
        if (fields.FirstOrDefault(f => choice.Equals(f.ConstantValue)) is { } field)
        {
            return field.Name;
        }

        ReportUndefined(property, choice, type.Name, [.. fields.Select(static f => f.Name)]);
        return null;
    }

    public bool? Flag(string property) => !IsWritten(property) ? false : Named(property) is { Value: bool flag } ? flag : null;

    /// <summary>A text; null where it has no value that compiles.</summary>
    public string? Words(string property) => Named(property) is { Value: string words } ? words : null;

    /// <summary>Whether a text is written as null, which is none.</summary>
    public bool IsNull(string property) => Named(property) is { IsNull: true };

    /// <summary>A number; null where it is not written or has no value that compiles.</summary>
    public double? Number(string property) => Named(property) is { Value: double number } ? number : null;

    /// <summary>A list of numbers; null where it is not written, is null, or has a value that does not compile.</summary>
    public IReadOnlyList<double>? NumberList(string property)
    {
        TypedConstant list = data.NamedArguments.FirstOrDefault(a => a.Key == property).Value;
        return list is { Kind: TypedConstantKind.Array, IsNull: false } && list.Values.All(static v => v.Value is double) ? [.. list.Values.Select(static v => (double)v.Value!)] : null;
    }

    /// <summary>Reports a number that is not finite, or below 0.</summary>
    /// <param name="range">The valid values.</param>
    public void FromZero(string property, string range)
    {
        if (Number(property) is { } number && !(number >= 0 && number <= double.MaxValue))
        {
            Report(Rules.NumberOutOfRange, property, property, number.ToString("R", CultureInfo.InvariantCulture), range);
        }
    }

    /// <summary>A number of a range; null where it has no value that compiles or is outside, which is reported.</summary>
    public double? NumberWithin(string property, double minimum, double maximum, double unlessWritten)
    {
        double? number = !IsWritten(property) ? unlessWritten : Number(property);
        if (number is { } found && !(found >= minimum && found <= maximum))
        {
            Report(Rules.NumberOutOfRange, property, property, Text(found), $"a number from {Text(minimum)} to {Text(maximum)}");
            return null;
        }

        return number;

        static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>A power of two from 1 to a limit.</summary>
    public int? PowerOfTwo(string property, int limit, int unlessWritten)
    {
        int? power = !IsWritten(property) ? unlessWritten : Named(property) is { Value: int written } ? written : null;
        if (power is { } found && (found < 1 || found > limit || (found & (found - 1)) != 0))
        {
            Report(Rules.NumberOutOfRange, property, property, Text(found), $"a power of two from 1 to {Text(limit)}");
            return null;
        }

        return power;
    }

    /// <summary>A share from 0 to below 1.</summary>
    public double? Share(string property)
    {
        double? share = !IsWritten(property) ? 0 : Named(property) is { Value: double written } ? written : null;
        if (share is { } found && !(found >= 0 && found < 1))
        {
            Report(Rules.ShareOutOfRange, property, property, found.ToString("R", CultureInfo.InvariantCulture));
            return null;
        }

        return share;
    }

    /// <summary>A token from 0 to below <paramref name="count"/>; where that is not known, any from 0.</summary>
    public int? Token(string property, int unlessWritten, int? count)
    {
        int? token = !IsWritten(property) ? unlessWritten : Named(property) is { Value: int written } ? written : null;
        if (token < 0 || token >= count)
        {
            Report(Rules.TokenOutOfRange, property, property, Text(token.Value), Text((count ?? Limits.Vocabulary) - 1));
            return null;
        }

        return token;
    }

    /// <summary>Adds an issue at the given argument of this attribute.</summary>
    public void Report(DiagnosticDescriptor rule, string argument, params string[] arguments) =>
        issues.Add(new Issue(rule, IssuePlace.OfArgument(index, argument, Ordinal(argument)), Strings(arguments)));

    /// <summary>Adds an issue at this attribute as a whole.</summary>
    public void Report(DiagnosticDescriptor rule, IReadOnlyList<string> arguments) => issues.Add(new Issue(rule, IssuePlace.OfAttribute(index), Strings([.. arguments])));

    /// <summary>The argument with this name, or the one that stands for the constructor's parameter of this position.</summary>
    public static AttributeArgumentSyntax? Find(AttributeSyntax attribute, string name, int position)
    {
        IEnumerable<AttributeArgumentSyntax> arguments = attribute.ArgumentList?.Arguments ?? Enumerable.Empty<AttributeArgumentSyntax>();
        List<AttributeArgumentSyntax> unnamed = [];
        foreach (AttributeArgumentSyntax argument in arguments)
        {
            if (NameOf(argument) is not { } written)
            {
                unnamed.Add(argument);
            }
            else if (written == name)
            {
                return argument;
            }
        }

        // Properties begin with a capital letter, parameters do not.
        return name.Length > 0 && char.IsLower(name[0]) ? unnamed.ElementAtOrDefault(position) : null;
    }

    private IReadOnlyList<string> ReadNames() => data.ApplicationSyntaxReference?.GetSyntax(cancellation) is AttributeSyntax { ArgumentList.Arguments: var arguments }
        ? arguments.Select(NameOf).OfType<string>().ToList()
        : [];

    private static string? NameOf(AttributeArgumentSyntax argument) => (argument.NameEquals?.Name ?? argument.NameColon?.Name)?.Identifier.ValueText;

    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static EquatableArray<string> Strings(params string[] values) => new(values);

    private TypedConstant? Positional(string parameter) =>
        data.ConstructorArguments.ElementAtOrDefault(Ordinal(parameter)) is var constant && HasValue(constant) ? constant : null;

    /// <summary>The position of one of the constructor's parameters; 0 for a property.</summary>
    private int Ordinal(string argument) =>
        data.AttributeConstructor?.Parameters.FirstOrDefault(parameter => parameter.Name == argument)?.Ordinal ?? 0;

    private TypedConstant? Named(string property)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in data.NamedArguments)
        {
            if (argument.Key == property && HasValue(argument.Value))
            {
                return argument.Value;
            }
        }

        return null;
    }

    // An array's Value throws, and an error's means nothing.
    private static bool HasValue(TypedConstant constant) => constant.Kind is TypedConstantKind.Primitive or TypedConstantKind.Enum;

    private int? InRange(int size, string argument, int limit)
    {
        if (size >= 1 && size <= limit)
        {
            return size;
        }

        Report(Rules.SizeOutOfRange, argument, argument, Text(size), Text(limit));
        return null;
    }

    private T? Defined<T>(int choice, string argument) where T : struct, Enum
    {
        if (Enum.IsDefined(typeof(T), choice))
        {
            return (T)Enum.ToObject(typeof(T), choice);
        }

        ReportUndefined(argument, choice, typeof(T).Name, Enum.GetNames(typeof(T)));
        return null;
    }

    private void ReportUndefined(string argument, int choice, string type, string[] names)
    {
        string[] choices = names.Select(name => type + "." + name).ToArray();
        string last = choices[choices.Length - 1];
        Report(
            Rules.UndefinedChoice, argument, argument, Text(choice),
            string.Join(", ", choices.Take(choices.Length - 1)) + " or " + last);
    }
}
