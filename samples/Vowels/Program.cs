using System.Diagnostics;
using System.Globalization;
using RnnGen;
using RnnGen.Data;
using Vowels;

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
    (Recordings train, Recordings test) = options.DataPath is { } path ? Recordings.Read(path) : Recordings.Make(seed: 1);
    var model = new SpeakerModel(options.Seed) { DropoutSeed = options.Seed };
    Console.WriteLine($"{train.Count} recordings of {train.Lengths.Min()} to {train.Lengths.Max()} steps to learn from, {test.Count} to be scored on; {SpeakerModel.ParameterCount:N0} parameters");
    var watch = Stopwatch.StartNew();
    Learn(model, train, test, options, watch);
    TimeSpan took = watch.Elapsed;

    string folder = OutputFolder(), file = Path.Combine(folder, "SpeakerModel.safetensors");
    model.Save(file);
    SpeakerModel loaded = SpeakerModel.Load(file);
    int[] found = Classify(loaded, test);
    if (!found.SequenceEqual(Classify(model, test)))
    {
        throw new InvalidOperationException($"The model loaded from {file} classifies otherwise than the one that was saved.");
    }

    int[,] counts = new int[SpeakerModel.OutputSize, SpeakerModel.OutputSize];
    for (int i = 0; i < test.Count; i++)
    {
        counts[test.Speakers[i], found[i]]++;
    }

    Console.WriteLine();
    Console.WriteLine($"Right on the test (training took {took.TotalSeconds:F0} s):");
    Console.WriteLine($"  the nearest recording's speaker, by means over time  {100 * Baseline.Accuracy(train, test):F2} %");
    Console.WriteLine($"  bidirectional GRU                                    {100 * Accuracy(found, test):F2} %");
    string picture = Path.Combine(folder, "confusion.svg");
    File.WriteAllText(picture, ConfusionPicture.Draw(counts));
    Console.WriteLine();
    Console.WriteLine($"Picture: {Path.GetRelativePath(Environment.CurrentDirectory, picture)}");
}

// Adam, its rate along half a cosine; noise is added to every recording each time it is read.
static void Learn(SpeakerModel model, Recordings train, Recordings test, SampleOptions options, Stopwatch watch)
{
    const double Noise = 0.9;
    var adam = new Adam(options.LearningRate) { ClipNorm = 1 };
    Random random = new(options.Seed);
    int[] order = [.. Enumerable.Range(0, train.Count)];
    for (int epoch = 1; epoch <= options.Epochs; epoch++)
    {
        adam.LearningRate = options.LearningRate * (1 + Math.Cos(Math.PI * (epoch - 1) / options.Epochs)) / 2;
        random.Shuffle(order);
        double sum = 0;
        for (int first = 0; first < order.Length; first += SpeakerModel.BatchSize)
        {
            int[] batch = order[first..Math.Min(order.Length, first + SpeakerModel.BatchSize)];
            (float[] values, int[] lengths, int[] speakers) = train.Noisy(batch, Noise, random);
            sum += model.TrainStep(values, speakers, batch.Length, adam, lengths) * batch.Length;
        }

        if (epoch % Math.Max(1, options.Epochs / 10) == 0)
        {
            Console.WriteLine($"epoch {epoch,4}  loss {sum / order.Length:F4}  right on the test {100 * Accuracy(Classify(model, test), test):F1} %  {watch.Elapsed.TotalSeconds:F1} s");
        }
    }
}

static int[] Classify(SpeakerModel model, Recordings recordings)
{
    float[] logits = new float[recordings.Count * SpeakerModel.OutputSize];
    model.PredictBatch(recordings.Values, logits, recordings.Count, recordings.Lengths);
    return [.. logits.Chunk(SpeakerModel.OutputSize).Select(l => Array.IndexOf(l, l.Max()))];
}

static double Accuracy(int[] found, Recordings recordings) => found.Zip(recordings.Speakers).Average(p => p.First == p.Second ? 1.0 : 0);

// The ignored folder output/ beside this file; where the program was copied elsewhere, in the current folder.
static string OutputFolder()
{
    DirectoryInfo? project = new(AppContext.BaseDirectory);
    while (project is not null && !File.Exists(Path.Combine(project.FullName, "Vowels.csproj")))
    {
        project = project.Parent;
    }

    return Directory.CreateDirectory(Path.Combine(project?.FullName ?? Environment.CurrentDirectory, "output")).FullName;
}
