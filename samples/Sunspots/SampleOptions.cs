using System.Globalization;

namespace Sunspots;

/// <summary>What the command line says.</summary>
/// <param name="DataPath">The CSV file; <c>null</c> for the one that the sample ships.</param>
/// <param name="Column">Name of the column with the values.</param>
/// <param name="Epochs">Passes over the training windows, for each model.</param>
/// <param name="Seed">Draws weights and batches.</param>
/// <param name="ShowHelp">Only the help is asked for.</param>
internal sealed record SampleOptions(string? DataPath, string Column, int Epochs, int Seed, bool ShowHelp)
{
    public static SampleOptions Default { get; } = new(null, "sunspots", Settings.Epochs, 1, false);

    public static string Help { get; } = $"""
        Forecasts the monthly mean sunspot number 1 and 12 months ahead with an LSTM, a GRU and a plain RNN.

          dotnet run -c Release --project samples/Sunspots -- [options]

          --data <file.csv>   another monthly series of values from 0 up (default: the sunspots)
          --column <name>     its column (default: {Default.Column})
          --epochs <n>        passes over the training windows (default: {Default.Epochs})
          --seed <n>          draws weights and batches (default: {Default.Seed})
          --help              this text
        """;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="UsageException">An option is unknown, lacks its value, or has one that does not fit.</exception>
    public static SampleOptions Parse(IReadOnlyList<string> arguments)
    {
        SampleOptions options = Default;
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            options = name switch
            {
                "--help" or "-h" => options with { ShowHelp = true },
                "--data" => options with { DataPath = Value(arguments, ref i) },
                "--column" => options with { Column = Value(arguments, ref i) },
                "--epochs" => options with { Epochs = Number(arguments, ref i, 1) },
                "--seed" => options with { Seed = Number(arguments, ref i, 0) },
                _ => throw new UsageException($"There is no option '{name}'; --help lists them."),
            };
        }

        return options;
    }

    private static string Value(IReadOnlyList<string> arguments, ref int i) => i + 1 < arguments.Count && arguments[i + 1].Length > 0
        ? arguments[++i]
        : throw new UsageException($"The option {arguments[i]} needs a value.");

    private static int Number(IReadOnlyList<string> arguments, ref int i, int minimum)
    {
        string name = arguments[i], text = Value(arguments, ref i);
        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) && number >= minimum
            ? number
            : throw new UsageException($"The option {name} needs a whole number of at least {minimum}; found '{text}'.");
    }
}

/// <summary>The command line, or the file that it names, cannot be used; the message is for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);
