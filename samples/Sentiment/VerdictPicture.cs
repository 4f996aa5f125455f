using RnnGen.Samples;

namespace Sentiment;

/// <summary>Draws sentences with each word's share in the verdict as its colour.</summary>
internal static class VerdictPicture
{
    private const int Width = 980, Left = 150, RowHeight = 30, CharacterWidth = 8;

    /// <summary>Writes the picture as text.</summary>
    public static string Draw(IReadOnlyList<Verdict> verdicts)
    {
        SvgPicture picture = new("Words that moved the verdicts", Width);
        picture.Text(20, 36, "Words that moved the verdicts: green to praise, red to blame", "heading");
        int y = 76;
        foreach (Verdict verdict in verdicts)
        {
            picture.Text(20, y, $"{verdict.Says} {1 / (1 + Math.Exp(-Math.Abs(verdict.Score))):P0}{(verdict.IsRight ? "" : " ✗")}", verdict.IsRight ? "" : "f2");
            double most = Math.Max(1e-9, verdict.Moved.Max(Math.Abs));
            int x = Left;
            foreach ((string word, double moved) in verdict.Review.Words.Zip(verdict.Moved))
            {
                int width = word.Length * CharacterWidth + 8;
                if (x + width > Width - 20)
                {
                    (x, y) = (Left, y + RowHeight);
                }

                picture.Add($"<rect x=\"{x}\" y=\"{y - 16}\" width=\"{width - 2}\" height=\"22\" rx=\"3\" class=\"{(moved > 0 ? "right" : "wrong")}\" opacity=\"{Math.Abs(moved) / most * 0.7:F2}\"/>")
                    .Text(x + 3, y, word, "code");
                x += width;
            }

            y += RowHeight + 18;
        }

        picture.Height = y - 10;
        return picture.ToString();
    }
}
