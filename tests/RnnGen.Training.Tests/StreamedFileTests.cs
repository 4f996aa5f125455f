using System.Globalization;
using System.Text;
using RnnGen.Data;
using RnnGen.Tests;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace RnnGen.Training.Tests;

/// <summary>
/// Training from files: what is held in memory does not grow with them, and the bits are those of arrays.
/// <c>RNNGEN_STREAM_MB=4096 dotnet test -c Release tests/RnnGen.Training.Tests --filter StreamedFile</c> uses a file of 4 GiB in the temporary folder, and says how much
/// memory the process had at most and how fast it was beside arrays.
/// </summary>
[Collection(nameof(Alone))]
public sealed class StreamedFileTests(ITestOutputHelper output)
{
    private const int Steps = 20, Pooled = 200, Samples = Steps * Pooled;

    private static readonly int s_megabytes = int.TryParse(Environment.GetEnvironmentVariable("RNNGEN_STREAM_MB"), out int megabytes) ? megabytes : 48;

    [Fact]
    public void A_file_far_larger_than_what_is_held_trains_within_bounds()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.npy");
        try
        {
            // A row is a signal of 4,000 samples and the number to forecast; the model reads the means of 200 at a time.
            int count = (int)(((long)s_megabytes << 20) / ((Samples + 1) * sizeof(float)));
            WriteSignals(path, count);
            StreamedSequences<float, float> train = StreamedSequences.Create(Signals(path), Steps, 1, new StreamOptions { Count = count, ShuffleBuffer = 1024 });
            SineForecast model = new(1);
            model.Fit(SequenceDataset.FromArrays(new float[Steps], new float[1], 1), options: new FitOptions { Epochs = 1 }); // the arena is allocated
            long before = Allocations.Held(), most = 0, mostOfProcess = 0;
            using (new Timer(_ => (most, mostOfProcess) = (Math.Max(most, Allocations.Held()), Math.Max(mostOfProcess, Environment.WorkingSet)), null, 0, 20))
            {
                TrainingResult result = model.Fit(train, options: new FitOptions { Epochs = 1 });
                double.IsFinite(result.Epochs[0].TrainingLoss).ShouldBeTrue();
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(path).Length / 1048576.0:F0} MiB in {count} rows: {result.Epochs[0].Seconds:F1} s, heap grew by at most {(most - before) / 1048576.0:F1} MiB, process had at most {mostOfProcess / 1048576.0:F0} MiB"));
            }

