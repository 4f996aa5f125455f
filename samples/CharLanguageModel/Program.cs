using System.Diagnostics;
using System.Globalization;
using CharLanguageModel;
using RnnGen;

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
catch (Exception e) when (e is UsageException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

static void Run(SampleOptions options)
{
    const int MadeLength = 150_000;
    string text = options.DataPath is { } path ? File.ReadAllText(path) : HarbourLog.Write(MadeLength, seed: 1);
    Corpus corpus = Corpus.Of(text);
    var model = new CharModel(options.Seed) { Threads = Environment.ProcessorCount };
    Console.WriteLine($"{corpus.Train.Length:N0} characters to learn from, {corpus.HeldOut.Length:N0} held out; {CharModel.ParameterCount:N0} parameters, {model.Threads} threads");

    (string Name, double Nats)[] baselines =
    [
        ("counting single characters", new CharacterCounts(corpus.Train, 0).Nats(corpus.HeldOut)),
        ("counting after 1 character", new CharacterCounts(corpus.Train, 1).Nats(corpus.HeldOut)),
        ("counting after 5 characters", new CharacterCounts(corpus.Train, 5).Nats(corpus.HeldOut)),
    ];

    var watch = Stopwatch.StartNew();
    (List<double> train, List<double> heldOut) = Train(model, corpus, options);
    TimeSpan took = watch.Elapsed;

    // Saved, loaded again, and checked: the one that is loaded does the rest.
    string folder = OutputFolder();
    string file = Path.Combine(folder, "CharModel.safetensors");
    model.Save(file);
    CharModel loaded = CharModel.Load(file);
    double nats = Writing.Nats(loaded, corpus.HeldOut);
    if (nats != Writing.Nats(model, corpus.HeldOut))
    {
        throw new InvalidOperationException($"The model loaded from {file} reads otherwise than the one that was saved.");
    }

    Console.WriteLine();
    Console.WriteLine($"Nats a character on the held-out text, each character after all before it (training took {took.TotalSeconds:F0} s):");
    foreach ((string name, double value) in baselines)
    {
        Console.WriteLine($"  {name,-28} {value:F3}");
    }

    Console.WriteLine($"  {"LSTM",-28} {nats:F3}");
    Console.WriteLine();
    Console.WriteLine($"Written at temperature {options.Temperature}, after the first line of the held-out text:");
    Console.WriteLine();
    string beginning = Alphabet.Text(corpus.HeldOut.TakeWhile(t => t != Alphabet.Token('\n')).Take(200)) + '\n';
    Console.WriteLine(beginning + Writing.Continue(loaded, beginning, 500, options.Temperature, options.Seed));

    string picture = Path.Combine(folder, "learning.svg");
    File.WriteAllText(picture, LearningCurve.Draw(train, heldOut, baselines));
    Console.WriteLine();
    Console.WriteLine($"Picture: {Path.GetRelativePath(Environment.CurrentDirectory, picture)}");
}

// Adam, its rate along half a cosine; each epoch cuts the text into windows at another place.
static (List<double> Train, List<double> HeldOut) Train(CharModel model, Corpus corpus, SampleOptions options)
{
    var adam = new Adam(options.LearningRate) { ClipNorm = 1 };
    List<double> train = [], heldOut = [];
    Random offsets = new(options.Seed);
    for (int epoch = 1; epoch <= options.Epochs; epoch++)
    {
        var watch = Stopwatch.StartNew();
        adam.LearningRate = options.LearningRate * (1 + Math.Cos(Math.PI * (epoch - 1) / options.Epochs)) / 2;
        TrainingResult result = model.Fit(
            corpus.Windows(offsets.Next(CharModel.Window)), null,
            new FitOptions { Epochs = 1, Optimizer = adam, Seed = options.Seed + epoch });
        train.Add(result.Epochs[^1].TrainingLoss);
        heldOut.Add(Writing.Nats(model, corpus.HeldOut));
        Console.WriteLine($"epoch {epoch,3}  learned from {train[^1]:F3}  held out {heldOut[^1]:F3}  {watch.Elapsed.TotalSeconds:F1} s");
    }

    return (train, heldOut);
}

// The ignored folder output/ beside this file; where the program was copied elsewhere, in the current folder.
static string OutputFolder()
{
    DirectoryInfo? project = new(AppContext.BaseDirectory);
    while (project is not null && !File.Exists(Path.Combine(project.FullName, "CharLanguageModel.csproj")))
    {
        project = project.Parent;
    }

    return Directory.CreateDirectory(Path.Combine(project?.FullName ?? Environment.CurrentDirectory, "output")).FullName;
}
