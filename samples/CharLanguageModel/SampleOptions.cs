using System.Globalization;

namespace CharLanguageModel;

/// <summary>What the command line says.</summary>
/// <param name="DataPath">A text file; <c>null</c> for the text that the sample writes itself.</param>
/// <param name="Epochs">Passes over the text.</param>
/// <param name="LearningRate">Adam's rate at the start.</param>
/// <param name="Temperature">Of the text that is written at the end.</param>
/// <param name="Seed">Draws weights, batches and characters.</param>
/// <param name="ShowHelp">Only the help is asked for.</param>
internal sealed record SampleOptions(string? DataPath, int Epochs, double LearningRate, double Temperature, int Seed, bool ShowHelp)
{
    public static SampleOptions Default { get; } = new(null, 20, 3e-3, 0.8, 1, false);

    public static string Help { get; } = string.Create(CultureInfo.InvariantCulture, $"""
        Learns to write a text character by character.

          dotnet run -c Release --project samples/CharLanguageModel -- [options]

          --data <file.txt>      a text (default: one that the sample writes itself)
          --epochs <n>           passes over the text (default: {Default.Epochs})
          --rate <x>             Adam's learning rate at the start (default: {Default.LearningRate})
          --temperature <x>      of what is written at the end (default: {Default.Temperature})
          --seed <n>             draws weights, batches and characters (default: {Default.Seed})
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
                "--epochs" => options with { Epochs = (int)Number(name, value, 1, 10_000) },
                "--rate" => options with { LearningRate = Number(name, value, 1e-6, 1) },
                "--temperature" => options with { Temperature = Number(name, value, 1e-3, 100) },
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

/// <summary>The command line, or the file that it names, cannot be used; the message is for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);
