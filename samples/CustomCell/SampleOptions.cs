using System.Globalization;

namespace CustomCell;

/// <summary>What the command line says.</summary>
/// <param name="DataPath">The folder of JapaneseVowels; <c>null</c> for the adding problem.</param>
/// <param name="Epochs">Passes over what is learned from.</param>
/// <param name="Seeds">How often each kind is trained.</param>
/// <param name="LearningRate">Adam's rate.</param>
/// <param name="ShowHelp">Only the help is asked for.</param>
internal sealed record SampleOptions(string? DataPath, int Epochs, int Seeds, double LearningRate, bool ShowHelp)
{
    public static SampleOptions Default { get; } = new(null, 30, 3, 3e-3, false);

    public static string Help { get; } = string.Create(CultureInfo.InvariantCulture, $"""
        Is the forget gate needed? Five kinds of LSTM, each written as its equations.

          dotnet run -c Release --project samples/CustomCell -- [options]

          --data <folder>        JapaneseVowels_TRAIN.ts and _TEST.ts (default: the adding problem)
          --epochs <n>           passes over what is learned from (default: {Default.Epochs})
          --seeds <n>            how often each kind is trained (default: {Default.Seeds})
          --rate <x>             Adam's learning rate (default: {Default.LearningRate})
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
                "--seeds" => options with { Seeds = (int)Number(name, value, 1, 1000) },
                "--rate" => options with { LearningRate = Number(name, value, 1e-6, 1) },
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
