using System.Diagnostics;
using System.Globalization;
using System.Numerics;

namespace RnnGen.Cluster;

/// <summary>What a step of a model takes on one core: something for the update, and something for each sequence.</summary>
internal sealed record Computed(string Name, int Parameters, double GradientBytes, double RowBytesPerSequence, double TableBytes, double Fixed, double PerSequence)
{
    private const string FileName = "cluster-models.csv", Header = "model,parameters,gradient_bytes,row_bytes_per_sequence,table_bytes,fixed_ms,sequence_ms";

    /// <summary>Times the models, by the time that the thread itself ran, and writes the file.</summary>
    public static void Run(string folder)
    {
        RnnGen.Comparison.Clock.IsThreadTime = OperatingSystem.IsLinux();
        Computed[] all =
        [
            Numeric<Lstm128>("LSTM 128"), Numeric<Lstm256>("LSTM 256"), Numeric<Lstm1024>("LSTM 1,024"), Translating(),
        ];
        File.WriteAllLines(Path.Combine(folder, FileName), [Header, .. all.Select(c => FormattableString.Invariant(
            $"\"{c.Name}\",{c.Parameters},{c.GradientBytes:F0},{c.RowBytesPerSequence:F0},{c.TableBytes:F0},{c.Fixed * 1e3:F4},{c.PerSequence * 1e3:F5}"))]);
        foreach (Computed c in all)
        {
            Console.WriteLine(c);
        }
    }

    /// <summary>The lines of the file.</summary>
    public static Computed[] Read(string folder) => [.. File.ReadLines(Path.Combine(folder, FileName)).Skip(1).Select(line =>
    {
        string name = line.Split('"')[1];
        double[] v = [.. line[(line.LastIndexOf('"') + 2)..].Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];
        return new Computed(name, (int)v[0], v[1], v[2], v[3], v[4] / 1e3, v[5] / 1e3);
    })];

    /// <summary>Numbers from -0.5 to 0.5.</summary>
    public static float[] Numbers(int count)
    {
        Random random = new(1);
        float[] numbers = new float[count];
        foreach (ref float number in numbers.AsSpan())
        {
            number = random.NextSingle() - 0.5f;
        }

        return numbers;
    }

    private static Computed Numeric<TModel>(string name) where TModel : IRnnModel<TModel, float, float, float>
    {
        const int maximum = 64;
        float[] inputs = Numbers(maximum * TModel.Layout.InputLength), targets = Numbers(maximum * TModel.Layout.TargetLength);
        TModel model = TModel.Create(1);
        Adam optimizer = new(1e-3) { ClipNorm = 1 };
        return Timed(name, TModel.Layout.ParameterCount, TModel.Layout.ParameterCount * sizeof(float), 0, 0, maximum, count =>
            model.TrainStep(new TrainingBatch<float, float> { Inputs = inputs.AsSpan(0, count * TModel.Layout.InputLength), Targets = targets.AsSpan(0, count * TModel.Layout.TargetLength), Count = count }, optimizer));
    }

    private static Computed Translating()
    {
        const int maximum = 64;
        Random random = new(1);
        int[] inputs = [.. Enumerable.Range(0, maximum * Translator.Layout.InputLength).Select(_ => 3 + random.Next(Translator.SourceWords - 3))];
        int[] targets = [.. Enumerable.Range(0, maximum * Translator.Layout.TargetLength).Select(i => i % Translator.Layout.TargetLength == Translator.Layout.TargetLength - 1 ? 2 : 3 + random.Next(Translator.TargetWords - 3))];
        Translator model = new(1) { Threads = 1 };
        Adam optimizer = new(1e-3) { ClipNorm = 1 };
        int tables = (Translator.SourceWords + Translator.TargetWords) * Translator.EmbeddingSize;

        // At most every word of a sequence is a row of its own.
        double rows = (Translator.Layout.SequenceLength + Translator.Layout.OutputSteps) * (double)(Translator.EmbeddingSize + 1) * sizeof(float);
        return Timed("translator", Translator.Layout.ParameterCount, (Translator.Layout.ParameterCount - tables) * (double)sizeof(float), rows, tables * (double)sizeof(float), maximum, count =>
            model.TrainStep(inputs.AsSpan(0, count * Translator.Layout.InputLength), targets.AsSpan(0, count * Translator.Layout.TargetLength), count, optimizer));
    }

    // The line through the minimum times of half a batch and of all of it, taken in turns.
    private static Computed Timed(string name, int parameters, double gradientBytes, double rowBytes, double tableBytes, int maximum, Action<int> step)
    {
        double half = double.PositiveInfinity, whole = double.PositiveInfinity;
        step(maximum);
        for (long begin = Stopwatch.GetTimestamp(), round = 0; round < 3 || Stopwatch.GetElapsedTime(begin).TotalSeconds < 8; round++)
        {
            half = Math.Min(half, Time(maximum / 2));
            whole = Math.Min(whole, Time(maximum));
        }

        double perSequence = (whole - half) / (maximum / 2);
        return new(name, parameters, gradientBytes, rowBytes, tableBytes, Math.Max(0, half - (perSequence * maximum / 2)), perSequence);

        double Time(int count) => RnnGen.Comparison.Clock.Time(() => step(count));
    }
}
