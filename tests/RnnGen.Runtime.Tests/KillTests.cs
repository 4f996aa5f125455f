using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Xunit.Abstractions;

namespace RnnGen.Runtime.Tests;

/// <summary>
/// A program that trains and saves after every other step is killed with SIGKILL at random moments, many of them in the middle of a save. Each time the newest
/// checkpoint is intact and the training resumes from it; what it ends with is what a training that was never interrupted ends with, to the bit.
/// RNNGEN_KILLS says how many kills; 10 without it.
/// </summary>
public class KillTests(ITestOutputHelper output)
{
    [Fact]
    public void Killed_at_any_moment_the_training_goes_on_to_the_same_bits()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable("RNNGEN_KILLS") ?? "10", CultureInfo.InvariantCulture);
        string expected = Trainee.Trainee.Train(null);
        Random random = new(20260101);
        int killed = 0, withinSave = 0, ended = 0, beforeFirst = 0;
        string folder = Directory.CreateTempSubdirectory("rnngen-kill-").FullName;
        try
        {
            while (killed < kills)
            {
                // What a kill left is read by the next run, which says from where it goes on.
                long newest = Newest(folder);
                (long from, string? result, bool wasKilled) = Run(folder, random.Next(0, 40), random.Next(0, 4));
                from.ShouldBe(newest);
                Directory.GetFiles(folder, "*.damaged").ShouldBeEmpty();
                if (wasKilled)
                {
                    killed++;
                    withinSave += Directory.GetFiles(folder, "*.tmp").Length > 0 ? 1 : 0;
                    beforeFirst += Newest(folder) == 0 ? 1 : 0;
                    foreach (string file in Directory.GetFiles(folder, "checkpoint-*.rnngen"))
                    {
                        IsWhole(file).ShouldBeTrue($"{file} after kill {killed}");
                    }
                }
                else
                {
                    result.ShouldBe(expected);
                    ended++;
                    Directory.Delete(folder, recursive: true);
                    Directory.CreateDirectory(folder);
                }
            }

            // A last run to the end.
            Run(folder, int.MaxValue, 0).Result.ShouldBe(expected);
            output.WriteLine($"{killed} kills, {withinSave} of them in the middle of a save, {beforeFirst} before the first checkpoint; {ended + 1} trainings ended, all with {expected}");
            (withinSave > 0 || kills < 50).ShouldBeTrue();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A run that is killed some steps and milliseconds after it began to train, or that ends before that.
    private static (long From, string? Result, bool WasKilled) Run(string folder, int steps, int milliseconds)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "RnnGen.Trainee.dll"), folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string? line = process.StandardOutput.ReadLine();
        if (line is null)
        {
            throw new InvalidOperationException($"The training did not begin. {errors.Result}");
        }

        line.ShouldStartWith("from ");
        long from = long.Parse(line[5..], CultureInfo.InvariantCulture);
        while (steps > 0 && (line = process.StandardOutput.ReadLine()) == "step")
        {
            steps--;
        }

        if (steps == 0 && !process.WaitForExit(milliseconds))
        {
            process.Kill();
        }

        string? last = line;
        while ((line = process.StandardOutput.ReadLine()) is not null)
        {
            last = line;
        }

        process.WaitForExit();
        bool wasKilled = process.ExitCode == 128 + 9;
        (wasKilled || process.ExitCode == 0).ShouldBeTrue($"exit code {process.ExitCode}: {errors.Result}");
        return (from, wasKilled ? null : last?["result ".Length..], wasKilled);
    }

    private static long Newest(string folder) => Directory.GetFiles(folder, "checkpoint-*.rnngen")
        .Select(f => long.Parse(Path.GetFileNameWithoutExtension(f)["checkpoint-".Length..], CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Max();

    // As the documentation of the format has it: the last 32 bytes are the SHA-256 of those before.
    private static bool IsWhole(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        return bytes.Length > 32 && SHA256.HashData(bytes.AsSpan(..^32)).AsSpan().SequenceEqual(bytes.AsSpan(^32..));
    }
}
