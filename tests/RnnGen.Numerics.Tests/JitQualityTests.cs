using System.Diagnostics;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// No generated method reaches the JIT's limits, beyond which it stops optimising ("switched MinOpts"): a child process
/// compiles every model at every width with all optimisations, and the JIT's log is read.
/// </summary>
[Collection(nameof(Alone))]
public class JitQualityTests
{
    private const string Cliff = "MinOpts";

    [Fact]
    public async Task No_generated_method_is_compiled_without_optimisation()
    {
        string[] log = await LogOfEachModel();

        log.ShouldContain(line => line.Contains(OneCallOfEach.TooLarge, StringComparison.Ordinal) && line.Contains(Cliff, StringComparison.Ordinal),
            "The log must show a method that is too large; has its wording changed?");

        string[] kernels = [.. log.Where(line => line.Contains("RnnGen.Generated.", StringComparison.Ordinal))];
        foreach (string width in (string[])["V128", "V256", "V512"])
            kernels.ShouldContain(line => line.Contains($"_{width}:Forward", StringComparison.Ordinal) && line.Contains("[FullOpts", StringComparison.Ordinal));
        string[] models = [.. log.Where(line => DeclaredModels.FullNames.Any(name => line.Contains($" {name}:", StringComparison.Ordinal) || line.Contains($" {name}+", StringComparison.Ordinal)))];
        foreach (string name in DeclaredModels.FullNames)
            models.ShouldContain(line => line.Contains($" {name}:RnnForward", StringComparison.Ordinal) && line.Contains("[FullOpts", StringComparison.Ordinal), name);

        kernels.Concat(models).Where(line => !line.Contains("[FullOpts", StringComparison.Ordinal) || line.Contains(Cliff, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static async Task<string[]> LogOfEachModel()
    {
        string file = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new("dotnet", ["exec", typeof(OneCallOfEach).Assembly.Location])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            start.Environment["DOTNET_JitStdOutFile"] = file;
            start.Environment["DOTNET_JitDisasmSummary"] = "1";
            start.Environment["DOTNET_TieredCompilation"] = "0"; // Every method is compiled as if it were hot.
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0, (await output) + errors);
            return await File.ReadAllLinesAsync(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
