using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Planning;

/// <summary>When a unit runs.</summary>
internal enum Clock
{
    /// <summary>At every step of the input sequence.</summary>
    Input,

    /// <summary>Once, when each row has had its last step.</summary>
    End,

    /// <summary>At every step of the decoded sequence.</summary>
    Output,
}

/// <summary>A part of the data flow: a layer with kernels of its own, or a joint between layers.</summary>
internal abstract class PlannedUnit
{
    /// <summary>Position in the data flow.</summary>
    public required int Index { get; init; }

    /// <summary>Its name in the generated code: <c>Lstm0</c>, <c>Head</c>.</summary>
    public required string Name { get; init; }

    public required Clock Clock { get; init; }

    /// <summary>The declared layer that it is, or is a direction of; null for what follows from others.</summary>
    public LayerSpecification? Declared { get; init; }

    /// <summary>Steps that it runs at.</summary>
    public required int Steps { get; init; }

    /// <summary>Values that it gives at a step.</summary>
    public abstract int Width { get; }

    /// <summary>The units whose values it reads at its steps; a layer without any reads the model's input.</summary>
    public IReadOnlyList<PlannedUnit> Sources { get; init; } = [];

    /// <summary>All units that it depends on.</summary>
    public virtual IEnumerable<PlannedUnit> Reads => Sources;

    public bool RunsAtEnd => Clock == Clock.End;

    /// <summary>Whether its values depend on a parameter that is learned, so that a gradient flows through it.</summary>
    public bool IsTrained { get; set; }

    /// <summary>Whether its values depend on a state that sequences may start from, so that a gradient flows through it where they do.</summary>
    public bool IsStateful { get; set; }

    /// <summary>Whether a gradient flows through it, in all steps or in those of sequences that start from states.</summary>
    public bool Flows => IsTrained || IsStateful;
}

/// <summary>A layer in its model.</summary>
internal sealed class PlannedLayer : PlannedUnit
{
    public required LayerPlan Plan { get; init; }

    public required Initializer Initializer { get; init; }

    /// <summary>Whether training leaves its parameters alone.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Its parameters.</summary>
    public required IReadOnlyList<PlannedTensor> Tensors { get; init; }

    /// <summary>Where its forward pack begins.</summary>
    public required int Pack { get; init; }

    /// <summary>Where the reverse pack of each source begins.</summary>
    public required IReadOnlyDictionary<string, int> ReversePacks { get; init; }

    /// <summary>Whether it goes from the last step to the first.</summary>
    public bool IsReverse { get; init; }

    /// <summary>The units that states start from; other states start from zero.</summary>
    public IReadOnlyDictionary<string, PlannedUnit> Starts { get; init; } = new Dictionary<string, PlannedUnit>();

    /// <summary>The parameters that states start from, where that is learned.</summary>
    public IReadOnlyDictionary<string, PlannedVector> Initials { get; init; } = new Dictionary<string, PlannedVector>();

    public override int Width => Plan.OutputSize;

    public override IEnumerable<PlannedUnit> Reads => Sources.Concat(Starts.Values);

    /// <summary>What it reads; null where that is the model's input, or what a decoder is fed.</summary>
    public PlannedUnit? Source => Sources.Count == 0 ? null : Sources[0];

    /// <summary>What it reads when nothing is left out.</summary>
    public PlannedUnit? PredictedSource => Source is PlannedJoint { Kind: JointKind.Dropout } dropout ? dropout.Sources[0] : Source;

    /// <summary>Share of the model's input that is left out in training, where it reads that.</summary>
    public double InputDropout { get; init; }

    /// <summary>Share of the previous states that products do not read in training.</summary>
    public double RecurrentDropout { get; init; }

    /// <summary>The state that is the layer's output; null where the output has a buffer of its own.</summary>
    public string? OutputState => Plan.Program.Cell.States.Where(s => s.Next == Plan.Program.Cell.Output).Select(s => s.Name).FirstOrDefault();

    /// <summary>
    /// Where in its buffer in the training arena the first step's output stands: a state's begins with the value before the first step,
    /// and in a layer that goes backwards ends with it.
    /// </summary>
    public int FirstOutput => OutputState is null || IsReverse ? 0 : 1;

    /// <summary>Where a state stands before a step, in a buffer of one more step than the layer has.</summary>
    public int Before(int step) => IsReverse ? step + 1 : step;

    /// <summary>Where a state stands after a step.</summary>
    public int After(int step) => IsReverse ? step : step + 1;
}

/// <summary>What a joint does.</summary>
internal enum JointKind
{
    /// <summary>A layer's state when each row has had its last step, in its own place.</summary>
    Final,

    /// <summary>The outputs of all steps become one.</summary>
    Pool,

    /// <summary>Several units' values side by side.</summary>
    Concat,

    /// <summary>The mean of the encoder's outputs, weighted by how well each fits the query.</summary>
    Attend,

    /// <summary>In training some values are left out.</summary>
    Dropout,

    /// <summary>The sum of two units' values.</summary>
    Sum,

    /// <summary>Each row's values with mean 0 and variance 1, scaled and shifted.</summary>
    Norm,
}

/// <summary>A joint between layers: what the runtime does for all models.</summary>
internal sealed class PlannedJoint : PlannedUnit
{
    private readonly int _width;

    public PlannedJoint(int width) => _width = width;

    public required JointKind Kind { get; init; }

    public override int Width => _width;

    /// <summary>The state, of a <see cref="JointKind.Final"/>.</summary>
    public string State { get; init; } = "";

    /// <summary>v of an additive score; null where the score is a product.</summary>
    public PlannedVector? Score { get; init; }

    /// <summary>The factor of each value of a <see cref="JointKind.Norm"/>.</summary>
    public PlannedVector? Gain { get; init; }

    /// <summary>What is added to each value of a <see cref="JointKind.Norm"/>.</summary>
    public PlannedVector? Shift { get; init; }

    /// <summary>Share of values that a <see cref="JointKind.Dropout"/> leaves out.</summary>
    public double Rate { get; init; }

    public PlannedLayer Layer => (PlannedLayer)Sources[0];

    public PlannedUnit Query => Sources[0];

    public PlannedUnit Memory => Sources[1];

    /// <summary>What the query is compared with: the memory itself, or keys made of it.</summary>
    public PlannedUnit Keys => Sources[Sources.Count - 1];
}
