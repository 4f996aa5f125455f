using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Xunit.Abstractions;

namespace RnnGen.Runtime.Tests;

/// <summary>Tokenisers, normalisers and checkpoints that claim much or go on without end: memory stays within what is promised, and so do messages.</summary>
public sealed class HostileTextTests(ITestOutputHelper output)
{
    /// <summary>Bytes that a tokeniser may take for a byte of its text.</summary>
    private const int OfTokenisers = 20;

    private static readonly SequenceDataset<double, double> s_train = SequenceDataset.FromArrays([.. Enumerable.Range(0, 24).Select(i => Math.Sin(i))], new double[12], 12);

    private static string Kind(string kind, string rest) => $"{{\"format\":\"rnngen.tokenizer\",\"version\":1,\"kind\":\"{kind}\",{rest}}}";

    private static string Many(int count, Func<int, string> text)
    {
        StringBuilder builder = new();
        for (int i = 0; i < count; i++)
        {
            builder.Append(i == 0 ? "" : ",").Append(text(i));
        }

        return builder.ToString();
    }

    /// <summary>Texts that are read to their end, or nearly.</summary>
    public static TheoryData<string, Func<string>, bool> Tokenisers => new()
    {
        { "words", () => Kind("word", $"\"lowerCase\":true,\"tokens\":[{Many(400_000, i => $"\"{Short(i)}\"")}]"), true },
        { "characters", () => Kind("character", $"\"tokens\":[{Many(400_000, i => $"\"{Short(i)}\"")}]"), true },
        { "the same word again and again", () => Kind("word", $"\"lowerCase\":true,\"tokens\":[{Many(400_000, _ => "\"\"")}]"), false },
        { "the same letter again and again", () => Kind("character", $"\"tokens\":[{Many(400_000, _ => "\"a\"")}]"), false },
        { "merges", () => Kind("bytePair", $"\"merges\":[{Many(60_000, i => $"[{4 + (i % 256)},{4 + (i / 256)}]")}]"), true },
        { "merges of merges", () => Kind("bytePair", $"\"merges\":[{Merges(100_000)}]"), true },
        { "merges that double", () => Kind("bytePair", $"\"merges\":[[4,4],{Many(60, i => $"[{260 + i},{260 + i}]")}]"), false },
        { "depth", () => new string('[', 4_000_000), false },
        { "depth of merges", () => Kind("bytePair", $"\"merges\":{new string('[', 4_000_000)}"), false },
        { "a name", () => $"{{\"{new string('x', 4_000_000)}\":1}}", false },
        { "a text", () => Kind("word", $"\"lowerCase\":true,\"tokens\":[\"{new string('x', 4_000_000)}\"]"), true },
        { "a text twice", () => Kind("word", $"\"lowerCase\":true,\"tokens\":[\"{new string('x', 2_000_000)}\",\"{new string('x', 2_000_000)}\"]"), false },
        { "a format", () => $"{{\"format\":\"{new string('x', 4_000_000)}\"}}", false },
        { "a number", () => $"{{\"version\":{new string('9', 4_000_000)}}}", false },
        { "blanks", () => new string(' ', 4_000_000), false },
        { "escapes", () => Kind("word", $"\"lowerCase\":true,\"tokens\":[\"{string.Concat(Enumerable.Repeat("\\u0041", 700_000))}\"]"), true },
    };

    [Theory]
    [MemberData(nameof(Tokenisers))]
    public void ATokeniserTakesTwentyTimesItsText(string what, Func<string> make, bool isRead)
    {
        string text = make();
        Tokenizer? read = null;
        InvalidDataException? refused = null;
        Tokenizer.FromJson(Kind("bytePair", "\"merges\":[[4,5]]")); // what is built once is built now
        long most = -GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read = Tokenizer.FromJson(text);
        }
        catch (InvalidDataException e)
        {
            refused = e;
        }

        most += GC.GetAllocatedBytesForCurrentThread();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {text.Length:N0} characters, {most:N0} bytes, {(double)most / text.Length:F1} each; {refused?.Message}"));
        most.ShouldBeLessThan((OfTokenisers * (long)text.Length) + (1 << 20), what);
        (read is not null).ShouldBe(isRead, refused?.Message);
        (refused?.Message.Length ?? 0).ShouldBeLessThan(1000, what);
    }

    [Fact]
    public void ATokeniserOfAnyLengthIsRefusedBeforeItIsRead()
    {
        string text = new(' ', (64 << 20) + 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<InvalidDataException>(() => Tokenizer.FromJson(text)).Message.ShouldContain("a tokeniser at most 67108864");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);

        using TemporaryFolder folder = new();
        string path = folder.File("long.json");
        using (FileStream file = File.Create(path))
        {
            file.SetLength(3L << 30); // sparse
        }

        before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<InvalidDataException>(() => Tokenizer.Load(path)).Message.ShouldContain("long.json: Not a tokeniser: the text has at least 3221225472 bytes");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Theory]
    [InlineData("[", 4_000_000)]
    [InlineData("[0,1],", 700_000)]
    [InlineData("9", 4_000_000)]
    [InlineData(" ", 4_000_000)]
    public void ANormaliserWithoutEndCostsLittle(string again, int times)
    {
        string text = "[" + string.Concat(Enumerable.Repeat(again, times));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<ModelFileException>(() => FeatureNormalizer.FromJson(text)).Message.Length.ShouldBeLessThan(1000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((12L * text.Length) + (4 << 20));
    }

    /// <summary>What a checkpoint with a right hash claims, and at which of its fields.</summary>
    public static TheoryData<string, string> Claims => new()
    {
        { "settings", "the number of settings should be from 0 to 100 but is 2147483647" },
        { "a long name", "the length of the name of a setting should be from 0 to 65536 but is 2147483647" },
        { "a name that is not there", "the name of a setting takes 65536 bytes" },
        { "settings of others", "belongs to another training" },
        { "200 MB behind the settings", "belongs to another training" },
        { "a confusion matrix", "a confusion matrix takes 2097152 bytes, and 144 are left" },
    };

    [Theory]
    [MemberData(nameof(Claims))]
    public void ACheckpointThatClaimsMuchCostsLittle(string what, string message)
    {
        using TemporaryFolder folder = new(inMemory: true);
        Fit(folder, new(), resume: false);
        string path = folder.File(folder.Files.Single());
        byte[] whole = File.ReadAllBytes(path);
        int settings = whole.AsSpan().IndexOf("model"u8) - 8; // their number, and the length of the first one's name
        int classes = whole.Length - SHA256.HashSizeInBytes - 144 - sizeof(int); // before what the optimiser and the model keep
        byte[] start = whole[..settings];
        byte[] content = what switch
        {
            "settings" => [.. start, .. Int(int.MaxValue), .. new byte[1000]],
            "a long name" => [.. start, .. Int(100), .. Int(int.MaxValue), .. new byte[1000]],
            "a name that is not there" => [.. start, .. Int(100), .. Int(65536), .. new byte[1000]],
            "settings of others" => [.. start, .. Int(100), .. Enumerable.Range(0, 200).SelectMany(_ => Int(65536).Concat(new byte[65536].Select(_ => (byte)'x')))],
            "a confusion matrix" => [.. whole[..classes], .. Int(512), .. whole[(classes + sizeof(int))..^SHA256.HashSizeInBytes]],
            _ => [.. start, .. Int(1), .. Int(1), (byte)'x', .. Int(1), (byte)'y', .. new byte[200_000_000]],
        };
        File.WriteAllBytes(path, [.. content, .. SHA256.HashData(content)]);
        long length = content.Length;
        content = [];

        LinearModel model = new();
        CheckpointException? refused = null;
        long before = GC.GetAllocatedBytesForCurrentThread();
        refused = Should.Throw<CheckpointException>(() => Fit(folder, model, resume: true));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {length:N0} bytes, {allocated:N0} allocated; {refused.Message}"));
        refused.Message.ShouldContain(message);
        refused.Message.Length.ShouldBeLessThan(10_000);
        allocated.ShouldBeLessThan(what == "settings of others" ? 4 * length : 1 << 20);
        model.Parameters.ToArray().ShouldBe([0, 0, 0]);

        static byte[] Int(int value)
        {
            byte[] bytes = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            return bytes;
        }
    }

    private static void Fit(TemporaryFolder folder, LinearModel model, bool resume) => TrainingLoop.Fit<LinearModel, double, double, double>(model, s_train, s_train, new FitOptions
    {
        Epochs = 2, BatchSize = 5, Optimizer = new Adam(0.1), Metrics = true, RestoreBest = false, Checkpoint = new(folder.Path) { Keep = 1 }, Resume = resume,
    }, default);

    // Words that are as short as this number of different ones can be.
    private static string Short(int index)
    {
        const string letters = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        string text = "";
        for (index++; index > 0; index = (index - 1) / letters.Length)
        {
            text += letters[(index - 1) % letters.Length];
        }

        return text;
    }

    // Tokens of 128 bytes, as many as there are pairs of tokens of 64 bytes.
    private static string Merges(int count)
    {
        List<string> merges = [];
        List<int> last = [.. Enumerable.Range(4, 20)];
        for (int token = 260, bytes = 1; bytes < 128; bytes *= 2)
        {
            List<int> next = [];
            for (int i = 0; i < last.Count && next.Count < (bytes == 64 ? count : 400); i++)
            {
                for (int j = 0; j < last.Count && next.Count < (bytes == 64 ? count : 400); j++)
                {
                    merges.Add($"[{last[i]},{last[j]}]");
                    next.Add(token++);
                }
            }

            last = next;
        }

        return string.Join(",", merges);
    }
}
