using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using RnnGen.Tests;

namespace RnnGen.Consumer.Tests;

/// <summary>A test of the second tier that publishes NativeAOT code for AVX2 with FMA; skipped, with the reason, where that cannot work.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeAotFactAttribute : FactAttribute
{
    public NativeAotFactAttribute() => Skip = Tiers.Skip ?? Obstacle;

    /// <summary>The C compiler that links: clang, which is what the SDK calls by default, or gcc.</summary>
    internal static string? Linker { get; } = new[] { "clang", "gcc" }.FirstOrDefault(IsOnPath);

    private static string? Obstacle =>
        !OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 ? "Written for Linux on x64."
        : !Avx2.IsSupported || !Fma.IsSupported ? "This machine has no AVX2 with FMA."
        : Linker is null ? "No C compiler to link with: install clang or gcc."
        : !File.Exists("/usr/include/zlib.h") ? "No zlib to link with: install zlib1g-dev."
        : null;

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
