using System.Globalization;

namespace Amplifier;

/// <summary>What the command line says.</summary>
/// <param name="DataPath">A WAV file of 48 kHz to play through the circuit and the models; <c>null</c> for plucked strings.</param>
/// <param name="Epochs">Passes over what is learned from.</param>
/// <param name="LearningRate">Adam's rate at the start.</param>
/// <param name="Seed">Draws weights, strings and batches.</param>
/// <param name="ShowHelp">Only the help is asked for.</param>
internal sealed record SampleOptions(string? DataPath, int Epochs, double LearningRate, int Seed, bool ShowHelp)
{
    public static SampleOptions Default { get; } = new(null, 40, 5e-3, 1, false);

    public static string Help { get; } = string.Create(CultureInfo.InvariantCulture, $"""
        Learns an amplifier, sample by sample, and plays through it.

          dotnet run -c Release --project samples/Amplifier -- [options]

          --data <file.wav>      what is played at the end, 48 kHz, one channel (default: plucked strings)
          --epochs <n>           passes over what is learned from (default: {Default.Epochs})
          --rate <x>             Adam's learning rate at the start (default: {Default.LearningRate})
          --seed <n>             draws weights, strings and batches (default: {Default.Seed})
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
                "--data" => options with { DataPath = value },
                "--epochs" => options with { Epochs = (int)Number(name, value, 1, 100_000) },
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

/// <summary>The command line, or the files that it names, cannot be used; the message is for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);
