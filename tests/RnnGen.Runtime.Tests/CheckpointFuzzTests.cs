using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using RnnGen.Tests;
using Xunit.Abstractions;

namespace RnnGen.Runtime.Tests;

/// <summary>
/// Checkpoints that were changed at random, with a fixed seed: what is not whole is never read, and what was given a hash that fits is either refused with the place
/// or is a state that a training may have. Nothing else is thrown, and a model that gets none is unchanged. RNNGEN_FUZZ says how many files; 1,000 without it.
/// </summary>
[Collection(nameof(Alone))]
public sealed class CheckpointFuzzTests(ITestOutputHelper output)
{
    private static readonly SequenceDataset<double, double> s_train = SequenceDataset.FromArrays([.. Enumerable.Range(0, 24).Select(i => Math.Sin(i))], new double[12], 12);

    private static LinearModel Fit(string folder, LinearModel model)
    {
        TrainingLoop.Fit<LinearModel, double, double, double>(model, s_train, s_train, new FitOptions
        {
            Epochs = 2, BatchSize = 5, Optimizer = new Adam(0.1), AverageDecay = 0.9, NonFinite = NonFinitePolicy.RollBack(), RestoreBest = true, Metrics = true, Checkpoint = new(folder) { Keep = 1 }, Resume = true,
        }, default);
        return model;
    }

    [Fact]
    public void NothingButACheckpointExceptionComesOfADamagedFile()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("RNNGEN_FUZZ") ?? "1000", CultureInfo.InvariantCulture);
        using TemporaryFolder folder = new(inMemory: true);
        Fit(folder.Path, new());
        string name = folder.Files.Single(), path = folder.File(name);
        byte[] good = File.ReadAllBytes(path);
        Random random = new(1);
        int notWhole = 0, refused = 0, read = 0;
        LinearModel model = new();
        long before = GC.GetTotalAllocatedBytes();
        for (int i = 0; i < count; i++)
        {
            bool hasHash = i % 4 != 0;
            byte[] bytes = Mutated(good, random, hasHash);
            foreach (string file in Directory.GetFiles(folder.Path))
            {
                File.Delete(file);
            }

            File.WriteAllBytes(path, bytes);
            model.SetParameters([0, 0, 0]);
            model.Batches.Clear();
            model.Visited.Clear();
            model.Allocated.Clear();
            try
            {
                Fit(folder.Path, model);
                read++;

                // Without a hash that fits only the unchanged file is read.
                (hasHash || bytes.AsSpan().SequenceEqual(good)).ShouldBeTrue($"file {i}");
            }
            catch (CheckpointException e)
            {
                bool wasWhole = File.Exists(path);
                refused += wasWhole ? 1 : 0;
                notWhole += wasWhole ? 0 : 1;
                e.Message.ShouldContain(wasWhole ? name : "None of the 1 checkpoints");
                model.Parameters.ToArray().ShouldBe([0, 0, 0], $"file {i}");
                model.Batches.ShouldBeEmpty();
            }
            catch (NonFiniteException)
            {
                // A state that a training may have, from which it cannot go on.
                read++;
            }
        }

        long each = (GC.GetTotalAllocatedBytes() - before) / count;
        output.WriteLine($"{count} files of {good.Length} bytes: {notWhole} not whole, {refused} whole and refused, {read} read; {each:N0} bytes allocated for each");
        (notWhole > count / 5 && refused > count / 5).ShouldBeTrue();

        // A length that claims much costs nothing: most of this are the buffers of reading, and of the checkpoints that follow where a state is read.
        each.ShouldBeLessThan(1 << 20);
    }

    private static byte[] Mutated(byte[] good, Random random, bool hasHash)
    {
        byte[] content = good[..^32];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(content.Length);
            switch (random.Next(7))
            {
                case 0:
                    content[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    content[at] = (byte)random.Next(256);
                    break;
                case 2 when content.Length > 1:
                    content = content[..Math.Max(at, 1)];
                    break;
                case 3:
                    content = [.. content, .. new byte[random.Next(1, 100)]];
                    break;
                case 4 when at + 4 <= content.Length:
                    BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(at), random.Next(3) switch { 0 => int.MaxValue, 1 => -1, _ => random.Next() });
                    break;
                case 5 when at + 8 <= content.Length:
                    BinaryPrimitives.WriteDoubleLittleEndian(content.AsSpan(at), random.Next(4) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => double.MaxValue, _ => random.NextDouble() });
                    break;
                default:
                    int length = random.Next(1, Math.Min(40, content.Length - at + 1));
                    content = [.. content[..at], .. content[(at + length - 1)..]];
                    content = content.Length == 0 ? [0] : content;
                    break;
            }
        }

        return [.. content, .. hasHash ? SHA256.HashData(content) : good[^32..]];
    }
}
