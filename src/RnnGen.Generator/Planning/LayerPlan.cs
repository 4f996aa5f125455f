using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Planning.Graph;

namespace RnnGen.Generator.Planning;

/// <summary>
/// What one layer's kernels are written from: a value, so that equal layers of several models share their kernels.
/// </summary>
/// <param name="Cell">The equation file.</param>
/// <param name="Activation">What the equations' free function f stands for.</param>
/// <param name="Accuracy">How exactly costly functions are computed outside training.</param>
/// <param name="HasOutputAdjoint">Whether the layer above gives a gradient at every step (and not only through the carried state).</param>
/// <param name="NeedsInputAdjoint">Whether a layer below wants a gradient.</param>
/// <param name="DropsStates">Whether products read previous states of which training leaves some out.</param>
internal sealed record LayerShape(
    string Cell,
    Activation Activation,
    int InputSize,
    int Size,
    Precision Precision,
    Accuracy Accuracy,
    bool HasOutputAdjoint,
    bool NeedsInputAdjoint,
    bool DropsStates = false);

/// <summary>The layer's program with its sizes: panels, packs and matrix products.</summary>
/// <remarks>
/// Units stand in blocks of 64 bytes. A <em>panel</em> is one lane of one block: 16 floats (8 doubles) wide, its
/// weights contiguous as [1 + inputs][16], the bias first. The forward pack is [block][lane] panels; the weight
/// gradient has the same form. The reverse pack of a source is [its block][block, lane, unit][16].
/// </remarks>
internal sealed class LayerPlan
{
    private readonly IReadOnlyList<BlockReference>[,] _weights;
    private readonly int[] _sourceOffsets;
    private readonly IReadOnlyList<int>[] _lanes;

    private LayerPlan(LayerShape shape, CellDefinition definition, CellProgram program)
    {
        Shape = shape;
        Definition = definition;
        Program = program;
        Block = Scalar.PerBlock(shape.Precision);
        Blocks = BlocksOf(Size);
        States = program.Cell.States.Select(s => s.Name).ToList();
        Sources = program.PreActivations
            .SelectMany(p => Graph[p].Terms)
            .Select(t => Graph[t.Source])
            .Distinct()
            .OrderBy(n => n.Kind == NodeKind.Input ? 0 : 1)
            .Select((n, i) => new ProductSource(i, n.Id, n.Name, n.Kind == NodeKind.Input, n.Kind == NodeKind.Input ? InputSize : Size))
            .ToList();
        ReverseSources = Sources.Where(s => !s.IsInput || shape.NeedsInputAdjoint).ToList();
        ForwardBuffers = Sources.Where(s => !s.IsInput).Select(ReadState)
            .Union(program.Forward.Buffers(States))
            .ToList();
        StepBuffers = Sources.Where(s => !s.IsInput).Select(s => Place.PreviousState(s.Name))
            .Union(program.Inference.Buffers(States))
            .ToList();
        BackwardBuffers = program.Backward.Buffers(States);

        _weights = new IReadOnlyList<BlockReference>[Lanes, Sources.Count];
        for (int lane = 0; lane < Lanes; lane++)
        {
            foreach (ProductSource source in Sources)
            {
                _weights[lane, source.Index] = Graph[program.PreActivations[lane]].Terms
                    .Where(t => t.Source == source.Node)
                    .Select(t => t.Weight)
                    .ToList();
            }
        }

        _lanes = Sources.Select(s => (IReadOnlyList<int>)Enumerable.Range(0, Lanes).Where(l => Feeds(s, l)).ToList()).ToArray();

        // A block of the pack is read from front to back: the lanes' biases, then by source and column the weights of the lanes that it feeds.
        _sourceOffsets = new int[Sources.Count + 1];
        _sourceOffsets[0] = Lanes * Block;
        foreach (ProductSource source in Sources)
        {
            _sourceOffsets[source.Index + 1] = _sourceOffsets[source.Index] + source.Columns * ColumnStep(source);
        }
    }

    public static LayerPlan Create(LayerShape shape)
    {
        CellDefinition definition = CellLibrary.Find(shape.Cell);
        CellGraph cell = CellGraph.Build(definition, FunctionOf(shape.Activation));
        return new LayerPlan(shape, definition, CellProgram.Create(cell, shape.HasOutputAdjoint, shape.NeedsInputAdjoint));
    }

