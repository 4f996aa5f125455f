using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace RnnGen.Generator.Analyzing;

/// <summary>From a character of a string's value to where it is written: raw, verbatim and escaped literals. What is put together of several is marked as a whole.</summary>
internal static class TextLocator
{
    public static Location Locate(ExpressionSyntax expression, int start, int length)
    {
        if (expression is not LiteralExpressionSyntax literal || PlacesOf(literal.Token) is not { } places || places.Count != literal.Token.ValueText.Length)
        {
            return expression.GetLocation();
        }

        if (places.Count == 0 || length == 0)
        {
            return literal.GetLocation();
        }

        int first = Math.Min(start, places.Count - 1), last = Math.Min(start + length, places.Count) - 1;
        int from = literal.Token.SpanStart + places[first].Start, to = literal.Token.SpanStart + places[Math.Max(first, last)].End;
        return Location.Create(literal.SyntaxTree, TextSpan.FromBounds(from, to));
    }

    // Per character of the value: where in the token's text it begins and ends.
    private static List<(int Start, int End)>? PlacesOf(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.MultiLineRawStringLiteralToken => OfLines(token.Text),
        SyntaxKind.SingleLineRawStringLiteralToken => OfRange(token.Text, Quotes(token.Text), token.Text.Length - Quotes(token.Text)),
        SyntaxKind.StringLiteralToken when token.Text.StartsWith("@", StringComparison.Ordinal) => OfVerbatim(token.Text),
        SyntaxKind.StringLiteralToken => OfEscaped(token.Text),
        _ => null,
    };

    private static int Quotes(string text) => text.TakeWhile(static letter => letter == '"').Count();

    private static List<(int, int)> OfRange(string text, int start, int end) => Enumerable.Range(start, Math.Max(0, end - start)).Select(static i => (i, i + 1)).ToList();

    // The text between the lines of quotes, without the white space that stands before the closing ones.
    private static List<(int, int)> OfLines(string text)
    {
        int end = text.Length - Quotes(text);
        int lastLine = end;
        while (lastLine > 0 && text[lastLine - 1] is not ('\n' or '\r'))
        {
            lastLine--;
        }

        int indent = end - lastLine;
        int contentEnd = lastLine - (lastLine > 1 && text[lastLine - 1] == '\n' && text[lastLine - 2] == '\r' ? 2 : 1);
        int at = text.IndexOf('\n') + 1;
        List<(int, int)> places = [];
        while (at < contentEnd)
        {
            // A blank line may have less of it.
            int skipped = 0;
            while (skipped < indent && at < contentEnd && text[at] is not ('\n' or '\r'))
            {
                at++;
                skipped++;
            }

            while (at < contentEnd)
            {
                places.Add((at, at + 1));
                if (text[at++] == '\n')
                {
                    break;
                }
            }
        }

        return places;
    }

    private static List<(int, int)> OfVerbatim(string text)
    {
        List<(int, int)> places = [];
        for (int i = 2; i < text.Length - 1; i++)
        {
            int length = text[i] == '"' ? 2 : 1;
            places.Add((i, i + length));
            i += length - 1;
        }

        return places;
    }

    private static List<(int, int)> OfEscaped(string text)
    {
        List<(int, int)> places = [];
        for (int i = 1; i < text.Length - 1;)
        {
            int length = 1, values = 1;
            if (text[i] == '\\')
            {
                switch (text[i + 1])
                {
                    case 'u':
                        length = 6;
                        break;
                    case 'U':
                        length = 10;
                        values = text.Substring(i + 2, 8).StartsWith("0000", StringComparison.Ordinal) ? 1 : 2;
                        break;
                    case 'x':
                        length = 2 + text.Skip(i + 2).Take(4).TakeWhile(static letter => Uri.IsHexDigit(letter)).Count();
                        break;
                    default:
                        length = 2;
                        break;
                }
            }

            for (int value = 0; value < values; value++)
            {
                places.Add((i, i + length));
            }

            i += length;
        }

        return places;
    }
}
