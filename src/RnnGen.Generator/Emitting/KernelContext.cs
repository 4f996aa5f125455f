using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>What all parts of a kernel file write with: the layer, the vector width, and the names of types.</summary>
internal sealed class KernelContext(LayerPlan layer, VectorTarget target)
{
    public const string Optimized = "[MethodImpl(MethodImplOptions.AggressiveOptimization)]";

    public LayerPlan Layer { get; } = layer;

    public VectorTarget Target { get; } = target;

    public SourceWriter Writer { get; } = new();

    /// <summary><c>float</c> or <c>double</c>.</summary>
    public string Number { get; } = Scalar.TypeName(layer.Shape.Precision);

    /// <summary>Values per vector.</summary>
    public int VectorLength { get; } = target.Lanes(layer.Shape.Precision);

    /// <summary>Such as <c>Vector256</c>.</summary>
    public string Vectors { get; } = target.VectorType;

    /// <summary>Such as <c>Vector256&lt;float&gt;</c>.</summary>
    public string Vector { get; } = $"{target.VectorType}<{Scalar.TypeName(layer.Shape.Precision)}>";

    /// <summary>Vectors that cover the units of a block that are ever read.</summary>
    public int VectorsOf(int units) => (units + VectorLength - 1) / VectorLength;

    /// <summary>The kernel class of a layer, without the width: <c>Lstm_64x128_Single</c>.</summary>
    public static string NameOf(LayerShape shape)
    {
        string activation = shape.Activation == Activation.Identity ? "" : shape.Activation.ToString();
        string flags = (shape.PredictionWeights == WeightFormat.Float ? "" : $"_{shape.PredictionWeights}") + (shape.IsFast ? "_Fast" : "") + (shape.HasReverse ? "" : "_ForwardOnly") + (shape.HasOutputAdjoint ? "_EveryStep" : "") + (shape.NeedsInputAdjoint ? "_Inner" : "") + (shape.DropsStates ? "_Dropping" : "") + (shape.SkipsSteps ? "_Skipping" : "") + (shape.StepsAlone ? "_Alone" : "");
        return $"{shape.Cell.KernelName}{activation}_{shape.InputSize}x{shape.Size}_{shape.Precision}{flags}";
    }

    /// <summary>A state's name as part of an identifier: <c>H</c>.</summary>
    public static string Title(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    public static IEnumerable<int> Range(int count) => Enumerable.Range(0, count);
}
