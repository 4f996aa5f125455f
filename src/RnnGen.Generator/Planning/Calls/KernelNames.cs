using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning.Calls;

/// <summary>The names of a layer's kernels.</summary>
internal static class KernelNames
{
    public const string Forward = "Forward";
    public const string Scan = "Scan";
    public const string Step = "Step";
    public const string Stream = "Stream";
    public const string Dot = "Dot";
    public const string Block = "Block";

    /// <summary>The forward kernel of rows that predict with weights of fewer bits.</summary>
    public const string Predict = "Predict";
    public const string Backward = "Backward";
    public const string BiasGradient = "BiasGradient";

    /// <summary>The kernel from the lanes' adjoints to a source's.</summary>
    public static string Adjoint(ProductSource source) => $"{Title(source)}Adjoint";

    /// <summary>The same at many steps, in a layer whose products read the input alone.</summary>
    public static string ScannedAdjoint(ProductSource source) => $"{Adjoint(source)}OfSteps";

    /// <summary>The kernel of the gradient of the weights that a source is multiplied by.</summary>
    public static string Gradient(ProductSource source) => $"{Title(source)}Gradient";

    private static string Title(ProductSource source) => char.ToUpperInvariant(source.Name[0]) + source.Name.Substring(1);
}
