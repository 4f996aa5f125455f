using System.Diagnostics;
using System.Globalization;
using Captioner;
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
    const int Tests = 2000;
    var model = new SceneCaptioner(options.Seed) { Threads = Environment.ProcessorCount };
    Console.WriteLine($"{options.Scenes:N0} pictures to learn from, {Tests:N0} of combinations that are not among them; {SceneCaptioner.ParameterCount:N0} parameters");
    (float[] pixels, int[] captions, Scene[] scenes) = Draw(new Random(1000 + options.Seed), Tests, heldOut: true);

    var watch = Stopwatch.StartNew();
    Learn(model, options, watch, () => model.ComputeLoss(pixels, captions, Tests));
    TimeSpan took = watch.Elapsed;

    string folder = OutputFolder(), file = Path.Combine(folder, "SceneCaptioner.safetensors");
    model.Save(file);
    SceneCaptioner loaded = SceneCaptioner.Load(file);
    string[] written = [.. Enumerable.Range(0, Tests).Select(i => Describe(loaded, pixels.AsSpan(i * Scene.Pixels, Scene.Pixels)))];
    if (Enumerable.Range(0, 50).Any(i => Describe(model, pixels.AsSpan(i * Scene.Pixels, Scene.Pixels)) != written[i]))
    {
        throw new InvalidOperationException($"The model loaded from {file} writes otherwise than the one that was saved.");
    }

    // What needs no model: the caption that comes most often.
    string common = scenes.GroupBy(s => s.Caption).MaxBy(g => g.Count())!.Key;
    int exact = written.Zip(scenes).Count(p => p.First == p.Second.Caption);
    int words = written.Zip(scenes).Sum(p => p.First.Split(' ').Zip(p.Second.Caption.Split(' ')).Count(w => w.First == w.Second));
    int all = scenes.Sum(s => s.Caption.Split(' ').Length);
    Console.WriteLine();
    Console.WriteLine($"Captions of unseen combinations (training took {took.TotalSeconds:F0} s):");
    Console.WriteLine($"  always \"{common}\": exact {100.0 * scenes.Count(s => s.Caption == common) / Tests:F1} %");
    Console.WriteLine($"  written from the pixels: exact {100.0 * exact / Tests:F1} %, words {100.0 * words / all:F2} %");
    Console.WriteLine();

    // Some that are right, and what is wrong.
    int[] shown = [.. Enumerable.Range(0, Tests).Where(i => written[i] != scenes[i].Caption).Take(2), .. Enumerable.Range(0, Tests).Where(i => written[i] == scenes[i].Caption)];
    string picture = Path.Combine(folder, "captions.svg");
    File.WriteAllText(picture, Gallery.Draw([.. shown.Take(12).Select(i => (pixels[(i * Scene.Pixels)..((i + 1) * Scene.Pixels)], written[i], scenes[i].Caption))]));
    Console.WriteLine($"Picture: {Path.GetRelativePath(Environment.CurrentDirectory, picture)}");
}

// Adam, its rate along half a cosine; no picture comes twice.
static void Learn(SceneCaptioner model, SampleOptions options, Stopwatch watch, Func<float> heldOut)
{
    const int Batch = SceneCaptioner.BatchSize;
    var adam = new Adam(options.LearningRate) { ClipNorm = 1 };
    Random random = new(options.Seed);
    int steps = options.Scenes / Batch, report = Math.Max(1, steps / 10);
    double sum = 0;
    for (int step = 1; step <= steps; step++)
    {
        adam.LearningRate = options.LearningRate * (1 + Math.Cos(Math.PI * (step - 1) / steps)) / 2;
        (float[] pixels, int[] captions, _) = Draw(random, Batch, heldOut: false);
        sum += model.TrainStep(pixels, captions, Batch, adam);
        if (step % report == 0)
        {
            Console.WriteLine($"{step * Batch,9:N0} pictures  learned from {sum / report:F4}  held out {heldOut():F4}  {watch.Elapsed.TotalSeconds:F1} s");
            sum = 0;
        }
    }
}

static (float[] Pixels, int[] Captions, Scene[] Scenes) Draw(Random random, int count, bool heldOut)
{
    float[] pixels = new float[count * Scene.Pixels];
    int[] captions = new int[count * SceneCaptioner.OutputLength];
    Array.Fill(captions, Words.End);
    Scene[] scenes = new Scene[count];
    for (int i = 0; i < count; i++)
    {
        scenes[i] = Scene.Draw(random, heldOut);
        scenes[i].Render(random, pixels.AsSpan(i * Scene.Pixels, Scene.Pixels));
        Words.Tokens(scenes[i].Caption).CopyTo(captions, i * SceneCaptioner.OutputLength);
    }

    return (pixels, captions, scenes);
}

static string Describe(SceneCaptioner model, ReadOnlySpan<float> pixels)
{
    Span<int> tokens = stackalloc int[SceneCaptioner.OutputLength];
    return Words.Text(tokens[..model.Generate(pixels, tokens)]);
}

// The ignored folder output/ beside this file; where the program was copied elsewhere, in the current folder.
static string OutputFolder()
{
    DirectoryInfo? project = new(AppContext.BaseDirectory);
    while (project is not null && !File.Exists(Path.Combine(project.FullName, "Captioner.csproj")))
    {
        project = project.Parent;
    }

    return Directory.CreateDirectory(Path.Combine(project?.FullName ?? Environment.CurrentDirectory, "output")).FullName;
}
