using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Planning.Kernels;

/// <summary>
/// A cell's step as the kernels run it, in phases: matrix products into pre-activations, each in a lane of its own, and means over
/// a row's units; then an element-wise program. In reverse the same from adjoints to the pre-activations' adjoints, in
/// the same lanes. A cell of one phase, as RNN, LSTM and GRU are, is one fused tile: its lanes are still in the cache when
/// its equations run. Values that the reverse program needs are kept in lanes too, in place of the pre-activations.
/// </summary>
internal sealed record CellProgram
{
    private IReadOnlyList<string>? _widths;

    /// <summary>The forward step.</summary>
    public required CellGraph Cell { get; init; }

    /// <summary>The derived reverse step; null in a layer that no gradient flows through.</summary>
    public required ReverseGraph? Reverse { get; init; }

    /// <summary>Ids of the affine values; the index is the lane.</summary>
    public required IReadOnlyList<int> PreActivations { get; init; }

    /// <summary>Ids of the per-unit parameters; their panels follow those of the pre-activations.</summary>
    public required IReadOnlyList<int> Vectors { get; init; }

    /// <summary>Ids of values that matrix products of the same step read; each has a buffer of rows.</summary>
    public required IReadOnlyList<int> Made { get; init; }

    /// <summary>Where forward values are stored that the reverse program can load, until it has stored the adjoints.</summary>
    public required IReadOnlyDictionary<int, Place> Places { get; init; }

    /// <summary>Lanes of a slot: enough for the pre-activations and the kept values.</summary>
    public required int LaneCount { get; init; }

    /// <summary>Numbers behind the lanes of the first block's slot: a row's means, and what is made of them alone.</summary>
    public required int MeanCount { get; init; }

    /// <summary>From pre-activations and previous states to next states, output and kept values.</summary>
    public required IReadOnlyList<CellPhase> ForwardPhases { get; init; }

    /// <summary>The same without the kept values, in a fused tile.</summary>
    public required IReadOnlyList<CellPhase> InferencePhases { get; init; }

    /// <summary>From kept values, states and adjoints to the pre-activations' adjoints and what flows to previous states directly; none without a reverse step.</summary>
    public required IReadOnlyList<CellPhase> BackwardPhases { get; init; }

    /// <summary>Whether products and equations are one fused tile of one width, forward and back. If not, the phases of the forward step predict too.</summary>
    public required bool IsFused { get; init; }

    /// <summary>The symbol of the layer's size.</summary>
    public const string LayerWidth = "H";

    public StepGraph Graph => Cell.Graph;

    /// <summary>The symbols of the widths that its values have, but for the input's.</summary>
    public IReadOnlyList<string> Widths => _widths ??= WidthsOf(Cell);

    public PointwiseProgram Forward => ForwardPhases[0].Program;

    public PointwiseProgram Inference => InferencePhases[0].Program;

    public PointwiseProgram Backward => BackwardPhases[0].Program;

    /// <summary>Whether the output is the next value of a state, so that no buffer of its own is needed.</summary>
    public bool OutputIsState => Cell.States.Any(s => s.Next == Cell.Output);

    /// <summary>Whether part of the state's adjoint flows to the previous step without a matrix product.</summary>
    public bool HasDirectAdjoint(string state) => BackwardPhases.Any(p => p.Program.Stores.Any(s => s.Place == Place.Carry(state)));

    /// <summary>Whether the step takes means over a row's units, so that its equations run row by row.</summary>
    public bool HasMeans => MeanCount > 0;

    /// <summary>The buffers that phases read and write besides their slot, in a fixed order.</summary>
    public static IReadOnlyList<Place> Buffers(IReadOnlyList<CellPhase> phases, IReadOnlyList<string> states, int made) =>
        PointwiseProgram.Places(states, made).Where(b => phases.Any(p => p.Touches(b))).ToList();

    /// <summary>The program of a layer that is trained, or that a gradient flows through.</summary>
    /// <param name="hasOutputAdjoint">Whether the layer above gives a gradient at every step.</param>
    /// <param name="needsInputAdjoint">Whether the layer below wants one.</param>
    public static CellProgram Create(CellGraph cell, bool hasOutputAdjoint, bool needsInputAdjoint)
    {
        int forwardCount = cell.Graph.Nodes.Count;
        return new CellProgramPlanner(cell, forwardCount, ReverseGraph.Derive(cell, hasOutputAdjoint, needsInputAdjoint)).Plan();
    }

    /// <summary>The program of a layer that no gradient flows through: it has no reverse step, and keeps nothing for one.</summary>
    public static CellProgram CreateWithoutReverse(CellGraph cell) => new CellProgramPlanner(cell, cell.Graph.Nodes.Count, null).Plan();

    /// <summary>The symbols of the widths that a cell's values have; an output that is a number has the layer's size.</summary>
    public static IReadOnlyList<string> WidthsOf(CellGraph cell) => cell.Live
        .Where(n => n != cell.Input && (n == cell.Output || cell.Graph[n].Width.Length > 0))
        .Select(n => cell.Graph[n].Width is { Length: > 0 } width ? width : LayerWidth)
        .Distinct()
        .ToList();
}

/// <summary>What runs between two element-wise programs, and the second of them; all of it is of one width.</summary>
/// <param name="Width">The symbol of the width, such as H.</param>
/// <param name="Products">Forward, the lanes whose matrix products come first; in reverse, the made values whose adjoints do.</param>
/// <param name="Means">What it stores is summed over each row's units, and its mean stored.</param>
/// <param name="Uniform">What is made of means alone, once a row.</param>
/// <param name="Program">The element-wise program.</param>
internal sealed record CellPhase(string Width, IReadOnlyList<int> Products, PointwiseProgram Means, PointwiseProgram Uniform, PointwiseProgram Program)
{
    public bool HasMeans => Means.Stores.Count + Uniform.Stores.Count > 0;

    public bool ReadsVectors => Means.ReadsVectors || Program.ReadsVectors;

    public bool Touches(Place place) => Means.Touches(place) || Program.Touches(place);
}
