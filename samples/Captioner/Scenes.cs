namespace Captioner;

/// <summary>Pictures with their captions, as a model reads and writes them.</summary>
/// <param name="Pixels">[picture, row, column, colour].</param>
/// <param name="Captions">What a person would write.</param>
internal sealed record Scenes(float[] Pixels, string[] Captions)
{
    public int Count => Captions.Length;

    /// <summary>Draws pictures, of the combinations that are held out or of the others.</summary>
    public static Scenes Draw(Random random, int count, bool heldOut)
    {
        Scenes scenes = new(new float[count * Scene.Pixels], new string[count]);
        for (int i = 0; i < count; i++)
        {
            Scene scene = Scene.Draw(random, heldOut);
            scene.Render(random, scenes.Pixels.AsSpan(i * Scene.Pixels, Scene.Pixels));
            scenes.Captions[i] = scene.Caption;
        }

        return scenes;
    }

    /// <summary>The pixels of one picture.</summary>
    public ReadOnlySpan<float> Picture(int index) => Pixels.AsSpan(index * Scene.Pixels, Scene.Pixels);

    /// <summary>[picture, word] tokens of the captions, each filled up with the end.</summary>
    public int[] Tokens(int length)
    {
        int[] tokens = new int[Count * length];
        Array.Fill(tokens, Words.End);
        for (int i = 0; i < Count; i++)
        {
            Words.Tokens(Captions[i]).CopyTo(tokens, i * length);
        }

        return tokens;
    }
}
