using System.Diagnostics;
using System.Globalization;
using CustomCell;
using RnnGen.Data;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    SampleOptions options = SampleOptions.Parse(args);
    if (options.ShowHelp)
    {
        Console.WriteLine(SampleOptions.Help);
        return 0;
    }

    Run(options);
    return 0;
}
catch (Exception e) when (e is UsageException or DataFormatException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

static void Run(SampleOptions options)
{
    var watch = Stopwatch.StartNew();
    bool isReal = options.DataPath is not null;
    IReadOnlyList<Score> scores = isReal ? Vowels(options) : Adding(options);
    string what = isReal ? "share of vowels given to another speaker" : "mean squared error of the sum";
    Console.WriteLine($"{(isReal ? "Japanese vowels" : "The adding problem over 50 steps")}, {options.Epochs} epochs, {options.Seeds} seeds, {watch.Elapsed.TotalSeconds:F0} s. Held out: {what}.");
    Console.WriteLine();
    Console.WriteLine($"{"kind",-18}{"parameters",12}{"mean",12}{"best",12}{"worst",12}");
    foreach (Score score in scores)
    {
        Console.WriteLine($"{score.Kind,-18}{score.Parameters,12}{score.Last.Average(),12:F5}{score.Last.Min(),12:F5}{score.Last.Max(),12:F5}");
    }

    string picture = Path.Combine(OutputFolder(), "kinds.svg");
    File.WriteAllText(picture, CurvePicture.Draw(scores, what));
    Console.WriteLine();
    Console.WriteLine($"Picture: {Path.GetRelativePath(Environment.CurrentDirectory, picture)}");
}

static IReadOnlyList<Score> Vowels(SampleOptions options)
{
    (Sequences<int> train, Sequences<int> test) = Problems.Vowels(options.DataPath!);
    static double Error(float[] logits, int[] speakers) =>
        logits.Chunk(VanillaVowels.OutputSize).Zip(speakers).Average(p => Array.IndexOf(p.First, p.First.Max()) == p.Second ? 0.0 : 1);
    return
    [
        Contest.Run<VanillaVowels, int>("with forget gate", train, test, options, Error),
        Contest.Run<NoForgetGateVowels, int>("no forget gate", train, test, options, Error),
        Contest.Run<NoOutputGateVowels, int>("no output gate", train, test, options, Error),
        Contest.Run<CoupledVowels, int>("coupled gates", train, test, options, Error),
        Contest.Run<PeepholeVowels, int>("peepholes", train, test, options, Error),
    ];
}

static IReadOnlyList<Score> Adding(SampleOptions options)
{
    (Sequences<float> train, Sequences<float> test) = Problems.Adding(train: 2000, test: 500);
    static double Error(float[] found, float[] sums) => found.Zip(sums).Average(p => (double)(p.First - p.Second) * (p.First - p.Second));
    return
    [
        Contest.Run<VanillaAdding, float>("with forget gate", train, test, options, Error),
        Contest.Run<NoForgetGateAdding, float>("no forget gate", train, test, options, Error),
        Contest.Run<NoOutputGateAdding, float>("no output gate", train, test, options, Error),
        Contest.Run<CoupledAdding, float>("coupled gates", train, test, options, Error),
        Contest.Run<PeepholeAdding, float>("peepholes", train, test, options, Error),
    ];
}

// The ignored folder output/ beside this file; where the program was copied elsewhere, in the current folder.
static string OutputFolder()
{
    DirectoryInfo? project = new(AppContext.BaseDirectory);
    while (project is not null && !File.Exists(Path.Combine(project.FullName, "CustomCell.csproj")))
    {
        project = project.Parent;
    }

    return Directory.CreateDirectory(Path.Combine(project?.FullName ?? Environment.CurrentDirectory, "output")).FullName;
}
