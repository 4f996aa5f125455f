using System.Globalization;

namespace RnnGen.Samples;

/// <summary>One option of a sample's command line.</summary>
/// <param name="Name">Its name, with the dashes.</param>
/// <param name="Value">What its value is called in the help; null where it has none.</param>
/// <param name="Help">What it does.</param>
public sealed record SampleOption(string Name, string? Value, string Help)
{
    /// <summary>The default text; null for none.</summary>
    public string? Text { get; init; }

    /// <summary>The default number; null if the value is a text.</summary>
    public double? Number { get; init; }

    /// <summary>The default number with <c>--quick</c>; null if it is the same.</summary>
    public double? Quick { get; init; }

    /// <summary>The default number with <c>--data</c>; null if it is the same.</summary>
    public double? WithData { get; init; }

    /// <summary>The minimum number.</summary>
    public double Minimum { get; init; } = double.MinValue;

    /// <summary>The maximum number.</summary>
    public double Maximum { get; init; } = double.MaxValue;

    /// <summary>Whether the number is a whole one.</summary>
    public bool IsWhole { get; init; }

    /// <summary>An option that is either given or not.</summary>
    public static SampleOption Flag(string name, string help) => new(name, null, help);

    /// <summary>An option with a text.</summary>
    public static SampleOption Word(string name, string value, string help, string? text = null) => new(name, value, help) { Text = text };

    /// <summary>An option with a whole number.</summary>
    public static SampleOption Whole(string name, int number, string help, int minimum = 1, int maximum = 1_000_000) =>
        new(name, "<n>", help) { Number = number, Minimum = minimum, Maximum = maximum, IsWhole = true };

    /// <summary>An option with a number.</summary>
    public static SampleOption Real(string name, double number, string help, double minimum, double maximum) =>
        new(name, "<x>", help) { Number = number, Minimum = minimum, Maximum = maximum };

    /// <summary>Reads the number from the command line.</summary>
    /// <exception cref="UsageException">It is no number, or one out of range.</exception>
    internal double Read(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= Minimum && number <= Maximum && (!IsWhole || number == Math.Floor(number))
            ? number
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"The option {Name} needs a {(IsWhole ? "whole number" : "number")} from {Minimum} to {Maximum}; found '{text}'."));

    /// <summary>The default, as the help shows it.</summary>
    internal string Default => (Text, Number) switch
    {
        ({ } text, _) => $" (default: {text})",
        (_, { } number) => string.Create(CultureInfo.InvariantCulture, $" (default: {number}{(WithData is { } other ? $"; with --data {other}" : "")})"),
        (null, null) => "",
    };
}
