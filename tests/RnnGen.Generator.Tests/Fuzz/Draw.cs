using System.Globalization;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>Choices at random, and the arguments of attributes made of them.</summary>
/// <param name="random">Where they come from.</param>
/// <param name="absurd">Whether now and then a number is one that no model can have.</param>
internal sealed class Draw(Random random, bool absurd)
{
    private static readonly string[] AbsurdSizes =
        ["0", "-1", "65536", "65537", "int.MaxValue", "int.MinValue", "1 << 20", "'a'", "unchecked((int)4000000000)", "default", "3 / 2", "(byte)3", "sizeof(int)"];

    private static readonly string[] AbsurdNumbers = ["-0.1", "1", "1.5", "double.NaN", "double.PositiveInfinity", "0.999999", "1e-300", "-0.0", "1e31"];

    public bool IsAbsurd => absurd;

    /// <summary>True once in the given number of times.</summary>
    public bool Chance(int oneIn) => random.Next(oneIn) == 0;

    /// <summary>True once in the given number of times, for absurd declarations.</summary>
    public bool Absurd(int oneIn) => absurd && Chance(oneIn);

    public int Between(int first, int last) => random.Next(first, last + 1);

    public T Pick<T>(params IReadOnlyList<T> from) => from[random.Next(from.Count)];

    public void Shuffle<T>(List<T> list)
    {
        for (int i = list.Count - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
    }

    /// <summary>An integer as C# has it.</summary>
    public string Size(int value) => Absurd(15) ? Pick(AbsurdSizes) : Text(value);

    /// <summary>A number as C# has it.</summary>
    public string Number(double value) => Absurd(6) ? Pick(AbsurdNumbers) : value.ToString("R", CultureInfo.InvariantCulture);

    public static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The arguments of one attribute, in any order but for what its constructor takes.</summary>
internal sealed class DrawnArguments(Draw draw)
{
    private readonly List<string> _positional = [], _named = [];

    public DrawnArguments Positional(string value)
    {
        _positional.Add(value);
        return this;
    }

    public DrawnArguments Add(bool wanted, string property, string value)
    {
        if (wanted)
        {
            _named.Add($"{property} = {value}");
        }

        return this;
    }

    /// <summary>A size that the attribute needs, or must not have: now and then the other way round.</summary>
    public DrawnArguments Size(bool wanted, string property, int value) => Add(wanted != draw.Absurd(20), property, draw.Size(value));

    public DrawnArguments Flag(bool wanted, string property) => Add(wanted, property, "true");

    public DrawnArguments Share(bool wanted, string property) => Add(wanted, property, draw.Number(draw.Pick(0, 0.1, 0.5)));

    /// <summary>A value of an enum, now and then an undefined one.</summary>
    public DrawnArguments Choice<T>(bool wanted, string property, params IReadOnlyList<T> from) where T : struct, Enum =>
        Add(wanted, property, draw.Absurd(20) ? $"({typeof(T).Name})9" : $"{typeof(T).Name}.{draw.Pick(from)}");

    /// <summary>Any value of an enum.</summary>
    public DrawnArguments Any<T>(bool wanted, string property) where T : struct, Enum => Choice(wanted, property, Enum.GetValues<T>());

    public override string ToString()
    {
        draw.Shuffle(_named);
        string[] all = [.. _positional, .. _named];
        return all.Length == 0 ? "" : $"({string.Join(", ", all)})";
    }
}
