using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning.Flow;

/// <summary>A layer in its model.</summary>
internal sealed class PlannedLayer(string name, Clock clock, int steps) : PlannedUnit(name, clock, steps)
{
    public required LayerPlan Plan { get; init; }

    public required Initializer Initializer { get; init; }

    /// <summary>Whether training leaves its parameters alone.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Its parameters.</summary>
    public required IReadOnlyList<PlannedTensor> Tensors { get; init; }

    /// <summary>Where its forward pack begins.</summary>
    public required int Pack { get; init; }

    /// <summary>Where the pack of its last units begins, which a stream reads; null where they have none.</summary>
    public int? TailPack { get; set; }

    /// <summary>Where the pack begins that predictions read, where its weights take fewer bits.</summary>
    public int ReducedPack { get; init; }

    /// <summary>Where the reverse pack of each source begins.</summary>
    public required IReadOnlyDictionary<string, int> ReversePacks { get; init; }

    /// <summary>Whether it goes from the last step to the first.</summary>
    public bool IsReverse { get; init; }

    /// <summary>The units that states start from; other states start from zero.</summary>
    public IReadOnlyDictionary<string, PlannedUnit> Starts { get; init; } = new Dictionary<string, PlannedUnit>();

    /// <summary>The parameters that states start from, where that is learned.</summary>
    public IReadOnlyDictionary<string, PlannedVector> Initials { get; init; } = new Dictionary<string, PlannedVector>();

    public override int Width => Plan.OutputSize;

    /// <summary>Values of its weight matrices, each of which a step multiplies once.</summary>
    public long MatrixValues => Tensors.Where(t => t.Shape.Count >= 2).Sum(t => t.MatrixCount);

    /// <summary>Bytes of these as predictions read them.</summary>
    public long MatrixBytes => Plan.Reduced is { } reduced ? reduced.WeightBytes : Scalar.Bytes(Plan.Shape.Precision) * MatrixValues;

    public override long Parameters => Tensors.Where(t => !t.IsTied).Sum(t => t.Count) + Initials.Values.Sum(v => v.Tensor.Count);

    public override IEnumerable<PlannedUnit> Reads => Sources.Concat(Starts.Values);

    /// <summary>What it reads.</summary>
    public PlannedUnit Source => Sources[0];

    /// <summary>What it reads when nothing is left out.</summary>
    public PlannedUnit PredictedSource => Source.Predicted;

    /// <summary>Share of the previous states that products do not read in training.</summary>
    public double RecurrentDropout { get; init; }

    /// <summary>The state that is the layer's output; null where the output has a buffer of its own.</summary>
    public string? OutputState => Plan.OutputState;

    /// <summary>
    /// Where in its buffer in the training arena the first step's output is stored: a state's begins with the value before the first step,
    /// and in a layer that goes backwards ends with it.
    /// </summary>
    public int FirstOutput => OutputState is null || IsReverse ? 0 : 1;

    /// <summary>Where a state is stored before a step, in a buffer of one more step than the layer has.</summary>
    public int Before(int step) => IsReverse ? step + 1 : step;

    /// <summary>Where a state is stored after a step.</summary>
    public int After(int step) => IsReverse ? step : step + 1;
}
