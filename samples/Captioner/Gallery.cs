using RnnGen.Samples;

namespace Captioner;

/// <summary>Draws pictures with the captions that were written for them, up to two mistakes first.</summary>
internal static class Gallery
{
    private const int Columns = 4, Scale = 7, Gap = 26, CaptionHeight = 46, Top = 44;

    /// <summary>Writes the picture as text.</summary>
    /// <param name="scenes">The pictures with what should be written.</param>
    /// <param name="written">What was written.</param>
    /// <param name="count">Pictures to show, at most.</param>
    public static string Draw(Scenes scenes, IReadOnlyList<string> written, int count)
    {
        ILookup<bool, int> byVerdict = Enumerable.Range(0, scenes.Count).ToLookup(i => written[i] == scenes.Captions[i]);
        int[] shown = [.. byVerdict[false].Take(2).Concat(byVerdict[true]).Take(count)];
        int side = Scene.Size * Scale, rows = (shown.Length + Columns - 1) / Columns;
        SvgPicture picture = new("Pictures with the captions written for them", Gap + (Columns * (side + Gap))) { Height = Top + (rows * (side + CaptionHeight + Gap)) };
        picture.Text(Gap, 28, "Written from the pixels (orange: wrong)", "panel");
        for (int i = 0; i < shown.Length; i++)
        {
            int left = Gap + (i % Columns * (side + Gap)), top = Top + (i / Columns * (side + CaptionHeight + Gap));
            picture.Image(left, top, side, side, Scene.Size, Bytes(scenes.Picture(shown[i])));

            // A caption takes two lines.
            string[] words = written[shown[i]].Split(' ');
            int half = (words.Length + 1) / 2;
            string style = written[shown[i]] == scenes.Captions[shown[i]] ? "small" : "small f2";
            picture.Text(left, top + side + 18, string.Join(' ', words.Take(half)), style).Text(left, top + side + 36, string.Join(' ', words.Skip(half)), style);
        }

        return picture.ToString();
    }

    private static byte[] Bytes(ReadOnlySpan<float> pixels)
    {
        byte[] bytes = new byte[pixels.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)MathF.Round(255 * Math.Clamp(pixels[i], 0, 1));
        }

        return bytes;
    }
}
