using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace RnnGen;

/// <summary>The vector registers that a model's kernels use.</summary>
public enum VectorWidth
{
    /// <summary>128 bits: SSE and AdvSimd, the portable path.</summary>
    V128 = 128,

    /// <summary>256 bits: AVX2 with FMA.</summary>
    V256 = 256,

    /// <summary>512 bits: AVX-512.</summary>
    V512 = 512,
}

/// <summary>Chooses the vector width that new models start with.</summary>
public static class VectorWidths
{
    /// <summary>
    /// The <see cref="AppContext"/> value that lowers the width of new models: <c>128</c>, <c>256</c> or <c>512</c>.
    /// In a project file: <c>&lt;RuntimeHostConfigurationOption Include="RnnGen.VectorWidth" Value="256" /&gt;</c>.
    /// </summary>
    public const string SwitchName = "RnnGen.VectorWidth";

    /// <summary>The widest vectors that this machine, and what the program was published for, accelerates.</summary>
    public static VectorWidth Widest =>
        Vector512.IsHardwareAccelerated ? VectorWidth.V512
        // NativeAOT can be published for AVX2 without FMA, which would be emulated.
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? VectorWidth.V256
        : VectorWidth.V128;

    /// <summary>What checkpoints and errors call <see cref="Instructions"/>.</summary>
    internal const string InstructionsName = "vector instructions";

    /// <summary>How this machine, and what the program was published for, computes with vectors of a width: the bits of a training depend on it.</summary>
    internal static string Instructions(VectorWidth? width)
    {
        bool isHardware = width switch
        {
            VectorWidth.V512 => Vector512.IsHardwareAccelerated,
            VectorWidth.V256 => Vector256.IsHardwareAccelerated,
            VectorWidth.V128 or null => Vector128.IsHardwareAccelerated,
            _ => throw new ArgumentOutOfRangeException(nameof(width), Invariant($"{width}"), "The width is not defined."),
        };
        return $"{(isHardware ? "in hardware" : "emulated")}, {(Fma.IsSupported || AdvSimd.IsSupported ? "fused multiply-add" : "no fused multiply-add")}";
    }

    /// <summary>The width of new models: <see cref="Widest"/>, or less where the switch says so.</summary>
    /// <exception cref="InvalidOperationException">The switch's value is not a width.</exception>
    public static VectorWidth Default
    {
        get
        {
            object? value = AppContext.GetData(SwitchName);
            if (value is null)
            {
                return Widest;
            }

            if (!Enum.TryParse(Invariant($"{value}"), out VectorWidth chosen) || !Enum.IsDefined(chosen))
            {
                throw new InvalidOperationException(Invariant($"{SwitchName} is '{value}'; use 128, 256 or 512."));
            }

            return chosen < Widest ? chosen : Widest;
        }
    }
}
