using System.Globalization;

namespace Translator;

/// <summary>What the command line says.</summary>
/// <param name="DataPath">The folder with Multi30k's tokenised files; <c>null</c> for dates that the sample writes itself.</param>
/// <param name="Epochs">Passes over the pairs.</param>
/// <param name="LearningRate">Adam's rate at the start.</param>
/// <param name="Beams">Beginnings that are followed at once when the test is translated.</param>
/// <param name="Seed">Draws weights, batches and dates.</param>
/// <param name="ShowHelp">Only the help is asked for.</param>
internal sealed record SampleOptions(string? DataPath, int Epochs, double LearningRate, int Beams, int Seed, bool ShowHelp)
{
    /// <summary>Whether a line shows how far an epoch is.</summary>
    public bool ShowsProgress { get; init; } = !Console.IsOutputRedirected;

    public static SampleOptions ForDates { get; } = new(null, 6, 3e-3, 1, 1, false);

    public static SampleOptions ForSentences { get; } = new(null, 16, 1e-3, 4, 1, false);

    public static string Help { get; } = string.Create(CultureInfo.InvariantCulture, $"""
        Learns to translate: dates as people write them into ISO dates, or English sentences into French ones.

          dotnet run -c Release --project samples/Translator -- [options]

          --data <folder>        Multi30k's tokenised files (default: dates that the sample writes itself)
          --epochs <n>           passes over what is learned from (default: {ForDates.Epochs} for dates, {ForSentences.Epochs} for sentences)
          --rate <x>             Adam's learning rate at the start (default: {ForDates.LearningRate}, {ForSentences.LearningRate})
          --beams <n>            beginnings that are followed at once (default: {ForDates.Beams}, {ForSentences.Beams})
          --seed <n>             draws weights, batches and dates (default: {ForDates.Seed})
          --help                 this text
        """);

    /// <summary>Reads the command line.</summary>
    /// <exception cref="UsageException">An option is unknown, lacks its value, or has one that does not fit.</exception>
    public static SampleOptions Parse(IReadOnlyList<string> arguments)
    {
        SampleOptions options = arguments.Contains("--data") ? ForSentences : ForDates;
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
                "--epochs" => options with { Epochs = (int)Number(name, value, 1, 1000) },
                "--rate" => options with { LearningRate = Number(name, value, 1e-6, 1) },
                "--beams" => options with { Beams = (int)Number(name, value, 1, 16) },
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
