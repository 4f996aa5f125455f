using System.Diagnostics;
using System.Runtime;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace RnnGen.Comparison;

/// <summary>What a cold process measured. Seconds.</summary>
/// <param name="Process">From the start of the process to the first result.</param>
/// <param name="Create">Making the model and setting its weights.</param>
/// <param name="First">The first call.</param>
/// <param name="Second">The second call.</param>
/// <param name="Tenth">The tenth call.</param>
/// <param name="Warm">The median of later calls.</param>
/// <param name="Jit">What the JIT took of making the model and of the first call.</param>
/// <param name="Methods">Methods that it compiled then.</param>
internal sealed record ColdTimes(double Process, double Create, double First, double Second, double Tenth, double Warm, double Jit, long Methods);

/// <summary>The first calls in new processes, some of this program and one of each peer.</summary>
internal static partial class ColdStart
{
    private const int Processes = 5;

    /// <summary>The results of one row.</summary>
    /// <param name="Row">The row.</param>
    /// <param name="Times">Each field's median over the processes.</param>
    /// <param name="Peers">Seconds from the start of the process to the first result, by peer.</param>
    /// <param name="Retiered">Methods of the model and of the runtime that began in tier 0 and were compiled again later, by the JIT's list.</param>
    public sealed record Result(Row Row, ColdTimes Times, IReadOnlyDictionary<string, double> Peers, IReadOnlyList<string> Retiered);

    /// <summary>Measures a row in new processes.</summary>
    /// <param name="row">The row.</param>
    /// <param name="problem">Its problem.</param>
    /// <param name="peers">Starts a peer's process.</param>
    public static Result Measure(Row row, Problem problem, IReadOnlyList<Func<IPeer>> peers)
    {
        List<ColdTimes> all = [.. Enumerable.Range(0, Processes).Select(_ => RunChild(row, problem, null))];
        double Median(Func<ColdTimes, double> field) => all.Select(field).Order().ElementAt(all.Count / 2);
        ColdTimes times = new(
            Median(t => t.Process), Median(t => t.Create), Median(t => t.First), Median(t => t.Second),
            Median(t => t.Tenth), Median(t => t.Warm), Median(t => t.Jit), (long)Median(t => t.Methods));

        Dictionary<string, double> starts = [];
        foreach (Func<IPeer> start in peers)
        {
            long began = Stopwatch.GetTimestamp();
            using IPeer peer = start();
            if (peer.Does(row))
            {
                peer.Prepare(problem).Run(1);
                starts[peer.Name] = Stopwatch.GetElapsedTime(began).TotalSeconds;
            }
        }

        string list = Path.ChangeExtension(problem.Path, ".jit.txt");
        File.Delete(list);
        RunChild(row, problem, list);
        return new Result(row, times, starts, Retiered(row, list));
    }

    /// <summary>The child: measures its own first calls and prints them.</summary>
    public static void RunAsChild(Row row, string path)
    {
        Problem problem = Problem.Read(row, path);
        TimeSpan jit = JitInfo.GetCompilationTime();
        long methods = JitInfo.GetCompiledMethodCount(), start = Stopwatch.GetTimestamp();
        ISubject subject = row.Create(problem, 1);
        double create = Stopwatch.GetElapsedTime(start).TotalSeconds, first = subject.Run(1);
        double process = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalSeconds;
        double jitted = (JitInfo.GetCompilationTime() - jit).TotalSeconds;
        methods = JitInfo.GetCompiledMethodCount() - methods;
        double second = subject.Run(1);
        subject.Run(7);
        double tenth = subject.Run(1);

        // Past all tiers: 30 calls and 100 ms in between, twice.
        for (int turn = 0; turn < 3; turn++)
        {
            subject.Run(40);
            Thread.Sleep(250);
        }

        double warm = Enumerable.Range(0, 11).Select(_ => subject.Run(1)).Order().ElementAt(5);
        Console.WriteLine(JsonSerializer.Serialize(new ColdTimes(process, create, first, second, tenth, warm, jitted, methods)));
    }

    private static ColdTimes RunChild(Row row, Problem problem, string? list)
    {
        // Started as `dotnet RnnGen.Comparison.dll`, the process is dotnet's, which wants the program's file first.
        bool isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        string[] child = ["--cold-child", row.Name, problem.Path];
        ProcessStartInfo start = new(Environment.ProcessPath!, isHosted ? [typeof(ColdStart).Assembly.Location, .. child] : child) { RedirectStandardOutput = true };
        if (list is not null)
        {
            start.Environment["DOTNET_JitStdOutFile"] = list;
            start.Environment["DOTNET_JitDisasmSummary"] = "1";
        }

        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<ColdTimes>(text)!
            : throw new InvalidOperationException($"The cold process of {row.Name} ended with {process.ExitCode}: {text}");
    }

    // Lines of the list: "   1: JIT compiled Namespace.Type:Method(...) [Tier0, IL size=.., code size=..]".
    private static List<string> Retiered(Row row, string list)
    {
        HashSet<string> first = [], again = [];
        foreach (string line in File.ReadLines(list))
        {
            Match match = CompiledMethod().Match(line);
            string name = match.Groups["name"].Value;
            bool own = name.Contains(row.Layout.ModelName, StringComparison.Ordinal)
                || (name.StartsWith("RnnGen.", StringComparison.Ordinal) && !name.StartsWith("RnnGen.Comparison.", StringComparison.Ordinal));
            if (!match.Success || !own)
            {
                continue;
            }

            if (match.Groups["tier"].Value.Contains("Tier0", StringComparison.Ordinal))
            {
                first.Add(name);
            }
            else if (first.Contains(name))
            {
                again.Add(name);
            }
        }

        return [.. again.Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"JIT compiled (?<name>.+?) \[(?<tier>[^,\]]+)")]
    private static partial Regex CompiledMethod();
}
