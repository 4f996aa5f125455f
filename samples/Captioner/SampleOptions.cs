using System.Globalization;

namespace Captioner;

/// <summary>What the command line says.</summary>
/// <param name="Scenes">Pictures that are learned from, each drawn anew.</param>
/// <param name="LearningRate">Adam's rate at the start.</param>
/// <param name="Seed">Draws weights and pictures.</param>
/// <param name="ShowHelp">Only the help is asked for.</param>
internal sealed record SampleOptions(int Scenes, double LearningRate, int Seed, bool ShowHelp)
{
    public static SampleOptions Default { get; } = new(300_000, 2e-3, 1, false);

    public static string Help { get; } = string.Create(CultureInfo.InvariantCulture, $"""
        Learns to describe small pictures that it draws itself, from their pixels.

          dotnet run -c Release --project samples/Captioner -- [options]

          --scenes <n>           pictures that are learned from (default: {Default.Scenes})
          --rate <x>             Adam's learning rate at the start (default: {Default.LearningRate})
          --seed <n>             draws weights and pictures (default: {Default.Seed})
          --help                 this text
        """);

    /// <summary>Reads the command line.</summary>
    /// <exception cref="UsageException">An option is unknown, lacks its value, or has one that does not fit.</exception>
    public static SampleOptions Parse(IReadOnlyList<string> arguments)
    {
        SampleOptions options = Default;
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            if (name is "--help" or "-h")
            {
                options = options with { ShowHelp = true };
                continue;
            }

            string value = i + 1 < arguments.Count ? arguments[++i] : throw new UsageException($"The option {name} needs a value.");
            options = name switch
            {
                "--scenes" => options with { Scenes = (int)Number(name, value, 64, 1e8) },
                "--rate" => options with { LearningRate = Number(name, value, 1e-6, 1) },
                "--seed" => options with { Seed = (int)Number(name, value, 0, int.MaxValue) },
                _ => throw new UsageException($"There is no option '{name}'; --help lists them."),
            };
        }

        return options;
    }

    private static double Number(string name, string text, double minimum, double maximum) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= minimum && number <= maximum
            ? number
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"The option {name} needs a number from {minimum} to {maximum}; found '{text}'."));
}

/// <summary>The command line cannot be used; the message is for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);
