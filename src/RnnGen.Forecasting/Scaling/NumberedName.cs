using System.Globalization;

namespace RnnGen.Forecasting;

/// <summary>A name and the numbers behind it in brackets, such as <c>SeasonalDifferences(24)</c>: how scalings and features are written to a model's file.</summary>
/// <param name="Name">The name.</param>
/// <param name="Numbers">The numbers.</param>
internal sealed record NumberedName(string Name, IReadOnlyList<double> Numbers)
{
    /// <summary>The only number.</summary>
    /// <exception cref="FormatException">There is none, or there are several.</exception>
    public double Number() => Numbers.Count == 1 ? Numbers[0] : throw new FormatException(Invariant($"'{Name}' has {Numbers.Count} numbers; 1 is expected."));

    /// <summary>The only number, which is whole.</summary>
    /// <exception cref="FormatException">There is none, or it is not whole.</exception>
    public int Whole() => Number() is var number && number == (int)number ? (int)number : throw new FormatException(Invariant($"'{Name}' has the number {number}; a whole one is expected."));

    /// <summary>All numbers, which are whole.</summary>
    /// <exception cref="FormatException">One is not whole.</exception>
    public int[] Wholes() => [.. Numbers.Select(number => new NumberedName(Name, [number]).Whole())];

    /// <summary>Reads the text.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It has another form.</exception>
    public static NumberedName Parse(string text)
    {
        int open = text.IndexOf('(');
        if (open < 0)
        {
            return new(text, []);
        }

        return text.EndsWith(')')
            ? new(text[..open], [.. text[(open + 1)..^1].Split(',').Select(number => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture))])
            : throw new FormatException($"'{text}' has no closing bracket.");
    }
}
