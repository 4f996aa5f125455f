using System.Collections.Generic;

namespace RnnGen.Generator.Cells;

/// <summary>A word, number or sign of the equations, and its place.</summary>
internal readonly record struct CellToken(string Text, int Start)
{
    public int Length => Text.Length;

    public int End => Start + Text.Length;

    public bool IsName => Text.Length > 0 && char.IsLetter(Text[0]);
}

/// <summary>Cuts equations into lines of tokens: a line that ends within parentheses continues.</summary>
internal static class CellTokens
{
    public static IReadOnlyList<IReadOnlyList<CellToken>> Lines(string text)
    {
        List<IReadOnlyList<CellToken>> lines = [];
        List<CellToken> line = [];
        int depth = 0;
        for (int i = 0; i < text.Length;)
        {
            char letter = text[i];
            if (letter == '#')
            {
                while (i < text.Length && text[i] is not ('\n' or '\r'))
                {
                    i++;
                }
            }
            else if (letter is '\n' or '\r' or ';')
            {
                i++;
                if (line.Count > 0 && depth <= 0)
                {
                    lines.Add(line);
                    line = [];
                    depth = 0;
                }
            }
            else if (char.IsWhiteSpace(letter))
            {
                i++;
            }
            else
            {
                int start = i++;
                if (char.IsLetter(letter))
                {
                    while (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] is '_' or '\''))
                    {
                        i++;
                    }
                }
                else if (char.IsDigit(letter))
                {
                    // 1e-5 is one number, and 1-5 is a difference.
                    while (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '.' || (text[i] is '-' or '+' && text[i - 1] is 'e' or 'E')))
                    {
                        i++;
                    }
                }
                else if (letter is '<' or '>' && i < text.Length && text[i] == '=')
                {
                    i++;
                }

                depth += letter == '(' ? 1 : letter == ')' ? -1 : 0;
                line.Add(new CellToken(text.Substring(start, i - start), start));
            }
        }

        if (line.Count > 0)
        {
            lines.Add(line);
        }

        return lines;
    }
}
