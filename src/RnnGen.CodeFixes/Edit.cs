using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using RnnGen.Generator.Losses;

namespace RnnGen.CodeFixes;

/// <summary>Edits of attributes and their arguments that leave comments and lines where they are.</summary>
internal static class Edit
{
    /// <summary>An expression with RnnGen's names in full, which the editor shortens to what the file's usings allow.</summary>
    public static ExpressionSyntax Expression(string text) =>
        SyntaxFactory.ParseExpression(text.Contains('.') ? "global::RnnGen." + text : text).WithAdditionalAnnotations(Simplifier.Annotation);

    /// <summary>An attribute from its text, such as <c>Lstm(32)</c>.</summary>
    public static AttributeSyntax Attribute(string text)
    {
        int open = text.IndexOf('(');
        NameSyntax name = SyntaxFactory.ParseName("global::RnnGen." + (open < 0 ? text : text.Substring(0, open))).WithAdditionalAnnotations(Simplifier.Annotation);
        AttributeSyntax attribute = SyntaxFactory.Attribute(name);
        if (open < 0)
        {
            return attribute;
        }

        AttributeArgumentListSyntax list = SyntaxFactory.ParseAttributeArgumentList(text.Substring(open))!;
        return attribute.WithArgumentList(list.ReplaceNodes(
            list.Arguments.Select(static argument => argument.Expression).Where(static expression => expression is MemberAccessExpressionSyntax),
            static (old, _) => Expression(old.ToString()).WithTriviaFrom(old)));
    }

    /// <summary>The argument for a property, or for a parameter that is written by name.</summary>
    public static AttributeArgumentSyntax? Find(AttributeSyntax? attribute, string name) =>
        attribute?.ArgumentList?.Arguments.FirstOrDefault(argument => (argument.NameEquals?.Name ?? argument.NameColon?.Name)?.Identifier.ValueText == name);

    /// <summary>The loss that a model's attribute names; null where it names none.</summary>
    public static LossDefinition? Loss(AttributeSyntax model)
    {
        string name = Find(model, "Loss")?.Expression.ToString().Split('.').Last() ?? "";
        return LossLibrary.Has(name) ? ((LossSource)name).Definition : null;
    }

    public static AttributeSyntax Without(AttributeSyntax attribute, AttributeArgumentSyntax argument) =>
        attribute.ArgumentList is { Arguments.Count: > 1 } list
            ? attribute.WithArgumentList(list.RemoveNode(argument, SyntaxRemoveOptions.KeepNoTrivia))
            : attribute.WithArgumentList(null);

    /// <summary>The attribute with a property set, in its old place or at the end.</summary>
    public static AttributeSyntax With(AttributeSyntax attribute, string property, ExpressionSyntax value)
    {
        if (Find(attribute, property) is { } written)
        {
            return attribute.ReplaceNode(written, written.WithExpression(value.WithTriviaFrom(written.Expression)));
        }

        AttributeArgumentSyntax added = SyntaxFactory.AttributeArgument(
            SyntaxFactory.NameEquals(SyntaxFactory.IdentifierName(property).WithTrailingTrivia(SyntaxFactory.Space)).WithTrailingTrivia(SyntaxFactory.Space), null, value);
        AttributeArgumentListSyntax list = attribute.ArgumentList ?? SyntaxFactory.AttributeArgumentList();
        IEnumerable<SyntaxNodeOrToken> before = list.Arguments.GetWithSeparators();
        if (list.Arguments.Count > 0)
        {
            before = before.Append(SyntaxFactory.Token(default, SyntaxKind.CommaToken, SyntaxFactory.TriviaList(SyntaxFactory.Space)));
        }

        return attribute.WithArgumentList(list.WithArguments(SyntaxFactory.SeparatedList<AttributeArgumentSyntax>(SyntaxFactory.NodeOrTokenList(before.Append(added)))));
    }

    /// <summary>The type without an attribute, and without its brackets where it stood alone.</summary>
    public static TypeDeclarationSyntax Without(TypeDeclarationSyntax type, AttributeSyntax attribute)
    {
        var list = (AttributeListSyntax)attribute.Parent!;
        if (list.Attributes.Count > 1)
        {
            return type.ReplaceNode(list, list.RemoveNode(attribute, SyntaxRemoveOptions.KeepNoTrivia)!);
        }

        bool isFirst = type.AttributeLists[0] == list;
        SyntaxTriviaList leading = type.GetLeadingTrivia();
        var rest = (TypeDeclarationSyntax)type.WithAttributeLists(type.AttributeLists.Remove(list));
        return isFirst ? rest.WithLeadingTrivia(leading) : rest;
    }

    /// <summary>The type with an attribute before or behind another: in brackets of its own where that one has its own.</summary>
    public static TypeDeclarationSyntax Beside(TypeDeclarationSyntax type, AttributeSyntax other, AttributeSyntax added, bool before)
    {
        var list = (AttributeListSyntax)other.Parent!;
        int behind = before ? 0 : 1;
        if (list.Attributes.Count > 1)
        {
            return type.ReplaceNode(list, list.WithAttributes(list.Attributes.Insert(list.Attributes.IndexOf(other) + behind, added)).WithAdditionalAnnotations(Formatter.Annotation));
        }

        int index = type.AttributeLists.IndexOf(list);
        SyntaxTriviaList leading = list.GetLeadingTrivia();
        SyntaxTriviaList indentation = SyntaxFactory.TriviaList(leading.Reverse().TakeWhile(static trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)));
        AttributeListSyntax own = SyntaxFactory.AttributeList(SyntaxFactory.SingletonSeparatedList(added.WithoutTrivia()))
            .WithTrailingTrivia(list.GetTrailingTrivia().Where(static trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)))
            .WithLeadingTrivia(before ? leading : indentation);
        SyntaxList<AttributeListSyntax> lists = before
            ? type.AttributeLists.Replace(list, list.WithLeadingTrivia(indentation)).Insert(index, own)
            : type.AttributeLists.Insert(index + 1, own);
        return (TypeDeclarationSyntax)type.WithAttributeLists(lists);
    }
}
