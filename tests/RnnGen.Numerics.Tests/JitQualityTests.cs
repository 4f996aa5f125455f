using System.Diagnostics;
using RnnGen.Tests;
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

    [LongFact, Trait(Tiers.Tier, Tiers.Long)]
    public async Task No_generated_method_is_compiled_without_optimisation()
    {
        string[] log = await LogOfEachModel(tiered: false); // Every method is compiled as if it were hot.

        log.ShouldContain(line => line.Contains(OneCallOfEach.TooLarge, StringComparison.Ordinal) && line.Contains(Cliff, StringComparison.Ordinal),
            "The log must show a method that is too large; has its wording changed?");

        string[] kernels = [.. log.Where(line => line.Contains("RnnGen.Generated.", StringComparison.Ordinal))];
        foreach (string width in (string[])["V128", "V256", "V512"])
            kernels.ShouldContain(line => line.Contains($"_{width}:Forward", StringComparison.Ordinal) && line.Contains("[FullOpts", StringComparison.Ordinal));
        string[] models = [.. log.Where(line => DeclaredModels.FullNames.Any(name => line.Contains($" {name}:", StringComparison.Ordinal) || line.Contains($" {name}+", StringComparison.Ordinal)))];
        foreach (string name in DeclaredModels.FullNames)
            models.ShouldContain(line => line.Contains($" {name}:TrainStep(", StringComparison.Ordinal) && line.Contains("[FullOpts", StringComparison.Ordinal), name);

        kernels.Concat(models).Where(line => !line.Contains("[FullOpts", StringComparison.Ordinal) || line.Contains(Cliff, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    /// <summary>Straight-line code gets no on-stack replacement: what starts in tier 0 stays there for thirty calls.</summary>
    [LongFact, Trait(Tiers.Tier, Tiers.Long)]
    public async Task No_method_of_the_hot_path_starts_in_tier_0()
    {
        string[] compiled = [.. (await LogOfEachModel(tiered: true)).Where(line => line.Contains("JIT compiled", StringComparison.Ordinal))];
        string[] hot =
        [
            .. compiled.Where(line => line.Contains("RnnGen.Generated.", StringComparison.Ordinal)),
            .. compiled.Where(line => DeclaredModels.FullNames.Any(name => HotMethods.Any(method => line.Contains($" {name}:{method}", StringComparison.Ordinal) || line.Contains($" {name}+{method}", StringComparison.Ordinal)))),
            .. compiled.Where(line => line.Contains("+RnnProgram`1[", StringComparison.Ordinal) && HotProgram.Any(method => line.Contains(method, StringComparison.Ordinal))),
            .. compiled.Where(line => HotRuntime.Any(type => line.Contains($" RnnGen.{type}", StringComparison.Ordinal))),
        ];

        foreach (string method in (string[])[.. HotMethods, .. HotProgram, .. HotRuntime])
            hot.ShouldContain(line => line.Contains(method, StringComparison.Ordinal), method);
        hot.Where(line => line.Contains("Tier0", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static readonly string[] HotMethods =
    [
        "RnnForward", "RnnBackward", "RnnLoss", "RnnPredict", "RnnPack", "RnnTakeGradients", "RnnStream",
    ];

    // A short RnnBlock is a part of Block.
    private static readonly string[] HotProgram = [":Pack(", ":PackRest(", ":PackToPredict(", ":TakeGradients(", ":Terms(", ":Start(", ":Forward(", ":Loss(", ":Backward(", ":PredictOne(", ":PredictRows(", ":Stream(", ":Block("];

    private static readonly string[] HotRuntime =
    [
        "Runtime.TrainingJob`3[float,float,float]:RunPart", "Runtime.TrainingJob`3[float,float,float]:RunLeaf(", "Runtime.SumTree:Add",
        "Runtime.TrainedGroup`3[float,float,float]:Take", "Runtime.TrainedGroup`3[float,float,float]:Run", "Runtime.StreamState`3[float,float,float]:Step", "Runtime.StreamState`3[float,float,float]:Process",
        "Runtime.ModelCore`3[float,float,float]:TrainStep", "Runtime.ModelCore`3[float,float,float]:PredictBatch", "Runtime.ModelCore`3[float,float,float]:RunBlocks",
        "Runtime.Rows:", "Runtime.Packing:", "Runtime.Transposition:", "OptimizerStep`1[float]:Run", "UpdatePass`1[float]:Run", "Optimizer:Update[float]",
    ];

    private static async Task<string[]> LogOfEachModel(bool tiered)
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
            start.Environment["DOTNET_TieredCompilation"] = tiered ? "1" : "0";
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
