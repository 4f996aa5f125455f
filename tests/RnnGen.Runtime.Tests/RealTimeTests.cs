using System.Diagnostics;
using System.Globalization;
using RnnGen.Tests;
using RnnGen.Trainee;

namespace RnnGen.Runtime.Tests;

/// <summary>
/// A streamed step is safe in a real-time thread, and so is a block of steps: after warm-up it allocates nothing, makes no system call and waits for no lock. Two threads step states of one model, in a program whose system
/// calls strace writes down for each thread. Steps that do any of these are watched too, so that the watch is known to see them.
/// </summary>
[Collection(nameof(Alone))]
public sealed class RealTimeTests
{
    private static readonly Lazy<(long[] Allocated, string[][] Threads)> s_watched = new(Watch);

    [Fact]
    public void AStepAllocatesNothing()
    {
        long[] allocated = s_watched.Value.Allocated;
        for (int i = 0; i < RealTime.Cases.Count; i++)
        {
            allocated[i].ShouldBe(0, RealTime.Cases[i].Name);
        }

        allocated[RealTime.Cases.Count].ShouldBeGreaterThan(0, "The watch must see an allocation.");
    }

    [StraceFact]
    public void AStepMakesNoSystemCallAndWaitsForNoLock()
    {
        for (int i = 0; i < RealTime.Cases.Count; i++)
        {
            SystemCalls(i).ShouldBeEmpty(RealTime.Cases[i].Name);
        }

        int faults = RealTime.Cases.Count;
        SystemCalls(faults + 1).ShouldContain(line => line.StartsWith("sched_yield", StringComparison.Ordinal), "The watch must see a system call.");
        SystemCalls(faults + 2).ShouldContain(line => line.StartsWith("futex", StringComparison.Ordinal), "The watch must see a lock that is waited for.");
    }

    /// <summary>What the stepping threads asked of the system between the marks of a case.</summary>
    private static string[] SystemCalls(int index)
    {
        List<string> calls = [];
        int stepping = 0;
        foreach (string[] thread in s_watched.Value.Threads)
        {
            int first = Array.FindIndex(thread, line => IsMark(line, 2 * index)), last = Array.FindIndex(thread, line => IsMark(line, (2 * index) + 1));
            if (first >= 0)
            {
                calls.AddRange(thread[(first + 1)..last]);
                stepping++;
            }
        }

        stepping.ShouldBe(RealTime.Threads);
        return [.. calls];
    }

    private static bool IsMark(string line, int number) => line.StartsWith(string.Create(CultureInfo.InvariantCulture, $"getpgid({RealTime.FirstMark + number})"), StringComparison.Ordinal);

    // Under strace where that can be; a file for each thread.
    private static (long[] Allocated, string[][] Threads) Watch()
    {
        using TemporaryFolder folder = new();
        string[] program = ["dotnet", Path.Combine(AppContext.BaseDirectory, "RnnGen.Trainee.dll"), RealTime.Argument];
        string[] command = StraceFactAttribute.Missing is null ? ["strace", "-ff", "-o", folder.File("thread"), .. program] : program;
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The first calls of a method are counted at once and not after a pause, so that warming up is over when it seems to be, on a busy machine too.
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, errors.Result);
        return ([.. said.Split(' ').Select(bytes => long.Parse(bytes, CultureInfo.InvariantCulture))], [.. Directory.GetFiles(folder.Path).Select(File.ReadAllLines)]);
    }
}

/// <summary>A test that needs strace, and the right to trace a process.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StraceFactAttribute : FactAttribute
{
    public StraceFactAttribute() => Skip = Missing;

    /// <summary>Why no process can be traced; null where one can.</summary>
    internal static string? Missing { get; } = Try();

    private static string? Try()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "true"]) { RedirectStandardError = true })!;
            string said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"strace may not trace a process here: {said.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "strace is missing, which watches the system calls of a step (apt-get install strace).";
        }
    }
}
