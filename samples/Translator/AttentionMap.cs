using System.Security;
using RnnGen.Samples;

namespace Translator;

/// <summary>Draws how strongly each word that is written looks at each that was read.</summary>
internal static class AttentionMap
{
    private const int Cell = 30, CharacterWidth = 8, Heading = 64;

    /// <summary>Writes the picture as text.</summary>
    /// <param name="source">What was read, from left to right.</param>
    /// <param name="target">What was written, from top to bottom.</param>
    /// <param name="attention">The weights of each written word over those read.</param>
    public static string Draw(IReadOnlyList<string> source, IReadOnlyList<string> target, IReadOnlyList<float[]> attention)
    {
        // Words above the columns lean to the right.
        int longest = source.Max(w => w.Length) * CharacterWidth;
        int left = 40 + Math.Max(60, target.Max(w => w.Length) * CharacterWidth), top = Heading + 24 + (longest * 4 / 5);
        SvgPicture picture = new("Attention of what was written over what was read", Math.Max(480, left + (source.Count * Cell) + (longest * 3 / 5) + 24)) { Height = top + (target.Count * Cell) + 24 };
        picture.Text(20, 36, "Attention: what the model looked at", "heading").Text(20, 56, "Read from left to right, written from top to bottom", "small");
        for (int s = 0; s < source.Count; s++)
        {
            int x = left + (s * Cell) + (Cell / 2);
            picture.Add($"<text x=\"{x}\" y=\"{top - 8}\" transform=\"rotate(-55 {x} {top - 8})\">{SecurityElement.Escape(source[s])}</text>");
        }

        for (int t = 0; t < target.Count; t++)
        {
            picture.Text(left - 10, top + (t * Cell) + (Cell / 2) + 5, target[t], "", "end");
            for (int s = 0; s < source.Count; s++)
            {
                // What is too faint to be seen is not drawn.
                if (attention[t][s] >= 0.01)
                {
                    picture.Add($"<rect class=\"f1\" x=\"{left + (s * Cell) + 1}\" y=\"{top + (t * Cell) + 1}\" width=\"{Cell - 2}\" height=\"{Cell - 2}\" opacity=\"{attention[t][s]:0.##}\"/>");
                }
            }
        }

        return picture.Add($"<rect class=\"frame\" x=\"{left}\" y=\"{top}\" width=\"{source.Count * Cell}\" height=\"{target.Count * Cell}\"/>").ToString();
    }
}
