using System.Globalization;

namespace RnnGen.Comparison;

/// <summary>What the command line says.</summary>
internal sealed record Options
{
    public const string Help = """
        Measures RnnGen and its peers interleaved, on the same weights and data, in one run.

          --quick          fewer rounds and shorter samples: a look, not a measurement
          --rows <words>   only rows whose name holds each word, for instance: --rows "training lstm"
          --peers <names>  only these, separated by commas, or none: oneDNN,LibTorch,LibTorch-2,LibTorch-bf16,
                           LibTorch-bf16-2,TorchScript,ONNX-Runtime,plain-C#
          --rounds <n>     how many rounds (default 11)
          --cpu-time       times one-threaded work by the thread's own clock: for a machine that others use too (Linux);
                           two threads are timed by the wall all the same
          --no-cold        without the first calls of cold processes
          --help
        """;

    public bool Quick { get; private init; }

    public string[] RowWords { get; private init; } = [];

    public string[]? Peers { get; private init; }

    public int Rounds { get; private init; }

    public bool CpuTime { get; private init; }

    public bool Cold { get; private init; } = true;

    /// <summary>A cold process of this program: the row's name and the problem's file.</summary>
    public (string Row, string Path)? ColdChild { get; private init; }

    /// <summary>Seconds that a sample fills at least.</summary>
    public double Sample => Quick ? 0.005 : 0.02;

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="FormatException">An argument is unknown or lacks its value.</exception>
    public static Options Parse(string[] args)
    {
        Options options = new();
        int? rounds = null;
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Length ? args[i] : throw new FormatException($"{name} needs a value.");
            options = name switch
            {
                "--quick" => options with { Quick = true },
                "--rows" => options with { RowWords = Value().Split(' ', StringSplitOptions.RemoveEmptyEntries) },
                "--peers" => options with { Peers = Value().Split(',', StringSplitOptions.RemoveEmptyEntries) },
                "--cpu-time" => options with { CpuTime = true },
                "--no-cold" => options with { Cold = false },
                "--cold-child" => options with { ColdChild = (Value(), Value()) },
                "--rounds" => options,
                _ => throw new FormatException($"'{name}' is not an option; --help lists them."),
            };
            if (name == "--rounds")
            {
                string text = Value();
                rounds = int.TryParse(text, CultureInfo.InvariantCulture, out int n) && n >= 1
                    ? n
                    : throw new FormatException($"--rounds is '{text}'; give a whole number, at least 1.");
            }
        }

        return options with { Rounds = rounds ?? (options.Quick ? 3 : 11) };
    }

    public bool Includes(Row row) => RowWords.All(word => row.Name.Contains(word, StringComparison.OrdinalIgnoreCase));

    public bool Includes(string peer) => Peers is null || Peers.Contains(peer, StringComparer.OrdinalIgnoreCase);
}
