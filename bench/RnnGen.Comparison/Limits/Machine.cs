using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace RnnGen.Comparison.Limits;

/// <summary>What the numbers were made on.</summary>
internal static class Machine
{
    /// <summary>The processor's name, where the system tells it.</summary>
    public static string Processor { get; } = FromCpuInfo("model name") ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>The vector instructions that the runtime uses.</summary>
    public static string Features { get; } = string.Join(", ", new (string Name, bool Has)[]
    {
        ("AVX-512", Avx512F.IsSupported), ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX", Avx.IsSupported),
    }.Where(f => f.Has).Select(f => f.Name).DefaultIfEmpty("128-bit vectors"));

    /// <summary>The runtime's version.</summary>
    public static string Runtime => RuntimeInformation.FrameworkDescription;

    /// <summary>Size in bytes of the first core's level 1 data cache; where the system does not tell, what reading says.</summary>
    public static int L1 { get; } = Cache("index0") ?? ReadBandwidth.LevelUpTo(128, 8);

    /// <summary>Size in bytes of its level 2 cache; where the system does not tell, what reading says.</summary>
    public static int L2 { get; } = Cache("index2") ?? ReadBandwidth.LevelUpTo(2048, 128);

    /// <summary>One line: processor, features, caches, cores and runtime.</summary>
    public static string Summary => string.Create(CultureInfo.InvariantCulture,
        $"{Processor} ({Features}; L1 {L1 / 1024} KB, L2 {L2 / 1024} KB; {Environment.ProcessorCount} cores), {Runtime}");

    private static int? Cache(string index)
    {
        string path = $"/sys/devices/system/cpu/cpu0/cache/{index}/size";
        return File.Exists(path) && int.TryParse(File.ReadAllText(path).Trim().TrimEnd('K'), CultureInfo.InvariantCulture, out int kilobytes)
            ? kilobytes * 1024
            : null;
    }

    private static string? FromCpuInfo(string key) => !File.Exists("/proc/cpuinfo") ? null :
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