    private static Function? FunctionOf(Activation activation) => activation switch
    {
        Activation.Tanh => Function.Tanh,
        Activation.Relu => Function.Relu,
        Activation.Sigmoid => Function.Sigmoid,
        _ => null,
    };

    public LayerShape Shape { get; }

    public CellDefinition Definition { get; }

    public CellProgram Program { get; }

    public StepGraph Graph => Program.Graph;

    public int InputSize => Shape.InputSize;

    public int Size => Shape.Size;

    /// <summary>Values in a block: 16 floats or 8 doubles.</summary>
    public int Block { get; }

    public int Blocks { get; }

    /// <summary>Width of a row of a state or an output.</summary>
    public int RowStride => Scalar.PaddedRow(Size, Shape.Precision);

    /// <summary>Width of a row of the gradient towards the input: the row of the layer below.</summary>
    public int InputRowStride => Scalar.PaddedRow(InputSize, Shape.Precision);

    public int Lanes => Program.PreActivations.Count;

    /// <summary>Width of a row of a block's slot: all its lanes.</summary>
    public int SlotRow => Scalar.PaddedRow(Program.LaneCount * Block, Shape.Precision);

    /// <summary>Units of the last block.</summary>
    public int TailUnits => Size - (Blocks - 1) * Block;

    public IReadOnlyList<string> States { get; }

    /// <summary>What matrix products read: the input, then states, each with its number of columns.</summary>
    public IReadOnlyList<ProductSource> Sources { get; }

    /// <summary>Sources whose adjoint is a matrix product: recurrent states, and the input where the layer below wants it.</summary>
    public IReadOnlyList<ProductSource> ReverseSources { get; }

    /// <summary>The buffers that the forward kernel is given: what the element-wise program touches, and the states that products read.</summary>
    public IReadOnlyList<Place> ForwardBuffers { get; }

    /// <summary>Whether a single sequence's step keeps its pre-activations in registers, and needs no lanes.</summary>
    public bool StepsInRegisters => Blocks == 1;

    /// <summary>Whether predicting has an element-wise program of its own: one that keeps less, or is coarser.</summary>
    public bool InfersApart => Program.Inference.Stores.Count < Program.Forward.Stores.Count
        || (Shape.Accuracy == Accuracy.Fast && Program.Inference.Steps.Any(s => Graph[s].Function!.FastText != Graph[s].Function!.Text));

    /// <summary>The buffers that the kernel of a single sequence's step is given.</summary>
    public IReadOnlyList<Place> StepBuffers { get; }

    /// <summary>The buffers that the backward kernel is given.</summary>
    public IReadOnlyList<Place> BackwardBuffers { get; }

    public int BlocksOf(int size) => (size + Block - 1) / Block;

    /// <summary>The weight blocks by which a source feeds a lane.</summary>
    public IReadOnlyList<BlockReference> WeightsOf(int lane, ProductSource source) => _weights[lane, source.Index];

    /// <summary>The equations as written, with the layer's own function for f.</summary>
    public IEnumerable<string> Equations => Definition.Equations.Select(e => System.Text.RegularExpressions.Regex.Replace(
        e.Text, @"\bf\((.*)\)$", FunctionOf(Shape.Activation) is { } function ? $"{function.Name}($1)" : "$1"));

    /// <summary>
    /// A lane as part of an identifier, by the gate of its weights: <c>_i</c>; where lanes share a gate, by their source
    /// too: <c>_nx</c>; empty for a cell without gates.
    /// </summary>
    public string LaneName(int lane)
    {
        AffineTerm first = Graph[Program.PreActivations[lane]].Terms[0];
        string gate = first.Weight.Tensor.Gates.Count == 0 ? "" : $"_{first.Weight.Tensor.Gates[first.Weight.Block]}";
        bool isShared = Program.PreActivations.Count(p => Graph[p].Terms[0].Weight.Block == first.Weight.Block) > 1;
        return isShared ? $"{gate}{Graph[first.Source].Name}" : gate;
    }

    /// <summary>The biases of a lane.</summary>
    public IReadOnlyList<BlockReference> BiasesOf(int lane) => Graph[Program.PreActivations[lane]].Biases;

    public bool Feeds(ProductSource source, int lane) => WeightsOf(lane, source).Count > 0;

    /// <summary>Lanes that a source feeds.</summary>
    public IReadOnlyList<int> LanesOf(ProductSource source) => _lanes[source.Index];

