using System.Buffers.Binary;
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
            string image = Convert.ToBase64String(Bitmap(scenes.Picture(shown[i])));
            picture.Add($"<image x=\"{left}\" y=\"{top}\" width=\"{side}\" height=\"{side}\" style=\"image-rendering: pixelated\" href=\"data:image/bmp;base64,{image}\"/>");

            // A caption takes two lines.
            string[] words = written[shown[i]].Split(' ');
            int half = (words.Length + 1) / 2;
            string style = written[shown[i]] == scenes.Captions[shown[i]] ? "small" : "small f2";
            picture.Text(left, top + side + 18, string.Join(' ', words.Take(half)), style).Text(left, top + side + 36, string.Join(' ', words.Skip(half)), style);
        }

        return picture.ToString();
    }

    // A BMP file of 24 bits a pixel: the last row first, blue before green and red.
    private static byte[] Bitmap(ReadOnlySpan<float> pixels)
    {
        const int Header = 54, Row = Scene.Size * 3;
        byte[] file = new byte[Header + (Scene.Size * Row)];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), Header);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), Scene.Size);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), Scene.Size);
        file[26] = 1;
        file[28] = 24;
        for (int i = 0; i < pixels.Length; i++)
        {
            int row = Scene.Size - 1 - (i / Row), column = i % Row / 3, channel = 2 - (i % 3);
            file[Header + (row * Row) + (column * 3) + channel] = (byte)MathF.Round(255 * Math.Clamp(pixels[i], 0, 1));
        }

        return file;
    }
}
