using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;

namespace RnnGen.Display.Tests;

/// <summary>Event files are read by a reader of another make: Google's for the protocol buffers, a check bit by bit for CRC-32C; and by TensorBoard's own where Python has it.</summary>
public sealed class TensorBoardLogTests
{
    [Fact]
    public void The_check_is_that_of_rfc_3720()
    {
        Crc32C.Of(new byte[32]).ShouldBe(0x8A9136AAu);
        Crc32C.Of([.. Enumerable.Repeat((byte)0xFF, 32)]).ShouldBe(0x62A8AB43u);
        Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]).ShouldBe(0x46DD794Eu);
        Crc32C.Of("123456789"u8).ShouldBe(0xE3069283u);
    }

    [Fact]
    public void Records_hold_what_the_training_gave()
    {
        using Runs.Folder folder = new();
        SeriesForecast<float> data = Runs.Sine();
        TensorBoardLog log = new(folder.File("run")) { EverySteps = 3 };
        DateTime start = DateTime.UtcNow;
        TrainingResult result = new SmallForecaster(seed: 1).Fit(data.Train, data.Validation, new FitOptions { Epochs = 3, Metrics = true, Callbacks = [log] });
        DateTime end = DateTime.UtcNow;

        Path.GetFileName(log.Path!).ShouldStartWith("events.out.tfevents.");
        List<Event> events = Read(File.ReadAllBytes(log.Path!));
        events[0].FileVersion.ShouldBe("brain.Event:2");
        events[1].SessionStatus.ShouldBe(1);
        events[1].Step.ShouldBe(1);
        events.ShouldAllBe(e => DateTime.UnixEpoch.AddSeconds(e.WallTime) >= start.AddSeconds(-1) && DateTime.UnixEpoch.AddSeconds(e.WallTime) <= end.AddSeconds(1));

        long steps = (data.Train.Count + 31) / 32;
        Of("loss/training").ShouldBe(result.Epochs.Select(e => (e.Epoch * steps, (float)e.TrainingLoss)));
        Of("loss/validation").ShouldBe(result.Epochs.Select(e => (e.Epoch * steps, (float)e.ValidationLoss!.Value)));
        Of("validation/rmse").ShouldBe(result.Epochs.Select(e => (e.Epoch * steps, (float)e.Validation!.Rmse!.Value)));
        Of("epoch/learning_rate").ShouldBe(result.Epochs.Select(e => (e.Epoch * steps, 1e-3f)));
        Of("step/loss").Select(v => v.Step).ShouldBe(Enumerable.Range(0, (int)(3 * steps)).Where(i => i % 3 == 0).Select(i => i + 1L));
        Of("step/gradient_norm").ShouldAllBe(v => v.Value > 0 && float.IsFinite(v.Value));

        List<(long Step, float Value)> Of(string tag) => [.. events.SelectMany(e => e.Values.Where(v => v.Tag == tag).Select(v => (e.Step, v.Value)))];
    }

    [Fact]
    public void A_file_cut_at_any_byte_holds_all_records_before()
    {
        using Runs.Folder folder = new();
        TensorBoardLog log = new(folder.File("run")) { EverySteps = 1 };
        Runs.Play(log, Runs.Started(), 2, epoch => epoch);
        byte[] file = File.ReadAllBytes(log.Path!);
        int all = Read(file).Count;
        all.ShouldBe(24);
        for (int length = 0; length <= file.Length; length++)
        {
            Read(file.AsSpan(0, length)).Count.ShouldBeInRange(0, all);
        }
    }

    [Fact]
    public void Two_trainings_in_one_second_have_files_of_their_own()
    {
        using Runs.Folder folder = new();
        TensorBoardLog log = new(folder.File("run"));
        Runs.Play(log, Runs.Started(), 1, epoch => epoch);
        string first = log.Path!;
        Runs.Play(log, Runs.Started() with { StepsBefore = 20 }, 1, epoch => epoch);
        log.Path.ShouldNotBe(first);
        Directory.GetFiles(log.Folder).Length.ShouldBe(2);
        Read(File.ReadAllBytes(log.Path!))[1].Step.ShouldBe(21);
        string.CompareOrdinal(Path.GetFileName(first), Path.GetFileName(log.Path)).ShouldBeLessThan(0);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_error_at_the_start()
    {
        using Runs.Folder folder = new();
        File.WriteAllText(folder.File("run"), "a file");
        Should.Throw<IOException>(() => new TensorBoardLog(folder.File("run")).OnTrainingStarted(Runs.Started()));
    }

    /// <summary>Needs a <c>python3</c> that imports <c>tensorboard</c> (<c>pip install tensorboard</c>).</summary>
    [TensorBoardFact]
    public void TensorBoards_own_reader_takes_the_files()
    {
        using Runs.Folder folder = new();
        TensorBoardLog log = new(folder.File("run")) { EverySteps = 1 };
        Runs.Play(log, Runs.Started(), 3, epoch => 1.0 / epoch);
        // Interrupted in the third epoch, and taken up after the second.
        TensorBoardLog resumed = new(log.Folder) { EverySteps = 1 };
        resumed.OnTrainingStarted(Runs.Started() with { StepsBefore = 20 });
        resumed.OnEpochEnded(Runs.Epoch(3, 9));

        string script = """
            import sys
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            events = EventAccumulator(sys.argv[1]).Reload()
            for tag in sorted(events.Tags()["scalars"]):
                for e in events.Scalars(tag):
                    print(tag, e.step, repr(float(e.value)))
            """;
        string[] lines = TensorBoardFactAttribute.Run(script, log.Folder).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] losses = [.. lines.Where(l => l.StartsWith("loss/training ", StringComparison.Ordinal))];
        losses.ShouldBe(["loss/training 10 1.0", "loss/training 20 0.5", "loss/training 30 9.0"]);
        lines.Count(l => l.StartsWith("step/loss ", StringComparison.Ordinal)).ShouldBe(20);
        lines.ShouldContain(l => l.StartsWith("step/gradient_norm 7 0.5", StringComparison.Ordinal));
    }

    /// <summary>What an event says.</summary>
    internal sealed record Event(double WallTime, long Step, string? FileVersion, int? SessionStatus, List<(string Tag, float Value)> Values);

    /// <summary>Reads whole records, up to the first that is cut off; a wrong check is an error.</summary>
    internal static List<Event> Read(ReadOnlySpan<byte> file)
    {
        List<Event> events = [];
        while (file.Length >= 12)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
            Check(file[8..], file[..8]);
            if (file.Length < length + 16)
            {
                break;
            }

            ReadOnlySpan<byte> data = file.Slice(12, length);
            Check(file[(12 + length)..], data);
            events.Add(Parse(data.ToArray()));
            file = file[(length + 16)..];
        }

        return events;
    }

    private static Event Parse(byte[] data)
    {
        CodedInputStream input = new(data);
        double wallTime = 0;
        long step = 0;
        string? version = null;
        int? status = null;
        List<(string, float)> values = [];
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1:
                    wallTime = input.ReadDouble();
                    break;
                case 2:
                    step = input.ReadInt64();
                    break;
                case 3:
                    version = input.ReadString();
                    break;
                case 5:
                    values = Summary(input.ReadBytes().ToByteArray());
                    break;
                case 7:
                    CodedInputStream session = input.ReadBytes().CreateCodedInput();
                    WireFormat.GetTagFieldNumber(session.ReadTag()).ShouldBe(1);
                    status = session.ReadEnum();
                    break;
                default:
                    throw new InvalidDataException($"An event has the tag {tag}.");
            }
        }

        return new Event(wallTime, step, version, status, values);
    }

    private static List<(string, float)> Summary(byte[] data)
    {
        CodedInputStream input = new(data);
        List<(string, float)> values = [];
        while (input.ReadTag() != 0)
        {
            CodedInputStream value = input.ReadBytes().CreateCodedInput();
            WireFormat.GetTagFieldNumber(value.ReadTag()).ShouldBe(1);
            string name = value.ReadString();
            WireFormat.GetTagFieldNumber(value.ReadTag()).ShouldBe(2);
            values.Add((name, value.ReadFloat()));
            value.IsAtEnd.ShouldBeTrue();
        }

        return values;
    }

    private static void Check(ReadOnlySpan<byte> written, ReadOnlySpan<byte> data)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(written) != Masked(data))
        {
            throw new InvalidDataException("A record's check is wrong.");
        }
    }

    // Bit by bit: x^32 + x^28 + x^27 + … by long division.
    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint check = uint.MaxValue;
        foreach (byte value in bytes)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bool isOdd = ((check ^ ((uint)value >> bit)) & 1) == 1;
                check = (check >> 1) ^ (isOdd ? 0x82F63B78 : 0);
            }
        }

        check = ~check;
        return unchecked(((check >> 15) | (check << 17)) + 0xA282EAD8);
    }
}

/// <summary>A test that needs TensorBoard's Python package; skipped where <c>python3</c> has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TensorBoardFactAttribute : FactAttribute
{
    public TensorBoardFactAttribute() => Skip = s_has.Value ? null : "No python3 that imports tensorboard (pip install tensorboard).";

    private static readonly Lazy<bool> s_has = new(() =>
    {
        try
        {
            return Run("import tensorboard.backend.event_processing.event_accumulator\nprint('yes')").Trim() == "yes";
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return false;
        }
    });

    /// <summary>Runs a script; what it prints.</summary>
    public static string Run(string script, params string[] arguments)
    {
        using Process python = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("RNNGEN_PYTHON") ?? "python3", ["-c", script, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = python.StandardError.ReadToEndAsync();
        string text = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        return python.ExitCode == 0 ? text : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"python3 ended with {python.ExitCode}: {errors.Result}"));
    }
}

internal static class ByteStrings
{
    public static CodedInputStream CreateCodedInput(this ByteString bytes) => new(bytes.ToByteArray());
}