            (most - before).ShouldBeLessThan(24 << 20);
            if (s_megabytes >= 1024)
            {
                mostOfProcess.ShouldBeLessThan(300L << 20);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Training_from_a_file_gives_the_bits_of_training_from_arrays()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.npy");
        int count = s_megabytes >= 1024 ? 40_000 : 2000, rounds = s_megabytes >= 1024 ? 7 : 1;
        try
        {
            SequenceDataset<float, float> arrays = Tasks.Adding(count, 1);
            int inputLength = arrays.InputLength;
            float[] rows = [.. Enumerable.Range(0, count).SelectMany(i => arrays.Input(i).ToArray().Concat(arrays.Target(i).ToArray()))];
            NpyFile.Write<float>(path, rows, count, inputLength + 1);
            StreamedSequences<float, float> stream = StreamedSequences.Create(
                NpyFile.Rows<float>(path).Select(row => new Sequence<float, float>(row[..inputLength], row[inputLength..])), inputLength, 1, new StreamOptions { Count = count });
            // In order, where the bits must be the same, and shuffled, where a stream has an order of its own.
            AddingLstm[] models = [new(1), new(1), new(1), new(1)];
            Adam[] optimizers = [new(1e-3), new(1e-3), new(1e-3), new(1e-3)];
            double[] fastest = new double[4];
            for (int round = 0; round < rounds; round++)
            {
                for (int i = 0; i < 4; i++)
                {
                    FitOptions options = new() { Epochs = 1, Shuffle = i >= 2, Optimizer = optimizers[i] };
                    fastest[i] = Math.Max(fastest[i], models[i].Fit(i % 2 == 0 ? arrays : stream, options: options).Epochs[0].SequencesPerSecond);
                }
            }

            models[1].Parameters.ToArray().ShouldBe(models[0].Parameters.ToArray());
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sequences a second, fastest of {rounds}: in order from arrays {fastest[0]:F0}, from the file {fastest[1]:F0} ({fastest[1] / fastest[0]:P1}); shuffled {fastest[2]:F0} and {fastest[3]:F0} ({fastest[3] / fastest[2]:P1})"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_table_is_normalised_trained_on_and_predicted_in_its_own_units()
    {
        string csv = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv"), file = csv + ".safetensors";
        try
        {
            StringBuilder text = new("time,level,noise\n");
            for (int i = 0; i < 1500; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{new DateTime(2020, 1, 1).AddHours(i):yyyy-MM-dd HH:mm},{(i % 50 == 7 ? "" : (1000 + (50 * Math.Sin(i * 0.3))).ToString("F3", CultureInfo.InvariantCulture))},{i % 7}\n");
            }

            File.WriteAllText(csv, text.ToString());
            CsvColumn[] columns = ["level"];
            CsvOptions options = new() { DateColumn = "time", MissingValues = MissingValues.Interpolate };
            FeatureNormalizer normalizer = FeatureNormalizer.StandardScore(CsvTable.Rows(csv, columns, options).Take(1200), 1);
            normalizer[0].Offset.ShouldBe(1000, 5);
            SineForecast model = new(1);
            StreamedSequences<float, float> train = StreamedSequences.Windows(normalizer.Apply(CsvTable.Rows(csv, columns, options).Take(1200)), 1, SineForecast.SequenceLength);
            train.Count.ShouldBe(1200 - 20);
            model.Fit(train, options: new FitOptions { Epochs = 12, Optimizer = new Adam(1e-2) { ClipNorm = 1 } });
            model.Metadata.SetNormalizer("input", normalizer);
            model.Metadata.SetNormalizer("target", normalizer);
            model.Save(file);

            SineForecast again = SineForecast.Load(file);
            again.Clone().Metadata.ShouldBe(model.Metadata);
            NormalizedModel<SineForecast, float> forecaster = new(again, again.Metadata);
            float[] series = CsvTable.Read(csv, columns, options);
            double squares = 0;
            for (int i = 1300; i < 1400; i++)
            {
                squares += Math.Pow(forecaster.Predict(series.AsSpan(i - 20, 20))[0] - series[i], 2);
            }

            Math.Sqrt(squares / 100).ShouldBeLessThan(12); // the series' own deviation is 35
        }
        finally
        {
            File.Delete(csv);
            File.Delete(file);
        }
    }

    private static IEnumerable<Sequence<float, float>> Signals(string path)
    {
        float[] means = new float[Steps], target = new float[1];
        foreach (ReadOnlyMemory<float> row in NpyFile.Rows<float>(path))
        {
            for (int step = 0; step < Steps; step++)
            {
                float sum = 0;
                foreach (float sample in row.Span.Slice(step * Pooled, Pooled))
                {
                    sum += sample;
                }

                means[step] = sum / Pooled;
            }

            target[0] = row.Span[Samples];
            yield return new(means, target);
        }
    }

    // Row by row: the file is not to be in memory here either.
    private static void WriteSignals(string path, int count)
    {
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, {Samples + 1}), }}".PadRight(117) + "\n";
        using FileStream stream = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header)]);
        byte[] row = new byte[(Samples + 1) * sizeof(float)];
        for (int i = 0; i < count; i++)
        {
            Span<float> values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(row.AsSpan());
            values.Fill(MathF.Sin(i));
            stream.Write(row);
        }
    }
}
