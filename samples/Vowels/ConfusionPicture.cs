using RnnGen;
using RnnGen.Samples;

namespace Vowels;

/// <summary>Draws the confusion matrix of the speakers.</summary>
internal static class ConfusionPicture
{
    private const int Cell = 44, Left = 90, Top = 110;

    /// <summary>Writes the picture as text.</summary>
    /// <param name="confusion">Recordings of each speaker (row) that were taken for each speaker (column).</param>
    public static string Draw(ConfusionMatrix confusion)
    {
        int size = confusion.ClassCount;
        SvgPicture picture = new("Speakers, and whom they were taken for", Left + (size * Cell) + 30) { Height = Top + (size * Cell) + 30 };
        picture.Text(20, 36, "Speakers, and whom they were taken for", "heading")
            .Text(Left + (size * Cell / 2), Top - 34, "taken for speaker", "small", "middle")
            .Text(Left - 12, Top - 10, "speaker", "small", "end");
        for (int i = 0; i < size; i++)
        {
            picture.Text(Left + (i * Cell) + (Cell / 2), Top - 10, $"{i + 1}", "", "middle").Text(Left - 12, Top + (i * Cell) + (Cell / 2) + 5, $"{i + 1}", "", "end");
            for (int j = 0; j < size; j++)
            {
                if (confusion[i, j] > 0)
                {
                    double opacity = 0.2 + (0.5 * confusion[i, j] / confusion.Support(i));
                    picture.Add($"<rect class=\"{(i == j ? "right" : "wrong")}\" x=\"{Left + (j * Cell) + 1}\" y=\"{Top + (i * Cell) + 1}\" width=\"{Cell - 2}\" height=\"{Cell - 2}\" opacity=\"{opacity:F2}\"/>")
                        .Text(Left + (j * Cell) + (Cell / 2), Top + (i * Cell) + (Cell / 2) + 5, $"{confusion[i, j]}", "", "middle");
                }
            }
        }

        return picture.Add($"<rect class=\"frame\" x=\"{Left}\" y=\"{Top}\" width=\"{size * Cell}\" height=\"{size * Cell}\"/>").ToString();
    }
}
