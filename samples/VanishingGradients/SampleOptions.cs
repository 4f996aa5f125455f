using System.Globalization;

namespace VanishingGradients;

/// <summary>What the command line says.</summary>
/// <param name="Full">Whether sequences of 400 and 1,000 steps are learned too.</param>
/// <param name="Effort">Training steps, as a multiple of the usual ones.</param>
/// <param name="Seed">Draws weights and sequences.</param>
/// <param name="ShowHelp">Only the help is asked for.</param>
internal sealed record SampleOptions(bool Full, double Effort, int Seed, bool ShowHelp)
{
    public static SampleOptions Default { get; } = new(false, 1, 1, false);

    public static string Help { get; } = string.Create(CultureInfo.InvariantCulture, $"""
        Shows how gradients vanish and explode through time, and which networks learn over long ones all the same.

          dotnet run -c Release --project samples/VanishingGradients -- [options]

          --full                 sequences of 400 and 1,000 steps too (default: 50, 100 and 200)
          --effort <x>           training steps, as a multiple of the usual ones (default: {Default.Effort})
          --seed <n>             draws weights and sequences (default: {Default.Seed})
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
            if (name is "--help" or "-h" or "--full")
            {
                options = name == "--full" ? options with { Full = true } : options with { ShowHelp = true };
                continue;
            }

            string value = i + 1 < arguments.Count ? arguments[++i] : throw new UsageException($"The option {name} needs a value.");
            options = name switch
            {
                "--effort" => options with { Effort = Number(name, value, 0.01, 100) },
                "--seed" => options with { Seed = (int)Number(name, value, 0, int.MaxValue - 1000) },
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
