using System.Diagnostics;
using System.Globalization;
using RnnGen.Mpi.Worker;
using Xunit;

namespace RnnGen.Mpi.Tests;

/// <summary>A job of the worker that a launcher runs, with what it wrote.</summary>
internal sealed record MpiJob(int ExitCode, string[] Lines, string Output, string Errors, TimeSpan Duration)
{
    public static string Worker { get; } = Path.ChangeExtension(typeof(Trainings).Assembly.Location, null)!;

    /// <summary>Launchers by family: as Debian names them where both are installed.</summary>
    private static readonly Dictionary<string, string[]> s_launchers = new() { ["Open MPI"] = ["mpirun.openmpi", "mpirun"], ["MPICH"] = ["mpirun.mpich", "mpirun"] };

    /// <summary>The launcher of a family; null if it is not installed.</summary>
    public static string? Launcher(string family) => s_launchers[family].FirstOrDefault(name => Version(name) is { } version && version.Contains("Open MPI", StringComparison.Ordinal) == (family == "Open MPI"));

    /// <summary>Runs the worker in a number of processes.</summary>
    public static MpiJob Run(string family, int count, params string[] arguments)
    {
        using Process job = Start(family, count, arguments);
        return End(job);
    }

    /// <summary>Starts the worker in a number of processes.</summary>
    public static Process Start(string family, int count, params string[] arguments)
    {
        string[] rights = family == "Open MPI" ? ["--allow-run-as-root", "--oversubscribe"] : [];
        ProcessStartInfo start = new(Launcher(family)!, [.. rights, "-n", count.ToString(CultureInfo.InvariantCulture), Worker, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["TERM"] = "dumb"; // Open MPI gives its processes a terminal, which .NET would set up
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // a .NET process that is killed leaves the pipes of its diagnostics in the temporary folder
        return Process.Start(start)!;
    }

    /// <summary>Waits for the end of a job.</summary>
    public static MpiJob End(Process job)
    {
        long begin = Stopwatch.GetTimestamp();
        job.StandardInput.Close();
        Task<string> output = job.StandardOutput.ReadToEndAsync(), errors = job.StandardError.ReadToEndAsync();
        if (!job.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            job.Kill(entireProcessTree: true);
            throw new TimeoutException("The job did not end.");
        }

        Task.WaitAll(output, errors);
        string[] lines = [.. output.Result.Split('\n').Select(line => line.Trim('\r', ' ')).Where(line => Trainings.Names.Any(name => line.StartsWith(name + " ", StringComparison.Ordinal)))];
        return new(job.ExitCode, lines, output.Result, errors.Result, Stopwatch.GetElapsedTime(begin));
    }

    private static string? Version(string name)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(name, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string version = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? version : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

/// <summary>A theory over the families of MPI whose first argument is the family; it is skipped where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MpiFactAttribute : FactAttribute
{
    public MpiFactAttribute(string family) => Skip = MpiJob.Launcher(family) is null ? $"{family} is not installed (apt-get install openmpi-bin mpich)." : null;
}
