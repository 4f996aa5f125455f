using System.Runtime.InteropServices;

namespace RnnGen.Samples;

/// <summary>What a sample runs on.</summary>
public static class Machine
{
    /// <summary>Processor, cores, vector width and .NET, in a line.</summary>
    public static string Description =>
        $"{Processor}, {Environment.ProcessorCount} cores, vectors of {(int)VectorWidths.Default} bits, {RuntimeInformation.FrameworkDescription}";

    // Linux names the processor in a file; elsewhere only the architecture is known.
    private static string Processor
    {
        get
        {
            const string Path = "/proc/cpuinfo";
            string[] lines = File.Exists(Path) ? File.ReadAllLines(Path) : [];
            string? Value(string key) => lines.FirstOrDefault(l => l.Split(':')[0].Trim() == key)?.Split(':', 2)[1].Trim();
            return Value("model name") is { } name
                ? $"{name} (family {Value("cpu family")}, model {Value("model")})"
                : $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}";
        }
    }
}
