using System.Diagnostics;
using System.Globalization;
using RnnGen;
using RnnGen.Data;
using SpokenDigits;

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
    Sounds sounds = options.DataPath is { } path ? Sounds.Read(path) : Sounds.Make(seed: 1);
    Console.WriteLine($"{sounds.Train.Count:N0} recordings to learn from, {sounds.Test.Count} to be scored on");
    string folder = OutputFolder();
    Ear ear = new(sounds.Train);
    var watch = Stopwatch.StartNew();

    // Single digits: in both directions, and as audio arrives.
    SequenceDataset<float, int> train = Single(sounds.Train, ear), test = Single(sounds.Test, ear);
    Random noise = new(options.Seed);
    var both = new DigitModel(options.Seed) { Threads = Environment.ProcessorCount, DropoutSeed = options.Seed };
    SampleOptions twice = options with { Epochs = 2 * options.Epochs };
    Learn("digits", twice, watch, (adam, epoch) => both.Fit(Noisy(train, noise), options: Once(adam, epoch, options)).Best.TrainingLoss, () => both.Evaluate(test).ToString());
    both.Save(Path.Combine(folder, "DigitModel.safetensors"));
    double digits = DigitModel.Load(Path.Combine(folder, "DigitModel.safetensors")).Evaluate(test).Accuracy!.Value;
    var listening = new ListeningModel(options.Seed) { Threads = Environment.ProcessorCount, DropoutSeed = options.Seed };
    Learn("as audio arrives", twice, watch, (adam, epoch) => listening.Fit(Noisy(train, noise), options: Once(adam, epoch, options)).Best.TrainingLoss, () => listening.Evaluate(test).ToString());
    double heard = Listen(listening, sounds.Test, ear);

    // Strings of them, glued anew for each batch.
    var strings = new StringModel(options.Seed) { Threads = Environment.ProcessorCount, DropoutSeed = options.Seed };
    Random random = new(options.Seed);
    (float[] inputs, int[] targets, int[] lengths) = Strings(sounds.Test, 300, new Random(99), ear);
    SequenceDataset<float, int> glued = SequenceDataset.FromArrays(inputs, targets, 300, lengths);
    int batches = sounds.Train.Count / 45;
    Learn("strings", options, watch, (adam, _) =>
    {
        double sum = 0;
        for (int i = 0; i < batches; i++)
        {
            (float[] x, int[] y, int[] steps) = Strings(sounds.Train, StringModel.BatchSize, random, ear);
            sum += strings.TrainStep(x, y, StringModel.BatchSize, adam, steps);
        }

        return sum / batches;
    }, () => strings.Evaluate(glued).ToString());
    strings.Save(Path.Combine(folder, "StringModel.safetensors"));
    StringModel loaded = StringModel.Load(Path.Combine(folder, "StringModel.safetensors"));
    double greedy = loaded.Evaluate(glued).LabelErrorRate!.Value;
    double searched = Search(loaded, inputs, targets, lengths);

    // What needs no training: the recording whose frames, stretched to the same number, are nearest.
    Console.WriteLine();
    Console.WriteLine($"On recordings that were held out (all in {watch.Elapsed.TotalSeconds:F0} s):");
    Console.WriteLine($"  the nearest recording's digit           {100 * Nearest(sounds, ear):F1} % right");
    Console.WriteLine($"  a bidirectional GRU                     {100 * digits:F1} % right");
    Console.WriteLine($"  a GRU that listens as audio arrives     {100 * heard:F1} % right");
    Console.WriteLine($"  strings of 3 to 6 digits, CTC           {100 * greedy:F2} % label errors; with 16 beams {100 * searched:F2} %");
    Console.WriteLine();

    int first = Enumerable.Range(0, 50).First(i => targets.Skip(i * 6).Take(6).Count(d => d > 0) == 4);
    ReadOnlySpan<float> one = inputs.AsSpan(first * StringModel.Layout.InputLength, lengths[first] * Ear.Bands);
    int[] labels = new int[StringModel.SequenceLength];
    int count = loaded.PredictLabels(one, labels, lengths[first]);
    string said = string.Concat(targets.Skip(first * 6).Take(6).Where(d => d > 0).Select(d => d - 1)), found = string.Concat(labels.Take(count).Select(d => d - 1));
    string picture = Path.Combine(folder, "heard.svg");
    File.WriteAllText(picture, HeardPicture.Draw($"Said: {said}. Heard: {found}.", one.ToArray(), Ear.Bands, loaded.PredictProbabilities(one, lengths[first])));
    Console.WriteLine($"Picture: {Path.GetRelativePath(Environment.CurrentDirectory, picture)}");
}

// Adam, its rate along half a cosine.
static void Learn(string name, SampleOptions options, Stopwatch watch, Func<Adam, int, double> epochOf, Func<string> measure)
{
    var adam = new Adam(options.LearningRate) { ClipNorm = 1 };
    for (int epoch = 1; epoch <= options.Epochs; epoch++)
    {
        adam.LearningRate = options.LearningRate * (1 + Math.Cos(Math.PI * (epoch - 1) / options.Epochs)) / 2;
        double loss = epochOf(adam, epoch);
        if (epoch % Math.Max(1, options.Epochs / 5) == 0)
        {
            Console.WriteLine($"{name,-16}  epoch {epoch,3}  loss {loss:F4}  held out: {measure()}  {watch.Elapsed.TotalSeconds:F0} s");
        }
    }
}

static FitOptions Once(Adam adam, int epoch, SampleOptions options) => new() { Epochs = 1, Optimizer = adam, Seed = options.Seed + epoch };

