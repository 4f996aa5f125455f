namespace Captioner;

/// <summary>What an object of a scene is.</summary>
internal sealed record Item(int Shape, int Colour);

/// <summary>How the two objects of a scene stand to each other.</summary>
internal enum Relation { LeftOf, Above }

/// <summary>
/// A small picture of two coloured shapes on a dark ground. Their position, their size, their colour and every pixel vary, and the
/// model sees nothing but the pixels.
/// </summary>
/// <param name="First">The left or upper object.</param>
/// <param name="Second">The other one.</param>
/// <param name="Relation">How they stand to each other.</param>
/// <param name="Band">Where the two are: 0 at the top or on the left, 1 in the middle, 2 at the bottom or on the right.</param>
internal sealed record Scene(Item First, Item Second, Relation Relation, int Band)
{
    public const int Size = 24, Pixels = Size * Size * 3;

    private static readonly string[] s_shapes = ["circle", "square", "triangle", "cross"];

    private static readonly (string Name, float R, float G, float B)[] s_colours =
    [
        ("red", 0.9f, 0.15f, 0.15f), ("green", 0.15f, 0.75f, 0.2f), ("blue", 0.2f, 0.3f, 0.95f),
        ("yellow", 0.95f, 0.85f, 0.15f), ("purple", 0.65f, 0.2f, 0.8f), ("white", 0.95f, 0.95f, 0.95f),
    ];

    /// <summary>What a person would write below the picture.</summary>
    public string Caption => Relation == Relation.LeftOf
        ? $"{Name(First)} left of {Name(Second)} {(Band == 0 ? "at the top" : Band == 1 ? "in the middle" : "at the bottom")}"
        : $"{Name(First)} above {Name(Second)} {(Band == 0 ? "on the left" : Band == 1 ? "in the middle" : "on the right")}";

    private static string Name(Item item) => $"a {s_colours[item.Colour].Name} {s_shapes[item.Shape]}";

    /// <summary>Whether the combination of objects, relation and place is kept for the test: a fifth of all 3,456, the same whatever the seed.</summary>
    public bool IsHeldOut
    {
        get
        {
            // Mixed, so that what is held out has no pattern.
            uint code = (uint)((((First.Shape * 6 + First.Colour) * 24 + Second.Shape * 6 + Second.Colour) * 2 + (int)Relation) * 3 + Band);
            code = (code ^ (code >> 7)) * 0x9E3779B1;
            return (code >> 8) % 5 == 0;
        }
    }

    /// <summary>Draws a scene, of those held out or of the others.</summary>
    public static Scene Draw(Random random, bool heldOut)
    {
        while (true)
        {
            Item Item() => new(random.Next(s_shapes.Length), random.Next(s_colours.Length));
            Scene scene = new(Item(), Item(), (Relation)random.Next(2), random.Next(3));
            if (scene.IsHeldOut == heldOut)
            {
                return scene;
            }
        }
    }

    /// <summary>Draws the picture: [row, column, colour] from 0 to 1, jitter and noise from <paramref name="random"/>.</summary>
    public void Render(Random random, Span<float> pixels)
    {
        float ground = 0.08f + 0.1f * random.NextSingle();
        foreach (ref float pixel in pixels)
        {
            pixel = ground;
        }

        float band = 6 + 6 * Band;
        Paint(First, Relation == Relation.LeftOf ? 6 : band, Relation == Relation.LeftOf ? band : 6, random, pixels);
        Paint(Second, Relation == Relation.LeftOf ? 18 : band, Relation == Relation.LeftOf ? band : 18, random, pixels);
        foreach (ref float pixel in pixels)
        {
            pixel = Math.Clamp(pixel + 0.08f * (random.NextSingle() + random.NextSingle() - 1), 0, 1);
        }
    }

    private static void Paint(Item item, float x, float y, Random random, Span<float> pixels)
    {
        x += 2 * random.NextSingle() - 1;
        y += 2 * random.NextSingle() - 1;
        float size = 4 + 1.2f * random.NextSingle();
        (_, float r, float g, float b) = s_colours[item.Colour];
        Span<float> colour = [Vary(r, random), Vary(g, random), Vary(b, random)];
        for (int row = 0; row < Size; row++)
        {
            for (int column = 0; column < Size; column++)
            {
                float covered = Covered(item.Shape, column + 0.5f - x, row + 0.5f - y, size);
                for (int c = 0; c < 3 && covered > 0; c++)
                {
                    ref float pixel = ref pixels[(row * Size + column) * 3 + c];
                    pixel += covered * (colour[c] - pixel);
                }
            }
        }
    }

    private static float Vary(float value, Random random) => Math.Clamp(value + 0.16f * (random.NextSingle() - 0.5f), 0, 1);

    // The share of a pixel that a shape covers, from its distance to the edge.
    private static float Covered(int shape, float x, float y, float size)
    {
        float edge = shape switch
        {
            0 => size - MathF.Sqrt(x * x + y * y),
            1 => 0.88f * size - MathF.Max(MathF.Abs(x), MathF.Abs(y)),
            2 => MathF.Min(0.8f * size - y, (y + size) * 0.45f - MathF.Abs(x) * 0.9f),
            _ => MathF.Max(MathF.Min(0.3f * size - MathF.Abs(x), size - MathF.Abs(y)), MathF.Min(0.3f * size - MathF.Abs(y), size - MathF.Abs(x))),
        };
        return Math.Clamp(edge + 0.5f, 0, 1);
    }
}
