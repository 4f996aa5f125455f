using System.Diagnostics;
using System.Globalization;

namespace RnnGen.Samples;

/// <summary>
/// The shell of a sample: it reads the command line, runs the sample once for each seed, and prints what each run measured, at the end as mean and spread over the
/// seeds, with the machine.
/// </summary>
/// <param name="name">The name of the sample's folder and project.</param>
/// <param name="summary">What it shows, in a sentence.</param>
public sealed class Sample(string name, string summary)
{
    private readonly List<SampleOption> _own = [];

    private readonly List<SampleOption> _common =
    [
        SampleOption.Whole("--seed", 1, "draws weights, batches and what else is random", 0, int.MaxValue - 1000),
        SampleOption.Whole("--seeds", 1, "how many seeds, from that one on; the table then has means and spreads", 1, 1000),
        SampleOption.Flag("--quick", "a run of seconds, to see that everything works; its figures mean nothing"),
        SampleOption.Word("--output", "<folder>", "where models and pictures go (default: output/ in the sample's folder)"),
        SampleOption.Flag("--help", "this text"),
    ];

    private IEnumerable<SampleOption> Options => _own.Concat(_common);

    /// <summary>Adds an option to those that every sample has.</summary>
    public Sample With(SampleOption option)
    {
        _own.Add(option);
        return this;
    }

    /// <summary>Adds <c>--data</c>: what to learn from instead of what the sample has or makes itself.</summary>
    public Sample WithData(string value, string help) => With(SampleOption.Word("--data", value, help));

    /// <summary>Adds <c>--epochs</c>.</summary>
    /// <param name="epochs">The default.</param>
    /// <param name="quick">The default with <c>--quick</c>.</param>
    /// <param name="withData">The default with <c>--data</c>, where that is another.</param>
    /// <param name="help">What they are passes over.</param>
    public Sample WithEpochs(int epochs, int quick, int? withData = null, string help = "passes over what is learned from") =>
        With(SampleOption.Whole("--epochs", epochs, help, 1, 100_000) with { Quick = quick, WithData = withData });

    /// <summary>Adds <c>--rate</c>, Adam's learning rate.</summary>
    /// <param name="rate">The default.</param>
    /// <param name="withData">The default with <c>--data</c>, where that is another.</param>
    public Sample WithLearningRate(double rate, double? withData = null) =>
        With(SampleOption.Real("--rate", rate, "Adam's learning rate at the start", 1e-6, 1) with { WithData = withData });

    /// <summary>Sets how many seeds there are where the command line does not say.</summary>
    public Sample WithSeeds(int seeds)
    {
        int index = _common.FindIndex(o => o.Name == "--seeds");
        _common[index] = _common[index] with { Number = seeds, Quick = 1 };
        return this;
    }

    /// <summary>The text of <c>--help</c>.</summary>
    public string Help => $"""
        {summary}

          dotnet run -c Release --project samples/{name} -- [options]

        {string.Join('\n', Options.Select(o => $"  {$"{o.Name} {o.Value}",-22} {o.Help}{o.Default}"))}
        """;

    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">An option is unknown, lacks its value, or has one that does not fit.</exception>
    public SampleArguments Parse(params IReadOnlyList<string> arguments) => SampleArguments.Parse(Options, arguments);

    /// <summary>Runs the sample.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="body">What the sample does with one seed.</param>
    /// <returns>The program's exit code: 0, or 2 where the command line or a file cannot be used.</returns>
    public int Run(string[] arguments, Action<SampleRun> body)
    {
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            SampleArguments parsed = Parse(arguments);
            if (parsed.Has("--help"))
            {
                Console.WriteLine(Help);
                return 0;
            }

            string output = OutputFolder(parsed.Text("--output"));
            ResultTable all = new();
            int first = parsed.Whole("--seed"), seeds = parsed.Whole("--seeds");
            for (int seed = first; seed < first + seeds; seed++)
            {
                long start = Stopwatch.GetTimestamp();
                SampleRun run = new(parsed, seed, output);
                body(run);
                Console.WriteLine();
                Console.WriteLine(run.Results.Format($"Seed {seed}, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s"));
                all.Add(run.Results);
            }

            if (seeds > 1)
            {
                Console.WriteLine(all.Format($"Seeds {first} to {first + seeds - 1}, mean ± spread"));
            }

            Console.WriteLine($"Machine: {Machine.Description}");
            return 0;
        }
        catch (Exception e) when (e is UsageException or FormatException or IOException or UnauthorizedAccessException) // Readers and forecasters throw FormatExceptions that say what to do.
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
    }

    // The ignored folder output/ beside the project; where the program was copied elsewhere, in the current folder.
    private string OutputFolder(string? given)
    {
        DirectoryInfo? project = new(AppContext.BaseDirectory);
        while (project is not null && !File.Exists(Path.Combine(project.FullName, $"{name}.csproj")))
        {
            project = project.Parent;
        }

        return Directory.CreateDirectory(given ?? Path.Combine(project?.FullName ?? Environment.CurrentDirectory, "output")).FullName;
    }
}
