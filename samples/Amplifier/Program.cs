using System.Diagnostics;
using System.Globalization;
using Amplifier;
using RnnGen;
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
    float[] train = Sound.Pluck(12, options.Seed), test = options.DataPath is { } path ? ReadSound(path) : Sound.Pluck(3, options.Seed + 1000);
    float[] trainOut = Sound.Clip(train), testOut = Sound.Clip(test);
    Console.WriteLine($"{train.Length / Sound.Rate} s of plucked strings through a diode clipper to learn from, {(double)test.Length / Sound.Rate:F1} s to be scored on");
    string folder = OutputFolder();

    // A line that needs no memory: the multiple of the input that is nearest to the output.
    double gain = train.Zip(trainOut).Sum(p => p.First * (double)p.Second) / train.Sum(s => s * (double)s);
    var small = new SmallAmplifier(options.Seed) { Threads = Environment.ProcessorCount };
    var middle = new MiddleAmplifier(options.Seed) { Threads = Environment.ProcessorCount };
    var large = new LargeAmplifier(options.Seed) { Threads = Environment.ProcessorCount };
    Learn("8 units", options, train, trainOut, small.TrainStep);
    Learn("20 units", options, train, trainOut, middle.TrainStep);
    Learn("40 units", options, train, trainOut, large.TrainStep);
    middle.Save(Path.Combine(folder, "MiddleAmplifier.safetensors"));
    MiddleAmplifier loaded = MiddleAmplifier.Load(Path.Combine(folder, "MiddleAmplifier.safetensors"));

    SmallAmplifier.State smallState = small.CreateState();
    MiddleAmplifier.State state = loaded.CreateState(), other = middle.CreateState();
    LargeAmplifier.State largeState = large.CreateState();
    (float[] Out, double Factor) bySmall = Play(test, smallState.Step), byMiddle = Play(test, state.Step), byLarge = Play(test, largeState.Step);
    if (!Play(test, other.Step).Out.SequenceEqual(byMiddle.Out))
    {
        throw new InvalidOperationException("The model that was loaded plays otherwise than the one that was saved.");
    }

    Console.WriteLine();
    Console.WriteLine("Played sample by sample, error to signal, and how much faster than real time:");
    Console.WriteLine($"  a gain, no memory   {100 * Sound.ErrorToSignal([.. test.Select(s => (float)(gain * s))], testOut),7:F3} %");
    foreach ((string name, (float[] Out, double Factor) played) in new[] { (" 8 units", bySmall), ("20 units", byMiddle), ("40 units", byLarge) })
    {
        Console.WriteLine($"  LSTM of {name}    {100 * Sound.ErrorToSignal(played.Out, testOut),7:F3} %   {played.Factor:F0} x");
    }

    WavFile.Write(Path.Combine(folder, "before.wav"), new WavAudio(test, Sound.Rate));
    WavFile.Write(Path.Combine(folder, "after.wav"), new WavAudio([.. byMiddle.Out.Select(s => Math.Clamp(s, -1, 1))], Sound.Rate));
    int start = Math.Min(test.Length / 3, Math.Max(0, test.Length - 1200)), count = Math.Min(1200, test.Length - start);
    string picture = Path.Combine(folder, "wave.svg");
    File.WriteAllText(picture, WavePicture.Draw(test.AsSpan(start, count), testOut.AsSpan(start, count), byMiddle.Out.AsSpan(start, count), 1000.0 * count / Sound.Rate));
    Console.WriteLine();
    Console.WriteLine($"Sound and picture: {Path.GetRelativePath(Environment.CurrentDirectory, folder)}/before.wav, after.wav, wave.svg");
}

static float[] ReadSound(string path)
{
    WavAudio audio = WavFile.Read(path);
    return audio is { SampleRate: Sound.Rate, Channels: 1, Samples.Length: >= Sound.Rate / 10 }
        ? audio.Samples
        : throw new UsageException($"{path} has {audio.SampleRate} Hz, {audio.Channels} channels and {audio.Samples.Length} samples; the sample plays {Sound.Rate} Hz, one channel, at least a tenth of a second.");
}

// Adam, its rate along half a cosine; each epoch cuts the sound into windows at another place.
static void Learn(string name, SampleOptions options, float[] played, float[] expected, Step trainStep)
{
    const int Steps = MiddleAmplifier.SequenceLength, Batch = MiddleAmplifier.BatchSize;
    var adam = new Adam(options.LearningRate) { ClipNorm = 1 };
    var watch = Stopwatch.StartNew();
    Random random = new(options.Seed);
    float[] inputs = new float[Batch * Steps], targets = new float[Batch * Steps];
    int batches = played.Length / (Steps * Batch);
    for (int epoch = 1; epoch <= options.Epochs; epoch++)
    {
        adam.LearningRate = options.LearningRate * (1 + Math.Cos(Math.PI * (epoch - 1) / options.Epochs)) / 2;
        double sum = 0;
        for (int i = 0; i < batches; i++)
        {
            for (int row = 0; row < Batch; row++)
            {
                int start = random.Next(played.Length - Steps);
                played.AsSpan(start, Steps).CopyTo(inputs.AsSpan(row * Steps));
                expected.AsSpan(start, Steps).CopyTo(targets.AsSpan(row * Steps));
            }

            sum += trainStep(inputs, targets, Batch, adam, default);
        }

        if (epoch % Math.Max(1, options.Epochs / 4) == 0)
        {
            Console.WriteLine($"{name,8}  epoch {epoch,3}  squared error {sum / batches:E2}  {watch.Elapsed.TotalSeconds:F1} s");
        }
    }
}

// Fed one sample at a time, as a plug-in is; the fastest of five runs tells the speed.
static (float[] Out, double Factor) Play(float[] sound, Feed feed)
{
    float[] output = new float[sound.Length], silence = [0], rest = [0];
    double best = double.PositiveInfinity;
    for (int run = 0; run < 5; run++)
    {
        // Silence first, so that every run begins from rest.
        for (int i = 0; i < Sound.Rate / 10; i++)
        {
            feed(silence, rest);
        }

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < sound.Length; i++)
        {
            feed(sound.AsSpan(i, 1), output.AsSpan(i, 1));
        }

        best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    return (output, sound.Length / (double)Sound.Rate / best);
}

// The ignored folder output/ beside this file; where the program was copied elsewhere, in the current folder.
static string OutputFolder()
{
    DirectoryInfo? project = new(AppContext.BaseDirectory);
    while (project is not null && !File.Exists(Path.Combine(project.FullName, "Amplifier.csproj")))
    {
        project = project.Parent;
    }

    return Directory.CreateDirectory(Path.Combine(project?.FullName ?? Environment.CurrentDirectory, "output")).FullName;
}

internal delegate float Step(ReadOnlySpan<float> inputs, ReadOnlySpan<float> targets, int count, Optimizer optimizer, ReadOnlySpan<int> lengths);

internal delegate void Feed(ReadOnlySpan<float> x, Span<float> y);
