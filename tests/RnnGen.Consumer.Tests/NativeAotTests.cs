using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using RnnGen.Tests;

namespace RnnGen.Consumer.Tests;

/// <summary>RnnGen.Aot published as NativeAOT, with an instruction set and without one, against the same program under the JIT.</summary>
public sealed class NativeAotTests(PublishedPrograms programs) : IClassFixture<PublishedPrograms>
{
    private const string Advice = "Set IlcInstructionSet to what the target machines have";

    [NativeAotFact, Trait(Tiers.Tier, Tiers.Long)]
    public void AnInstructionSetGivesTheBitsOfTheJit()
    {
        Dictionary<string, string> native = PublishedPrograms.Run(programs.V3.Program, []);
        Dictionary<string, string> jit = PublishedPrograms.Run("dotnet", [programs.Jit, "--width", "256"]);

        native["width"].ShouldBe("V256");
        jit["width"].ShouldBe("V256");
        native["hash"].ShouldBe(jit["hash"]);
    }

    [NativeAotFact, Trait(Tiers.Tier, Tiers.Long)]
    public void NoInstructionSetGivesTheBitsOfAJitWithoutFma()
    {
        Dictionary<string, string> native = PublishedPrograms.Run(programs.Baseline.Program, []);
        Dictionary<string, string> jit = PublishedPrograms.Run("dotnet", [programs.Jit], ("DOTNET_EnableAVX", "0"), ("DOTNET_EnableAVX2", "0"), ("DOTNET_EnableFMA", "0"));

        native["width"].ShouldBe("V128");
        jit["width"].ShouldBe("V128");
        native["hash"].ShouldBe(jit["hash"]);
    }

    /// <summary>An emulated vector costs about 100 times as much as a real one; a plain scalar loop, 5 to 8 times.</summary>
    [NativeAotFact, Trait(Tiers.Tier, Tiers.Long)]
    public void NoInstructionSetStaysFasterThanAPlainLoop()
    {
        Dictionary<string, string> times = PublishedPrograms.Run(programs.Baseline.Program, ["--bench"]);
        double scalar = Nanoseconds("scalar-step-ns");

        times["width"].ShouldBe("V128");
        Nanoseconds("lstm-step-ns").ShouldBeLessThan(scalar);
        // 16 sequences of 24 steps, forward, backward and weight gradient.
        Nanoseconds("lstm-train-ns").ShouldBeLessThan(3 * 16 * 24 * scalar);

        double Nanoseconds(string name) => double.Parse(times[name], CultureInfo.InvariantCulture);
    }

    [NativeAotFact, Trait(Tiers.Tier, Tiers.Long)]
    public void OnlyAPublishWithoutAnInstructionSetIsAdvised()
    {
        programs.Baseline.Log.Split(Advice).Length.ShouldBe(2, programs.Baseline.Log);
        programs.V3.Log.ShouldNotContain(Advice);
    }
}

/// <summary>Publishes and builds RnnGen.Aot once for all tests of the class; nothing is done before a test asks.</summary>
public sealed class PublishedPrograms : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rnngen-aot-").FullName;
    private readonly Lazy<(string Program, string Log)> _baseline;
    private readonly Lazy<(string Program, string Log)> _v3;
    private readonly Lazy<string> _jit;

    public PublishedPrograms()
    {
        _baseline = new(() => Publish("baseline"));
        _v3 = new(() => Publish("v3", $"-p:IlcInstructionSet={AdvisedSet(Baseline.Log)}"));
        _jit = new(() =>
        {
            Start("dotnet", ["build", Project, "-c", "Release", "-o", Path.Combine(_folder, "jit")]);
            return Path.Combine(_folder, "jit", "RnnGen.Aot.dll");
        });
    }

    public (string Program, string Log) Baseline => _baseline.Value;

    public (string Program, string Log) V3 => _v3.Value;

    public string Jit => _jit.Value;

    /// <summary>The instruction set of the advice's example: what the advice names must be what the publish takes.</summary>
    private static string AdvisedSet(string log)
    {
        Match example = Regex.Match(log, "<IlcInstructionSet>(.*?)</IlcInstructionSet>");
        example.Success.ShouldBeTrue(log);
        return example.Groups[1].Value;
    }

    private static string Project => Path.Combine(Repository.Root, "tests", "RnnGen.Aot");

    public static Dictionary<string, string> Run(string program, string[] arguments, params (string Name, string Value)[] environment) =>
        Start(program, arguments, environment)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(": ", 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (string Program, string Log) Publish(string name, params string[] properties)
    {
        string output = Path.Combine(_folder, name);
        string[] linker = NativeAotFactAttribute.Linker == "gcc" ? ["-p:CppCompilerAndLinker=gcc", "-p:LinkerFlavor=bfd"] : [];
        string log = Start("dotnet", ["publish", Project, "-c", "Release", "-r", "linux-x64", "-o", output, .. linker, .. properties]);
        return (Path.Combine(output, "RnnGen.Aot"), log);
    }

    private static string Start(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}\n{output}");
        return output;
    }
}
