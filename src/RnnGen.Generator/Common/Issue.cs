using Microsoft.CodeAnalysis;

namespace RnnGen.Generator.Common;

/// <summary>What is wrong with a declaration, and where, as values.</summary>
/// <param name="Rule">The broken rule; descriptors compare by value.</param>
/// <param name="Place">Where it is to be fixed.</param>
/// <param name="Arguments">The arguments of the rule's message.</param>
internal sealed record Issue(DiagnosticDescriptor Rule, IssuePlace Place, EquatableArray<string> Arguments);

internal enum IssuePlaceKind { Type, Attribute, Argument, Member, Text }

/// <summary>A place in a declaration, told without syntax.</summary>
/// <param name="Kind">What stands there.</param>
/// <param name="Attribute">Index of the attribute among the class's attributes.</param>
/// <param name="Index">
/// For <see cref="IssuePlaceKind.Type"/>: 0 for the class that carries the attribute, 1 for the type around it, and so on.
/// For <see cref="IssuePlaceKind.Argument"/>: position of the constructor's parameter.
/// For <see cref="IssuePlaceKind.Member"/>: index among the class's members.
/// For <see cref="IssuePlaceKind.Text"/>: index of a character of the value of the attribute's first argument.
/// </param>
/// <param name="Argument">For <see cref="IssuePlaceKind.Argument"/>: name of the property, or of the constructor's parameter.</param>
/// <param name="Length">For <see cref="IssuePlaceKind.Text"/>: how many characters.</param>
internal sealed record IssuePlace(IssuePlaceKind Kind, int Attribute, int Index = 0, string Argument = "", int Length = 0)
{
    public static IssuePlace OfText(int attribute, int start, int length) => new(IssuePlaceKind.Text, attribute, start, Length: length);

    public static IssuePlace OfType(int attribute, int level = 0) => new(IssuePlaceKind.Type, attribute, level);

    public static IssuePlace OfAttribute(int attribute) => new(IssuePlaceKind.Attribute, attribute);

    public static IssuePlace OfArgument(int attribute, string argument, int position = 0) => new(IssuePlaceKind.Argument, attribute, position, argument);

    public static IssuePlace OfMember(int member) => new(IssuePlaceKind.Member, Attribute: -1, member);
}