static SequenceDataset<float, int> Single(IReadOnlyList<Recording> recordings, Ear ear)
{
    float[] inputs = new float[recordings.Count * DigitModel.Layout.InputLength];
    int[] lengths = new int[recordings.Count];
    for (int i = 0; i < recordings.Count; i++)
    {
        float[] features = ear.Hear(recordings[i].Samples, DigitModel.SequenceLength);
        features.CopyTo(inputs, i * DigitModel.Layout.InputLength);
        lengths[i] = features.Length / Ear.Bands;
    }

    return SequenceDataset.FromArrays(inputs, [.. recordings.Select(r => r.Digit)], recordings.Count, lengths);
}

// Each epoch hears every recording in noise of its own, and some of its frames not at all.
static SequenceDataset<float, int> Noisy(SequenceDataset<float, int> data, Random random)
{
    float[] inputs = new float[data.Count * data.InputLength];
    int[] targets = new int[data.Count], lengths = new int[data.Count];
    for (int i = 0; i < data.Count; i++)
    {
        // From up to a tenth of the frames in, to up to a tenth before the end.
        int cut = random.Next(data.Lengths[i] / 10 + 1), end = data.Lengths[i] - random.Next(data.Lengths[i] / 10 + 1);
        (lengths[i], targets[i]) = (end - cut, data.Target(i)[0]);
        ReadOnlySpan<float> features = data.Input(i).Slice(cut * Ear.Bands, lengths[i] * Ear.Bands);
        for (int k = 0; k < features.Length; k++)
        {
            inputs[i * data.InputLength + k] = features[k] + (float)(0.5 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }
    }

    return SequenceDataset.FromArrays(inputs, targets, data.Count, lengths);
}

// A state is fed frame by frame; what it says after the last one counts.
static double Listen(ListeningModel model, IReadOnlyList<Recording> recordings, Ear ear)
{
    ListeningModel.State state = model.CreateState();
    float[] logits = new float[10];
    return recordings.Average(recording =>
    {
        state.Reset();
        float[] features = ear.Hear(recording.Samples, ListeningModel.SequenceLength);
        for (int t = 0; t < features.Length / Ear.Bands; t++)
        {
            state.Step(features.AsSpan(t * Ear.Bands, Ear.Bands), logits);
        }

        return Array.IndexOf(logits, logits.Max()) == recording.Digit ? 1.0 : 0;
    });
}

static (float[] Inputs, int[] Targets, int[] Lengths) Strings(IReadOnlyList<Recording> recordings, int count, Random random, Ear ear)
{
    float[] inputs = new float[count * StringModel.Layout.InputLength];
    int[] targets = new int[count * StringModel.Layout.TargetLength], lengths = new int[count];
    for (int i = 0; i < count; i++)
    {
        (float[] samples, int[] digits) = Sounds.Glue(recordings, random);
        while (ear.FrameCount(samples.Length) > StringModel.SequenceLength)
        {
            (samples, digits) = Sounds.Glue(recordings, random);
        }

        float[] features = ear.Hear(samples, StringModel.SequenceLength);
        features.CopyTo(inputs, i * StringModel.Layout.InputLength);
        lengths[i] = features.Length / Ear.Bands;
        digits.Select(d => d + 1).ToArray().CopyTo(targets, i * StringModel.Layout.TargetLength);
    }

    return (inputs, targets, lengths);
}

static double Search(StringModel model, float[] inputs, int[] targets, int[] lengths)
{
    CtcBeamSearch search = new(StringModel.OutputSize, StringModel.SequenceLength);
    int[] labels = new int[StringModel.SequenceLength];
    int edits = 0, all = 0;
    for (int i = 0; i < lengths.Length; i++)
    {
        float[] logits = model.Predict(inputs.AsSpan(i * StringModel.Layout.InputLength, lengths[i] * Ear.Bands), lengths[i]);
        int count = search.Decode<float>(logits.AsSpan(0, lengths[i] * StringModel.OutputSize), labels, out _);
        int[] expected = [.. targets.Skip(i * 6).Take(6).Where(d => d > 0)];
        edits += CtcDecoder.EditDistance(labels.AsSpan(0, count), expected);
        all += expected.Length;
    }

    return (double)edits / all;
}

static double Nearest(Sounds sounds, Ear ear)
{
    float[] Stretch(Recording recording)
    {
        float[] features = ear.Hear(recording.Samples, 1000);
        int frames = features.Length / Ear.Bands;
        return [.. Enumerable.Range(0, 20 * Ear.Bands).Select(i => features[i / Ear.Bands * (frames - 1) / 19 * Ear.Bands + i % Ear.Bands])];
    }

    (float[] Features, int Digit)[] known = [.. sounds.Train.Select(r => (Stretch(r), r.Digit))];
    return sounds.Test.AsParallel().Average(r =>
    {
        float[] asked;
        lock (ear)
        {
            asked = Stretch(r);
        }

        return known.MinBy(k => k.Features.Zip(asked).Sum(p => (p.First - p.Second) * (p.First - p.Second))).Digit == r.Digit ? 1.0 : 0;
    });
}

// The ignored folder output/ beside this file; where the program was copied elsewhere, in the current folder.
static string OutputFolder()
{
    DirectoryInfo? project = new(AppContext.BaseDirectory);
    while (project is not null && !File.Exists(Path.Combine(project.FullName, "SpokenDigits.csproj")))
    {
        project = project.Parent;
    }

    return Directory.CreateDirectory(Path.Combine(project?.FullName ?? Environment.CurrentDirectory, "output")).FullName;
}