    /// <summary>Offset of a lane's bias within its block of the forward pack.</summary>
    public int BiasOffset(int lane) => lane * Block;

    /// <summary>Offset of a lane's weights of a source's first column within its block of the forward pack.</summary>
    public int WeightOffset(int lane, ProductSource source) => _sourceOffsets[source.Index] + LanesOf(source).TakeWhile(l => l != lane).Count() * Block;

    /// <summary>From a column's weights to those of the next: a block for each lane that the source feeds.</summary>
    public int ColumnStep(ProductSource source) => LanesOf(source).Count * Block;

    /// <summary>Length of one block of the forward pack.</summary>
    public int PackBlock => _sourceOffsets[Sources.Count];

    public int PackLength => Blocks * PackBlock;

    /// <summary>Length of one panel of a source's reverse pack.</summary>
    public int ReversePanel(ProductSource source) => Blocks * LanesOf(source).Count * Block * Block;

    public int ReversePackLength(ProductSource source) => BlocksOf(source.Columns) * ReversePanel(source);

    /// <summary>Blocks that are computed together: enough of them that a tile of one-lane cells is as wide as one of four lanes.</summary>
    public static int GroupOf(int lanes, int blocks) => Math.Min(Math.Max(1, 4 / lanes), blocks);

    /// <summary>Blocks of the forward pass and the weight gradient that are computed together.</summary>
    public int BlockGroup => GroupOf(Lanes, Blocks);

    /// <summary>The forward products over <paramref name="blocks"/> blocks computed together: from inputs and states to the slot.</summary>
    public PanelProduct ForwardProduct(int blocks)
    {
        List<Panel> panels = [];
        for (int block = 0; block < blocks; block++)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                panels.Add(new Panel(
                    block * PackBlock + BiasOffset(lane),
                    block,
                    lane * Block,
                    Sources.Select(s => Feeds(s, lane) ? WeightOffset(lane, s) - BiasOffset(lane) : (int?)null).ToEquatableArray()));
            }
        }

        IReadOnlyList<ProductSegment> segments = Sources
            .Select(s => new ProductSegment(s.Name, ColumnStep(s), 0, [new SegmentRun(0, s.Columns)], []))
            .ToList();
        return new PanelProduct(panels, segments, ProductStart.Bias, LiveVectors(Size), Block);
    }

    /// <summary>A reverse product: from the lanes' adjoints to the adjoint of a source.</summary>
    public PanelProduct ReverseProduct(ProductSource source, int blocks)
    {
        List<Panel> panels = Enumerable.Range(0, blocks)
            .Select(b => new Panel(b * ReversePanel(source), 0, b * Block, new EquatableArray<int?>([0])))
            .ToList();

        // The reduction runs over blocks, lanes, units; in the last block over its live units only.
        IReadOnlyList<int> lanes = LanesOf(source);
        bool partial = TailUnits < Block;
        List<SegmentRun> runs = [];
        foreach (int lane in lanes)
        {
            if (runs.Count > 0 && runs[runs.Count - 1].End == lane * Block)
            {
                runs[runs.Count - 1] = new SegmentRun(runs[runs.Count - 1].Start, (lane + 1) * Block);
            }
            else
            {
                runs.Add(new SegmentRun(lane * Block, (lane + 1) * Block));
            }
        }

        List<SegmentRun> tail = partial ? lanes.Select(l => new SegmentRun(l * Block, l * Block + TailUnits)).ToList() : [];
        ProductSegment segment = new("g", Block, partial ? Blocks - 1 : Blocks, runs, tail);
        ProductStart start = !source.IsInput && !Shape.DropsStates && Program.HasDirectAdjoint(source.Name) ? ProductStart.Sum : ProductStart.Zero;
        return new PanelProduct(panels, [segment], start, LiveVectors(source.Columns), Block);
    }

    /// <summary>Where products read a state in training.</summary>
    public Place ReadState(ProductSource source) => Shape.DropsStates ? Place.DroppedState(source.Name) : Place.PreviousState(source.Name);

    /// <summary>Values of a block that are ever read: all of them, but for a layer of one partial block.</summary>
    public int LiveVectors(int size) => Math.Min(size, Block);
}

/// <summary>A value that matrix products read.</summary>
/// <param name="Index">Its position among the layer's sources.</param>
internal sealed record ProductSource(int Index, int Node, string Name, bool IsInput, int Columns);
